"""The same run by an installed library: k-diffusion in float64, diffusers in its own float32. Nothing here is
imported before it is asked for; where a library is missing, `MissingPeer` says in a sentence what to install.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
import types
from typing import Any

import numpy as np

from explorer.diffusion import inputs
from explorer.diffusion.trajectories import Denoiser, Noise, brownian

K_DIFFUSION = {
    "euler": "sample_euler",
    "heun": "sample_heun",
    "dpm2": "sample_dpm_2",
    "dpmpp2s": "sample_dpmpp_2s_ancestral",
    "dpmpp2m": "sample_dpmpp_2m",
    "lms4": "sample_lms",
    "ancestral": "sample_euler_ancestral",
    "sde_dpmpp2m": "sample_dpmpp_2m_sde",
}
"""Our solvers that k-diffusion has, and what it calls them."""

DIFFUSERS = {"dpmpp1": 1, "dpmpp2m": 2, "dpmpp3m_released": 3}
"""Our solvers that diffusers' DPMSolverMultistepScheduler has, and its solver_order."""

_NOISY = ("ancestral", "sde_dpmpp2m")


class MissingPeer(ImportError):
    """A library to compare with is not installed; the message says which."""


def k_diffusion(
    denoise: Denoiser, x: Any, sigmas: Any, method: str, rng: Noise = None, eta: float = 1.0
) -> np.ndarray:
    """The path (steps + 1, n, d) of k-diffusion's sampler on our denoiser, grid and noise, in float64.

    `eta` is the share of noise of the ancestral and the SDE solver, as for `integrate`.

    Raises    MissingPeer  when torch or k-diffusion is not installed
              ValueError   when k-diffusion has no such solver, or noise is missing
    Holds: equal to `integrate` to 1e-10.
    """
    points, levels = inputs.points(x), inputs.grid(sigmas)
    if method not in K_DIFFUSION:
        raise ValueError(f"k-diffusion has no counterpart of {method!r}; it has {', '.join(K_DIFFUSION)}.")
    sampling, lib = k_diffusion_sampling(), load_torch()
    extra: dict[str, Any] = {"eta": 0.0} if method == "dpmpp2s" else {}
    if method in _NOISY:
        normals = iter(lib.from_numpy(brownian(rng, method).normals(levels, *points.shape)))
        extra = {"noise_sampler": lambda sigma, sigma_next: next(normals), "eta": eta}

    def model(y: Any, sigma: Any) -> Any:
        return lib.from_numpy(np.ascontiguousarray(denoise(y.numpy(), float(sigma[0]))))

    path: list[np.ndarray] = []
    last = getattr(sampling, K_DIFFUSION[method])(
        model,
        lib.from_numpy(points.copy()),
        lib.from_numpy(levels.copy()),
        disable=True,
        callback=lambda state: path.append(state["x"].numpy().copy()),
        **extra,
    )
    return np.stack([*path, last.numpy()])


def diffusers(denoise: Denoiser, x: Any, sigmas: Any, method: str) -> np.ndarray:
    """The path (steps + 1, n, d) of diffusers' DPMSolverMultistepScheduler on our denoiser and grid.

    It works in the variance-preserving scale and in float32; points go in and come out in ours.

    Raises    MissingPeer  when torch or diffusers is not installed
              ValueError   when the scheduler has no such solver, or the grid ends at 0
    Holds: equal to `integrate` within what float32 leaves, about 1e-5 of the starting scale.
    """
    points, levels = inputs.points(x), inputs.grid(sigmas)
    if method not in DIFFUSERS:
        raise ValueError(f"diffusers has no counterpart of {method!r}; it has {', '.join(DIFFUSERS)}.")
    if levels[-1] == 0.0:
        raise ValueError("sigmas must end above 0 for this comparison.")
    lib, scheduler = load_torch(), _scheduler(DIFFUSERS[method], levels)
    scale = np.sqrt(1.0 + np.square(levels))
    sample = lib.from_numpy((points / scale[0]).astype(np.float32))
    path = [points]
    for i, sigma in enumerate(levels[:-1]):
        ours = sample.numpy().astype(float) * scale[i]
        answer = lib.from_numpy(np.asarray(denoise(ours, float(sigma)), np.float32))
        sample = scheduler.step(answer, scheduler.timesteps[i], sample).prev_sample
        path.append(sample.numpy().astype(float) * scale[i + 1])
    return np.stack(path)


def _scheduler(order: int, levels: np.ndarray) -> Any:
    """A scheduler whose noise levels are ours and which keeps its order to the end."""
    lib, steps = load_torch(), len(levels) - 1
    scheduler = _module("diffusers").DPMSolverMultistepScheduler(
        solver_order=order,
        prediction_type="sample",
        lower_order_final=False,
        final_sigmas_type="sigma_min",
    )
    scheduler.set_timesteps(min(steps, 999))
    scheduler.timesteps = lib.arange(steps, 0, -1)
    scheduler.num_inference_steps = steps
    scheduler.sigmas = lib.from_numpy(levels.astype(np.float32))
    scheduler.set_begin_index(0)
    return scheduler


def k_diffusion_sampling() -> types.ModuleType:
    """The module ``k_diffusion.sampling``.

    The package imports its training code, and with it torchvision, clip, kornia and others, before the samplers.
    Where those are missing the samplers are loaded alone; they use one function of the rest, for broadcasting.

    Raises    MissingPeer
    """
    load_torch()
    found = importlib.util.find_spec("k_diffusion")
    if found is None or not found.submodule_search_locations:
        raise MissingPeer("k-diffusion is not installed: python -m pip install --no-deps k-diffusion")
    try:
        return importlib.import_module("k_diffusion.sampling")
    except (ImportError, RuntimeError, OSError):
        return _samplers_alone(list(found.submodule_search_locations))


def _samplers_alone(places: list[str]) -> types.ModuleType:
    """``sampling.py`` of the package under a name of its own, beside a stand-in for its ``utils``."""
    name = "k_diffusion_samplers_alone"
    package, utils = types.ModuleType(name), types.ModuleType(f"{name}.utils")
    package.__path__ = places
    utils.append_dims = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]  # type: ignore[attr-defined]
    package.utils = utils  # type: ignore[attr-defined]
    sys.modules[name], sys.modules[f"{name}.utils"] = package, utils
    try:
        return importlib.import_module(f"{name}.sampling")
    except ImportError as missing:
        raise MissingPeer(
            f"k-diffusion's samplers need one more package: python -m pip install {missing.name}"
        ) from None


def versions(*names: str) -> str:
    """Installed versions, such as "k-diffusion 0.1.1, torch 2.13.0", for the record of a comparison."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


def load_torch() -> Any:
    """The module ``torch``.   Raises    MissingPeer"""
    return _module("torch")


def _module(name: str) -> Any:
    if importlib.util.find_spec(name) is None:
        raise MissingPeer(f"{name} is not installed: python -m pip install {name}")
    return importlib.import_module(name)


def difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference of any coordinate anywhere on two paths (steps + 1, n, d)."""
    if ours.shape != theirs.shape:
        raise ValueError(f"both paths must have the same shape, not {ours.shape} and {theirs.shape}.")
    return float(np.abs(ours - theirs).max())
