"""What a process loads at its start, it keeps: no need to look through it for garbage over and over.

Python's collector looks at everything that lives, again and again, the more the busier a process is. A hundred
thousand things that Django and we are made of were a fifth of the CPU time of a reading, and now and then a page waited
for it.
"""

import gc


def spare_what_is_loaded() -> None:
    """Have the collector pass by all that there is now. Call it once, at the end of the start, before forks.

    What was forked off also shares more memory then, because the collector writes into what it looks at.
    """
    gc.collect()
    gc.freeze()
