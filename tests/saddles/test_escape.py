"""Escape times: exact on quadratics, and said not to apply where a surface is not one."""

import numpy as np
import pytest

from explorer.saddles import (
    METHODS,
    SURFACES,
    descend,
    escape_direction,
    escape_steps,
    measured_escape,
    plateau,
    predict_escape,
    quadratic_radius,
    suggest_step,
    surface_from_formula,
)
from explorer.saddles.spectral_surface import SpectralSurface, random_frame

PATHS = [
    ("gradient", {}),
    ("heavy_ball", {"momentum": 0.9}),
    ("heavy_ball", {"momentum": 0.3}),
    ("nesterov", {"momentum": 0.9}),
    ("nesterov", {"momentum": 0.99}),
    ("damped_newton", {"damping": 0.2}),
    ("saddle_free", {}),
    ("saddle_free", {"damping": 0.3}),
    ("coordinate", {}),
]


def _quadratic(h):
    frame = random_frame(len(h), np.random.default_rng(1))
    return SpectralSurface("quadratic", h, np.zeros(len(h)), frame, 2.0)


@pytest.mark.parametrize("curvature", [-0.02, -0.3, -1.7])
@pytest.mark.parametrize("eta", [0.05, 0.4, 1.0])
@pytest.mark.parametrize(("method", "options"), PATHS)
def test_the_law_names_the_very_step_on_a_quadratic(method, options, eta, curvature):
    surface = _quadratic([curvature, 0.5, 1.0])
    offset, radius = 3.7e-6, 0.1
    start = surface.outward(np.array([offset, 0.3, -0.2]))
    law = escape_steps(method, curvature, offset, radius, eta, **options)
    path = descend(surface, start, method, int(law.steps) + 3, eta, **options)
    _, v = escape_direction(surface, np.zeros(3))
    assert law.kind == "path"
    assert measured_escape(path, np.zeros(3), v, radius) == law.step
    on_surface = predict_escape(surface, np.zeros(3), start, method, radius, eta, **options)
    assert on_surface.applies
    assert on_surface.steps == pytest.approx(law.steps, rel=1e-9)


def test_the_figures_of_the_closed_forms():
    """ln(r/e₀)/ln(1 + η|h|) and log₂(r/e₀), written out."""
    assert escape_steps("gradient", -0.5, 1e-8, 1.0, 0.1).steps == pytest.approx(np.log(1e8) / np.log(1.05))
    for curvature in (-1e-3, -1.0, -50.0):
        doubling = escape_steps("saddle_free", curvature, 1e-7, 1.0, 1.0)
        assert doubling.steps == pytest.approx(np.log2(1e7))
    assert escape_steps("newton", -1.0, 1e-7, 1.0, 1.0).steps == np.inf
    assert escape_steps("newton", -1.0, 1e-7, 1.0, 0.3).step is None
    assert escape_steps("newton", -1.0, 1e-3, 1.0, 11.0).steps == pytest.approx(3.0)


@pytest.mark.parametrize("method", ["adam", "cubic"])
def test_methods_without_a_law_say_so(method):
    law = escape_steps(method, -1.0, 1e-3, 1.0, 0.1)
    assert not law.applies
    assert np.isnan(law.steps)
    assert law.step is None
    assert len(law.reason.split()) > 4


def test_noise_reaches_the_radius_in_the_root_mean_square():
    surface, eta, noise = _quadratic([-0.4, 1.0]), 0.2, 0.01
    law = escape_steps("noisy", -0.4, 1e-3, 0.2, eta, noise=noise)
    assert law.kind == "rms"
    steps = round(law.steps)
    v = surface.basis[:, 0]
    offsets = np.array(
        [(descend(surface, 1e-3 * v, "noisy", steps, eta, rng=k, noise=noise) @ v)[-1] for k in range(2000)]
    )
    growth = 1 + eta * 0.4
    exact = growth ** (2 * steps) * 1e-6 + (eta * noise) ** 2 * (growth ** (2 * steps) - 1) / (growth**2 - 1)
    mean, error = np.mean(offsets**2), np.std(offsets**2) / np.sqrt(2000)
    assert abs(mean - exact) < 4 * error
    assert growth**-1 < exact / 0.2**2 < growth  # the law is where this passes r²
    assert escape_steps("noisy", -0.4, 0.0, 0.2, eta, noise=0.0).steps == np.inf


