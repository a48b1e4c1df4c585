"""How a process deals with its memory.

What it loads at its start, it keeps: no need to look through it for garbage over and over. Python's collector looks at
everything that lives, again and again, the more the busier a process is. A hundred thousand things that Django and we
are made of were a fifth of the CPU time of a reading, and now and then a page waited for it.

What one thread gives back, the others are to use. glibc lets each thread keep it for itself, up to eight for each
processor, and hashing a password takes 19 MiB: a web server with 24 threads grew by 300 MiB as people signed in.
"""

import ctypes
import gc

# Python's own number is 700, and a group of changes that is decided on is some ten thousand things: they were all
# looked at several times before they were done with, for a twentieth of what deciding and writing cost.
_NEW_THINGS_BEFORE_A_LOOK = 10_000
# M_ARENA_MAX of glibc's malloc.h, see mallopt(3); as many arenas as hash at a time on a small machine.
_ARENA_MAX, _ARENAS = -8, 2


def spare_what_is_loaded() -> None:
    """Have the collector pass by all that there is now, and look seldom at what is new. Call it once, at the end of
    the start, before forks.

    What was forked off also shares more memory then, because the collector writes into what it looks at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_THINGS_BEFORE_A_LOOK, *gc.get_threshold()[1:])


def have_threads_share_memory() -> None:
    """Call it before threads begin. Other C libraries than glibc know no such thing and need none."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_ARENA_MAX, _ARENAS)
