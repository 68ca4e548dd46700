"""Soft matching: doubly stochastic matrices in place of permutations, sharpened step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.network import Array, Network, as_network


def sinkhorn(scores: ArrayLike, temperature: float, tolerance: float = 1e-9) -> Array:
    """The doubly stochastic matrix that weighs a score against its own entropy.

        S = argmax  <C, S> + temperature * entropy(S),   rows and columns of S sum to 1

    Parameters
        scores      : array (h, h)
        temperature : float > 0     in the unit of the scores; towards 0 S becomes the best permutation
        tolerance   : float         largest distance of a row sum from 1 (columns are exact)

    Returns
        array (h, h)

    The scaling of Sinkhorn alone converges like 1 / rounds when the temperature is small (off by 1e-5 after 50,000);
    here each round is followed by a Newton step on the dual, and the temperature is approached from above:
    5 to 25 rounds in all.

    Cost: O(h^3) a round; 128 units 1 to 13 ms, 512 units 30 to 330 ms.
    Holds: marginals; S_ij S_kl / (S_il S_kj) = exp((C_ij + C_kl - C_il - C_kj) / temperature).
    Ref: Sinkhorn, "A relationship between arbitrary positive matrices and doubly stochastic matrices", 1964;
    Cuturi, "Sinkhorn distances", 2013, section 4.
    """
    C = np.asarray(scores, dtype=np.float64)
    if C.ndim != 2 or C.shape[0] != C.shape[1] or C.size == 0 or not np.isfinite(C).all():
        raise ValueError(f"scores must be a square matrix of finite numbers, and has shape {C.shape}")
    _check_temperature(temperature)
    potentials, level = np.zeros(len(C)), float(np.ptp(C))
    while level > temperature:
        potentials = level * _scaled(C / level, potentials / level, 1e-2, 5)[1]
        level /= 4.0
    return _scaled(C / temperature, potentials / temperature, tolerance, 200)[0]


def _check_temperature(temperature: float) -> None:
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature must be a number above 0, and is {temperature}")


def _scaled(logs: Array, rows: Array, tolerance: float, limit: int) -> tuple[Array, Array]:
    """The scaled matrix and its row potentials: S_ij = exp(logs_ij + rows_i) / sum_i exp(logs_ij + rows_i).

    Maximises the concave dual q(rows) = sum rows - sum_j log sum_i exp(logs_ij + rows_i), whose gradient is
    1 - (row sums of S) and whose Hessian is -(diag(row sums) - S S^T).
    """
    S, columns = _columns_scaled(logs, rows)
    for _ in range(limit):
        if np.abs(S.sum(axis=1) - 1.0).max() <= tolerance:
            break
        rows = -_columns_scaled((logs - columns).T, np.zeros(len(logs)))[1]
        S, columns = _columns_scaled(logs, rows)
        rows = _newton(logs, rows, S, columns)
        S, columns = _columns_scaled(logs, rows)
    return S, rows


def _columns_scaled(logs: Array, rows: Array) -> tuple[Array, Array]:
    """exp(logs + rows) with each column divided by its sum, and the logarithms of these sums."""
    S = logs + rows[:, None]
    top = S.max(axis=0)
    S -= top
    np.exp(S, out=S)
    total = S.sum(axis=0)
    S /= total
    return S, np.log(total) + top


def _newton(logs: Array, rows: Array, S: Array, columns: Array) -> Array:
    """One Newton step on the dual, shortened until it climbs; no step where it does not."""
    sums = S.sum(axis=1)
    # adding the same to all rows changes nothing: 1/h fills that direction, 1e-15 those that rounding emptied
    curvature = np.diag(sums + 1e-15) - S @ S.T + 1.0 / len(S)
    try:
        step = np.linalg.solve(curvature, 1.0 - sums)
    except np.linalg.LinAlgError:
        return rows
    here, rise, length = rows.sum() - columns.sum(), (1.0 - sums) @ step, 1.0
    for _ in range(8):
        there = rows + length * step
        if there.sum() - _columns_scaled(logs, there)[1].sum() >= here + 1e-4 * length * rise:
            return there
        length *= 0.25
    return rows


def blend(net: Sequence, soft: Sequence[ArrayLike]) -> Network:
    """The network with its units mixed by soft matchings; the function stays only if these are permutations.

    W_l -> S_l W_l S_{l-1}^T,   b_l -> S_l b_l,   S_0 = S_L = I
    """
    layers = as_network(net)
    mixes = [np.asarray(S, dtype=np.float64) for S in soft]
    if [S.shape for S in mixes] != [(len(b), len(b)) for _, b in layers[:-1]]:
        raise ValueError(
            "soft must hold one square matrix for each hidden layer, as large as the layer is wide"
        )
    mixed = []
    for place, (W, b) in enumerate(layers):
        if place:
            W = W @ mixes[place - 1].T
        mixed.append((mixes[place] @ W, mixes[place] @ b) if place < len(mixes) else (W, b))
    return mixed


def graduated(a: Network, b: Network, temperature: float, cooling: float = 0.7) -> list[Array]:
    """Soft matchings of all hidden layers, cooled together from nearly uniform to a chosen temperature.

    Every layer takes the gradient of <a, blended b> with respect to its own soft matching as its scores, and
    the temperature falls from 1 to the chosen one, in units of the spread of these scores, by ``cooling``
    a round.

    Ref: Gold, Rangarajan, "A graduated assignment algorithm for graph matching", 1996, section 4.
    """
    _check_temperature(temperature)
    soft = [np.full((len(c), len(c)), 1.0 / len(c)) for _, c in b[:-1]]
    potentials = [np.zeros(len(S)) for S in soft]
    stages = 1 if temperature >= 1 else int(np.ceil(np.log(temperature) / np.log(cooling))) + 1
    for stage, level in enumerate(np.geomspace(max(1.0, temperature), temperature, stages)):
        tolerance, limit = (1e-9, 200) if stage == stages - 1 else (1e-3, 3)
        for layer in range(len(soft)):
            scores = _scores(a, b, soft, layer)
            unit = level * (scores.std() or 1.0)
            soft[layer], rows = _scaled(scores / unit, potentials[layer] / unit, tolerance, limit)
            potentials[layer] = rows * unit
    return soft


def _scores(a: Network, b: Network, soft: list[Array], layer: int) -> Array:
    """Gradient of the inner product of a and the blended b with respect to one soft matching."""
    (Wa, ca), (Va, _) = a[layer], a[layer + 1]
    (Wb, cb), (Vb, _) = b[layer], b[layer + 1]
    into = Wb if layer == 0 else Wb @ soft[layer - 1].T
    out = Vb if layer == len(soft) - 1 else soft[layer + 1] @ Vb
    return Wa @ into.T + np.outer(ca, cb) + Va.T @ out
