"""The named surfaces: derivatives to thirty digits, critical points against published ones."""

import mpmath
import numpy as np
import pytest

from explorer.saddles import SURFACES, deep_chain, four_wells, plateau, random_quadratic, surface_from_formula
from explorer.saddles.critical import winding
from explorer.saddles.spectral_surface import SpectralSurface, random_frame

SMALL = {
    **SURFACES,
    "chain5": deep_chain(5, 1.5),
    "plateau4": plateau(4, 0.3, 2),
    "quadratic3": random_quadratic(3),
}


def _points(surface, count=12):
    low, high = surface.bounds.T
    return low + (high - low) * np.random.default_rng(3).random((count, surface.dimension))


@pytest.mark.parametrize("name", SMALL)
def test_gradient_and_hessian_are_differences_of_the_value(name):
    surface = SMALL[name]
    d, points = surface.dimension, _points(SMALL[name])
    h = 1e-5 * surface.size
    shift = h * np.eye(d)
    slope = (surface.value(points[:, None] + shift) - surface.value(points[:, None] - shift)) / (2 * h)
    gradient = surface.gradient(points)
    scale = np.abs(gradient).max()
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=2e-8 * scale)
    bend = (surface.gradient(points[:, None] + shift) - surface.gradient(points[:, None] - shift)) / (2 * h)
    hessian = surface.hessian(points)
    np.testing.assert_allclose(hessian, bend, rtol=1e-6, atol=2e-8 * np.abs(hessian).max())
    assert (hessian == hessian.transpose(0, 2, 1)).all()
    np.testing.assert_allclose(
        surface.eigenvalues(points), np.linalg.eigvalsh(hessian), atol=1e-11 * np.abs(hessian).max()
    )


def _muller_brown(x, y):
    rows = [
        (-200, -1, 0, -10, 1, 0),
        (-100, -1, 0, -10, 0, 0.5),
        (-170, -6.5, 11, -6.5, -0.5, 1.5),
        (15, 0.7, 0.6, 0.7, -1, 1),
    ]
    return sum(
        k * mpmath.exp(a * (x - p) ** 2 + b * (x - p) * (y - q) + c * (y - q) ** 2)
        for k, a, b, c, p, q in rows
    )


FORMULAS = {
    "four_wells": lambda x, y: (x**4 + y**4) / 4 - (x**2 + y**2) / 2 + mpmath.mpf("0.2") * x * y,
    "monkey": lambda x, y: x**3 - 3 * x * y**2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "beale": lambda x, y: (
        (mpmath.mpf("1.5") - x + x * y) ** 2
        + (mpmath.mpf("2.25") - x + x * y**2) ** 2
        + (mpmath.mpf("2.625") - x + x * y**3) ** 2
    ),
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "muller_brown": _muller_brown,
    "camel": lambda x, y: (4 - mpmath.mpf("2.1") * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2,
    "deep_chain": lambda x, y: (x * y + 1) ** 2 / 2,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_derivatives_agree_with_thirty_digits(name):
    surface, function = SURFACES[name], FORMULAS[name]
    with mpmath.workdps(30):
        for point in _points(surface, 3):
            at = tuple(mpmath.mpf(float(c)) for c in point)
            size = abs(function(*at)) + 1
            assert abs(surface.value(point) - function(*at)) < 1e-12 * size
            gradient = [mpmath.diff(function, at, n) for n in ((1, 0), (0, 1))]
            hessian = [mpmath.diff(function, at, n) for n in ((2, 0), (1, 1), (1, 1), (0, 2))]
            largest = max(map(abs, (*gradient, *hessian)))
            assert (
                max(abs(a - b) for a, b in zip(surface.gradient(point), gradient, strict=True))
                < 1e-11 * largest
            )
            ours = surface.hessian(point).ravel()
            assert max(abs(a - b) for a, b in zip(ours, hessian, strict=True)) < 1e-11 * largest


@pytest.mark.parametrize("name", SMALL)
def test_critical_points_are_certified_and_counted(name):
    surface = SMALL[name]
    found = surface.critical_points()
    assert np.linalg.norm(surface.gradient(found.points), axis=1).max() < 1e-8
    eigenvalues = np.linalg.eigvalsh(surface.hessian(found.points))
    np.testing.assert_allclose(found.eigenvalues, eigenvalues, atol=1e-9 * (1 + np.abs(eigenvalues).max()))
    assert (found.index == (eigenvalues < -1e-6).sum(axis=1)).all()
    assert (found.nullity == (np.abs(eigenvalues) <= 1e-6).sum(axis=1)).all()
    np.testing.assert_allclose(found.values, surface.value(found.points))
    assert found.unaccounted in (0, None)
    low, high = surface.bounds.T
    assert ((found.points >= low - 1e-6) & (found.points <= high + 1e-6)).all()
    gaps = np.linalg.norm(found.points[:, None] - found.points, axis=-1) + np.eye(len(found))
    assert gaps.min() > 1e-3


def _has(surface, point, value, index, digits):
    found = surface.critical_points()
    nearest = int(np.argmin(np.linalg.norm(found.points - point, axis=1)))
    assert np.abs(found.points[nearest] - point).max() < 10.0**-digits
    assert abs(found.values[nearest] - value) < 1e-3
    assert found.index[nearest] == index


PUBLISHED = [
    # Müller and Brown 1979, table 1: three minima and two saddles
    ("muller_brown", (-0.558, 1.442), -146.700, 0, 2.9),
    ("muller_brown", (0.623, 0.028), -108.167, 0, 2.9),
    ("muller_brown", (-0.050, 0.467), -80.768, 0, 2.9),
    ("muller_brown", (-0.822, 0.624), -40.665, 1, 2.9),
    ("muller_brown", (0.212, 0.293), -72.249, 1, 2.9),
    # Himmelblau 1972: four minima of value zero, one maximum
    ("himmelblau", (3.0, 2.0), 0.0, 0, 9),
    ("himmelblau", (-2.805118, 3.131312), 0.0, 0, 5.9),
    ("himmelblau", (-3.779310, -3.283186), 0.0, 0, 5.9),
    ("himmelblau", (3.584428, -1.848126), 0.0, 0, 5.8),
    ("himmelblau", (-0.270845, -0.923039), 181.617, 2, 5.9),
    # six-hump camel, Dixon and Szegő 1978
    ("camel", (0.0898, -0.7126), -1.0316, 0, 3.9),
    ("camel", (-0.0898, 0.7126), -1.0316, 0, 3.9),
    ("camel", (0.0, 0.0), 0.0, 1, 9),
    ("beale", (3.0, 0.5), 0.0, 0, 9),
    ("beale", (0.0, 1.0), 14.203125, 1, 9),
    ("rosenbrock", (1.0, 1.0), 0.0, 0, 9),
]


@pytest.mark.parametrize(("name", "point", "value", "index", "digits"), PUBLISHED)
def test_published_points_are_found(name, point, value, index, digits):
    _has(SURFACES[name], np.array(point), value, index, digits)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("himmelblau", (4, 4, 1)),
        ("camel", (6, 7, 2)),
        ("muller_brown", (3, 2, 0)),
        ("beale", (1, 2, 0)),
        ("rosenbrock", (1, 0, 0)),
        ("four_wells", (4, 4, 1)),
    ],
)
def test_how_many_of_each_index(name, counts):
    found = SURFACES[name].critical_points()
    assert tuple((found.index == k).sum() for k in range(3)) == counts
    assert found.unaccounted == 0
    assert winding(SURFACES[name]) == counts[0] - counts[1] + counts[2]


