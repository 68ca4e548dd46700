"""What the lesson on means states is what the rows of the bundled sweep hold."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons import Taught

MEAN = Taught("sweeps/result", "mean", draft=True)
P100, P105, NOISY = 6, 7, 2


def draws(frame, place, line=0) -> np.ndarray:
    """The single cells at a place, of one line."""
    return frame.series["values"]["value"][place].reshape(-1, 20)[line]


def test_1_the_peak_stands_where_there_are_as_many_features_as_rows():
    frame = MEAN.frame(1)
    line = frame.tables["lines"][f"line{NOISY}"]
    assert MEAN.right(1) == 2
    assert np.argmax(line) == P100
    MEAN.states(1, "2556", line[P100])
    MEAN.states(1, "1.25", line[0])
    error = line[P100] - frame.tables["lines"][f"low{NOISY}"][P100]
    assert 0.4 < error / line[P100] < 0.5


def test_2_four_draws_make_the_mean():
    held = draws(MEAN.frame(2), P100)
    MEAN.states(2, "2556", held.mean())
    assert (held > held.mean()).sum() == 4
    assert MEAN.right(2) == 2
    MEAN.states(2, "260", np.median(held))
    MEAN.states(2, "19908", held.max())
    MEAN.states(2, "39", 100 * held.max() / held.sum())


def test_3_the_mean_does_not_settle():
    held = draws(MEAN.frame(3), P100)
    MEAN.states(3, "1188", held.std(ddof=1) / np.sqrt(20))
    for number, count in (("4131", 5), ("2407", 10), ("2710", 15)):
        MEAN.states(3, number, held[:count].mean())


def test_3_the_smallest_squared_singular_value_has_no_mean_of_its_inverse():
    """Edelman's density ~ 1/√λ at zero: the chance of λ < ε falls as √ε, so that 1/λ has a tail of index 1/2."""
    random = np.random.default_rng(0)
    least = np.array(
        [np.linalg.svd(random.normal(size=(40, 40)), compute_uv=False)[-1] ** 2 for _ in range(4000)]
    )
    share = [(least < bound / 40).mean() for bound in (0.0025, 0.01, 0.04)]
    assert np.diff(np.log(share)) == pytest.approx([np.log(2)] * 2, abs=0.2)


def test_4_one_step_to_the_side_it_settles():
    held = draws(MEAN.frame(4), P105)
    MEAN.states(4, "22.3", held.mean())
    MEAN.states(4, "21.6", np.median(held))
    MEAN.states(4, "1.04", held.std(ddof=1) / np.sqrt(20))
    assert abs(held.mean() / np.median(held) - 1) < 0.05


def test_5_at_the_best_penalty_the_draws_agree():
    held = draws(MEAN.frame(5), P100, NOISY)
    MEAN.states(5, "1.53", held.min())
    MEAN.states(5, "1.70", held.max())
