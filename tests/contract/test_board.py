"""The live engine on the one scene whose every mark is known: shared sources, hidden pages, cursors, taps."""

from __future__ import annotations

import dataclasses

import holoviews as hv
import numpy as np
import pytest
from bokeh.events import Tap
from bokeh.models import DataRange1d

from explorer.core import lesson, registry
from explorer.core.figure import Figure
from explorer.core.frame import Field, Frame, Series
from explorer.core.inputs import Whole
from explorer.core.model import Model
from explorer.dashboard.board import Board
from explorer.dashboard.controls import Controls
from explorer.dashboard.lessons import Lessons
from explorer.dashboard.live import LiveFigure
from explorer.dashboard.sources import Sources
from tests.contract.screen import Screen, equal
from tests.contract.settings import TOY


@pytest.fixture
def toy() -> Screen:
    return Screen(TOY)


class TestToy:
    """Facts of the one scene whose every mark is known."""

    def test_marks_read_the_shared_source_of_their_table(self, toy):
        by_glyph = {type(r.glyph).__name__: r.data_source for r in toy.renderers("standing")}
        assert by_glyph["Line"].name == "table:wave"
        assert by_glyph["Scatter"].name == "table:samples"
        assert by_glyph["VSpan"].name == "page:mark"
        assert toy.renderers("brushed")[0].data_source is by_glyph["Scatter"]  # linked brushing

    def test_one_change_of_one_column_sends_its_table_alone(self, toy):
        toy.sent()
        toy.show(seed=5)
        assert {name for name in toy.sent() if name} == {"table:samples"}

    def test_another_structure_builds_its_figure_alone(self, toy):
        toy.show(lines=3)
        assert toy.board.builds == {"standing": 2, "travelling": 1, "landscape": 1, "brushed": 1}
        assert [type(r.glyph).__name__ for r in toy.renderers("standing")].count("Line") == 3
        toy.show(lines=3, frequency=2.0)
        assert toy.board.builds["standing"] == 2

    def test_error_bars_and_images_are_filled_again(self, toy):
        frame = toy.show(frequency=3.0, x0=0.5)
        bars = next(
            r for r in toy.renderers("standing") if type(r.glyph).__name__ == "Segment"
        ).data_source.data
        samples = frame.tables["samples"]
        assert equal(bars["lower"], samples["sample"] - samples["error"])
        assert equal(bars["upper"], samples["sample"] + samples["error"])
        image = toy.renderers("landscape")[0]
        assert equal(image.data_source.data["image"][0], frame.fields["bowl"].values)
        mapper, heights = image.glyph.color_mapper, frame.fields["bowl"].values
        assert (mapper.low, mapper.high) == (heights.min(), heights.max())

    def test_an_unchanged_frame_sends_nothing_at_all(self, toy):
        toy.sent()
        toy.board.show(toy.model.frame)
        assert not toy.sent()

    def test_refinements_add_no_model_and_rebuild_nothing(self, toy):
        before = toy.models()
        for frame in toy.model.copy().update(frequency=2.0).frames():
            toy.board.show(frame)
        assert toy.models() == before

    def test_a_cursor_travels_in_the_book_not_in_the_page(self, toy):
        book, page = (toy.document.get_model_by_name(f"{kind}:moving") for kind in ("book", "page"))
        series = toy.model.frame.series["moving"]
        assert page.tags == [book]
        assert book.tags == ["phase", series.points]
        assert equal(book.data["height"].reshape(series.steps, series.points), series["height"])
        toy.sent()
        toy.show(phase=6.0)
        assert not [name for name in toy.sent() if name]

    def test_a_new_page_opens_where_the_cursor_stands(self):
        scene = registry.find(TOY)
        model = scene.open(phase=6.0)
        board = Board(scene, model, lambda values: None)
        board.show(model.frame)
        line = board.figures["travelling"].model.renderers[1].data_source
        assert equal(line.data["height"], model.frame.series["moving"]["height"][-1])

    def test_chosen_rows_stay_chosen_while_they_exist(self, toy):
        source = toy.renderers("brushed")[0].data_source
        source.selected.indices = [3, 19]
        toy.show(frequency=2.0)
        assert source.selected.indices == [3, 19]
        frame = toy.model.frame
        shorter = {name: column[:10] for name, column in frame.tables["samples"].items()}
        toy.board.show(frame.with_(tables={"samples": shorter}))
        assert source.selected.indices == []

    def test_followed_axes_follow_the_data_but_not_the_turning_pages(self, toy):
        figure = toy.board.figures["standing"].model
        assert isinstance(figure.y_range, DataRange1d)
        moved = {type(r.glyph).__name__ for r in figure.y_range.renderers}
        assert moved == {"Line", "Scatter", "Segment"}

    def test_captions_stand_under_their_figures(self, toy):
        toy.show(frequency=2.0)
        texts = [
            pane.object
            for pane in toy.board.panel.select(lambda part: "caption" in str(getattr(part, "object", "")))
        ]
        assert texts == ['<p class="caption">A wave of 2 Hz.</p>']