@pytest.mark.parametrize("coupling", [-0.4, 0.0, 0.2, 0.45])
def test_four_wells_have_their_closed_form_minima(coupling):
    found = four_wells(coupling).critical_points()
    minima = found.points[found.index == 0]
    a, b = np.sqrt(1 - coupling), np.sqrt(1 + coupling)
    for expected in ((a, a), (-a, -a), (b, -b), (-b, b)):
        assert np.abs(minima - expected).max(axis=1).min() < 1e-9
    assert len(minima) == 4


def test_a_degenerate_saddle_is_called_so():
    found = SURFACES["monkey"].critical_points()
    assert found.kinds == ("degenerate",)
    assert (found.points == 0.0).all()
    assert winding(SURFACES["monkey"]) == -2


def test_a_ring_of_minima_is_listed_by_a_few_points():
    found = surface_from_formula("(x^2 + y^2 - 1)^2", ((-2, 2), (-2, 2))).critical_points()
    on_ring = np.abs(np.linalg.norm(found.points, axis=1) - 1.0) < 1e-4
    assert 8 <= on_ring.sum() <= 40
    assert set(np.array(found.kinds)[on_ring]) == {"degenerate"}
    assert np.array(found.kinds)[~on_ring].tolist() == ["maximum"]


def test_a_surface_without_critical_points_has_none():
    found = surface_from_formula("x + 2*y").critical_points()
    assert len(found) == 0
    assert found.points.shape == (0, 2)
    assert found.kinds == ()


def test_the_deep_chain():
    for depth, target in ((2, -1.0), (3, -1.0), (4, 2.0), (8, -3.0)):
        surface = deep_chain(depth, target)
        found = surface.critical_points()
        minima = found.points[np.abs(found.values) < 1e-20]
        assert len(minima) == 2 ** (depth - 1)
        np.testing.assert_allclose(minima.prod(axis=1), target)
        origin = int(np.argmin(np.linalg.norm(found.points, axis=1)))
        assert found.values[origin] == pytest.approx(0.5 * target**2)
        assert (found.index[origin], found.nullity[origin]) == ((1, 0) if depth == 2 else (0, depth))


