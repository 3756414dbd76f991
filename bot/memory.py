"""How much memory the process keeps: asks the C library to hold on to little, where it can be asked."""

import ctypes
import gc
from typing import Final

# From malloc.h of glibc. A pool for each thread keeps what that thread once needed; threads of ours seldom run at once.
_M_ARENA_MAX: Final = -8


def _library() -> ctypes.CDLL | None:
    """The C library where it is glibc."""
    try:
        library = ctypes.CDLL(None)
        return library if library.malloc_trim and library.mallopt else None
    except (AttributeError, OSError, TypeError):
        return None


def one_pool() -> None:
    """All threads that are started from now on take their memory from one pool."""
    if (library := _library()) is not None:
        library.mallopt(_M_ARENA_MAX, 1)


def settle() -> None:
    """What is loaded by now stays, and is not looked through again and again; what loading took is given back."""
    gc.collect()
    gc.freeze()
    if (library := _library()) is not None:
        library.malloc_trim(0)
