"""One visual language: every mark has a role, every role one colour in light and one in dark pages.

Colours: Okabe and Ito, "Color Universal Design", 2008, distinguishable in the common forms of colour blindness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Role:
    """What a mark stands for, and its colour on a light and on a dark page."""

    meaning: str
    light: str
    dark: str


ROLES: dict[str, Role] = {
    "theory": Role("theory, exact", "#1b1b1f", "#f2f2f5"),
    "simulation": Role("simulation", "#0072b2", "#56a8e0"),
    "estimate": Role("estimate from data", "#e69f00", "#f0b429"),
    "estimate2": Role("second estimate from data", "#56b4e9", "#7cc8f5"),
    "bound": Role("bound, limit or reference", "#7a7a80", "#a0a0a8"),
    "data": Role("your data, your weights", "#d55e00", "#f0803c"),
    "cursor": Role("the chosen value", "#cc79a7", "#e39ac3"),
    "passed": Role("a check that holds", "#00664b", "#4fd3ad"),
    "failed": Role("a check that fails", "#a33e00", "#ff9a5c"),
    "third": Role("third quantity beside theory and simulation", "#009e73", "#2fc39a"),
}

# Many lines of one kind, such as the coefficients of ten features: Okabe-Ito, black last.
CATEGORY: tuple[tuple[str, str], ...] = (
    ("#0072b2", "#56a8e0"),
    ("#e69f00", "#f0b429"),
    ("#009e73", "#2fc39a"),
    ("#d55e00", "#f0803c"),
    ("#56b4e9", "#7cc8f5"),
    ("#a6761d", "#d0a050"),
    ("#7570b3", "#a9a5dd"),
    ("#b8a800", "#f0e442"),
    ("#666666", "#b5b5bb"),
    ("#1b1b1f", "#f2f2f5"),
)

DARK_TWIN: dict[str, str] = {role.light: role.dark for role in ROLES.values()} | dict(CATEGORY)


def line(role: str, **more: Any) -> dict[str, Any]:
    """HoloViews options of a line with this role: theory 2 px, estimates thinner, bounds dashed."""
    width = {"theory": 2.0, "estimate": 1.5, "estimate2": 1.5, "bound": 1.2}.get(role, 1.6)
    style = {"color": ROLES[role].light, "line_width": width, **more}
    if role == "bound":
        style.setdefault("line_dash", "dashed")
    return style


def points(role: str, **more: Any) -> dict[str, Any]:
    """HoloViews options of points with this role."""
    return {"color": ROLES[role].light, "size": 5, "line_color": None, **more}
