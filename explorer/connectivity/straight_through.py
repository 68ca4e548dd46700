"""The permutation that makes the middle of the line good, learnt through a straight-through gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.connectivity.alignment import Alignment, align
from explorer.connectivity.network import Array, Network, pack, sizes_of, unpack
from explorer.connectivity.optimisers import Optimiser
from explorer.connectivity.passes import Pass, check_labels, one_hot


def straight_through(
    a: Network,
    b: Network,
    X: Array,
    y: NDArray,
    activation: str,
    signed: bool = False,
    steps: int = 100,
    rate: float = 1e-2,
    report: Callable[[float, str], None] | None = None,
) -> tuple[Alignment, list[float]]:
    """The alignment of lowest loss at the midpoint that the descent meets, and that loss at every step.

        P(theta) = argmax_P <theta, P b>,   L(theta) = loss((a + P(theta) b) / 2),   dP b / dtheta taken as 1

    The first alignments tried are none at all and, theta starting at a, that of the weights.

    Ref: Ainsworth, Hayase, Srinivasa, "Git Re-Basin", 2023, section 3.3 and algorithm 3.
    """
    sizes = sizes_of(a)
    labels = one_hot(check_labels(y, len(X), sizes[-1]), sizes[-1])
    home, here = pack(a), Alignment(a, b, signed)
    theta, middle, slope = home.copy(), np.empty_like(home), np.empty_like(home)
    run = Pass(middle, slope, sizes, len(X), activation)
    descent = Optimiser("adam", len(theta), rate, 0.0, 0.0, theta.dtype)
    best, losses = here, []
    for step in range(steps + 1):
        middle[:] = 0.5 * (home + pack(here.moved))
        losses.append(run.run(X, labels)[0] / len(X))
        if losses[-1] <= min(losses):
            best = here
        if report is not None:
            report(step / max(steps, 1), f"step {step} of {steps}: loss in the middle {losses[-1]:.3g}")
        if step:
            slope *= 0.5
            descent.step(theta, slope)
        target = unpack(theta, sizes)
        here = align(target, b, signed) if step == 0 else Alignment(target, b, signed, here.perms).ascend()
    return best, losses
