"""How curved a surface is, which sets step sizes and tolerances."""

from __future__ import annotations

import numpy as np

from explorer.saddles.surface import Surface


def curvature_scale(surface: Surface) -> float:
    """The largest |eigenvalue| of the Hessian over the critical points, or over the box if there are none."""
    found = surface.critical_points()
    bend = np.abs(found.eigenvalues)
    if len(found) == 0 or not bend.max() > 0.0:
        low, high = surface.bounds.T
        corners = low + (high - low) * np.random.default_rng(0).random((256, surface.dimension))
        bend = np.abs(surface.eigenvalues(corners))
        bend = bend[np.isfinite(bend)]
    return max(float(bend.max(initial=0.0)), 1e-12)
