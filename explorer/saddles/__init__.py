"""The saddle family: surfaces with saddles, twelve ways off them, and how long each should take.

>>> from explorer.saddles import SURFACES, basins, descend
>>> surface = SURFACES["himmelblau"]
>>> surface.critical_points().kinds[:5]
('minimum', 'minimum', 'minimum', 'minimum', 'saddle')
>>> path = descend(surface, [0.0, 0.0], "saddle_free", steps=50)
>>> basins(surface, "newton", 100).shares
"""

from explorer.saddles.basin_map import LEFT, RESTLESS, UNLISTED, Basins, basins
from explorer.saddles.catalogue import FACTORIES, SURFACES, deep_chain, four_wells
from explorer.saddles.descent import descend
from explorer.saddles.escape_laws import Escape, escape_direction, escape_steps, measured_escape
from explorer.saddles.escape_prediction import predict_escape, quadratic_radius
from explorer.saddles.formula import surface_from_formula
from explorer.saddles.formula_error import FormulaError
from explorer.saddles.methods import METHODS, Evaluations, Method, suggest_step
from explorer.saddles.plane import Plane, drawing_plane, plane_through
from explorer.saddles.random_surfaces import (
    RandomCriticalPoints,
    gaussian_spectra,
    index_at_height,
    index_fraction,
    random_critical_points,
    semicircle_density,
)
from explorer.saddles.scales import curvature_scale
from explorer.saddles.spectral_steps import cubic_minimiser
from explorer.saddles.spectral_surface import plateau, random_quadratic
from explorer.saddles.surface import CriticalPoints, Surface
from explorer.saddles.zeroth_order import estimate_gradient, relative_variance

__all__ = [
    "FACTORIES",
    "LEFT",
    "METHODS",
    "RESTLESS",
    "SURFACES",
    "UNLISTED",
    "Basins",
    "CriticalPoints",
    "Escape",
    "Evaluations",
    "FormulaError",
    "Method",
    "Plane",
    "RandomCriticalPoints",
    "Surface",
    "basins",
    "cubic_minimiser",
    "curvature_scale",
    "deep_chain",
    "descend",
    "drawing_plane",
    "escape_direction",
    "escape_steps",
    "estimate_gradient",
    "four_wells",
    "gaussian_spectra",
    "index_at_height",
    "index_fraction",
    "measured_escape",
    "plane_through",
    "plateau",
    "predict_escape",
    "quadratic_radius",
    "random_critical_points",
    "random_quadratic",
    "relative_variance",
    "semicircle_density",
    "suggest_step",
    "surface_from_formula",
]
