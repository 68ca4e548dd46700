"""Linear mode connectivity: two networks, the line between them, and the symmetries that join them.

A network is a list of ``(W (out, in), b (out,))``; new unit i of a permuted layer is the old ``perm[i]``.
"""

from explorer.connectivity.curvature import line_jets, predicted_from_ends, segment_identity
from explorer.connectivity.decisions import confusion, decision_regions, predict, probabilities
from explorer.connectivity.exhaustive import best_barrier, best_objective
from explorer.connectivity.hyperbola import (
    hyperbola_barrier,
    hyperbola_curvature,
    hyperbola_gradient,
    hyperbola_line,
    hyperbola_loss,
)
from explorer.connectivity.line import Curve, barrier, excess, interpolate, layer_rises, loss_curve, peak
from explorer.connectivity.matching import METHODS, Matching, match
from explorer.connectivity.network import (
    ACTIVATIONS,
    Network,
    as_network,
    forward,
    hidden,
    initial,
    pack,
    parameter_count,
    sizes_of,
    unpack,
)
from explorer.connectivity.optimisers import OPTIMISERS
from explorer.connectivity.passes import loss_and_gradient
from explorer.connectivity.plane import Plane, loss_plane, plane_through, shadow
from explorer.connectivity.problems import noisy_labels, rings, spirals, subset, train_test, two_moons
from explorer.connectivity.run import Run, Settings
from explorer.connectivity.scores import ray_scores, score
from explorer.connectivity.similarity import activation_similarity, weight_similarity
from explorer.connectivity.soft import blend, sinkhorn
from explorer.connectivity.symmetry import (
    balance,
    flip,
    identity,
    inverse,
    permute,
    permuted_places,
    random_permutations,
)
from explorer.connectivity.training import (
    Pair,
    Record,
    Trained,
    finished,
    train,
    train_epochs,
    train_pair,
    train_pair_epochs,
)
from explorer.connectivity.variance import repair, repaired_curve, repaired_line
from explorer.connectivity.weight_files import WeightsError, read_arrays
from explorer.connectivity.weight_map import (
    Imported,
    LayerSource,
    assemble,
    guess_layers,
    load_network,
    load_pair,
)

__all__ = [
    "ACTIVATIONS",
    "METHODS",
    "OPTIMISERS",
    "Curve",
    "Imported",
    "LayerSource",
    "Matching",
    "Network",
    "Pair",
    "Plane",
    "Record",
    "Run",
    "Settings",
    "Trained",
    "WeightsError",
    "activation_similarity",
    "as_network",
    "assemble",
    "balance",
    "barrier",
    "best_barrier",
    "best_objective",
    "blend",
    "confusion",
    "decision_regions",
    "excess",
    "finished",
    "flip",
    "forward",
    "guess_layers",
    "hidden",
    "hyperbola_barrier",
    "hyperbola_curvature",
    "hyperbola_gradient",
    "hyperbola_line",
    "hyperbola_loss",
    "identity",
    "initial",
    "interpolate",
    "inverse",
    "layer_rises",
    "line_jets",
    "load_network",
    "load_pair",
    "loss_and_gradient",
    "loss_curve",
    "loss_plane",
    "match",
    "noisy_labels",
    "pack",
    "parameter_count",
    "peak",
    "permute",
    "permuted_places",
    "plane_through",
    "predict",
    "predicted_from_ends",
    "probabilities",
    "random_permutations",
    "ray_scores",
    "read_arrays",
    "repair",
    "repaired_curve",
    "repaired_line",
    "rings",
    "score",
    "segment_identity",
    "shadow",
    "sinkhorn",
    "sizes_of",
    "spirals",
    "subset",
    "train",
    "train_epochs",
    "train_pair",
    "train_pair_epochs",
    "train_test",
    "two_moons",
    "unpack",
    "weight_similarity",
]
