"""A link's receipt says whether the numbers came out the same, and if not, by how much they differ."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.core.frame import Frame
from explorer.core.receipt import ROUNDING, SHADOWS, Receipt, sketch


def frame_of(random: np.random.Generator, scale: float = 1.0, apart: float = 0.0) -> Frame:
    """Three arrays of very different sizes, each moved by a relative distance."""
    tables = {}
    for name, size, unit in (("a", 400, 1e-6), ("b", 37, 1.0), ("c", 5000, 1e8)):
        values = random.uniform(-0.8, 0.8, size)
        values[0] = 1.0  # the largest, which stays where it is
        step = apart * np.random.default_rng(size).choice([-1.0, 1.0], size)
        step[0] = 0.0
        tables[name] = {f"{name}_x": unit * scale * (values + step)}
    return Frame(tables=tables)


def test_equal_numbers_are_reproduced_exactly():
    first, second = (Receipt.of(explorer.scene("ridge/path", seed=3).frame) for _ in range(2))
    assert first == second
    assert first.judge(second).startswith("Reproduced exactly")


@pytest.mark.parametrize("apart", [1e-6, 1e-3, 1e-1])
def test_the_distance_of_two_frames_is_read_from_their_sketches(apart):
    """The three arrays are moved by `apart` each: root mean square √3 · apart."""
    ratios = []
    for seed in range(40):
        here, there = (
            frame_of(np.random.default_rng(seed)),
            frame_of(np.random.default_rng(seed), apart=apart),
        )
        ratios.append(Receipt.of(here).distance(Receipt.of(there)) / (np.sqrt(3) * apart))
    # one direction of movement, six fixed shadows of it: the same ratio each time, and within a factor of three
    assert np.ptp(ratios) < 1e-3
    assert 1 / 3 < ratios[0] < 3


def test_the_error_of_a_sketch_is_that_of_random_signs():
    """Over random movements, 6 · ratio² has the mean and the spread of χ² with six degrees of freedom."""
    squares = []
    for seed in range(300):
        random = np.random.default_rng(seed)
        values = random.uniform(-0.9, 0.9, 500)
        moved = values + 1e-4 * random.normal(size=500)
        values[0] = moved[0] = 1.0
        here, there = (Receipt.of(Frame(tables={"t": {"x": v}})) for v in (values, moved))
        squares.append(SHADOWS * (here.distance(there) / 1e-4) ** 2)
    assert np.mean(squares) == pytest.approx(SHADOWS, abs=4 * np.sqrt(2 * SHADOWS / 300))
    assert np.var(squares) == pytest.approx(2 * SHADOWS, rel=0.5)


def test_a_common_scale_is_seen():
    here, there = frame_of(np.random.default_rng(1)), frame_of(np.random.default_rng(1), scale=1.01)
    assert 0.003 < Receipt.of(here).distance(Receipt.of(there)) < 0.06


def test_rounding_is_told_from_a_change():
    here, there = frame_of(np.random.default_rng(1)), frame_of(np.random.default_rng(1), apart=1e-13)
    first, second = Receipt.of(here), Receipt.of(there)
    assert first.distance(second) < ROUNDING
    assert first.judge(second).startswith("Reproduced but for rounding")
    assert first.matches(second)
    other = Receipt.of(frame_of(np.random.default_rng(2)))
    assert first.judge(other).startswith("Not reproduced")
    assert not first.matches(other)


def test_another_shape_a_hole_and_infinity_are_changes():
    plain = Receipt.of(Frame(tables={"t": {"x": np.arange(1.0, 9.0)}}))
    for values in (np.arange(1.0, 8.0), [1, 2, np.nan, 4, 5, 6, 7, 8], [1, 2, np.inf, 4, 5, 6, 7, 8]):
        assert plain.distance(Receipt.of(Frame(tables={"t": {"x": np.array(values, float)}}))) > 0.01


def test_every_kind_of_column_has_a_shadow_or_is_text():
    table = {
        "whole": [1, 2],
        "sign": [True, False],
        "wave": [1 + 2j, 3j],
        "word": ["a", "b"],
        "none": [0.0, 0.0],
    }
    assert np.all(np.isfinite(sketch(Frame(tables={"t": table, "empty": {"e": np.zeros(0)}}))))


def test_a_receipt_survives_the_link():
    made = Receipt.of(explorer.scene("ridge/path", seed=3).frame)
    assert Receipt.read(made.texts()) == made


@pytest.mark.parametrize("shadow", [1e200, np.inf, np.nan])
def test_a_made_up_sketch_is_a_difference_and_no_error(shadow):
    made = Receipt.read(Receipt("0", "0" * 16, (shadow,) * SHADOWS).texts())
    assert made is not None
    now = Receipt.of(frame_of(np.random.default_rng(1)))
    assert not made.matches(now)
    assert made.judge(now).startswith("Not reproduced")


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"digest": "0123456789abcdef"},
        {"digest": "xyz", "sketch": "AAAA"},
        {"digest": "0123456789abcdef", "sketch": "AAAA"},
        {"digest": "0123456789abcdef", "sketch": "é" * 64},
        {"digest": "0123456789abcdeF", "sketch": "A" * 64},
    ],
)
def test_a_damaged_receipt_is_none(texts):
    assert Receipt.read(texts) is None
