"""A Gaussian mixture fitted to points by expectation-maximisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion import dense, inputs
from explorer.diffusion.law import Law
from explorer.diffusion.mixture import Mixture

SHAPES = ("full", "round")
EMPTY = 1e-6  # a component with less weight than this many points is dropped


@dataclass(frozen=True)
class Fit:
    """A fitted mixture, and the points' mean log likelihood before every step, (steps,), never falling."""

    mixture: Mixture
    log_likelihoods: np.ndarray


def fit_mixture(
    points: Any,
    components: int,
    rng: np.random.Generator | int,
    *,
    shape: str = "full",
    floor: float = 1e-2,
    most_steps: int = 200,
    tolerance: float = 1e-6,
) -> Fit:
    """Maximum likelihood over mixtures whose every standard deviation, in any direction, is at least `floor`.

    Parameters
        points     : array (n, d)
        components : int            at most n
        rng        : Generator or seed      of the first centres, drawn far apart
        shape      : str            covariances "full", or "round" (multiples of the identity)
        floor      : float > 0      smallest standard deviation, so that no component collapses on a point
        most_steps, tolerance       stop when a step gains less than tolerance in mean log likelihood

    Returns     Fit
    Raises      ValueError          when an argument is out of its range
    Cost: O(n components d²) a step.
    Holds: the likelihood never falls; one step equals scikit-learn's where no floor binds.
    Ref: Dempster, Laird & Rubin, Maximum likelihood from incomplete data, 1977; Arthur & Vassilvitskii,
    k-means++: the advantages of careful seeding, 2007.
    """
    rows = inputs.points(points, "points")
    if not len(rows):
        raise ValueError("points must hold at least one row.")
    components = inputs.count(components, "components", 1, len(rows))
    floor = inputs.real(floor, "floor", 1e-50, inputs.LARGEST)
    if shape not in SHAPES:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}, not {shape!r}.")
    law = _maximise(rows, _nearest(rows, components, inputs.generator(rng)), shape, floor)
    gains: list[float] = []
    for _ in range(inputs.count(most_steps, "most_steps")):
        law_next, likelihood = step(rows, law, shape, floor)
        gains.append(likelihood)
        if len(gains) > 1 and gains[-1] - gains[-2] < tolerance:
            break
        law = law_next
    return Fit(_as_mixture(law), np.array(gains))


def step(rows: np.ndarray, law: Law, shape: str, floor: float) -> tuple[Law, float]:
    """One step of expectation-maximisation: the next law, and the mean log likelihood of this one."""
    shares, log_densities = [], []
    for start in range(0, len(rows), dense.ROWS):
        weight, log_density = dense.responsibilities(rows[start : start + dense.ROWS], law, 0.0)
        shares.append(weight)
        log_densities.append(log_density)
    return _maximise(rows, np.concatenate(shares), shape, floor), float(np.concatenate(log_densities).mean())


def _maximise(rows: np.ndarray, weight: np.ndarray, shape: str, floor: float) -> Law:
    """The best law given responsibilities (n, c).

    The best covariance bounded below is the free one with clipped eigenvalues.
    """
    weight = weight[:, weight.sum(axis=0) > EMPTY]
    total, d = weight.sum(axis=0), rows.shape[1]
    means = (weight.T @ rows) / total[:, None]
    variances = np.empty((len(total), d if shape == "full" else 1))
    axes = np.empty((len(total) if shape == "full" else 0, d, d))
    for k, mean in enumerate(means):
        gap = rows - mean
        if shape == "full":
            variances[k], axes[k] = np.linalg.eigh((gap * weight[:, k : k + 1]).T @ gap / total[k])
        else:
            variances[k] = weight[:, k] @ np.square(gap).sum(axis=1) / (total[k] * d)
    return Law(np.log(total / total.sum()), means, np.maximum(variances, floor**2), axes)


def _nearest(rows: np.ndarray, components: int, rng: np.random.Generator) -> np.ndarray:
    """Every point wholly to the nearest of some seeds (n, seeds).

    Each seed is a point, drawn in proportion to its squared distance from the seeds before it.
    """
    seeds = [int(rng.integers(len(rows)))]
    squares = np.square(rows - rows[seeds[0]]).sum(axis=1)
    nearest = np.zeros(len(rows), int)
    while len(seeds) < components and squares.max() > 0.0:
        seeds.append(int(rng.choice(len(rows), p=squares / squares.sum())))
        own = np.square(rows - rows[seeds[-1]]).sum(axis=1)
        nearest[own < squares] = len(seeds) - 1
        squares = np.minimum(squares, own)
    return np.eye(len(seeds))[nearest]


def _as_mixture(law: Law) -> Mixture:
    if law.round:
        return Mixture(np.exp(law.log_weight), law.means, np.sqrt(law.variances[:, 0]))
    covariances = np.einsum("kie,ke,kje->kij", law.axes, law.variances, law.axes)
    return Mixture(np.exp(law.log_weight), law.means, 0.5 * (covariances + covariances.transpose(0, 2, 1)))
