"""Writes frozen/peers.npz, what k-diffusion and diffusers answered, for the tests that run without them.

Run by hand where both are installed: ``python -m tests.diffusion.freeze_peers``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.diffusion import Brownian, Mixture, conformance, karras

PATH = Path(__file__).parent / "frozen" / "peers.npz"
TARGET = Mixture([0.2, 0.3, 0.5], [[1.2, 0.2], [-1.0, 0.9], [-0.2, -1.2]], [0.3, 0.2, 0.4])
SEED = 5


def levels() -> np.ndarray:
    return karras(12, 0.02, 20.0)


def starts() -> np.ndarray:
    return 20.0 * Brownian(SEED).starts(8, 2)


def peer_path(library: str, method: str) -> np.ndarray:
    """The path (13, 8, 2) that a library gives, the last step of k-diffusion's leading to 0."""
    if library == "k_diffusion":
        sigmas = np.append(levels()[:-1], 0.0)
        return conformance.k_diffusion(TARGET.denoise, starts(), sigmas, method, SEED)
    return conformance.diffusers(TARGET.denoise, starts(), levels(), method)


def main() -> None:
    paths = {f"k_diffusion {method}": peer_path("k_diffusion", method) for method in conformance.K_DIFFUSION}
    paths |= {f"diffusers {method}": peer_path("diffusers", method) for method in conformance.DIFFUSERS}
    versions = conformance.versions("k-diffusion", "diffusers", "torch")
    PATH.parent.mkdir(exist_ok=True)
    np.savez_compressed(PATH, versions=np.array(versions), starts=starts(), **paths)


if __name__ == "__main__":
    main()