class TestHidden:
    def test_draws_nothing_and_then_the_newest_once(self, toy):
        toy.sent()
        messages, builds = toy.board.sources.messages, dict(toy.board.builds)
        toy.board.hide(True)
        for frequency in (1.5, 2.0, 2.5):
            toy.show(frequency=frequency, lines=3)
        assert not toy.changes
        assert (toy.board.sources.messages, toy.board.builds) == (messages, builds)
        toy.board.hide(False)
        assert toy.board.builds["standing"] == builds["standing"] + 1
        lines = [r for r in toy.renderers("standing") if type(r.glyph).__name__ == "Line"]
        assert equal(lines[0].data_source.data["y0"], toy.model.frame.tables["wave"]["y0"])

    def test_a_picture_from_hidden_times_does_not_come_back(self, toy):
        toy.board.hide(True)
        toy.show(frequency=1.5)
        toy.board.hide(False)
        toy.show(frequency=2.5)
        toy.board.hide(True)
        toy.board.hide(False)
        assert equal(
            toy.renderers("brushed")[0].data_source.data["sample"],
            toy.model.frame.tables["samples"]["sample"],
        )

    def test_seen_again_with_nothing_new_draws_nothing(self, toy):
        toy.sent()
        toy.board.hide(True)
        toy.board.hide(False)
        toy.board.hide(False)
        assert not toy.changes

    def test_a_page_that_opens_hidden_draws_when_it_is_seen(self):
        scene = registry.find(TOY)
        board = Board(scene, scene.open(), lambda values: None)
        board.hide(True)
        board.show(scene.open().frame)
        assert board.builds == {}
        board.hide(False)
        assert set(board.builds) == {figure.name for figure in scene.figures}


def test_a_rebuilt_figure_listens_once(toy):
    toy.show(lines=3)
    assert len(toy.board.figures["standing"].model.js_event_callbacks["tap"]) == 1


ASKING = """# Where it is low
## The bowl
```yaml
ask: Tap the lowest point.
tap: {figure: landscape, x: [-0.5, 0.5]}
```
---
There.
"""


def test_a_tap_that_answers_a_lesson_sets_no_inputs(toy):
    scene = dataclasses.replace(toy.scene)
    scene.__dict__["lessons"] = {"low": lesson.read("low", ASKING)}
    lessons = Lessons(scene, lambda values: None)
    toy.board.heard_taps = lessons.tapped
    model = toy.board.figures["landscape"].model

    def tap() -> list[dict[str, float]]:
        toy.tapped.clear()
        model._trigger_event(Tap(model, x=0.25, y=-0.5))
        return list(toy.tapped)

    moved = [{"x0": 0.25, "y0": -0.5}]
    assert tap() == moved  # no lesson is taken
    lessons.restore("low.1")
    assert tap() == []
    assert lessons.text == "low.1.0p25_-0p5"
    assert tap() == moved  # the answer is given


