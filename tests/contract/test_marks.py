"""Every kind of mark that a view may use shows a new frame as a freshly built figure would.

HoloViews keeps the column names of some elements and derives those of others; the live engine has to get both
right. Each mark is built for one frame, fed with another - other numbers, another number of rows - and
compared with a figure built for that other frame.
"""

from __future__ import annotations

import functools
from typing import Any

import holoviews as hv
import numpy as np
import pytest
from bokeh.models import GlyphRenderer, Range1d

from explorer.core import registry
from explorer.core.figure import Figure
from explorer.core.frame import Field, Frame, Series
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.sources import Sources

GRID = 6


@pytest.fixture(autouse=True, scope="module")
def _backend() -> None:
    _ = registry.find("toy/wave").figures  # loads the plotting backend the way a page does


def frame(rows: int, scale: float) -> Frame:
    """Columns under plain names; they differ in every number and in length."""
    x = np.linspace(1.0, 2.0, rows) * scale
    grid = np.linspace(-1.0, 1.0, GRID) * scale
    cells = grid[:, None] * grid + scale
    lattice = {"i": np.tile(grid, GRID), "j": np.repeat(grid, GRID), "cell": cells.ravel()}
    gap = np.where(np.arange(rows) % 3 == 2, np.nan, x)
    return Frame(
        tables={
            "t": {
                "x": x, "y": x**2, "gap": gap, "low": x**2 - 0.1, "high": x**2 + 0.2, "error": 0.1 * x,
                "more": 0.2 * x, "x1": x + 1, "y1": x - 1, "angle": x % 1, "size": x, "colour": -x,
                "word": [f"w{v:.2f}" for v in x],
            },
            "lattice": lattice,
            "empty": {"none": np.zeros(0), "nothing": np.zeros(0)},
        },
        series={
            "book": Series(
                "step",
                {
                    "px": np.tile(x, (3, 1)),
                    "py": x * np.arange(1.0, 4.0)[:, None],
                    "pc": x + 10 * np.arange(3.0)[:, None],
                },
            )
        },
        fields={
            "f": Field(grid, grid, cells),
            "film": Field(grid, grid[1:], cells[1:] * np.arange(1.0, 4.0)[:, None, None], "step"),
        },
        cursors={"step": np.arange(3.0)},
    )  # fmt: skip


