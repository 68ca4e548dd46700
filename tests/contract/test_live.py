"""What the live engine promises for every scene, with no browser: figures are built once, then fed."""

from __future__ import annotations

from bokeh.events import Tap

from explorer.core import registry
from explorer.dashboard.board import Board
from tests.contract.screen import Screen, journey, turns_live
from tests.contract.settings import SETTINGS, declared, every_scene


@every_scene
class TestUpdates:
    def test_a_figure_is_built_again_for_another_structure_alone(self, name):
        for step in journey(name):
            for figure, (before, after) in step.builds.items():
                assert after == before + (not step.fits[figure]), f"{figure} at {step.setting}"

    def test_drafts_and_refinements_have_one_structure(self, name):
        """While a hand drags, drafts follow refined frames: a figure built again each time would stutter."""
        screen = Screen(name)
        for preset in screen.scene.presets:
            model = screen.scene.open(**preset.inputs)
            frames = list(model.frames())
            screen.board.show(frames[-1])
            builds = dict(screen.board.builds)
            for frame in frames:
                screen.board.show(frame)
            assert screen.board.builds == builds, preset.name

    def test_an_update_adds_no_model(self, name):
        for step in journey(name):
            for figure, (before, after) in step.models.items():
                assert not step.fits[figure] or after == before, f"{figure} at {step.setting}"

    def test_each_changed_table_is_one_message_and_an_unchanged_one_none(self, name):
        steps = [step for step in journey(name) if all(step.fits.values())]
        live = any(setting.scene == name and turns_live(setting) for setting in SETTINGS)
        assert any(step.changed for step in steps) or not live  # else each change may be one of structure
        for step in steps:
            # Beside a book travel, when they change, the ends of its columns, three numbers each, and what is
            # the same on every page.
            tables = {
                source for source in step.sent if source and not source.startswith(("extent:", "page:"))
            }
            assert tables == step.changed, step.setting
            assert step.messages == len(step.changed), step.setting
            assert all(count == 1 for source, count in step.sent.items() if source), step.setting

    def test_the_same_frame_again_sends_no_table(self, name):
        for step in journey(name):
            assert not [source for source in step.again if source], step.setting

    def test_what_is_fed_looks_like_what_is_built(self, name):
        for step in journey(name):
            assert step.differences == [], step.setting

    def test_the_page_stands_before_its_first_picture(self, name):
        scene = registry.find(name)
        board = Board(scene, scene.open(), lambda values: None)
        board.prepare()
        assert len(board.panel) == len(scene.figures)
        assert board.builds == {}

    def test_every_figure_listens_to_the_taps_that_it_declares(self, name):
        screen, known = Screen(name), declared(name)
        for spec in screen.scene.figures:
            model = screen.board.figures[spec.name].model
            cursors = [which for which in spec.tap.values() if known[which].info.kind == "cursor"]
            scripts = model.js_event_callbacks.get("tap", [])
            assert [script.args["cursor"] for script in scripts] == cursors
            place = {"x": 0.25, "y": -0.5}
            screen.tapped.clear()
            model._trigger_event(Tap(model, **place))
            computed = {which: place[axis] for axis, which in spec.tap.items() if which not in cursors}
            assert screen.tapped == ([computed] if computed else [])
