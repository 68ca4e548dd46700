"""Whatever is passed in: the right answer, or one clear ValueError; and never a changed input."""

from __future__ import annotations

import contextlib
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer import ridge

X = np.random.default_rng(0).standard_normal((6, 3))
Y = np.arange(6.0)
BAD = {
    "NaN in X": (np.where(X > 1, np.nan, X), Y, [1.0], "X must be finite"),
    "infinity in X": (np.where(X > 1, np.inf, X), Y, [1.0], "X must be finite"),
    "NaN in y": (X, np.r_[Y[:-1], np.nan], [1.0], "y must be finite"),
    "huge X": (X * 1e150, Y, [1.0], "X must stay below"),
    "1-D X": (X[:, 0], Y, [1.0], "X must have 2 axes"),
    "3-D X": (X[None], Y, [1.0], "X must have 2 axes"),
    "no rows": (X[:0], Y[:0], [1.0], "at least one row"),
    "no columns": (X[:, :0], Y, [1.0], "one column"),
    "short y": (X, Y[:-1], [1.0], "one entry for each row"),
    "column y": (X, Y[:, None], [1.0], "y must have 1 axes"),
    "text": (X.astype(str), Y, [1.0], "X must hold real numbers"),
    "complex": (X + 1j, Y, [1.0], "X must hold real numbers"),
    "objects": (X.astype(object), Y, [1.0], "X must hold real numbers"),
    "ragged": ([[1.0, 2.0], [1.0]], Y[:2], [1.0], "rectangular"),
    "negative penalty": (X, Y, [1.0, -1e-300], "penalties must be >= 0"),
    "NaN penalty": (X, Y, [np.nan], "penalties must be finite"),
    "no penalties": (X, Y, [], "at least one entry"),
    "bare penalty": (X, Y, 1.0, "penalties must have 1 axes"),
    "overflow": (X * 1e-250, Y * 1e80, [0.0], "overflow"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_sentence(case: str) -> None:
    design, y, penalties, sentence = BAD[case]
    with pytest.raises(ValueError, match=sentence) as refusal:
        ridge.fit_path(design, y, penalties)
    assert "\n" not in str(refusal.value)


def test_an_intercept_needs_two_rows() -> None:
    with pytest.raises(ValueError, match="at least 2 rows"):
        ridge.fit_path(X[:1], Y[:1], [1.0], center=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.astype(np.float32),
        lambda a: np.asfortranarray(a),
        lambda a: a[::-1][::-1],
        lambda a: a.tolist(),
        lambda a: np.rint(3 * a).astype(np.int8),
        lambda a: a > 0,
        lambda a: np.rint(abs(3 * a)).astype(np.uint64),
    ],
)
def test_any_real_dtype_and_order_gives_the_float64_answer(change) -> None:
    given_X, given_y = change(X), change(Y)
    ours = ridge.fit_path(given_X, given_y, [0, 2], center=True)
    plain = ridge.fit_path(
        np.array(given_X, dtype=float), np.array(given_y, dtype=float), [0.0, 2.0], center=True
    )
    np.testing.assert_allclose(ours.coef, plain.coef, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ours.loo, plain.loo, rtol=1e-11)


def test_inputs_stay_and_outputs_are_read_only() -> None:
    design, y, penalties, spectrum = X.copy(), Y.copy(), np.array([0.0, 1.0]), np.array([2.0, 1.0, 0.5])
    problem = ridge.decompose(design, y, True)
    results = [
        problem,
        ridge.fit_path(design, y, penalties),
        ridge.kfold(problem, penalties, folds=3),
        ridge.predict_risk(spectrum, np.ones(3), 5, penalties, 1.0),
        ridge.conditional_errors(problem, np.ones(3), spectrum, penalties, 1.0),
        ridge.draw_problem(spectrum, np.ones(3), 5, 1.0),
        ridge.simulate(spectrum, np.ones(3), 5, penalties, 1.0, repeats=2),
    ]
    for array in (design, y, penalties, spectrum):
        array[...] = 7.0  # were it shared, a result would change, or this would be refused
    for result in results:
        for field in fields(result):
            value = getattr(result, field.name)
            if isinstance(value, np.ndarray) and value.size:
                assert not value.flags.writeable, field.name
                assert value.base is None, field.name  # no writeable array behind it
                assert not (value == 7.0).all(), field.name
    for array in (ridge.shrinkage([1.0], [1.0]), ridge.effective_penalty([1.0], 1, [1.0])):
        assert not array.flags.writeable


sane = st.floats(-1e6, 1e6).map(lambda v: 0.0 if abs(v) < 1e-6 else v)


@st.composite
def problems(draw) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    n, p, k = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 4))
    penalties = arrays(np.float64, k, elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e6)))
    values = st.one_of(sane, st.sampled_from([0.0, 1.0, 0.1]))
    design, y = draw(arrays(np.float64, (n, p), elements=values)), draw(arrays(np.float64, n, elements=sane))
    return design, y, draw(penalties), n > 1 and draw(st.booleans())


@given(problems())
@settings(max_examples=150, deadline=None)
def test_any_small_problem_gives_a_finite_path_that_solves_it(problem) -> None:
    design, y, penalties, center = problem
    n = len(y)
    path = ridge.fit_path(design, y, penalties, center=center)
    assert path.coef.shape == (len(penalties), design.shape[1])
    for name in ("df", "train", "loo", "gcv", "intercept"):
        values = getattr(path, name)
        assert values.shape == (len(penalties),)
        assert np.isfinite(values).all()
    assert (path.df <= min(n, design.shape[1] + center) + 1e-9).all()
    assert (path.train >= 0).all()
    assert (path.loo >= path.train * (1 - 1e-9) - 1e-9 * (1 + y @ y)).all()
    rows, level = (design - design.mean(0), y - y.mean()) if center else (design, y)
    for alpha, w in zip(penalties, path.coef, strict=True):
        if alpha:
            residual = rows.T @ (rows @ w - level) + alpha * w
            scale = np.linalg.norm(design) * (np.linalg.norm(y) + np.linalg.norm(design) * np.linalg.norm(w))
            assert np.linalg.norm(residual) <= 1e-12 * (scale + alpha * np.linalg.norm(w)) + 1e-12


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=2)), st.lists, max_leaves=6
    )
)
@settings(max_examples=150, deadline=None)
def test_anything_else_is_answered_or_refused_with_a_value_error(thing) -> None:
    for call in (
        lambda: ridge.fit_path(thing, [1.0], [1.0]),
        lambda: ridge.fit_path([[1.0]], thing, [1.0]),
        lambda: ridge.fit_path([[1.0]], [1.0], thing),
        lambda: ridge.predict_risk(thing, [1.0], 3, [1.0], 1.0),
        lambda: ridge.predict_risk([1.0], [1.0], thing, [1.0], 1.0),
        lambda: ridge.predict_risk([1.0], [1.0], 3, [1.0], thing),
        lambda: ridge.draw_problem([1.0], thing, 3, 1.0),
        lambda: ridge.aligned_signal([1.0, 2.0], thing),
    ):
        with contextlib.suppress(ValueError):
            assert call() is not None
