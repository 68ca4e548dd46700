"""Formulas: what they mean, that their derivatives are exact, and what is said of those that cannot serve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.saddles import FormulaError, intervals, surface_from_formula
from tests.saddles.jets import jet

rng = np.random.default_rng(7)
POINTS = rng.uniform(-2.9, 2.9, (40, 2))

MEANING = {
    "1 + 2*3": lambda x, y: 7.0 + 0 * x,
    "-x^2": lambda x, y: -(x**2),
    "(-x)^2": lambda x, y: x**2,
    "2^3^2*x": lambda x, y: 512.0 * x,
    "2**-1*x": lambda x, y: 0.5 * x,
    "exp(x*y/4)": lambda x, y: np.exp(x * y / 4),
    "x": lambda x, y: x,
    "7": lambda x, y: 7.0 + 0 * x,
    "x - y - 1": lambda x, y: (x - y) - 1,
    "8/2/2*x": lambda x, y: 2.0 * x,
    "--x+-+y": lambda x, y: x - y,
    ".5*x + 1e-1*y + 2.": lambda x, y: 0.5 * x + 0.1 * y + 2.0,
    "e^x + pi*y": lambda x, y: np.exp(x) + np.pi * y,
    "ln(x^2+1) - arctan(y)": lambda x, y: np.log(x**2 + 1) - np.arctan(y),
    "abs(x - 10)": lambda x, y: np.abs(x - 10),
    "(x+4)^y": lambda x, y: (x + 4) ** y,
    "(x+4)^-1.5": lambda x, y: (x + 4) ** -1.5,
    "(x*y+20)^-3": lambda x, y: (x * y + 20.0) ** -3,
    "(x/3)^70": lambda x, y: (x / 3) ** 70,
    "sqrt(x^2 + 0.01)*tanh(y)": lambda x, y: np.sqrt(x**2 + 0.01) * np.tanh(y),
    "sinh(x)*cosh(y)/(2+cos(x*y))": lambda x, y: np.sinh(x) * np.cosh(y) / (2 + np.cos(x * y)),
    "tan(x/3) + asin(y/4) - acos(x*y/12)": lambda x, y: (
        np.tan(x / 3) + np.arcsin(y / 4) - np.arccos(x * y / 12)
    ),
}


@pytest.mark.parametrize("text", MEANING)
def test_value_is_the_written_one(text):
    expected = MEANING[text](*POINTS.T)
    np.testing.assert_allclose(surface_from_formula(text).value(POINTS), expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("text", MEANING)
def test_symbolic_derivatives_agree_with_forward_propagation(text):
    surface = surface_from_formula(text)
    value, gradient, hessian = jet(surface.graph, surface.nodes[0], POINTS)
    np.testing.assert_allclose(surface.value(POINTS), value, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(surface.gradient(POINTS), gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(surface.hessian(POINTS), hessian, rtol=1e-12, atol=1e-12)


def _join(sign, left, right):
    act = {"+": np.add, "-": np.subtract, "*": np.multiply}[sign]
    return f"({left[0]} {sign} {right[0]})", lambda x, y: act(left[1](x, y), right[1](x, y))


def _call(name, inner):
    act = {"sin": np.sin, "cos": np.cos, "tanh": np.tanh, "atan": np.arctan}[name]
    return f"{name}({inner[0]})", lambda x, y: act(inner[1](x, y))


def _quotient(top, below):
    return f"{top[0]}/(1.5 + sin({below[0]}))", lambda x, y: top[1](x, y) / (1.5 + np.sin(below[1](x, y)))


ATOMS = st.one_of(
    st.just(("x", lambda x, y: x)),
    st.just(("y", lambda x, y: y)),
    st.floats(-3, 3).map(lambda k: (f"({k!r})", lambda x, y: k + 0 * x)),
)
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(_join, st.sampled_from("+-*"), inner, inner),
        st.builds(_call, st.sampled_from(["sin", "cos", "tanh", "atan"]), inner),
        st.builds(_quotient, inner, inner),
        inner.map(lambda a: (f"({a[0]})^2", lambda x, y: a[1](x, y) ** 2)),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_random_formulas_mean_what_they_say(formula):
    text, function = formula
    surface = surface_from_formula(text, ((-1.0, 1.0), (-1.0, 1.0)))
    points = POINTS[:8] / 3.0
    expected = function(*points.T)
    scale = 1.0 + np.abs(expected)
    assert (np.abs(surface.value(points) - expected) <= 1e-11 * scale).all()
    _, gradient, hessian = jet(surface.graph, surface.nodes[0], points)
    np.testing.assert_allclose(surface.gradient(points), gradient, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(surface.hessian(points), hessian, rtol=1e-10, atol=1e-9)


def test_simplification_keeps_derivatives_small():
    surface = surface_from_formula("(x^2 + y - 11)^2 + (x + y^2 - 7)^2")
    value, gradient, hessian = np.diff(surface.kernel[2], axis=1).ravel()
    assert (value, gradient, hessian) <= (9, 17, 28)


def test_equal_parts_are_computed_once():
    shared = surface_from_formula("exp(sin(x*y)) + exp(sin(x*y))^2 + sin(y*x)")
    code = shared.kernel[0][: shared.kernel[2][0, 1], 0]
    assert len(code) == 6  # x*y, sin, exp, one square and two sums


REFUSED = {
    "": 0,
    "   ": 0,
    "x +": 4,
    "(x": 1,
    "x)": 2,
    "2x": 2,
    "x y": 3,
    "x + foo(y)": 5,
    "x*sin": 3,
    "sin()": 5,
    "x & y": 3,
    "x²": 2,
    "х + y": 1,  # Cyrillic
    "__import__('os')": 12,
    "x.real": 2,
    "1e999*x": 1,
    "x + 9**9**9**9": 9,
    "x/0": 2,
    "log(-1)": 1,
    "(-8)^(1/3)": 5,
    "1e200*x*1e200": 8,
    "y + floor(x)": 5,
    "y + 1/x": 6,
    "y + log(x)": 5,
    "sqrt(x)": 1,
    "y*abs(x)": 3,
    "x^1.5": 2,
    "x^-2": 2,
    "x^y": 2,
    "x + tan(x)": 5,
    "asin(x)": 1,
    "exp(exp(exp(x)))": 1,
    "1/(x - 0.0123456789)": 2,
    "1/(x^2 + y^2 - 1)": 2,
    "(" * 61 + "x" + ")" * 61: 61,
    "x" * 2001: 2001,
}


@pytest.mark.parametrize("text", REFUSED)
def test_refusal_is_one_sentence_that_points_at_the_place(text):
    with pytest.raises(FormulaError) as caught:
        surface_from_formula(text)
    sentence = str(caught.value)
    assert caught.value.column == REFUSED[text]
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 160
    assert not caught.value.column or f"(column {caught.value.column})" in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y*abs(x)", "abs is not smooth near x = "),
        ("x^y", "power is not smooth"),
        ("1/(x-2)", "division is not finite near x = 2"),
        ("log(x+2)", "logarithm is not finite near x = -2.75"),
        ("2x", "write for example 2*x"),
        ("x²", "write ^2"),
        ("sni(x)", "did you mean sin"),
    ],
)
def test_refusal_says_what_is_wrong(text, words):
    with pytest.raises(FormulaError, match=r".") as caught:
        surface_from_formula(text)
    assert words.lower() in str(caught.value).lower()


def test_smooth_formulas_are_not_refused():
    for text in (
        "log(x^2 + y^2 + 0.001)",
        "1/(1 + x + x^2)",
        "1/(x^2 + y^2 + 1e-9)",
        "tan(x/2)",
        "abs(x*y + 9.1)",
        "sqrt(1 + cos(x)/1.01)",
        "1/(x - 3.001)",
        "exp(-10*(x^2 + y^2))",
    ):
        surface_from_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "log(1+cos(x))",
        "1/(1-sin(x))",
        "1/(1-cos(x-y))",
        "1/(cosh(x-2.1)-1)",
        "(x-1.7)^-2",
        "log(sin(x)^2)",
        "1/tanh(y)",
    ],
)
def test_breaks_inside_a_cell_are_seen(text):
    """The place of the break is no corner of any cell, so the ends of the intervals do not show it."""
    with pytest.raises(FormulaError, match="finite"):
        surface_from_formula(text, ((1.234, 5.077), (-1.21, 2.3)))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["sin", "cos", "tanh", "sinh", "cosh", "exp", "atan"]),
    st.floats(-9, 9),
    st.floats(0, 9),
    st.floats(0, 1),
)
def test_intervals_hold_every_value(name, low, width, share):
    low, high = np.array([low]), np.array([low + width])
    inside = low + share * (high - low)
    image = intervals._FUNCTIONS[name]((low, high))
    value = {"atan": np.arctan}.get(name, getattr(np, name, None))(inside)
    slack = 1e-12 * (1 + np.abs(value))
    assert (image[0] - slack <= value).all()
    assert (value <= image[1] + slack).all()
    for exponent in (2.0, 3.0, 6.0):
        bottom, top = intervals._power((low, high), exponent)
        assert bottom - 1e-9 * (1 + abs(top)) <= inside**exponent <= top + 1e-9 * (1 + abs(top))


def test_smoothness_is_asked_of_the_given_box_only():
    inside = surface_from_formula("1/x", ((0.1, 2.0), (-1.0, 1.0)))
    assert inside.value([0.5, 0.0]) == 2.0
    assert np.isinf(inside.value([0.0, 0.0]))


@pytest.mark.parametrize(
    "bounds", [((1, 0), (0, 1)), ((0, 1),), ((0, np.inf), (0, 1)), ((0, np.nan), (0, 1))]
)
def test_bounds_must_be_a_box(bounds):
    with pytest.raises(ValueError, match="bounds"):
        surface_from_formula("x", bounds)
