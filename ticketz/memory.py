"""What a process loads at its start, it keeps: no need to look through it for garbage over and over.

Python's collector looks at everything that lives, again and again, the more the busier a process is. A hundred
thousand things that Django and we are made of were a fifth of the CPU time of a reading, and now and then a page waited
for it.
"""

import gc

# Python's own number is 700, and a group of changes that is decided on is some ten thousand things: they were all
# looked at several times before they were done with, for a twentieth of what deciding and writing cost.
_NEW_THINGS_BEFORE_A_LOOK = 10_000


def spare_what_is_loaded() -> None:
    """Have the collector pass by all that there is now, and look seldom at what is new. Call it once, at the end of
    the start, before forks.

    What was forked off also shares more memory then, because the collector writes into what it looks at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_THINGS_BEFORE_A_LOOK, *gc.get_threshold()[1:])
