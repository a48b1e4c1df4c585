"""Tunes the memory use of processes.

Objects loaded at the start stay, so they need not be checked for garbage again and again. Python's collector visits
all living objects, more often the busier a process is. The hundred thousand objects of Django and our
code cost a fifth of the CPU time of a run, and now and then a page waited for it.

Memory freed by one thread should be reused by others. glibc keeps an arena per thread, up to eight per
processor, and hashing a password takes 19 MiB: a web server with 24 threads grew by 300 MiB as people signed in.
"""

import ctypes
import gc

# Python's default is 700, and a group of decided changes is about ten thousand objects: all were
# visited several times during their life, which cost a twentieth of deciding and writing.
_NEW_THINGS_BEFORE_A_LOOK = 10_000
# M_ARENA_MAX of glibc's malloc.h, see mallopt(3); as many arenas as hash at a time on a small machine.
_ARENA_MAX, _ARENAS = -8, 2


def spare_what_is_loaded() -> None:
    """Exclude all present objects from garbage collection, and collect less often. Call it once, at the end of
    the start, before forks.

    Forked processes also share more memory then, because the collector writes into the objects that it visits.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_THINGS_BEFORE_A_LOOK, *gc.get_threshold()[1:])


def have_threads_share_memory() -> None:
    """Limit malloc's arenas. Call it before threads start. Other C libraries than glibc don't have or need it."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_ARENA_MAX, _ARENAS)