class TestFilm:
    """A field with pages: its pixels are sent as one book, in the order in which HoloViews would draw them."""

    @staticmethod
    def frame(wide: float, tall: int) -> Frame:
        x, y = np.linspace(0.0, wide, 5), np.linspace(-1.0, 1.0, tall)
        pages = np.arange(3.0)[:, None, None] + wide * x * y[:, None]
        return Frame(fields={"film": Field(x, y, pages, "step")}, cursors={"step": np.arange(3.0)})

    @staticmethod
    def drawn(frame: Frame) -> hv.Image:
        grid = frame.field("film")
        return hv.Image((grid.x, grid.y, grid.values), ["u", "v"], "film").opts(cmap="viridis")

    @pytest.mark.usefixtures("toy")  # which loads the plotting backend the way a page does
    def test_the_open_page_is_what_holoviews_draws(self):
        sources = Sources()
        figure = LiveFigure(Figure(self.drawn, "A film"), sources, self.frame(1.0, 4))
        (renderer,) = figure.model.renderers
        page = renderer.data_source
        for frame in (self.frame(1.0, 4), self.frame(2.0, 3)):
            sources.push(frame)
            figure.push(frame)
            wanted = hv.renderer("bokeh").get_plot(self.drawn(frame)).handles["source"].data
            assert page.data.keys() == wanted.keys()
            for name in wanted:
                np.testing.assert_allclose(
                    np.asarray(page.data[name]), np.asarray(wanted[name]), err_msg=name
                )
            values = frame.fields["film"].values
            assert page.tags[0].tags == ["step", values[0].size, *values.shape[1:]]
            np.testing.assert_array_equal(page.tags[0].data["image"], values.ravel())
            mapper = renderer.glyph.color_mapper
            assert (mapper.low, mapper.high) == (values.min(), values.max())

    def test_only_the_book_is_sent_while_the_picture_stays_in_place(self):
        sources, frame = Sources(), self.frame(1.0, 4)
        before = dict(sources.picture(frame, "film").data)
        doubled = Field(
            frame.fields["film"].x, frame.fields["film"].y, 2 * frame.fields["film"].values, "step"
        )
        sources.push(frame.with_(fields={"film": doubled}))
        assert sources.picture(frame, "film").data == before
        assert sources.messages == 2

    @pytest.mark.usefixtures("toy")
    def test_a_still_field_is_sent_when_it_changes(self):
        sources = Sources()
        x, y = np.linspace(0.0, 1.0, 4), np.linspace(-1.0, 1.0, 3)

        def frame(scale: float) -> Frame:
            return Frame(fields={"still": Field(scale * x, y, scale * x * y[:, None])})

        def drawn(frame: Frame) -> hv.Image:
            grid = frame.field("still")
            return hv.Image((grid.x, grid.y, grid.values), ["u", "v"], "still").opts(cmap="viridis")

        figure = LiveFigure(Figure(drawn, "A picture"), sources, frame(1.0))
        assert figure.derived == 0
        (renderer,) = figure.model.renderers
        for shown, messages in ((frame(1.0), 1), (frame(2.0), 2), (frame(2.0), 2)):
            sources.push(shown)
            figure.push(shown)
            wanted = hv.renderer("bokeh").get_plot(drawn(shown)).handles["source"].data
            for name in wanted:
                np.testing.assert_allclose(
                    np.asarray(renderer.data_source.data[name]), np.asarray(wanted[name]), err_msg=name
                )
            assert sources.messages == messages
            assert renderer.glyph.color_mapper.high == shown.fields["still"].values.max()

    def test_pages_and_positions_must_agree(self):
        film = self.frame(1.0, 4).fields["film"]
        with pytest.raises(ValueError, match="needs as many positions"):
            Frame(fields={"film": film}, cursors={"step": np.arange(2.0)})
        with pytest.raises(ValueError, match="as many pages of that shape"):
            Field(film.x, film.y, film.values[0], "step")


class TestSeries:
    """What is the same on every page is sent once, not once a page."""

    @staticmethod
    def frame(height: float, apart: float) -> Frame:
        x = np.linspace(0.0, apart, 4)
        pages = np.arange(3.0)[:, None] + x
        columns = {"grid": np.broadcast_to(x, pages.shape), "tall": height * pages}
        return Frame(series={"s": Series("step", columns)}, cursors={"step": np.arange(3.0)})

    @staticmethod
    def sources(frame: Frame) -> Sources:
        sources = Sources()
        page = sources.source(frame, "s", {"grid", "tall"})
        assert set(page.data) == {"grid", "tall"}
        sources.extent("s")
        return sources

    def test_a_still_column_stands_on_the_page_alone(self):
        first = self.frame(1.0, 1.0)
        sources = self.sources(first)
        page = sources.source(first, "s", set())
        assert set(page.tags[0].data) == {"tall"}
        then = self.frame(2.0, 5.0)
        sources.push(then)
        np.testing.assert_array_equal(page.data["grid"], then.series["s"]["grid"][0])
        np.testing.assert_array_equal(page.tags[0].data["tall"], then.series["s"]["tall"].ravel())
        assert sources.extent("s").data["grid"][2] == 5.0

    def test_a_column_that_begins_to_move_goes_into_the_book(self):
        first = self.frame(0.0, 1.0)  # all columns still: one of them must make the book
        sources = self.sources(first)
        page = sources.source(first, "s", set())
        assert set(page.tags[0].data) == {"tall"}
        sources.push(self.frame(1.0, 1.0))
        assert set(page.tags[0].data) == {"tall"}
        moving = self.frame(1.0, 1.0)
        moved = {"grid": moving.series["s"]["tall"], "tall": moving.series["s"]["grid"]}
        sources.push(moving.with_(series={"s": Series("step", moved)}))
        assert set(page.tags[0].data) == {"grid"}
        np.testing.assert_array_equal(page.data["tall"], moved["tall"][0])


