"""How far a sweep is: a bar that is drawn over itself in a terminal, and a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import IO

Progress = Callable[[int, int, int], None]  # cells done, failed among them, all cells

WIDTH = 24
OFTEN_S, SELDOM_S = 0.1, 10.0


def silent(done: int, failed: int, total: int) -> None:
    """A progress that nobody reads."""


class Bar:
    """Writes how far it is, how fast it goes, and how long it will take."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._began = self._told = time.monotonic()
        self._at_first: int | None = None
        self._width = 0

    def __call__(self, done: int, failed: int, total: int) -> None:
        now = time.monotonic()
        if self._at_first is None:
            self._began, self._at_first = now, done
        elif now - self._told < (OFTEN_S if self._live else SELDOM_S) and done < total:
            return
        self._told = now
        text = self._line(done - self._at_first, done, failed, total, now - self._began)
        if self._live:
            blank = " " * (self._width - len(text))
            self._stream.write(f"\r{text}{blank}")
            self._width = len(text)
        else:
            self._stream.write(text + "\n")
        self._stream.flush()

    def _line(self, new: int, done: int, failed: int, total: int, seconds: float) -> str:
        full = WIDTH * done // total
        bar = "█" * full + "·" * (WIDTH - full)
        words = [f"{done:,} of {total:,} cells"]
        if failed:
            words.append(f"{failed:,} failed")
        if new and seconds > 0:
            rate = new / seconds
            words.append(f"{rate:,.0f} a second" if rate >= 1 else f"one in {1 / rate:,.0f} s")
            if done < total:
                words.append(f"{_span((total - done) / rate)} left")
        return f"{bar} {', '.join(words)}"

    def end(self) -> None:
        """Leave the bar's line."""
        if self._live and self._width:
            self._stream.write("\n")
            self._stream.flush()
            self._width = 0


def _span(seconds: float) -> str:
    """``40 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
