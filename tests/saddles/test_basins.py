"""Basin maps: the right name for every start, whatever the method does there."""

import numpy as np
import pytest

from explorer.saddles import (
    LEFT,
    METHODS,
    RESTLESS,
    SURFACES,
    UNLISTED,
    basins,
    deep_chain,
    descend,
    drawing_plane,
    plane_through,
    plateau,
    random_quadratic,
    surface_from_formula,
)


@pytest.mark.parametrize("method", ["gradient", "newton", "saddle_free", "heavy_ball", "adam"])
def test_a_label_is_where_the_run_of_that_start_ends(method):
    surface = SURFACES["himmelblau"]
    found = basins(surface, method, 25, steps=2000)
    points = found.critical.points
    starts = found.plane.points(found.a[None, :], found.b[:, None]).reshape(-1, 2)
    ends = descend(surface, starts, method, 2500)[-1]
    nearest = np.linalg.norm(ends[:, None] - points, axis=-1).argmin(axis=1)
    assert (found.labels >= 0).all()
    assert (found.labels.ravel() == nearest).mean() > 0.999
    assert np.abs(found.ends.reshape(-1, 2) - points[found.labels.ravel()]).max() < 0.05


@pytest.mark.parametrize("method", METHODS)
def test_starts_at_a_minimum_belong_to_it(method):
    surface = SURFACES["camel"]
    critical = surface.critical_points()
    for k in np.flatnonzero(critical.index == 0):
        x, y = critical.points[k]
        assert (basins(surface, method, ([x - 1e-3, x + 1e-3], [y])).labels == k).all()


@pytest.mark.parametrize(
    "method", [m for m in METHODS if METHODS[m].order > 0 and m not in ("noisy", "cubic")]
)
def test_the_map_has_the_symmetry_of_the_surface(method):
    """f(−x) = f(x) for the camel, and these methods commute with −1."""
    surface = SURFACES["camel"]
    found = basins(surface, method, 41)
    twin = np.array(
        [np.linalg.norm(found.critical.points + p, axis=1).argmin() for p in found.critical.points]
    )
    mirrored = found.labels[::-1, ::-1]
    listed = found.labels >= 0
    same = np.where(listed, twin[found.labels], found.labels) == mirrored
    assert same.mean() > 0.998  # a start on a boundary may fall either way by round-off


def test_saddles_have_their_share_and_newton_gives_them_more():
    surface = SURFACES["four_wells"]
    newton, gradient = basins(surface, "newton", 40), basins(surface, "gradient", 40)
    index = newton.critical.index
    assert newton.shares[index == 1].sum() > 0.2
    assert newton.shares[index == 2].sum() > 0.02
    assert gradient.shares[index > 0].sum() == 0.0
    for found in (newton, gradient):
        assert found.shares.sum() + found.left + found.restless + found.unlisted == pytest.approx(1.0)


def test_a_start_on_the_stable_line_of_a_saddle_ends_there():
    surface = SURFACES["deep_chain"]  # ½(xy + 1)²: the line x = y leads into the origin
    found = basins(surface, "gradient", 21, steps=2000)
    origin = int(np.flatnonzero(found.critical.index == 1)[0])
    assert (np.diag(found.labels) == origin).all()
    off = ~np.eye(21, dtype=bool)
    assert (found.labels[off] != origin).all()
    assert found.shares[origin] == pytest.approx(1 / 21)


def test_runs_that_leave_do_not_settle_or_rest_elsewhere_are_named():
    assert basins(SURFACES["monkey"], "gradient", 10, 0.1).left == 1.0
    assert (basins(SURFACES["monkey"], "gradient", 10, 0.1).labels == LEFT).all()
    assert np.isnan(basins(SURFACES["monkey"], "gradient", 10, 0.1).ends).all()
    left_half = np.linspace(-2.0, 0.0, 5), np.linspace(-1.0, 3.0, 5)
    assert (basins(SURFACES["rosenbrock"], "gradient", left_half, 1e-5, steps=3).labels == RESTLESS).all()
    outside = surface_from_formula("(x-5)^2 + y^2", ((-1, 1), (-1, 1)))
    assert (basins(outside, "gradient", 5).labels == UNLISTED).all()
    assert np.allclose(basins(outside, "newton", 5).ends, [5.0, 0.0])


def test_a_run_that_lingers_near_a_saddle_has_not_reached_it():
    surface = SURFACES["himmelblau"]
    saddle = surface.critical_points().points[surface.critical_points().index == 1][0]
    near = basins(surface, "gradient", ([saddle[0] + 0.01], [saddle[1] + 0.01]), 1e-4, steps=5)
    assert near.labels.tolist() == [[RESTLESS]]


def test_noise_that_never_rests_is_named_after_its_minimum():
    surface = SURFACES["four_wells"]
    found = basins(surface, "noisy", 15, noise=0.05, rng=2)
    assert (found.labels >= 0).mean() > 0.95
    assert (found.critical.index[found.labels[found.labels >= 0]] == 0).all()
    again = basins(surface, "noisy", 15, noise=0.05, rng=2)
    assert np.array_equal(found.labels, again.labels)
    assert (found.steps == 500).all()


