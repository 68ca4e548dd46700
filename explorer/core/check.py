"""Check: something that must be true of a frame, with what was measured and what was expected."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One statement about a frame and its verdict.

        passed  <=>  |measured - expected| <= tolerance

    Parameters
        name      : str     the law in a few words, such as "normal equations"
        measured  : float   what the frame gives
        expected  : float   what the theory says
        tolerance : float   the largest difference that counts as agreement
        reference : str     where the law comes from
        applies   : bool    False when the law says nothing about these inputs; `note` then says why
        note      : str     one sentence for the reader
    """

    name: str
    measured: float
    expected: float
    tolerance: float
    reference: str
    applies: bool = True
    note: str = ""

    @property
    def passed(self) -> bool:
        """True when measured and expected agree, or when the law does not apply here."""
        if not self.applies:
            return True
        return math.isfinite(self.measured) and bool(abs(self.measured - self.expected) <= self.tolerance)

    @property
    def verdict(self) -> str:
        """One word: ``holds``, ``fails`` or ``n/a``."""
        if not self.applies:
            return "n/a"
        return "holds" if self.passed else "fails"

    @classmethod
    def not_applicable(cls, name: str, reference: str, why: str) -> Check:
        """A law that says nothing about the present inputs."""
        return cls(name, math.nan, math.nan, 0.0, reference, applies=False, note=why)
