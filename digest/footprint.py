"""How much memory this process keeps of what it has given back (edge)."""

from __future__ import annotations

import contextlib

# glibc's mallopt(3): few arenas, and what is large goes back to the system when it is freed. With the defaults the
# thresholds grow with the largest block ever freed, and a run that met one long text stays large to its end: the day of
# benchmarks/run_memory.py with the longest texts allowed peaked at 422 MiB so, and at 378 with these.
OPTIONS = {
    "M_ARENA_MAX": (-8, "MALLOC_ARENA_MAX", 2),
    "M_MMAP_THRESHOLD": (-3, "MALLOC_MMAP_THRESHOLD_", 2**18),
    "M_TRIM_THRESHOLD": (-1, "MALLOC_TRIM_THRESHOLD_", 2**18),
}


def give_memory_back() -> None:
    """Have freed memory go back to the system, where the C library is glibc; elsewhere nothing is done."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        for number, _, value in OPTIONS.values():
            set_option(number, value)


def environment() -> dict[str, str]:
    """Give the variables by which a child that is started does the same from its first moment."""
    return {name: str(value) for _, name, value in OPTIONS.values()}