def test_the_plateau_falls_by_its_depth():
    surface = plateau(dimension=7, curvature=0.02, wells=3, depth=0.7, seed=4)
    found = surface.critical_points()
    assert len(found) == 27
    assert [(found.index == k).sum() for k in range(4)] == [8, 12, 6, 1]
    np.testing.assert_allclose(found.values[found.index == 0], -3 * 0.7)
    np.testing.assert_allclose(found.points[found.index == 3], 0.0, atol=1e-15)
    np.testing.assert_allclose(found.eigenvalues[-1][:3], -0.02)


def test_random_quadratics_have_the_spectrum_they_state():
    surface = random_quadratic(100, shift=0.5, seed=3)
    hessian = surface.hessian(np.zeros(100))
    x = np.random.default_rng(0).standard_normal((5, 100))
    np.testing.assert_allclose(surface.value(x), 0.5 * np.einsum("ni,ij,nj->n", x, hessian, x))
    np.testing.assert_allclose(surface.gradient(x), x @ hessian, atol=1e-12)
    off = hessian[np.triu_indices(100, 1)]
    assert off.std() == pytest.approx(0.1, rel=0.05)
    assert np.diag(hessian).mean() == pytest.approx(0.5, abs=0.05)
    assert not np.array_equal(hessian, random_quadratic(100, 0.5, 4).hessian(np.zeros(100)))


@pytest.mark.parametrize(
    "surface", [plateau(9, wells=3), random_quadratic(12), SURFACES["himmelblau"]], ids=repr
)
def test_eigenvectors_belong_to_their_eigenvalues(surface):
    x = np.random.default_rng(0).standard_normal(surface.dimension)
    values, vectors = surface.eigenvectors(x)
    np.testing.assert_allclose(surface.hessian(x) @ vectors, vectors * values, atol=1e-11)
    np.testing.assert_allclose(values, surface.eigenvalues(x), atol=1e-11)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(len(x)), atol=1e-12)


def test_random_frames_are_orthonormal():
    frame = random_frame(6, np.random.default_rng(0))
    np.testing.assert_allclose(frame.T @ frame, np.eye(6), atol=1e-14)


def test_shapes_are_kept_and_leading_axes_are_free():
    for surface in (SURFACES["camel"], plateau(3)):
        d = surface.dimension
        x = np.random.default_rng(0).standard_normal((2, 5, d))
        assert surface.value(x).shape == (2, 5)
        assert surface.gradient(x).shape == (2, 5, d)
        assert surface.hessian(x).shape == (2, 5, d, d)
        assert surface.eigenvalues(x).shape == (2, 5, d)
        assert surface.value(x[0, 0]).shape == ()
        assert surface.value(x[0, 0]) == surface.value(x)[0, 0]
        assert surface.gradient(np.empty((0, d))).shape == (0, d)
        with pytest.raises(ValueError, match="last axis"):
            surface.value(np.zeros(d + 1))
        with pytest.raises(ValueError, match="read-only"):
            surface.bounds[0, 0] = 1.0


def test_a_thousand_points_give_what_each_gives_alone():
    """Blocks of lanes and single lanes run different code."""
    for surface in (
        SURFACES["muller_brown"],
        surface_from_formula("exp(sin(x))/(2+y^2)+tan(x/4)"),
        plateau(5),
    ):
        x = np.random.default_rng(1).uniform(-1, 1, (600, surface.dimension))
        for function in (surface.value, surface.gradient, surface.hessian):
            alone = np.array([function(point) for point in x])
            np.testing.assert_allclose(function(x), alone, rtol=1e-14, atol=1e-13)


def test_points_that_are_not_finite_give_no_warning(recwarn):
    for surface in (SURFACES["muller_brown"], SURFACES["rosenbrock"], plateau(3), deep_chain(3)):
        x = np.full((3, surface.dimension), 1e300)
        x[1], x[2] = np.nan, np.inf
        for function in (surface.value, surface.gradient, surface.hessian, surface.eigenvalues):
            assert not np.isfinite(function(x[1:])).all()
            function(x)
    assert not recwarn.list


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: random_quadratic(1), "dimension"),
        (lambda: random_quadratic(101), "dimension"),
        (lambda: plateau(5, curvature=0.0), "curvature"),
        (lambda: plateau(5, wells=5), "wells"),
        (lambda: plateau(2, wells=3), "wells"),
        (lambda: deep_chain(1), "depth"),
        (lambda: deep_chain(3, 0.0), "target"),
        (lambda: four_wells(np.nan), "coupling"),
        (lambda: SpectralSurface("s", [1.0], [-1.0], [[1.0]], 1.0), "negative"),
        (lambda: SpectralSurface("s", [1.0, 1.0], [0.0, 0.0], [[1.0, 1.0], [0.0, 1.0]], 1.0), "orthonormal"),
        (lambda: SpectralSurface("s", [1.0, 1.0], [0.0], np.eye(2), 1.0), "same d"),
    ],
)
def test_bad_numbers_are_one_sentence(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_the_catalogue():
    assert len(SURFACES) == len(set(SURFACES)) == 10
    assert SURFACES["beale"] is SURFACES["beale"]
    with pytest.raises(KeyError, match="himmelblau"):
        SURFACES["himmelbrau"]
