"""Inputs: Param parameters that also know their unit, group, cost class and when they matter.

cursor   only turns the pages of a frame: no computation, moved in the browser
live     computed at every move, within 30 ms
settle   computed when the hand lets go, within 500 ms
long     computed in the background, newest request first
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import param

Cost = Literal["cursor", "live", "settle", "long"]
COSTS: tuple[Cost, ...] = ("cursor", "live", "settle", "long")


@dataclass(frozen=True)
class Info:
    """What a page needs to know of an input beyond its value.

    Parameters
        cost  : see the head of this module
        group : heading under which the control stands
        unit  : written behind the value
        log   : True for a quantity that spans decades
        when  : other input -> values for which this one matters; the control hides otherwise. All of them must
                hold; of several such mappings in a tuple, one
        kind  : which control shows it: number, choice, switch, text, seed, cursor, dataset, column, file
        names : value -> words for the reader (choices only)
    """

    cost: Cost = "live"
    group: str = "Settings"
    unit: str = ""
    log: bool = False
    when: Mapping[str, tuple] | tuple[Mapping[str, tuple], ...] = field(default_factory=dict)
    kind: str = "number"
    names: Mapping[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.cost not in COSTS:
            raise ValueError(f"cost class {self.cost!r} is none of {', '.join(COSTS)}.")

    @property
    def cases(self) -> tuple[Mapping[str, tuple], ...]:
        """The sets of conditions, any one of which makes the input matter."""
        return self.when if isinstance(self.when, tuple) else (self.when,)


def matters(info: Info, model: Any) -> bool:
    """Whether an input matters now: in one case all other inputs named there have values that make it matter."""
    return any(
        all(_plain(getattr(model, other)) in values for other, values in case.items()) for case in info.cases
    )


def _plain(value: Any) -> Any:
    """What a condition says of a value: a table or a file of one's own is "yours"."""
    return value if isinstance(value, str | int | float | bool) else "yours"


Listing = Callable[[Any], tuple[Sequence[str], str]]


def _columns(table: Any) -> tuple[Sequence[str], str]:
    """The columns of a table and the last of them; none where a bundled one stands by its name."""
    columns = list(getattr(table, "columns", ()))
    return columns, columns[-1] if columns else ""


def _split(kind: str, options: dict[str, Any]) -> tuple[Info, dict[str, Any]]:
    own = {
        name: options.pop(name)
        for name in ("cost", "group", "unit", "log", "when", "names")
        if name in options
    }
    return Info(kind=kind, **own), options


class Real(param.Number):
    """A real number in bounds: ``Real(0.5, bounds=(0, 1), label="noise σ", cost="live", group="Problem")``."""

    __slots__ = ["info"]
    _slot_defaults = dict(param.Number._slot_defaults, info=None)

    def __init__(self, default: float = 0.0, **options: Any) -> None:
        info, rest = _split("number", options)
        super().__init__(default, **rest)
        self.info = info


class Cursor(Real):
    """A real number that picks a page of the frame's series along the cursor of the same name."""

    __slots__: list[str] = []

    def __init__(self, default: float = 0.0, **options: Any) -> None:
        super().__init__(default, **{"cost": "cursor", **options})
        self.info = Info(**{**self.info.__dict__, "kind": "cursor"})


class Whole(param.Integer):
    """A whole number in bounds."""

    __slots__ = ["info"]
    _slot_defaults = dict(param.Integer._slot_defaults, info=None)

    def __init__(self, default: int = 0, **options: Any) -> None:
        info, rest = _split("number", options)
        super().__init__(default, **rest)
        self.info = info


class Seed(Whole):
    """The seed of every random draw of a scene; shown with a "new draw" button."""

    __slots__: list[str] = []

    def __init__(self, default: int = 0, **options: Any) -> None:
        merged: dict[str, Any] = {
            "bounds": (0, 2**31 - 1),
            "label": "seed",
            "doc": "Seed of every random draw; the same seed gives the same picture.",
            "group": "Randomness",
            **options,
        }
        super().__init__(default, **merged)
        self.info = Info(**{**self.info.__dict__, "kind": "seed"})


class Choice(param.Selector):
    """One of a few named settings."""

    __slots__ = ["info"]
    _slot_defaults = dict(param.Selector._slot_defaults, info=None)

    def __init__(self, default: Any = None, **options: Any) -> None:
        info, rest = _split("choice", options)
        super().__init__(default=default, **rest)
        self.info = info


class Switch(param.Boolean):
    """On or off."""

    __slots__ = ["info"]
    _slot_defaults = dict(param.Boolean._slot_defaults, info=None)

    def __init__(self, default: bool = False, **options: Any) -> None:
        info, rest = _split("switch", options)
        super().__init__(default, **rest)
        self.info = info


class Text(param.String):
    """A short text, such as a formula."""

    __slots__ = ["info"]
    _slot_defaults = dict(param.String._slot_defaults, info=None)

    def __init__(self, default: str = "", **options: Any) -> None:
        info, rest = _split("text", options)
        super().__init__(default, **rest)
        self.info = info


class Data(param.Parameter):
    """A bundled table by name, or a table of the user's own (see `explorer.core.dataset`).

    Parameters
        bundled : mapping of name -> words for the reader
    """

    __slots__ = ["bundled", "info"]
    _slot_defaults = dict(param.Parameter._slot_defaults, info=None, bundled=None)

    def __init__(self, default: str, *, bundled: Mapping[str, str], **options: Any) -> None:
        info, rest = _split("dataset", options)
        super().__init__(default, **rest)
        self.info = info
        self.bundled = dict(bundled)


class File(param.Parameter):
    """A file of the user's own (see `explorer.core.attachment`); empty means none.

    Parameters
        accept : endings that the page offers, such as ``(".npz",)``
        read   : bytes, name -> anything     raises ValueError, with one sentence, for a file that cannot be used
    """

    __slots__ = ["accept", "info", "read"]
    _slot_defaults = dict(param.Parameter._slot_defaults, info=None, accept=(), read=None)

    def __init__(
        self, default: str = "", *, accept: tuple[str, ...], read: Callable[[bytes, str], Any], **options: Any
    ) -> None:
        info, rest = _split("file", options)
        super().__init__(default, **rest)
        self.info = info
        self.accept = accept
        self.read = read


class Column(param.String):
    """One of the names that another input brings along, such as a table its columns; empty means the usual one.

    Parameters
        of     : str                        name of that input, a `Data` or a `File`
        listed : value -> (names, str)      the names in what that input holds, and the usual one among them; a
                                            table's columns and the last of them, if nothing else is said
    """

    __slots__ = ["info", "listed", "of"]
    _slot_defaults = dict(param.String._slot_defaults, info=None, of=None, listed=None)

    def __init__(
        self, default: str = "", *, of: str = "data", listed: Listing = _columns, **options: Any
    ) -> None:
        info, rest = _split("column", options)
        super().__init__(default, **rest)
        self.info = info
        self.of = of
        self.listed = listed