class TestHandles:
    """What a hand in the browser changes is heard; what the server sends is not."""

    def test_an_edit_is_heard_and_a_refusal_takes_it_back(self):
        def frame(x: float) -> Frame:
            return Frame(tables={"t": {"x": [x, 2.0], "word": ["a", "b"]}})

        heard: list = []
        sources = Sources()
        source = sources.source(frame(1.0), "t", {"x", "word"})
        sources.listen(frame(1.0), "t", {"x"}, lambda columns: heard.append(columns) or len(heard) < 2)
        sources.push(frame(3.0))
        assert heard == []
        source.data = {"x": [3.5, 2.0, 4.0], "word": ["a", "b", 0.0]}
        np.testing.assert_array_equal(heard[0]["x"], [3.5, 2.0, 4.0])
        assert heard[0]["word"].tolist() == ["a", "b", ""]
        source.data = {"x": [np.nan], "word": ["a"]}  # the second is refused
        assert len(heard) == 2
        np.testing.assert_array_equal(source.data["x"], [3.5, 2.0, 4.0])
        messages = sources.messages
        sources.push(Frame(tables={"t": {"x": [3.5, 2.0, 4.0], "word": ["a", "b", ""]}}))
        assert sources.messages == messages  # the browser shows it already

    def test_a_table_said_again_after_the_picture_has_changed_is_no_edit(self):
        """A tool that lets go says every table it may change; the first may have led to a new picture already."""

        def frame(x: float) -> Frame:
            return Frame(tables={"moved": {"a": [x]}, "still": {"b": [10.0 * x]}})

        heard: list[str] = []
        sources = Sources()
        held = {
            name: sources.source(frame(1.0), name, {column})
            for name, column in (("moved", "a"), ("still", "b"))
        }

        def moved(columns) -> bool:
            heard.append("moved")
            sources.push(frame(float(columns["a"][0])))
            return True

        sources.listen(frame(1.0), "moved", {"a"}, moved)
        sources.listen(frame(1.0), "still", {"b"}, lambda columns: bool(heard.append("still")))
        before = {name: dict(source.data) for name, source in held.items()}
        held["moved"].data = {**before["moved"], "a": [2.0]}
        np.testing.assert_array_equal(held["still"].data["b"], [20.0])
        held["still"].data = before["still"]
        assert heard == ["moved"]
        sources.push(frame(3.0))
        held["still"].data = {**held["still"].data, "b": [5.0]}
        assert heard == ["moved", "still"]
        np.testing.assert_array_equal(held["still"].data["b"], [30.0])  # refused
        held["moved"].data = {
            **before["moved"],
            "a": [1.0],
        }  # late, and yet an edit: it stood at 2 under this number
        assert heard == ["moved", "still", "moved"]

    def test_marks_that_change_nothing_stand_where_they_stood(self, toy):
        source = toy.board.sources._tables["start"]
        toy.board._tapped = lambda values: toy.model.update(**values) is toy.model
        source.data = {**source.data, "sx": [0.5]}
        assert (toy.model.x0, source.data["sx"][0]) == (0.5, 0.5)
        toy.model.update(x0=0.25)
        source.data = {**source.data, "sx": [0.25]}
        assert source.data["sx"][0] == 0.5

    def test_marks_that_cannot_stand_there_stand_where_they_stood(self, toy, monkeypatch):
        def moved(columns):
            raise ValueError("not there")

        figure, refused = toy.board.figures["landscape"], []
        handles = dataclasses.replace(figure.spec.drag[0], moved=moved)
        monkeypatch.setattr(figure, "spec", dataclasses.replace(figure.spec, drag=(handles,)))
        monkeypatch.setattr(figure, "_sources", Sources())
        monkeypatch.setattr(toy.board, "_refused", lambda error: refused.append(str(error)))
        figure.let_drag(toy.model.frame, toy.board._dragged)
        source = figure._sources._tables["start"]
        source.data = {**source.data, "sx": [0.5]}
        assert refused == ["not there"]
        assert (source.data["sx"][0], toy.model.x0) == (0.0, 0.0)
        assert toy.tapped == []


def test_an_input_matters_when_one_of_its_cases_holds():
    class Cased(Model):
        first = Whole(0, bounds=(0, 3), label="first")
        second = Whole(0, bounds=(0, 3), label="second")
        either = Whole(0, bounds=(0, 3), when=({"first": (1, 2)}, {"second": (1,), "first": (3,)}))
        always = Whole(0, bounds=(0, 3))

        def compute(self, report):
            return Frame()

    controls = Controls(Cased(), lambda values, moving: None)
    for first, second, shown in ((0, 0, False), (2, 0, True), (0, 1, False), (3, 0, False), (3, 1, True)):
        controls.show(Cased(first=first, second=second))
        assert controls.widgets["either"].visible is shown
        assert controls.widgets["always"].visible
