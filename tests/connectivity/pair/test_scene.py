"""The scene against the library: what is drawn, what is kept, what is refused, and what can be stopped."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer import connectivity as c
from explorer.connectivity.pair import study as kept
from explorer.connectivity.pair import sweeps
from explorer.core.dataset import Dataset
from explorer.core.runner import Cancelled

SMALL = {"samples": 300, "epochs": 4, "width": 8}


def scene(**inputs):
    return explorer.scene("connectivity/pair", **{**SMALL, **inputs})


def test_the_drawn_lines_are_those_of_the_library():
    model = scene(rate=0.01)
    study, line = model.study(), model.frame.tables["line"]
    parts = study.posed.split
    pair = c.train_pair((64, 8, 10), parts.X_train, parts.y_train, seeds=(0, 1), epochs=4, rate=0.01)
    found = c.match(pair.a, pair.b)
    for name, b in (("before", pair.b), ("after", c.permute(pair.b, found.permutations))):
        own = c.loss_curve(pair.a, b, parts.X_train, parts.y_train, line["t"])
        np.testing.assert_array_equal(line[name], own.loss)
        height = model.frame.tables["barriers"]["bar_height"][("before", "after").index(name)]
        assert height == pytest.approx(c.barrier(own), abs=1e-12)


def test_the_repaired_line_is_that_of_the_library():
    model = scene(repair=True, measure="error")
    join, line = model.study().join(), model.frame.tables["line"]
    X, y = model.study().data(True)
    own = c.repaired_curve(join.a, join.moved, X, y, line["t"], model.study().data(False)[0])
    np.testing.assert_array_equal(line["mended_test"], own.error)


def test_confusions_and_words_are_those_of_the_network_at_the_cursor():
    model = scene()
    join, (X, y) = model.study().join(), model.study().data(True)
    frame, place = model.frame, 20
    net = c.interpolate(join.a, join.moved, frame.cursors["alpha"][place])
    page = frame.series["confusion"].page(place)
    largest = np.bincount(y).max()
    counts = np.round(((page["right"] + page["wrong"]) / 15.0) ** 2 * largest).astype(int)
    np.testing.assert_array_equal(counts.reshape(10, 10), c.confusion(net, X, y))
    ink = frame.tables["digits"]["ink"].reshape(6, 64) / 6.0
    for image, word in zip(ink, frame.series["words"].page(place)["word"], strict=True):
        row = int(np.flatnonzero((image == X).all(axis=1))[0])
        assert str(word).startswith(str(c.predict(net, X[row : row + 1])[0]))
        assert ("not" in str(word)) == (c.predict(net, X[row : row + 1])[0] != y[row])


def test_decisions_in_the_plane_are_those_of_the_network_at_the_cursor():
    model = scene(data="moons")
    join, page = model.study().join(), model.frame.series["decisions"].page(50)
    columns = np.array([page["decided0"], page["decided1"]])
    assert (np.isnan(columns).sum(axis=0) == 1).all()
    points = np.column_stack([page["lattice_x"], np.nanmax(columns, axis=0)])
    np.testing.assert_array_equal(np.isnan(columns).argmin(axis=0), c.predict(join.moved, points))


def test_equal_seeds_give_one_network_and_each_source_can_be_isolated():
    def apart(**inputs):
        join = scene(method="none", **inputs).study().join()
        return float(np.abs(c.pack(join.a) - c.pack(join.b)).max())

    assert apart(same_start=True, same_order=True) == 0.0
    assert apart(same_start=True) > 0.0
    assert apart(same_order=True) > 0.0


def test_sharing_more_than_all_epochs_is_sharing_all():
    model = scene(shared=60.0)
    assert model.frame.tables["barriers"]["bar_height"][:2].max() < 1e-12
    assert {check.name: check.verdict for check in model.checks()}["shared to the end: no barrier"] == "holds"


def test_the_grid_is_drawn_point_by_point_and_its_barriers_are_the_library_s(monkeypatch):
    monkeypatch.setattr(sweeps, "WIDTHS", (2, 8))
    model = scene(lower="width")
    filled = [np.isfinite(f.tables["sweep"]["sweep_after"]).sum() for f in model.frames()]
    assert filled[0] == 0
    assert filled[-2:] == [1, 2]
    join, (X, y) = model.study().join(), model.study().data(False)
    own = c.barrier(c.loss_curve(join.a, join.moved, X, y, np.linspace(0, 1, sweeps.POINTS)))
    assert model.frame.tables["sweep"]["sweep_after"][1] == pytest.approx(own, abs=1e-12)


def test_a_point_of_the_grid_that_diverges_stays_empty():
    study = scene(optimiser="sgd", rate=1.0).study()
    assert np.isnan(sweeps._heights(sweeps.at(study, "rate", 1e12), lambda share, text="": None)).all()


@pytest.mark.parametrize("over", sweeps.NAMES)
def test_the_grid_moves_one_input_alone(over):
    study = scene(epochs=8).study()
    for place in sweeps.places(study, over):
        moved = sweeps.at(study, over, place).recipe
        differing = {n for n in vars(moved) if getattr(moved, n) != getattr(study.recipe, n)}
        allowed = {
            "width": {"hidden"},
            "rate": {"rate"},
            "optimiser": {"optimiser", "rate"},
            "fork": {"shared"},
        }
        assert differing <= allowed[over]


def test_a_new_matching_trains_nothing(monkeypatch):
    model = scene(seed=5)
    _ = model.frame
    monkeypatch.setattr(kept, "train", lambda *given: pytest.fail("trained again"))
    for method in ("none", "activations", "sinkhorn"):
        _ = model.update(method=method).frame


def test_training_and_the_search_can_be_cancelled():
    def stop(share, text=""):
        if share > 0.2:
            raise Cancelled

    model = scene(seed=77, epochs=10)
    with pytest.raises(Cancelled):
        model.draft(stop)
    said = []
    _ = model.draft(lambda share, text="": said.append(text))
    assert any("training loss" in text for text in said)
    with pytest.raises(Cancelled):
        _ = list(model.refined(model.draft(), stop))


def table(rows=60, classes=3, columns=4):
    rng = np.random.default_rng(0)
    y = np.arange(rows) % classes
    X = rng.normal(size=(rows, columns)) + y[:, None]
    names = (*(f"x{i}" for i in range(columns)), "kind")
    return Dataset("own", names, np.column_stack([X, y * 10.0]))


@pytest.mark.parametrize(("columns", "kind"), [(4, "table"), (2, "plane")])
def test_a_table_of_one_s_own_is_learnt(columns, kind):
    model = scene(data=table(columns=columns))
    assert model.frame.facts["kind"] == kind
    assert model.frame.facts["names"] == ("0", "10", "20")
    assert "fails" not in {check.verdict for check in model.checks()}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"data": table(rows=60, classes=30)}, "at most 20"),
        ({"data": table(rows=12)}, "at least 20"),
        ({"data": table(), "target": "height"}, "height"),
        ({"width": 1}, "width"),
        ({"method": "magic"}, "matching"),
        ({"data": "mnist"}, "mnist"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(given, words):
    with pytest.raises(ValueError, match=words) as caught:
        _ = scene(**given).frame
    assert "\n" not in str(caught.value)


def test_state_and_link_give_the_same_numbers():
    model = scene(data="rings", method="straight_through", activation="tanh", alpha=0.3)
    assert explorer.from_link(model.link()).frame.digest() == model.frame.digest()


def test_the_training_is_drawn_as_it_runs_and_ends_as_the_same_picture():
    model = scene(lower="training", seed=321, epochs=6)
    frames = list(model.frames())
    grown = [len(frame.tables["training"]["epoch"]) for frame in frames]
    assert grown[:8] == [1, 1, 2, 3, 4, 5, 6, 6]
    assert all("for now" in frames[k].captions["line_between"] for k in range(7))
    assert not any("for now" in text for text in frames[-1].captions.values())
    assert frames[5].captions["below"].endswith("after 5 epochs; thin lines: test set.")
    np.testing.assert_array_equal(
        frames[3].tables["training"]["loss_b"], frames[-1].tables["training"]["loss_b"][:3]
    )
    again = scene(lower="training", seed=321, epochs=6)  # its networks are held now
    assert again.frame.digest() == frames[-1].digest()
    whole = scene(seed=321, epochs=6).frame.tables["line"]["after"]
    np.testing.assert_array_equal(again.frame.tables["line"]["after"], whole)
    assert len(again.draft().tables["training"]["epoch"]) == 6


def test_a_training_that_is_drawn_can_be_cancelled_and_starts_anew():
    def stop(share, text=""):
        if share > 0.5:
            raise Cancelled

    model = scene(lower="training", seed=322, epochs=8)
    first = model.draft()
    with pytest.raises(Cancelled):
        _ = list(model.refined(first, stop))
    assert len(model.draft().tables["training"]["epoch"]) == 1
    assert len(model.frame.tables["training"]["epoch"]) == 8
