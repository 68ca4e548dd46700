"""The saddle family: surfaces with saddles, twelve ways off them, and how long each should take.

    >>> from explorer.saddles import SURFACES, basins, descend
    >>> surface = SURFACES["himmelblau"]
    >>> surface.critical_points().kinds[:5]
    ('minimum', 'minimum', 'minimum', 'minimum', 'saddle')
    >>> path = descend(surface, [0.0, 0.0], "saddle_free", steps=50)
    >>> basins(surface, "newton", 100).shares

Names are looked up when they are first used, so that importing the family loads nothing that compiles.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.saddles.basin_map import LEFT as LEFT
    from explorer.saddles.basin_map import RESTLESS as RESTLESS
    from explorer.saddles.basin_map import UNLISTED as UNLISTED
    from explorer.saddles.basin_map import Basins as Basins
    from explorer.saddles.basin_map import basins as basins
    from explorer.saddles.catalogue import FACTORIES as FACTORIES
    from explorer.saddles.catalogue import SURFACES as SURFACES
    from explorer.saddles.catalogue import deep_chain as deep_chain
    from explorer.saddles.catalogue import four_wells as four_wells
    from explorer.saddles.descent import descend as descend
    from explorer.saddles.escape_laws import Escape as Escape
    from explorer.saddles.escape_laws import escape_direction as escape_direction
    from explorer.saddles.escape_laws import escape_steps as escape_steps
    from explorer.saddles.escape_laws import measured_escape as measured_escape
    from explorer.saddles.escape_prediction import predict_escape as predict_escape
    from explorer.saddles.escape_prediction import quadratic_radius as quadratic_radius
    from explorer.saddles.formula import surface_from_formula as surface_from_formula
    from explorer.saddles.formula_error import FormulaError as FormulaError
    from explorer.saddles.methods import METHODS as METHODS
    from explorer.saddles.methods import Evaluations as Evaluations
    from explorer.saddles.methods import Method as Method
    from explorer.saddles.methods import suggest_step as suggest_step
    from explorer.saddles.plane import Plane as Plane
    from explorer.saddles.plane import drawing_plane as drawing_plane
    from explorer.saddles.plane import plane_through as plane_through
    from explorer.saddles.random_surfaces import RandomCriticalPoints as RandomCriticalPoints
    from explorer.saddles.random_surfaces import gaussian_spectra as gaussian_spectra
    from explorer.saddles.random_surfaces import index_at_height as index_at_height
    from explorer.saddles.random_surfaces import index_fraction as index_fraction
    from explorer.saddles.random_surfaces import random_critical_points as random_critical_points
    from explorer.saddles.random_surfaces import semicircle_density as semicircle_density
    from explorer.saddles.scales import curvature_scale as curvature_scale
    from explorer.saddles.spectral_steps import cubic_minimiser as cubic_minimiser
    from explorer.saddles.spectral_surface import plateau as plateau
    from explorer.saddles.spectral_surface import random_quadratic as random_quadratic
    from explorer.saddles.surface import CriticalPoints as CriticalPoints
    from explorer.saddles.surface import Surface as Surface
    from explorer.saddles.zeroth_order import estimate_gradient as estimate_gradient
    from explorer.saddles.zeroth_order import relative_variance as relative_variance

_HOME = {
    "LEFT": "basin_map",
    "RESTLESS": "basin_map",
    "UNLISTED": "basin_map",
    "Basins": "basin_map",
    "basins": "basin_map",
    "FACTORIES": "catalogue",
    "SURFACES": "catalogue",
    "deep_chain": "catalogue",
    "four_wells": "catalogue",
    "descend": "descent",
    "Escape": "escape_laws",
    "escape_direction": "escape_laws",
    "escape_steps": "escape_laws",
    "measured_escape": "escape_laws",
    "predict_escape": "escape_prediction",
    "quadratic_radius": "escape_prediction",
    "surface_from_formula": "formula",
    "FormulaError": "formula_error",
    "METHODS": "methods",
    "Evaluations": "methods",
    "Method": "methods",
    "suggest_step": "methods",
    "Plane": "plane",
    "drawing_plane": "plane",
    "plane_through": "plane",
    "RandomCriticalPoints": "random_surfaces",
    "gaussian_spectra": "random_surfaces",
    "index_at_height": "random_surfaces",
    "index_fraction": "random_surfaces",
    "random_critical_points": "random_surfaces",
    "semicircle_density": "random_surfaces",
    "curvature_scale": "scales",
    "cubic_minimiser": "spectral_steps",
    "plateau": "spectral_surface",
    "random_quadratic": "spectral_surface",
    "CriticalPoints": "surface",
    "Surface": "surface",
    "estimate_gradient": "zeroth_order",
    "relative_variance": "zeroth_order",
}


__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
