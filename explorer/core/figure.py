"""Figure: one picture of a frame, and how the hand acts on it. Views list them; the dashboard draws them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.core.frame import Frame


@dataclass(frozen=True)
class Handles:
    """Marks that the hand may drag: the rows of one table.

    Parameters
        table : str     its name
        x, y  : str     its columns where the marks stand
        moved : columns -> {input: value}     what the inputs are once the hand lets go; columns are arrays (rows,)
                                              by name, and a row that was added has NaN or "" where it is unknown;
                                              raises ValueError, with one sentence, where they cannot stand
        add   : bool    whether a tap adds a row, and Backspace removes the rows that were tapped
    """

    table: str
    x: str
    y: str
    moved: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    add: bool = False


@dataclass(frozen=True)
class Figure:
    """One figure of a scene.

    Parameters
        draw   : frame -> HoloViews element or overlay whose dimensions are the frame's column names
        title  : str     a sentence about what it shows
        tap    : axis ("x", "y") -> name of the input that a tap on the figure sets to that coordinate
        drag   : marks that the hand may drag
        follow : str     axes whose range follows the data ("xy", "x", "y" or ""), until the user zooms
        fit    : names of the columns that the followed ranges fit; empty means all
    """

    draw: Callable[[Frame], Any]
    title: str
    tap: Mapping[str, str] = field(default_factory=dict)
    drag: tuple[Handles, ...] = ()
    follow: str = "xy"
    fit: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the drawing function; captions and exports use it."""
        return self.draw.__name__
