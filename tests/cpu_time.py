"""Bounds on time that hold on a busy machine: seconds of this process's own CPU, never of the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def cpu_within(seconds: float) -> Iterator[None]:
    """Fail when the work inside took more than `seconds` of CPU."""
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < seconds, f"{spent:.2f} s of CPU, at most {seconds} s are allowed"


def proportional(work: Callable[[int], object], size: int) -> None:
    """Fail when `work(4 * size)` takes far more than four times the CPU of `work(size)`.

    Work in proportion to its size takes 4 times as much, work in proportion to its square 16 times; the better of
    two measurements counts, and under 20 ms nothing can be told from noise.
    """
    small, large = (min(_seconds(work, n) for _ in range(2)) for n in (size, 4 * size))
    assert large < 9 * max(small, 0.02), f"{small:.3f} s for {size}, {large:.3f} s for {4 * size}"


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began