@pytest.mark.parametrize(
    ("method", "options"),
    [("sphere", {}), ("gaussian", {"directions": 2}), ("coordinate", {"directions": 1})],
)
def test_zeroth_order_follows_gradient_descent_in_the_mean(method, options):
    surface, eta = _quadratic([-0.4, 0.6, 1.0]), 0.05
    law = escape_steps(method, -0.4, 1e-2, 0.02, eta, **options)
    assert law.kind == "mean"
    assert law.steps == escape_steps("gradient", -0.4, 1e-2, 0.02, eta).steps
    v = surface.basis[:, 0]
    ends = np.array(
        [(descend(surface, 1e-2 * v, method, 20, eta, rng=k, **options) @ v)[-1] for k in range(3000)]
    )
    assert abs(ends.mean() - 1e-2 * 1.02**20) < 4 * ends.std() / np.sqrt(3000)


SADDLES = [
    (name, k)
    for name in ("four_wells", "himmelblau", "camel", "muller_brown", "beale", "deep_chain")
    for k in np.flatnonzero(SURFACES[name].critical_points().index == 1)
]


@pytest.mark.parametrize("tilt", [0.0, 0.2])
@pytest.mark.parametrize(("name", "k"), SADDLES)
def test_where_the_law_is_said_to_apply_it_holds_within_one_step(name, k, tilt):
    surface = SURFACES[name]
    saddle = surface.critical_points().points[k]
    _, v = escape_direction(surface, saddle)
    radius = quadratic_radius(surface, saddle, v)
    across = np.array([-v[1], v[0]])
    start = saddle + 1e-4 * radius * v + tilt * radius * across
    said = 0
    for method in METHODS:
        eta = suggest_step(surface, method)
        law = predict_escape(surface, saddle, start, method, radius, eta)
        if law.applies and law.kind == "path":
            said += 1
            steps = 60 if law.step is None else law.step + 3
            measured = measured_escape(descend(surface, start, method, steps, eta), saddle, v, radius)
            if law.step is None:
                assert measured is None
            else:
                assert abs(measured - law.step) <= 1
    assert said >= 2 or tilt


def test_the_law_is_said_not_to_apply_where_it_does_not():
    surface = SURFACES["four_wells"]
    found = surface.critical_points()
    saddle, minimum = found.points[found.index == 1][0], found.points[0]
    _, v = escape_direction(surface, saddle)
    start = saddle + 1e-3 * v

    def law(at=saddle, begin=start, method="gradient", radius=0.05, eta=0.1, **options):
        return predict_escape(surface, at, begin, method, radius, eta, **options)

    assert law().applies
    far = law(radius=0.8)
    assert "quadratic model" in far.reason
    assert far.error > 0.5
    assert "quadratic model" in law(radius=2.0).reason  # beyond the minimum the slope turns round
    assert "no direction" in law(at=minimum).reason
    assert "above 2/L" in law(eta=1.2).reason
    assert "no offset" in law(begin=saddle).reason
    assert law(begin=saddle + 0.1 * v).steps == 0.0
    assert law(begin=saddle, method="noisy").steps > 0.0
    assert "Adam" in law(method="adam").reason


def test_the_verdict_is_not_the_measurement():
    """Far out the law fails by more than a step, and that is exactly where it had been withdrawn."""
    surface = plateau(5, curvature=0.3, depth=0.2)
    _, v = escape_direction(surface, np.zeros(5))
    off_by, said = [], []
    for radius in np.linspace(0.05, 1.0, 12):
        law = predict_escape(surface, np.zeros(5), 1e-3 * v, "gradient", radius, 0.1)
        measured = measured_escape(descend(surface, 1e-3 * v, "gradient", 4000, 0.1), np.zeros(5), v, radius)
        off_by.append(abs(measured - law.step))
        said.append(law.applies)
    off_by, said = np.array(off_by), np.array(said)
    assert said.any()
    assert off_by[said].max() <= 1
    assert off_by[~said].max() > 1


