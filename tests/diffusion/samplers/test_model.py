"""The numbers of the scene against the library, what is refused, and that a stretch of code stays honest."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer import diffusion
from explorer.diffusion.samplers import curves, handles, levels, peers, problem


def scene(**inputs):
    return explorer.scene("diffusion/samplers", **{"curves": "two", "n": 30, **inputs})


MOVED = {"means": handles.moved_means, "rims": handles.moved_rims, "bars": handles.moved_bars}


def drawn(frame, name, page):
    swarm = frame.series["swarm"]
    return np.column_stack([swarm[f"{name}_x"][page], swarm[f"{name}_y"][page]])


def _fresh(*given, **more):
    """Errors against a reference of their own, whatever is known already."""
    *rest, _exact = given
    return diffusion.error_curves(*rest, None, **more)


class TestPictures:
    @pytest.mark.parametrize("scaled", ["vp", "flow"])
    def test_the_drawn_ends_are_those_of_the_library(self, scaled):
        frame = scene(scaled=scaled, second="dpmpp2m").draft()
        grid = diffusion.karras(10, 0.02, 10.0)
        target = diffusion.example("three").target
        starts = 10.0 * diffusion.Brownian(0).starts(31, 2)[:-1]
        s = np.sqrt(1 + 0.02**2) if scaled == "vp" else 1.02
        for name, method in (("first", "euler"), ("second", "dpmpp2m")):
            ends = diffusion.ends(target.denoise, starts, grid, method)
            np.testing.assert_allclose(drawn(frame, name, -1) * s, ends, rtol=0, atol=1e-12)

    def test_a_start_of_ones_own_begins_where_it_was_put(self):
        frame = scene(x0=1.25, y0=-0.75).draft()
        own = frame.tables["own_first"]
        assert own["first_own_x"][0] == pytest.approx(1.25, abs=1e-12)
        assert own["first_own_y"][0] == pytest.approx(-0.75, abs=1e-12)

    def test_a_start_of_ones_own_changes_no_other_particle(self):
        one, other = scene(x0=1.0).draft(), scene(x0=-2.0).draft()
        assert np.array_equal(drawn(one, "first", -1), drawn(other, "first", -1))

    def test_the_exact_trajectory_is_the_reference(self):
        frame = scene().frame
        sigmas, _ = levels.pages(diffusion.karras(10, 0.02, 10.0))
        start = np.array([[1.7, -0.7]]) * np.sqrt(101.0)
        exact = diffusion.reference(diffusion.example("three").target.denoise, start, sigmas).path[:, 0]
        s = np.sqrt(1 + sigmas**2)
        np.testing.assert_allclose(frame.tables["own_exact"]["exact_own_x"] * s, exact[:, 0], atol=1e-10)

    def test_digits_are_images_and_end_as_stored_ones(self):
        frame = scene(data="digits", first="heun", low=0.02, n=20).draft()
        ink = frame.series["images"]["fill_alpha"][-1].reshape(3, 6, 64)
        np.testing.assert_allclose(ink[1], ink[2], atol=1e-3)
        assert not np.allclose(frame.series["images"]["fill_alpha"][0].reshape(3, 6, 64)[1], ink[2], atol=0.1)

    def test_the_exact_flow_of_digits_is_followed_once(self, monkeypatch):
        frame = scene(data="digits_mixture", low=0.1, n=20, map="distance").frame
        monkeypatch.setattr(curves, "error_curves", lambda *given, **more: _fresh(*given, **more))
        again = scene(data="digits_mixture", low=0.1, n=20, map="distance").frame
        for slot in (0, 1):
            np.testing.assert_allclose(
                frame.tables["errors"][f"median{slot}"], again.tables["errors"][f"median{slot}"], rtol=1e-3
            )

    @pytest.mark.parametrize("steps", [2, 7, 30, 31, 200])
    def test_every_short_grid_is_among_the_pages(self, steps):
        grid = diffusion.karras(steps, 0.02, 10.0)
        sigmas, times = levels.pages(grid)
        assert times[0] == 0.0
        assert times[-1] == 1.0
        assert (np.diff(times) > 0).all()
        assert len(sigmas) <= 31
        if steps <= 30:
            assert set(grid) <= set(sigmas)

    def test_between_its_steps_a_solver_is_on_the_chord(self):
        grid = np.array([4.0, 2.0, 0.0])
        path = np.array([[[0.0, 0.0]], [[1.0, 2.0]], [[1.0, 4.0]]])
        found = levels.along(path, grid, np.array([4.0, 3.0, 2.0, 0.5, 0.0]))[:, 0]
        np.testing.assert_allclose(found, [[0, 0], [0.5, 1], [1, 2], [1, 3.5], [1, 4]])


class TestBudget:
    @pytest.mark.parametrize(("first", "second", "steps"), [("euler", "heun", 20), ("rk4", "euler", 9)])
    def test_the_second_solver_spends_no_more_and_could_not_take_a_step_more(self, first, second, steps):
        grid = levels.levels("karras", 0.02, 10.0, 7.0, "")
        found = levels.same_budget(grid, first, second, steps)
        budget = diffusion.calls(first, grid(steps))
        assert diffusion.calls(second, grid(found)) <= budget < diffusion.calls(second, grid(found + 1))


class TestYours:
    def test_points_of_a_file(self, tmp_path):
        file = tmp_path / "points.csv"
        draw = np.random.default_rng(0)
        rows = np.concatenate([draw.normal(0, 0.1, (30, 2)), draw.normal(5, 0.1, (20, 2))])
        file.write_text("a,b\n" + "\n".join(f"{x},{y}" for x, y in rows))
        model = scene(data=file)
        posed = model.posed()
        assert posed.target.components == 50
        assert np.bincount(posed.groups).tolist() == [30, 20]
        assert np.sqrt(np.mean(posed.target.means**2)) == pytest.approx(1.0)
        assert "fails" not in {check.verdict for check in model.checks()}

    def test_equal_points_are_refused(self):
        with pytest.raises(ValueError, match="all the same"):
            scene(data=np.ones((5, 2))).draft()

    def test_a_mixture_as_text(self):
        posed = scene(data="own", modes="0 0; 1 -1 0.5 3").posed()
        np.testing.assert_allclose(posed.target.weights, [0.25, 0.75])
        np.testing.assert_allclose(posed.target.covariances[:, 0, 0], [0.0625, 0.25])

    @pytest.mark.parametrize(
        "modes", ["", "1", "1 2 3 4 5", "a b", "0 0 0", "0 0 1 -1", "0 0 nan", "99 0", ";;"]
    )
    def test_a_mixture_that_is_none(self, modes):
        with pytest.raises(ValueError, match="Modes"):
            scene(data="own", modes=modes).draft()

    @pytest.mark.parametrize(
        "own", ["", "1", "1, 2, 3", "3, 1", "a, b, c", "9, 3, 3, 1", "5, 1, -1", "1e9, 1, 0"]
    )
    def test_levels_that_are_none(self, own):
        with pytest.raises(ValueError, match=r"[Yy]our own levels"):
            scene(grid="own", own=own).draft()

    def test_levels_of_ones_own_are_taken_as_they_are(self):
        model = scene(grid="own", own="80, 10, 2, 0.5, 0")
        assert model.run().grids[0].tolist() == [80.0, 10.0, 2.0, 0.5, 0.0]
        assert "fails" not in {check.verdict for check in model.checks()}

    @pytest.mark.parametrize("steps", [1, 2, 5, 17])
    def test_levels_of_ones_own_can_be_had_in_any_number(self, steps):
        for text in ("10, 2, 1, 0.1", "10, 2, 0"):
            grid = levels.levels("own", 0.0, 0.0, 0.0, text)
            found = grid(steps)
            assert len(found) == steps + 1
            assert found[0] == 10.0
            assert found[-1] == float(text.split(",")[-1])
            assert (np.diff(found) < 0).all()

    def test_a_dragged_mean_makes_a_mixture_of_ones_own(self):
        means = dict(scene(data="unequal").draft().tables["means"])
        means["mean_x"] = np.array([2.0, *means["mean_x"][1:]])
        given, target = (
            scene(data="unequal").posed().target,
            scene(**handles.moved_means(means)).posed().target,
        )
        np.testing.assert_allclose(target.means[0], [2.0, given.means[0, 1]], atol=0.005)
        np.testing.assert_allclose(target.means[1:], given.means[1:], atol=0.005)
        np.testing.assert_allclose(target.weights, given.weights, atol=0.001)
        np.testing.assert_allclose(target.covariances, given.covariances, rtol=0.01)

    @pytest.mark.parametrize("unknown", [np.nan, 0.0])
    def test_an_added_mean_gets_the_mean_spread_and_weight(self, unknown):
        columns = {
            "mean_x": np.array([0.0, 1.0, 2.0]),
            "mean_y": np.array([0.0, 1.0, -2.0]),
            "mean_spread": np.array([0.1, 0.3, unknown]),
            "mean_weight": np.array([0.5, 0.5, unknown]),
        }
        assert handles.moved_means(columns) == {
            "data": "own",
            "modes": "0 0 0.1 0.5; 1 1 0.3 0.5; 2 -2 0.2 0.5",
        }

    @pytest.mark.parametrize("which", ["means", "rims", "bars"])
    def test_handles_that_are_not_moved_change_nothing(self, which):
        for data in ("unequal", "nine"):
            given = scene(data=data)
            columns = dict(given.draft().tables[which])
            target = scene(**MOVED[which](columns)).posed().target
            np.testing.assert_allclose(target.means, given.posed().target.means, atol=0.005)
            np.testing.assert_allclose(target.weights, given.posed().target.weights, atol=0.002)
            np.testing.assert_allclose(target.covariances, given.posed().target.covariances, rtol=0.01)

    def test_a_square_at_some_distance_is_two_standard_deviations(self):
        rims = dict(scene(data="nine").draft().tables["rims"])
        assert (rims["rim_at_x"] - rims["rim_x"] > 2 * 0.05).all()  # far enough from the mean to be grasped
        rims["rim_at_x"] = np.array([*rims["rim_at_x"][:-1], rims["rim_x"][-1] + 0.3])
        rims["rim_at_y"] = np.array([*rims["rim_at_y"][:-1], rims["rim_y"][-1] - 0.4])
        target = scene(**handles.moved_rims(rims)).posed().target
        np.testing.assert_allclose(np.sqrt(target.covariances[:, 0, 0]), [0.05] * 8 + [0.25], rtol=1e-6)
        assert len(scene(data="nine").draft().tables["outline"]["outline_x"]) == 9 * 50 + 9 * 3

    def test_a_bar_of_half_the_length_is_half_the_weight(self):
        bars = dict(scene(data="unequal").draft().tables["bars"])
        length = bars["bar_at_y"] - bars["bar_base"]
        np.testing.assert_allclose(length / length.max(), [1.0, 2 / 7, 1 / 7])
        bars["bar_at_y"] = bars["bar_base"] + length * [0.5, 1.0, 1.0]
        target = scene(**handles.moved_bars(bars)).posed().target
        np.testing.assert_allclose(target.weights, np.array([0.35, 0.2, 0.1]) / 0.65, atol=0.001)
        bars["bar_at_y"] = bars["bar_base"] - 0.1
        with pytest.raises(ValueError, match="positive weights"):
            handles.moved_bars(bars)

    def test_points_are_drawn(self):
        given = scene(data="drawn")
        dots = {name: np.append(values, 1.5) for name, values in given.draft().tables["dots"].items()}
        posed = scene(**handles.moved_dots(dots)).posed()
        np.testing.assert_allclose(posed.target.means[:-1], given.posed().target.means, atol=0.005)
        np.testing.assert_allclose(posed.target.means[-1], [1.5, 1.5])
        with pytest.raises(ValueError, match="Points are written"):
            handles.moved_dots({name: values[:0] for name, values in dots.items()})

    @pytest.mark.parametrize("dots", ["", "1", "1 2 3", "a b", "0 0; nan 1", "99 0", "0 0;" * 121])
    def test_points_that_are_none(self, dots):
        with pytest.raises(ValueError, match="Points"):
            scene(data="drawn", dots=dots).draft()

    def test_one_point_can_be_drawn(self):
        assert "fails" not in {check.verdict for check in scene(data="drawn", dots="0.5 0").checks()}

    @pytest.mark.parametrize("last", ["0.1", "0"])
    def test_dragged_levels_are_put_in_order(self, last):
        rungs = dict(scene(map="levels", grid="own", own=f"10, 3, 1, {last}").draft().tables["rungs"])
        rungs["rung_x"] = np.array([rungs["rung_x"][0], np.log10(0.5), *rungs["rung_x"][2:]])
        asked = handles.moved_levels(rungs)
        assert asked == {"grid": "own", "own": f"10, 1, 0.5, {last}"}
        grown = {name: np.append(values, np.nan) for name, values in rungs.items()}
        grown["rung_x"][-1] = np.log10(2.0)
        assert handles.moved_levels(grown) == {"grid": "own", "own": f"10, 2, 1, 0.5, {last}"}

    def test_close_levels_stay_apart(self):
        sigmas = diffusion.karras(200, 0.5, 2.0)
        asked = handles.moved_levels(handles.of_levels(sigmas, 1.0)["rungs"])
        np.testing.assert_allclose(scene(**asked).levels().own, sigmas, rtol=1e-3)
        assert len(asked["own"]) < 2000

    @pytest.mark.parametrize(
        "at", [[1.0, 0.0], [1.0, 0.0, 0.0], [4.0, 1.0, 0.0], [1.0, 0.0, -9.0], [np.nan, 1, 0]]
    )
    def test_levels_that_cannot_be_dragged_there(self, at):
        columns = {"rung_x": np.array(at), "rung_y": np.ones(len(at)), "rung_zero": np.zeros(len(at))}
        with pytest.raises(ValueError, match=r"[Yy]our own levels"):
            handles.moved_levels(columns)

    @pytest.mark.parametrize(
        ("data", "movable"), [("three", True), ("own", True), ("tilted", False), ("ring", False)]
    )
    def test_only_round_mixtures_have_means_to_move(self, data, movable):
        frame = scene(data=data).draft()
        assert frame.facts["movable"] == ("means" in frame.tables) == movable

    @pytest.mark.parametrize("word", ["", "é", "SCORESCORESCORE", "A1"])
    def test_a_word_that_is_none(self, word):
        with pytest.raises(ValueError, match="letters"):
            scene(data="letters", word=word).draft()


class TestMaps:
    def test_a_stochastic_solver_has_no_likelihood(self):
        frame = scene(first="ancestral", map="likelihood").frame
        assert "no determinant" in frame.captions["chart"]

    def test_a_finer_run_has_the_targets_likelihood(self):
        coarse, fine = (
            scene(data="tilted", first="rk4", steps=steps, map="likelihood", low=0.1).frame.tables["likely"]
            for steps in (6, 60)
        )
        far, near = (np.abs(t["exact_log"] - t["solver_log"]).max() for t in (coarse, fine))
        assert near < 1e-3 < far

    def test_strays_are_the_ones_that_cross(self):
        frame = scene(data="unequal", steps=6).frame
        strays = frame.tables["strays"]
        modes = [frame.tables[f"mode{k}"][f"mode{k}_x"] for k in range(3)]
        share = 100 * len(strays["stray_x"]) / sum(map(len, modes))
        assert 1.0 < share < 10.0
        assert f"{share:.2g} %" in frame.captions["chart"]


class TestSteps:
    def test_the_error_of_an_euler_step_on_one_gaussian_is_known(self):
        model = scene(data="gaussian", map="levels", steps=6)
        (spread,), path, grid = model.posed().target.covariances[:, 0, 0], *_first(model)
        at = path[:, :-1][:, :40] - model.posed().target.means[0]
        step = 1 + (grid[1:] - grid[:-1]) * grid[:-1] / (spread + grid[:-1] ** 2)
        flow = np.sqrt((spread + grid[1:] ** 2) / (spread + grid[:-1] ** 2))
        known = np.median(np.linalg.norm(at[:-1], axis=2), axis=1) * np.abs(step - flow)
        table = model.frame.tables["stairs_first"]
        np.testing.assert_allclose(table["first_stair"][::2], known, rtol=1e-6)
        np.testing.assert_allclose(table["first_stair_x"][::2], np.log10(grid[:-1]))
        np.testing.assert_allclose(table["first_stair_x"][1::2], np.log10(grid[1:]))

    def test_a_noisy_step_has_no_error_of_its_own(self):
        frame = scene(first="ancestral", second="heun", map="levels").frame
        assert "no error of its own" in frame.captions["chart"]
        assert not len(frame.tables["stairs_first"]["first_stair"])
        assert len(frame.tables["stairs_second"]["second_stair"]) == 20

    def test_a_grid_that_ends_at_0_promises_no_order(self):
        found = {c.name: c for c in scene(data="drawn", grid="own", own="10, 3, 1, 0.3, 0.1, 0").checks()}
        assert found["measured order = nominal"].verdict == "n/a"


def _first(model):
    run = model.run()
    return run.paths[0], run.grids[0]


class TestPeers:
    def test_a_missing_library_is_said_in_a_sentence(self):
        if _installed():
            pytest.skip("k-diffusion is installed here")
        frame = scene(peers=True).frame
        assert "extra `peers`" in frame.captions["trajectories"]
        assert not len(frame.tables["peer"]["peer_x"])

    @pytest.mark.peers
    @pytest.mark.parametrize(
        ("first", "eta"), [("heun", 1.0), ("ancestral", 1.0), ("ancestral", 0.5), ("sde_dpmpp2m", 0.5)]
    )
    def test_an_installed_library_agrees(self, first, eta):
        if not _installed():
            pytest.skip("torch and k-diffusion are not installed: they are the extra `peers`")
        frame = scene(peers=True, first=first, eta=eta).frame
        assert "k-diffusion" in frame.captions["trajectories"]
        np.testing.assert_allclose(
            frame.tables["peer"]["peer_x"][:30], drawn(frame, "first", -1)[:, 0], atol=1e-10
        )

    def test_a_solver_without_counterpart(self):
        posed = problem.bundled("three")
        ends, words = peers.compare(posed, diffusion.karras(5, 0.1, 5.0), "rk4", 0, {"eta": 1.0})
        assert len(ends) == 0
        assert "counterpart of Runge" in words


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None and find_spec("k_diffusion") is not None
