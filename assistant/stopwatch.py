"""Adds up how long one kind of work takes within a longer one."""

from __future__ import annotations

import time


class Stopwatch:
    """Counts the time spent in `with watch:`, in all."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