def test_saddle_free_newton_takes_the_same_steps_whatever_the_curvature():
    steps = []
    for curvature in (0.01, 0.1, 1.0):
        surface = plateau(4, curvature=curvature)
        _, v = escape_direction(surface, np.zeros(4))
        unit = 0.1 / np.sqrt(curvature)  # the wells of these plateaus lie at 2/√curvature
        path = descend(surface, 1e-5 * unit * v, "saddle_free", 40)
        steps.append(measured_escape(path, np.zeros(4), v, unit))
    assert steps[0] == steps[1] == steps[2] == 17  # ⌈log₂ 10⁵⌉


def test_what_reaches_the_radius_and_what_does_not():
    path = np.array([[0.1, 5.0], [0.2, 5.0], [np.nan, np.nan]])
    assert measured_escape(path, [0.0, 5.0], [1.0, 0.0], 0.15) == 1
    assert measured_escape(path, [0.0, 5.0], [1.0, 0.0], 0.05) == 0
    assert measured_escape(path, [0.0, 5.0], [1.0, 0.0], 0.9) == 2
    assert measured_escape(path[:2], [0.0, 5.0], [1.0, 0.0], 0.9) is None


def test_the_quadratic_radius_is_where_the_slope_has_bent_by_the_share():
    surface = SpectralSurface("well", [-1.0, 1.0], [1.0, 0.0], np.eye(2), 2.0)
    for share in (0.01, 0.1):  # slope −e(1 − e²)
        radius = quadratic_radius(surface, np.zeros(2), np.array([1.0, 0.0]), share)
        assert radius == pytest.approx(np.sqrt(share), rel=0.03)
    flat = _quadratic([-1.0, 1.0])
    assert quadratic_radius(flat, np.zeros(2), flat.basis[:, 0]) == pytest.approx(0.5 * flat.size)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"curvature": 0.1}, "curvature"),
        ({"offset": 2.0}, "offset"),
        ({"offset": -0.1}, "offset"),
        ({"step_size": 0.0}, "step_size"),
        ({"method": "noisy"}, "noise must be given"),
        ({"method": "damped_newton"}, "damping must be given"),
        ({"momentum": 0.5}, "does not take"),
    ],
)
def test_bad_numbers_are_one_sentence(change, word):
    given = {
        "method": "gradient",
        "curvature": -1.0,
        "offset": 0.1,
        "radius": 1.0,
        "step_size": 0.1,
        **change,
    }
    with pytest.raises(ValueError, match=word):
        escape_steps(**given)


def test_no_law_applies_where_another_direction_leads_out_first():
    surface = surface_from_formula("exp(-x^2-y^2)", ((-3.0, 3.0), (-3.0, 3.0)))
    eta = suggest_step(surface, "gradient")
    along, aside = (0.05, 0.001), (0.001, 0.05)
    reasons = {
        start: predict_escape(surface, [0, 0], start, "gradient", 0.14, eta).reason
        for start in (along, aside)
    }
    assert sorted(bool(reason) for reason in reasons.values()) == [False, True]
    assert "another falling direction" in "".join(reasons.values())


def test_no_law_applies_where_the_first_step_is_not_the_models():
    """Beyond the bend of the circular valley the step along it is far too long, and lands aside."""
    surface = surface_from_formula("(x^2+y^2-1)^2", ((-3.0, 3.0), (-3.0, 3.0)))
    foot, start, eta = [0.0, 0.0], [0.02, 0.75], 1.0
    _, v = escape_direction(surface, foot)
    assert not predict_escape(surface, foot, start, "saddle_free", 0.14, eta).applies
    assert measured_escape(descend(surface, start, "saddle_free", 60, eta), foot, v, 0.14) is None
