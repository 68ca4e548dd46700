"""A pinned picture stays as it was, behind or beside the one that follows the hand."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.models import DataRange1d

from explorer.dashboard.compare import PINNED, Compare, differing_html
from explorer.dashboard.ghost import NAME
from tests.contract.screen import Screen, drawn


@pytest.fixture
def screen() -> Screen:
    return Screen("ridge/path")


@pytest.fixture
def compare(screen) -> Compare:
    screen.show(data="synthetic")
    return Compare(screen.scene, screen.board, screen.model, screen.model.setting, lambda: None)


def marks(screen: Screen, figure: str, ghostly: bool) -> list:
    return [mark for mark in screen.renderers(figure) if (mark.name == NAME) == ghostly]


def names(screen: Screen) -> list[str]:
    return list(screen.board.figures)


class TestGhost:
    def test_every_mark_leaves_one_where_it_was(self, screen, compare):
        frame = screen.model.opened(screen.model.frame)
        before = {
            name: [_now(mark.data_source, frame) for mark in screen.renderers(name)] for name in names(screen)
        }
        compare.pin()
        screen.show(data="synthetic", noise=1.5)
        for name in names(screen):
            ghosts = marks(screen, name, True)
            seen = [
                m for m in marks(screen, name, False) if not (m.data_source.name or "").startswith("extent:")
            ]
            assert [type(m.glyph) for m in ghosts] == [type(m.glyph) for m in seen]
            for ghost in ghosts:
                assert any(same(ghost.data_source.data, held) for held in before[name])

    def test_is_no_part_of_what_a_change_sends(self, screen, compare):
        screen.show(data="synthetic", noise=0.9)
        screen.sent()
        screen.show(data="synthetic", noise=1.0)
        without = screen.sent()
        compare.pin()
        screen.sent()
        screen.show(data="synthetic", noise=1.1)
        assert screen.sent() == without

    def test_the_axes_make_room_for_it(self, screen, compare):
        compare.pin()
        for figure in screen.board.figures.values():
            for axis in (figure.model.x_range, figure.model.y_range):
                if isinstance(axis, DataRange1d):
                    assert any(mark.name == NAME for mark in axis.renderers)

    def test_outlives_a_figure_that_is_built_anew(self, screen, compare):
        compare.pin()
        ghosts = {name: len(marks(screen, name, True)) for name in names(screen)}
        builds = dict(screen.board.builds)
        screen.show(data="diabetes")
        assert screen.board.builds != builds
        assert {name: len(marks(screen, name, True)) for name in names(screen)} == ghosts

    def test_goes_without_a_trace(self, screen, compare):
        before = screen.models()
        compare.pin()
        assert screen.models() != before
        compare.unpin()
        assert screen.models() == before

    def test_a_second_pin_takes_the_place_of_the_first(self, screen, compare):
        compare.pin()
        count = {name: len(drawn(figure.model)) for name, figure in screen.board.figures.items()}
        screen.show(data="synthetic", noise=1.5)
        compare.pin()
        assert {name: len(drawn(figure.model)) for name, figure in screen.board.figures.items()} == count
        assert compare._table.object == differing_html(screen.model, screen.model)

    def test_is_told_by_the_setting_that_was_shown(self, screen, compare):
        shown = screen.model.setting()
        compare._shown = lambda: shown
        screen.model.update(noise=2.0)  # its picture is on its way
        compare.pin()
        assert "noise" in compare._table.object

    def test_is_pale(self, screen, compare):
        compare.pin()
        for name in names(screen):
            for mark in marks(screen, name, True):
                assert mark.glyph.line_alpha <= 0.3


class TestSideBySide:
    def test_shows_both_and_links_their_axes(self, screen, compare):
        compare.pin()
        screen.show(data="synthetic", noise=1.5)
        compare._beside.value = True
        other = compare._other
        assert len(screen.board.panel) == 2 * len(screen.scene.figures)
        for name, figure in screen.board.figures.items():
            assert other.figures[name].model.x_range is figure.model.x_range
            assert other.figures[name].model.y_range is figure.model.y_range
            assert marks(screen, name, True) == []
        assert same(
            other.sources._tables["path"].data,
            {
                c: v
                for c, v in screen.board.pinned.tables["path"].items()
                if c in other.sources._tables["path"].data
            },
        )
        assert compare.turned_by() == {
            cursor: [PINNED + n for n in held] for cursor, held in screen.board.pinned.turned_by().items()
        }
        assert len({source.name for source in shared(screen)}) == len(shared(screen))

    def test_back_to_ghosts(self, screen, compare):
        before = screen.models()
        compare.pin()
        ghostly = {name: len(held) for name, held in screen.models().items()}
        compare._beside.value = True
        compare._beside.value = False
        assert {name: len(held) for name, held in screen.models().items()} == ghostly
        compare.unpin()
        assert screen.models() == before
        assert len(screen.board.panel) == len(screen.scene.figures)

    def test_a_figure_built_anew_is_linked_again(self, screen, compare):
        compare.pin()
        compare._beside.value = True
        screen.show(data="diabetes")
        compare.link()
        for name, figure in screen.board.figures.items():
            assert compare._other.figures[name].model.x_range is figure.model.x_range


class TestDifferences:
    def test_names_what_differs_and_nothing_else(self, screen):
        other = screen.model.copy().update(noise=1.23456789, data="synthetic")
        held = differing_html(screen.model.copy().update(data="synthetic"), other)
        assert held.count('scope="row"') == 1
        assert "noise" in held
        assert "1.23457" in held

    def test_equal_settings_are_a_sentence(self, screen):
        assert "<table" not in differing_html(screen.model, screen.model.copy())


def _now(source, frame) -> dict:
    """What the browser shows of a source: of a series its open page."""
    kind, _, name = (source.name or "").partition(":")
    held = {column: frame.page(name)[column] for column in source.data} if kind == "page" else source.data
    return {column: np.copy(values) for column, values in held.items()}


def shared(screen: Screen) -> list:
    return [s for s in screen.shared().values() if s.name]


def same(a: dict, b: dict) -> bool:
    return set(a) == set(b) and all(
        np.array_equal(np.asarray(a[k]), np.asarray(b[k]), equal_nan=np.asarray(b[k]).dtype.kind == "f")
        for k in a
    )
