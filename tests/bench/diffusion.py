"""What the diffusion kernels cost beside the libraries and calls that do the same: ratios within one run.

PyTorch is held to one thread, as our kernels are; NumPy's matrix products take the threads they are given.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer import diffusion
from explorer.core.jit import warm
from explorer.diffusion import conformance

Call = Callable[[], object]
THREE = diffusion.example("three").target
FIFTY = diffusion.karras(50, 0.02, 10.0)
SIX = ("euler", "heun", "dpm2", "dpmpp2m", "dpmpp3m", "rk4")


def rows() -> list[dict]:
    """Return a row a comparison: name, ours_s, theirs_s (best of a few calls), ratio theirs / ours, note.

    theirs_s and ratio are None where there is nothing to compare with, and the note says why.
    """
    warm("explorer.diffusion")
    return [
        _against_k_diffusion(),
        _against_diffusers(),
        _denoise_mixture(),
        _denoise_finite_set(),
        _reference(),
        _coupled_noise(),
        _error_figure(),
        _million(),
    ]


def _row(name: str, note: str, ours: Call, theirs: Call | None, repeats: int = 10) -> dict:
    """Time both in turn, so that a busy moment strikes either alike; the best of each counts."""
    calls = [ours] if theirs is None else [ours, theirs]
    best = [np.inf] * len(calls)
    for call in calls:
        call()
    for _ in range(repeats):
        for which, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[which] = min(best[which], time.perf_counter() - start)
    other = best[1] if theirs is not None else None
    ratio = None if other is None else other / best[0]
    return {"name": name, "ours_s": best[0], "theirs_s": other, "ratio": ratio, "note": note}


def _starts(n: int) -> np.ndarray:
    return 10.0 * diffusion.Brownian(0).starts(n, 2)


def _torch_denoiser(torch: Any) -> Callable[[Any, Any], Any]:
    """The exact denoiser of the three modes in PyTorch, by matrix products: faster there than differences."""
    means, own = torch.from_numpy(THREE.means), torch.from_numpy(np.square(THREE.means).sum(axis=1))
    weights = torch.from_numpy(np.log(THREE.weights))
    square = float(THREE.covariances[0, 0, 0])

    def denoise(x: Any, sigma: Any) -> Any:
        noisy = square + float(sigma[0]) ** 2
        gap = (x * x).sum(1, keepdim=True) - 2.0 * (x @ means.T) + own
        share = torch.softmax(weights - (0.5 / noisy) * gap, 1)
        return ((1.0 - square / noisy) * share) @ means + (square / noisy) * x

    return denoise


def _against_k_diffusion() -> dict:
    x, name = _starts(2000), "2,000 particles x 50 Heun steps x 3 modes"

    def ours() -> np.ndarray:
        return diffusion.integrate(THREE.denoise, x, FIFTY, "heun")

    try:
        sampling, torch = conformance.k_diffusion_sampling(), conformance.load_torch()
    except conformance.MissingPeer as missing:
        return _row(name, str(missing), ours, None)
    torch.set_num_threads(1)
    model, start, levels = _torch_denoiser(torch), torch.from_numpy(x), torch.from_numpy(FIFTY)

    def theirs() -> Any:
        return sampling.sample_heun(model, start, levels, disable=True)

    gap = np.abs(theirs().numpy() - ours()[-1]).max()
    note = (
        f"sample_heun of {conformance.versions('k-diffusion', 'torch')}, ends only; they differ by {gap:.0e}"
    )
    return _row(name, note, ours, theirs)


def _against_diffusers() -> dict:
    x, name = _starts(2000), "2,000 particles x 50 DPM-Solver++ 2M steps x 3 modes"

    def ours() -> np.ndarray:
        return diffusion.integrate(THREE.denoise, x, FIFTY, "dpmpp2m")

    def theirs() -> np.ndarray:
        return conformance.diffusers(THREE.denoise, x, FIFTY, "dpmpp2m")

    try:
        theirs()
    except conformance.MissingPeer as missing:
        return _row(name, str(missing), ours, None)
    note = f"scheduler of {conformance.versions('diffusers', 'torch')} around our denoiser, float32"
    return _row(name, note, ours, theirs, 5)


def _denoise_mixture() -> dict:
    x, means, square, sigma = _starts(20_000), THREE.means, float(THREE.covariances[0, 0, 0]), 1.0

    def theirs() -> np.ndarray:
        gap = x[:, None, :] - means
        logits = -0.5 * np.square(gap).sum(axis=2) / (square + sigma**2)
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        return np.einsum("nk,nki->ni", share, means + gap * (square / (square + sigma**2)))

    return _row("denoise 20,000 points, 3 modes", "NumPy", lambda: THREE.denoise(x, sigma), theirs)


def _denoise_finite_set() -> dict:
    target, x, sigma = diffusion.example("letters").target, _starts(5000), 0.3
    means = target.means

    def theirs() -> np.ndarray:
        logits = (2.0 * (x @ means.T) - np.square(means).sum(axis=1)) * (0.5 / sigma**2)
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        return (share @ means) / share.sum(axis=1, keepdims=True)

    name = f"denoise 5,000 points, finite set of {target.components}"
    return _row(name, "NumPy, two matrix products", lambda: target.denoise(x, sigma), theirs)


def _reference() -> dict:
    from scipy.integrate import solve_ivp

    x = _starts(500)

    def slope(log_sigma: float, y: np.ndarray) -> np.ndarray:
        points = y.reshape(-1, 2)
        return (points - THREE.denoise(points, float(np.exp(log_sigma)))).ravel()

    def theirs() -> Any:
        span = (np.log(10.0), np.log(0.02))
        return solve_ivp(slope, span, x.ravel(), method="DOP853", rtol=1e-11, atol=1e-11)

    note = "SciPy's DOP853 on our compiled denoiser, rtol 1e-11"
    work = lambda: diffusion.reference(THREE.denoise, x, [10.0, 0.02])  # noqa: E731
    return _row("reference of 500 particles to 1e-10", note, work, theirs, 5)


def _coupled_noise() -> dict:
    rng, noise = np.random.default_rng(0), diffusion.Brownian(0)
    note = "NumPy's standard_normal, which no other grid can refine"
    return _row(
        "coupled noise, 2,000 particles x 50 steps",
        note,
        lambda: noise.normals(FIFTY, 2000, 2),
        lambda: rng.standard_normal((50, 2000, 2)),
    )


def _error_figure() -> dict:
    x = _starts(500)

    def ours() -> object:
        grid = lambda steps: diffusion.karras(steps, 0.02, 10.0)  # noqa: E731
        return diffusion.error_curves(THREE.denoise, x, grid, SIX, (10, 20, 40, 80, 160))

    return _row("error figure, 6 solvers x 5 counts x 500 particles", "budget 0.2 s", ours, None, 5)


def _million() -> dict:
    edges, levels = np.linspace(-3.0, 3.0, 201), diffusion.karras(20, 0.02, 10.0)

    def run(n: int) -> object:
        return diffusion.run_many(THREE.denoise, n, 2, levels, "heun", 0, edges=(edges, edges))

    tracemalloc.start()
    run(200_000)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    note = f"histogram and 500 paths kept, peak {peak:.1f} MB"
    return _row("1,000,000 particles x 20 Heun steps", note, lambda: run(1_000_000), None, 1)


if __name__ == "__main__":
    for row in rows():
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.1f} x"
        print(f"{row['name']:54s} {1e3 * row['ours_s']:9.2f} ms {ratio:>8s}   {row['note']}")
