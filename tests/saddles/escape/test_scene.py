"""The scene's numbers against the library, its lessons, and what it says of wrong inputs."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.core import registry
from explorer.saddles import SURFACES, basins, descend, suggest_step
from explorer.saddles.escape import contours
from explorer.saddles.escape.basins import HUES, LOST, NOWHERE
from explorer.saddles.escape.grounds import Chosen, ground
from explorer.saddles.escape.trails import LABELS

SMALL = {"steps": 30, "grid": 20}


def scene(**inputs):
    return explorer.scene("saddles/escape", **{**SMALL, **inputs})


def preset(number):
    return explorer.scene("saddles/escape", **registry.find("saddles/escape").presets[number].inputs)


class TestAgainstTheLibrary:
    @pytest.mark.parametrize("method", ["gradient", "newton", "saddle_free"])
    def test_a_trajectory_is_the_librarys(self, method):
        runs = scene(surface="himmelblau", x0=1.0, y0=-2.0).frame.tables["runs"]
        surface = SURFACES["himmelblau"]
        path = descend(surface, [1.0, -2.0], method, 30, suggest_step(surface, method))
        drawn = np.column_stack([runs[f"x_{method}"], runs[f"y_{method}"]])
        np.testing.assert_allclose(drawn, np.where(np.abs(path) < 100.0, path, np.nan), atol=1e-12)

    def test_the_map_is_the_librarys(self):
        frame = scene(surface="himmelblau", chosen="newton").frame
        found = basins(SURFACES["himmelblau"], "newton", 20)
        np.testing.assert_array_equal(frame.tables["ends"]["end_share"], found.shares)
        hue = frame.fields["basins"].values
        assert ((hue == LOST) == (found.labels == -1)).all()
        assert ((hue == NOWHERE) == (found.labels < -1)).all()
        assert (hue[found.labels >= 0] == 1 + found.labels[found.labels >= 0] % HUES).all()

    def test_one_step_for_all_is_one_step_for_all(self):
        frame = scene(common=True, eta=0.1, x0=0.3, y0=0.5).frame
        path = descend(ground(Chosen("four_wells", coupling=0.0)).surface, [0.3, 0.5], "gradient", 30, 0.1)
        np.testing.assert_allclose(frame.tables["runs"]["x_gradient"], path[:, 0], atol=1e-12)

    def test_evaluations_count_numbers_asked_for(self):
        runs = scene(evaluations=True, zeroth=True, directions=2).frame.tables["runs"]
        per_step = {"gradient": 2, "newton": 5, "zeroth": 4}  # d, d + d(d + 1)/2, two values a direction
        assert {name: runs[f"at_{name}"][1] for name in per_step} == per_step


class TestSeries:
    def test_the_spots_are_on_their_trajectories(self):
        frame = scene().frame
        for i, name in enumerate(frame.facts["methods"]):
            np.testing.assert_array_equal(
                frame.series["spots"]["spot_x"][:, i], frame.tables["runs"][f"x_{name}"]
            )

    def test_the_tail_ends_at_the_spot_and_starts_behind_it(self):
        frame = scene().frame
        tail, x = frame.series["tail"]["tail_x_gradient"], frame.tables["runs"]["x_gradient"]
        np.testing.assert_array_equal(tail[:, -1], x.astype("f4"))
        assert np.isnan(tail[3, :-4]).all()
        np.testing.assert_array_equal(tail[3, -4:], x[:4].astype("f4"))

    def test_arms_are_eigenvectors_as_long_as_their_curvature(self):
        frame, step = scene(surface="himmelblau", x0=0.5, y0=1.0).frame, 2
        arms, runs = frame.series["arms"], frame.tables["runs"]
        x = np.array([runs["x_gradient"][step], runs["y_gradient"][step]])
        values, vectors = np.linalg.eigh(SURFACES["himmelblau"].hessian(x))
        lengths = []
        for row, word in enumerate("falling" if value < 0 else "rising" for value in values):
            span = np.array([arms[f"{word}_{a}1"][step, row] - arms[f"{word}_{a}0"][step, row] for a in "xy"])
            lengths.append(np.linalg.norm(span))
            assert abs(span @ vectors[:, row]) == pytest.approx(lengths[-1])
        assert lengths[0] / lengths[1] == pytest.approx(abs(values[0] / values[1]))


class TestWhatIsDrawn:
    def test_all_ten_methods_stand_in_the_legend(self):
        import holoviews as hv

        frame = scene(**dict.fromkeys(LABELS, True)).frame
        figures = registry.find("saddles/escape").figures
        named = [item.label.value for item in hv.render(figures[0].draw(frame)).legend.items]
        assert set(LABELS.values()) <= set(named)

    def test_a_number_stands_below_its_mark_where_another_mark_is_above(self):
        frame = scene(surface="himmelblau", chosen="newton").frame
        critical, table = SURFACES["himmelblau"].critical_points(), frame.tables["ends"]
        below = np.flatnonzero(table["end_y"] < critical.points[:, 1])
        np.testing.assert_allclose(critical.points[below], [[-0.128, -1.954]], atol=1e-3)

    def test_without_a_saddle_the_progress_is_the_loss_above_the_lowest(self):
        frame = scene(surface="rosenbrock", x0=-1.2, y0=1.0).frame
        assert frame.facts["height"] == "excess"
        runs = frame.tables["runs"]
        np.testing.assert_array_equal(runs["excess_gradient"], runs["loss_gradient"])  # the lowest is 0
        assert np.isnan(runs["excess_newton"][-1])
        assert runs["loss_newton"][-1] == 0.0

    def test_a_run_that_leaves_does_not_stretch_the_axes(self):
        frame = scene(surface="monkey", x0=0.3, y0=0.3, steps=100).frame
        corner = 1.5 * 3.0 * np.sqrt(2.0)  # of the box three times as wide
        assert np.nanmax(np.abs(frame.tables["bend"]["curvature_1"])) <= 6.0 * corner
        assert np.nanmin(frame.tables["runs"]["loss_saddle_free"]) > -25.0

    def test_captions_tell_rest_from_motion_and_one_run_from_many(self):
        slow = scene(surface="rosenbrock").frame.captions["ends"]
        assert "still move after 500 steps" in slow
        assert "rest at no" not in slow
        assert "noisy descent (r.m.s.)" in preset(2).frame.captions["progress"]


class TestLessons:
    def test_newton_walks_in_and_the_others_leave(self):
        runs = preset(0).frame.tables["runs"]
        ends = {name: runs[f"loss_{name}"][-1] for name in ("newton", "saddle_free", "gradient")}
        assert ends["newton"] == pytest.approx(-0.25)
        assert ends["saddle_free"] == pytest.approx(-0.5, abs=1e-6)
        assert ends["gradient"] == pytest.approx(-0.5, abs=1e-6)

    def test_the_plateau_lies_still_and_then_drops(self):
        loss = preset(1).frame.tables["runs"]["loss_gradient"]
        assert abs(loss[100] - loss[20]) < 0.02
        assert loss[-1] < -0.4

    def test_only_noise_leaves_the_symmetric_saddle(self):
        runs = preset(2).frame.tables["runs"]
        assert np.abs(runs["y_noisy"][-10:]).min() > 0.5
        for name in ("gradient", "heavy_ball", "saddle_free"):
            assert (runs[f"y_{name}"] == 0.0).all()

    def test_saddle_free_newton_does_not_mind_the_curvature(self):
        steps = {}
        for psi in (0.05, 0.4):
            given = {**registry.find("saddles/escape").presets[3].inputs, "psi": psi}
            table = explorer.scene("saddles/escape", **given).frame.tables["escapes"]
            steps[psi] = dict(zip(table["method"], table["found_step"], strict=True))
        assert steps[0.05]["saddle_free"] == steps[0.4]["saddle_free"]
        assert steps[0.05]["nesterov"] > 1.5 * steps[0.4]["nesterov"]

    def test_equal_weights_cannot_change_sign(self):
        loss = preset(4).frame.tables["runs"]
        assert loss["loss_gradient"][-1] == pytest.approx(0.5)
        assert loss["loss_noisy"][-1] < 0.01

    def test_noise_throws_the_run_to_the_other_minimum(self):
        runs, minima = preset(6).frame.tables["runs"], SURFACES["muller_brown"].critical_points().points
        ends = {name: [runs[f"x_{name}"][-1], runs[f"y_{name}"][-1]] for name in ("gradient", "noisy")}
        np.testing.assert_allclose(ends["gradient"], minima[0], atol=0.1)
        np.testing.assert_allclose(ends["noisy"], minima[2], atol=0.15)

    def test_minima_are_found_only_at_the_bottom(self):
        tables = preset(7).frame.tables
        high = tables["height_points"]
        assert (np.diff(tables["height_means"]["mean_share"]) > 0.0).all()
        assert high["point_share"][high["point_height"] > 0.0].min() > 0.4

    def test_newton_ends_in_saddles_and_gradient_descent_does_not(self):
        shares = {}
        for chosen in ("newton", "gradient"):
            model = scene(surface="himmelblau", chosen=chosen, grid=60)
            index = SURFACES["himmelblau"].critical_points().index
            shares[chosen] = model.frame.tables["ends"]["end_share"][index > 0].sum()
        assert shares["newton"] > 0.2
        assert shares["gradient"] < 0.01


class TestRelief:
    def test_bands_count_the_levels_below(self):
        drawn = contours.relief(ground(Chosen("himmelblau")), log=False)
        np.testing.assert_array_equal(
            drawn.band, (drawn.levels[:, None, None] < drawn.height).sum(axis=0).astype(float)
        )

    @pytest.mark.parametrize("log", [False, True])
    def test_level_lines_stand_at_their_level(self, log):
        held = ground(Chosen("himmelblau"))
        drawn = contours.relief(held, log)
        line = drawn.line[np.isfinite(drawn.line).all(axis=1)]
        gap = np.abs(held.surface.value(line)[:, None] - drawn.levels).min(axis=1)
        slope = np.linalg.norm(held.surface.gradient(line), axis=1)
        assert (gap / np.maximum(slope, 1.0)).max() < 0.06  # less than a cell of 10/160
        assert 6 <= len(drawn.levels) <= 16

    def test_a_sum_over_axes_is_drawn_as_it_is(self):
        held = ground(Chosen("plateau", dimension=7, wells=2, axes=(1, 4)))
        drawn = contours.relief(held, log=False)
        direct = held.surface.value(held.plane.points(drawn.a[None, :], drawn.b[:, None]))
        np.testing.assert_allclose(drawn.height, direct, atol=1e-12)


class TestWords:
    @pytest.mark.parametrize(
        ("formula", "words"),
        [
            ("x +", "end"),
            ("__import__('os')", "column"),
            ("log(x)", "column"),
            ("abs(x)", "column"),
            ("x^2 + q", "column"),
        ],
    )
    def test_a_wrong_formula_is_one_sentence_with_its_place(self, formula, words):
        with pytest.raises(ValueError, match=words) as told:
            scene(surface="formula", formula=formula).draft()
        assert "\n" not in str(told.value)

    def test_a_target_of_zero_is_refused(self):
        with pytest.raises(ValueError, match="other than zero"):
            scene(surface="deep_chain", target=0.0).draft()

    @pytest.mark.parametrize("formula", ["x + y", "1", "exp(x) + y", "x^3 + y^3", "1e50*x^2", "1e-200*x*y"])
    def test_a_surface_without_a_saddle_is_drawn_all_the_same(self, formula):
        model = scene(surface="formula", formula=formula)
        assert "fails" not in [check.verdict for check in model.checks()]


def test_a_finished_map_is_kept_while_the_start_moves():
    model = scene(grid=60)
    before = model.frame.fields["basins"].values
    model.update(x0=0.3)
    np.testing.assert_array_equal(model.draft().fields["basins"].values, before)


def test_the_map_grows_finer_and_can_be_cancelled():
    model = scene(grid=130, coupling=0.123, factor=0.77)
    sides = [len(frame.fields["basins"].x) for frame in model.copy().frames()]
    assert sides == [25, 50, 100, 130]

    class Enough(Exception):
        pass

    def stop(share, text=""):
        raise Enough

    model.update(coupling=0.124)
    with pytest.raises(Enough):
        list(model.refined(model.draft(), stop))