def field(f: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = f.fields["f"]
    return held.x, held.y, held.values


# name -> (drawing, whether it reads the shared source of its table)
MARKS: dict[str, tuple[Any, bool]] = {
    "curve": (lambda f: hv.Curve(f.tables["t"], "x", "y"), True),
    "curve with gaps": (lambda f: hv.Curve(f.tables["t"], "x", "gap"), True),
    "scatter": (lambda f: hv.Scatter(f.tables["t"], "x", "y"), True),
    "points": (lambda f: hv.Points(f.tables["t"], ["x", "y"]), True),
    "labelled points": (lambda f: hv.Points(f.tables["t"], ["x", "y"], ["word", "size"]), True),
    "coloured points": (
        lambda f: hv.Points(f.tables["t"], ["x", "y"], "colour").opts(color="colour", cmap="viridis"),
        True,
    ),
    "coloured limits": (
        lambda f: hv.Points(f.tables["t"], ["x", "y"], "colour").opts(
            color="colour", cmap="viridis", clim=(-9, 0)
        ),
        True,
    ),
    "sized points": (lambda f: hv.Points(f.tables["t"], ["x", "y"], "size").opts(size="size"), True),
    "rules": (lambda f: hv.VLines(f.tables["t"], "x"), True),
    "levels": (lambda f: hv.HLines(f.tables["t"], "y"), True),
    "segments": (lambda f: hv.Segments(f.tables["t"], ["x", "y", "x1", "y1"]), True),
    "rectangles": (lambda f: hv.Rectangles(f.tables["t"], ["x", "y", "x1", "y1"]), False),
    "error bars": (lambda f: hv.ErrorBars(f.tables["t"], "x", ["y", "error"]), False),
    "two-sided error bars": (lambda f: hv.ErrorBars(f.tables["t"], "x", ["y", "error", "more"]), False),
    "spread": (lambda f: hv.Spread(f.tables["t"], "x", ["y", "error"]), False),
    "area": (lambda f: hv.Area(f.tables["t"], "x", ["low", "high"]), False),
    "spikes": (lambda f: hv.Spikes(f.tables["t"], "x", "y"), False),
    "vector field": (lambda f: hv.VectorField(f.tables["t"], ["x", "y"], ["angle", "size"]), False),
    "labels": (lambda f: hv.Labels(f.tables["t"], ["x", "y"], "word"), True),
    "heat map": (lambda f: hv.HeatMap(f.tables["lattice"], ["i", "j"], "cell"), False),
    "histogram": (lambda f: hv.Histogram((np.append(f.tables["t"]["x"], 9.0), f.tables["t"]["y"])), False),
    "image": (lambda f: hv.Image(field(f), ["u", "v"], "height").opts(cmap="viridis"), False),
    "mesh": (lambda f: hv.QuadMesh(field(f), ["u", "v"], "height").opts(cmap="viridis"), False),
    "page": (lambda f: hv.Curve(f.page("book"), "px", "py"), True),
    "coloured page": (
        lambda f: hv.Points(f.page("book"), ["px", "py"], "pc").opts(color="pc", cmap="viridis"),
        True,
    ),
    "page of pixels": (
        lambda f: hv.Image(tuple(vars(f.field("film")).values())[:3], ["u", "v"], "film").opts(
            cmap="viridis"
        ),
        True,
    ),
    "nothing yet": (lambda f: hv.Scatter(f.tables["empty"], "none", "nothing"), True),
}
# Rules cross the whole figure, so no axis follows them.
RULES = ("rules", "levels")
FIRST, THEN = (5, 1.0), (8, 3.0)


class Pair:
    """A mark fed with a frame, and the same mark built for that frame."""

    def __init__(self, draw: Any) -> None:
        self.fed, self.sources = built(draw, frame(*FIRST))
        self.derived_at_first = self.fed.derived
        self.models_at_first = {model.id for model in self.fed.model.references()}
        assert self.fed.fits(frame(*THEN))
        for shown in (frame(3, 2.0), frame(*THEN)):
            self.sources.push(shown)
            self.fed.push(shown)
        self.built, _ = built(draw, frame(*THEN))


def built(draw: Any, shown: Frame) -> tuple[LiveFigure, Sources]:
    sources = Sources()
    return LiveFigure(Figure(draw, "A mark of one kind alone"), sources, shown), sources


@functools.cache
def pair(name: str) -> Pair:
    return Pair(MARKS[name][0])


def renderers(figure: LiveFigure) -> list[GlyphRenderer]:
    return [part for part in figure.model.renderers if isinstance(part, GlyphRenderer)]


def columns(figure: LiveFigure) -> list[dict[str, np.ndarray]]:
    """What each mark of a figure holds, by column."""
    return [{name: np.asarray(held) for name, held in r.data_source.data.items()} for r in renderers(figure)]


def assert_equal_columns(one: LiveFigure, other: LiveFigure) -> None:
    assert [type(r.glyph).__name__ for r in renderers(one)] == [
        type(r.glyph).__name__ for r in renderers(other)
    ]
    for held, wanted in zip(columns(one), columns(other), strict=True):
        assert held.keys() == wanted.keys()
        for name in wanted:
            np.testing.assert_array_equal(held[name], wanted[name], err_msg=name)


def colour_ends(figure: LiveFigure) -> list[tuple[float, float]]:
    mappers = [part for part in figure.model.references() if hasattr(part, "low") and hasattr(part, "high")]
    return sorted({(float(mapper.low), float(mapper.high)) for mapper in mappers})


@pytest.mark.parametrize("name", [name for name in MARKS if "page" not in name])  # the browser turns pages
def test_a_fed_mark_holds_the_new_columns(name):
    assert_equal_columns(pair(name).fed, pair(name).built)


@pytest.mark.parametrize("name", MARKS)
def test_feeding_grows_no_model(name):
    assert {model.id for model in pair(name).fed.model.references()} == pair(name).models_at_first


@pytest.mark.parametrize("name", MARKS)
def test_colours_span_the_new_numbers(name):
    assert colour_ends(pair(name).fed) == colour_ends(pair(name).built)


@pytest.mark.parametrize("name", MARKS)
def test_plain_marks_share_the_source_of_their_table_and_others_are_derived(name):
    shared, figure = MARKS[name][1], pair(name).fed
    assert pair(name).derived_at_first == (0 if shared else len(renderers(figure)))
    assert all(bool(r.data_source.name) is shared for r in renderers(figure))


@pytest.mark.parametrize("name", [name for name in MARKS if name not in RULES])
def test_followed_axes_hold_the_new_data(name):
    """Either the browser fits the axis, or it is set to what a fresh figure would be given."""
    for axis in ("x_range", "y_range"):
        held, wanted = (getattr(figure.model, axis) for figure in (pair(name).fed, pair(name).built))
        if isinstance(held, Range1d):
            assert (held.start, held.end) == pytest.approx((wanted.start, wanted.end))


def test_the_axis_of_a_series_holds_every_page():
    held = pair("page").built.model.y_range
    assert not isinstance(held, Range1d) or held.end >= frame(*THEN).series["book"]["py"].max()


def test_the_colours_of_a_series_span_every_page():
    shown = frame(*THEN).series["book"]["pc"]
    for figure in (pair("coloured page").built, pair("coloured page").fed):
        assert colour_ends(figure) == [(shown.min(), shown.max())]


def test_logarithmic_colours_begin_at_the_least_positive_number():
    def draw(f: Frame) -> hv.Points:
        return hv.Points(f.tables["t"], ["x", "y"], "signed").opts(color="signed", cmap="viridis", logz=True)

    def signed(least: float) -> Frame:
        values = np.array([-1.0, 0.0, least, 5.0])
        return Frame(tables={"t": {"x": values, "y": values + 1, "signed": values + 0}})

    figure, sources = built(draw, signed(0.5))
    sources.push(signed(0.25))
    figure.push(signed(0.25))
    assert colour_ends(figure) == [(0.25, 5.0)]


def test_marks_of_two_tables_stand_side_by_side():
    def draw(f: Frame) -> hv.Overlay:
        lattice = hv.Points(f.tables["lattice"], ["i", "j"])
        return hv.Curve(f.tables["t"], "x", "y") * lattice * hv.ErrorBars(f.tables["t"], "x", ["y", "error"])

    both = Pair(draw)
    assert_equal_columns(both.fed, both.built)
    assert sorted(r.data_source.name or "" for r in renderers(both.fed)) == ["", "table:lattice", "table:t"]


def test_columns_of_two_tables_under_one_name_are_refused():
    shown = frame(*FIRST)
    twice = shown.with_(tables={"twin": {name: shown.tables["t"][name] for name in ("x", "y")}})
    with pytest.raises(ValueError, match=r"\['x', 'y'\] stand with equal values in \['t', 'twin'\]"):
        built(MARKS["curve"][0], twice)


def test_a_column_that_a_view_computes_is_filled_too():
    """compute() is the place for it, but the picture must not go stale."""

    def draw(f: Frame) -> hv.Curve:
        return hv.Curve((f.tables["t"]["x"], 2 * f.tables["t"]["y"]), "x", "twice")

    own = Pair(draw)
    assert own.derived_at_first == 1
    np.testing.assert_array_equal(columns(own.fed)[0]["twice"], 2 * frame(*THEN).tables["t"]["y"])