def test_what_leaves_a_point_without_a_gradient_is_not_at_rest_there():
    """Noise and cubic regularisation leave a saddle on which the other methods stay."""
    surface = SURFACES["four_wells"]
    for method in METHODS:
        found = basins(surface, method, ([0.0], [0.0]))
        index = found.critical.index[found.labels[0, 0]]
        assert index == (0 if method in ("noisy", "cubic") else 2)


def test_a_valley_of_minima_is_named_after_its_listed_points():
    chain = deep_chain(2, 1.0)
    found = basins(chain, "gradient", 20, steps=3000)
    reached = found.critical.points[found.labels]
    right = np.abs(found.ends.prod(axis=-1) - 1.0) < 1e-4
    assert (np.sign(reached[right]) == np.sign(found.ends[right])).all()
    assert right.mean() > 0.9


def test_the_plane_of_more_dimensions():
    surface = plateau(8, curvature=0.2, seed=5)
    found = basins(surface, "gradient", 11)
    assert found.ends.shape == (11, 11, 8)
    minima = np.flatnonzero(found.critical.index == 0)
    side = found.critical.points[minima] @ found.plane.first
    column = np.where(found.a < 0, minima[np.argmin(side)], minima[np.argmax(side)])
    middle = found.a == 0.0
    assert (found.labels[:, ~middle] == column[~middle]).all()
    assert (found.critical.index[found.labels[:, middle]] == 1).all()
    x = found.plane.points(0.3, -0.2)
    np.testing.assert_allclose(found.plane.coordinates(x), [0.3, -0.2], atol=1e-12)
    hessian = surface.hessian(np.zeros(8))
    assert found.plane.first @ hessian @ found.plane.first == pytest.approx(-0.2)
    assert found.plane.second @ hessian @ found.plane.second == pytest.approx(1.0)


def test_a_plane_through_three_points_holds_them():
    chain = deep_chain(4, -1.0)
    points = [np.zeros(4), np.ones(4), np.array([1.0, 1.0, 1.0, -1.0])]
    plane = plane_through(chain, *points)
    for point in points:
        a, b = plane.coordinates(point)
        np.testing.assert_allclose(plane.points(a, b), point, atol=1e-12)
    assert plane.coordinates(points[1])[0] == pytest.approx(2.0)
    assert plane.first @ plane.second == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(ValueError, match="line"):
        plane_through(chain, np.zeros(4), np.ones(4), 2 * np.ones(4))


def test_progress_is_reported_and_a_raise_cancels():
    seen = []
    basins(SURFACES["himmelblau"], "gradient", 100, report=lambda share, text: seen.append((share, text)))
    shares = [share for share, _ in seen]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert len(shares) == 4

    class Stop(Exception):
        pass

    def cancel(share, text):
        seen.append(share)
        if share > 0.1:
            raise Stop

    seen.clear()
    with pytest.raises(Stop):
        basins(SURFACES["himmelblau"], "gradient", 300, report=cancel)
    assert len(seen) < 5


@pytest.mark.parametrize("method", ["newton", "heavy_ball", "adam", "cubic"])
def test_chunks_and_blocks_do_not_show(method):
    """Runs that settle make room for others in their block, with all that belongs to them."""
    surface = SURFACES["himmelblau"]
    whole = basins(surface, method, 90)
    a, b = whole.a[40:43], whole.b[70:72]
    part = basins(surface, method, (a, b))
    assert np.array_equal(part.labels, whole.labels[70:72, 40:43])
    assert np.array_equal(part.steps, whole.steps[70:72, 40:43])


def test_momentum_that_crosses_a_minimum_has_not_settled():
    """A run that swings through the minimum of x² exactly, with a zero gradient there, goes on."""
    bowl = surface_from_formula("x^2/2 + y^2/2", ((-2, 2), (-2, 2)))
    found = basins(bowl, "heavy_ball", ([1.0], [0.0]), 1.0, momentum=0.9, steps=500)
    path = descend(bowl, [1.0, 0.0], "heavy_ball", 3, 1.0, momentum=0.9)
    assert path[1, 0] == 0.0
    assert found.steps[0, 0] > 50


def test_quadratics_in_many_dimensions():
    surface = random_quadratic(30, seed=1)
    assert (basins(surface, "newton", 6).labels == 0).all()
    assert (basins(surface, "newton", 6).steps <= 1).all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"grid": 0}, "grid"),
        ({"grid": ([], [1.0])}, "grid"),
        ({"grid": ([np.nan], [1.0])}, "grid"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"method": "walk"}, "no method"),
        ({"steps": -3}, "steps"),
    ],
)
def test_bad_input_is_one_sentence(change, word):
    given = {"method": "gradient", "grid": 3, **change}
    with pytest.raises(ValueError, match=word):
        basins(SURFACES["camel"], **given)


def test_planes_need_two_different_eigenvectors():
    with pytest.raises(ValueError, match="different"):
        drawing_plane(plateau(4), first=-1)
    with pytest.raises(ValueError, match="not one of them"):
        drawing_plane(plateau(4), first=4)
