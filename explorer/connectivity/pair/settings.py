"""What can be set: the data, the two networks, their training, the matching, and what is drawn."""

from __future__ import annotations

from typing import Any

from explorer.connectivity.pair import own, problems, sweeps
from explorer.connectivity.pair.study import SIGNED
from explorer.core.inputs import Choice, Column, Cursor, Data, File, Real, Seed, Switch, Text, Whole
from explorer.core.model import Model

TOY = {"data": (problems.TOY,)}
TRAINED = {"data": ("digits", "moons", "spirals", "rings", "yours")}
LEARNT = {**TRAINED, "first": ("",)}  # a network out of a file is not trained


class PairInputs(Model):
    """Inputs of the scene ``connectivity/pair``; `data` also takes a path, a DataFrame or a `Dataset`."""

    data: Any = Data(
        "digits",
        bundled=problems.BUNDLED,
        label="data",
        group="Data",
        cost="long",
        doc="Images, points of the plane, your own CSV or Parquet file, or a landscape whose barrier is known.",
    )
    target = Column(
        of="data",
        label="class column",
        group="Data",
        when={"data": ("yours",)},
        cost="long",
        doc="The column that holds the class, at most 20 values; the last one unless you choose. The others are "
        "standardised, or taken as they stand for weights of your own.",
    )
    a = Real(
        2.0,
        bounds=(1.1, 4.0),
        label="end of the line a",
        group="Data",
        when=TOY,
        doc="The line runs from (a, 1/a) to (1/a, a).",
    )
    spread = Real(
        0.1,
        bounds=(0.0, 0.4),
        label="spread of the points",
        group="Data",
        when={"data": ("moons", "spirals", "rings")},
        cost="long",
        doc="Standard deviation of the points about their curve.",
    )
    samples = Whole(
        1797,
        bounds=(100, 2000),
        label="samples",
        group="Subset and split",
        when=TRAINED,
        cost="long",
        doc="Size of the subset that is used, at most what there is.",
    )
    held_out = Real(
        0.2,
        bounds=(0.1, 0.5),
        label="test share",
        group="Subset and split",
        when=TRAINED,
        cost="long",
        doc="Part of each class that is kept for testing.",
    )
    noise = Real(
        0.0,
        bounds=(0.0, 0.5),
        label="label noise",
        group="Subset and split",
        when=TRAINED,
        cost="long",
        doc="Part of the training labels that is turned into another class.",
    )
    split = Seed(
        0,
        label="seed of the split",
        group="Subset and split",
        when=TRAINED,
        cost="long",
        doc="Subset, test set, points and label noise.",
    )
    depth = Whole(
        1,
        bounds=(1, 3),
        label="hidden layers",
        group="Networks",
        when=LEARNT,
        cost="long",
        doc="Depth of both networks.",
    )
    width = Whole(
        64,
        bounds=(2, 512),
        label="hidden width",
        group="Networks",
        when=LEARNT,
        cost="long",
        doc="Units of every hidden layer; up to 6 all their orders are tried.",
    )
    activation = Choice(
        "relu",
        objects=["relu", "tanh"],
        names={"relu": "ReLU", "tanh": "tanh"},
        label="activation",
        group="Networks",
        when=TRAINED,
        cost="long",
        doc="ReLU units may be rescaled, tanh units turned in sign, without a change of the function.",
    )
    optimiser = Choice(
        "adam",
        objects=["sgd", "momentum", "adam"],
        names={"sgd": "SGD", "momentum": "SGD with momentum 0.9", "adam": "Adam"},
        label="optimiser",
        group="Training",
        when=LEARNT,
        cost="long",
        doc="How both networks are trained; Adam takes its weight decay apart from the gradient.",
    )
    rate = Real(
        3e-3,
        bounds=(1e-4, 1.0),
        log=True,
        label="learning rate",
        group="Training",
        when=LEARNT,
        cost="long",
        doc="Usual are 0.003 for Adam, 0.05 with momentum, 0.3 for SGD.",
    )
    decay = Real(
        0.0,
        bounds=(0.0, 1.0),
        label="weight decay",
        group="Training",
        when=LEARNT,
        cost="long",
        doc="How strongly all weights are drawn to zero.",
    )
    batch = Whole(
        64,
        bounds=(16, 512),
        label="batch size",
        group="Training",
        when=LEARNT,
        cost="long",
        doc="Samples a step.",
    )
    epochs = Whole(
        20,
        bounds=(1, 60),
        label="epochs",
        group="Training",
        when=LEARNT,
        cost="long",
        doc="How often each network sees every training sample.",
    )
    shared = Real(
        0.0,
        bounds=(0.0, 60.0),
        label="shared epochs",
        group="Training",
        when=LEARNT,
        cost="long",
        doc="For how long the two are one network, before only the order of their batches differs; at most all.",
    )
    same_start = Switch(
        False,
        label="same first weights",
        group="Randomness",
        when=LEARNT,
        cost="long",
        doc="Both networks start from the weights of a.",
    )
    same_order = Switch(
        False,
        label="same order of batches",
        group="Randomness",
        when=LEARNT,
        cost="long",
        doc="Both networks see their batches in the order of a.",
    )
    seed = Seed(
        0,
        label="seed of first weights",
        when=LEARNT,
        cost="long",
        doc="The first weights of a; those of b follow from it.",
    )
    order = Seed(
        0,
        label="seed of the order",
        when=LEARNT,
        cost="long",
        doc="The order of the batches of a; that of b follows from it.",
    )
    first: Any = File(
        "",
        accept=own.ENDINGS,
        read=own.readable,
        label="weights of network a",
        group="Weights of your own",
        when=TRAINED,
        cost="long",
        doc="An .npz or safetensors file; without one the networks are trained.",
    )
    second: Any = File(
        "",
        accept=own.ENDINGS,
        read=own.readable,
        label="weights of network b",
        group="Weights of your own",
        when=TRAINED,
        cost="long",
        doc="An .npz or safetensors file with the same layers and other weights.",
    )
    layers = Text(
        "",
        label="layers in the files",
        group="Weights of your own",
        when=TRAINED,
        cost="long",
        doc="Empty: found by names and shapes, and told under the plane. By hand: "
        "fc1.weight + fc1.bias; fc2.kernel^T + fc2.bias, with ^T for a matrix of shape (in, out).",
    )
    method = Choice(
        "weights",
        objects=["none", "weights", "activations", "straight_through", "sinkhorn"],
        names={
            "none": "none",
            "weights": "weights: coordinate ascent",
            "activations": "activations: correlations",
            "straight_through": "straight-through: the middle learnt",
            "sinkhorn": "Sinkhorn: soft, then rounded",
        },
        label="matching",
        group="Matching",
        when=TRAINED,
        cost="settle",
        doc="How the order of the hidden units of b is found.",
    )
    temperature = Real(
        0.1,
        bounds=(0.02, 1.0),
        log=True,
        label="temperature",
        group="Matching",
        when={**TRAINED, "method": ("sinkhorn",)},
        cost="settle",
        doc="Where the cooling of the soft matching ends, in units of the spread of the scores.",
    )
    signed = Switch(
        True,
        label="turn signs",
        group="Matching",
        when={**TRAINED, "activation": ("tanh",), "method": SIGNED},
        cost="settle",
        doc="The sign of a tanh unit is free as well.",
    )
    balanced = Switch(
        False,
        label="balance scales",
        group="Matching",
        cost="settle",
        doc="Rescale every ReLU unit so that it is as large on the way in as on the way out; tanh units stay.",
    )
    repair = Switch(
        False,
        label="repair variance",
        group="Matching",
        when=TRAINED,
        cost="settle",
        doc="Give the units of the merged network the spread of their parents back (REPAIR).",
    )
    measure = Choice(
        "loss",
        objects=["loss", "error"],
        names={"loss": "loss", "error": "share of wrong answers"},
        label="along the line",
        group="Picture",
        when=TRAINED,
        cost="settle",
        doc="What the first figure draws.",
    )
    lower = Choice(
        "similarity",
        objects=["similarity", "training", *sweeps.NAMES],
        names={
            "similarity": "similarity of the units",
            "training": "loss during training",
            "width": "barrier against width",
            "rate": "barrier against learning rate",
            "optimiser": "barrier against optimiser",
            "fork": "barrier against shared epochs",
        },
        label="last figure",
        group="Picture",
        when=LEARNT,
        cost="settle",
        doc="A grid trains two networks a point and is drawn as it comes.",
    )
    layer = Whole(
        1,
        bounds=(1, 3),
        label="hidden layer shown",
        group="Picture",
        when={**TRAINED, "lower": ("similarity",)},
        cost="settle",
        doc="The layer whose units are compared; at most the last one.",
    )
    alpha = Cursor(
        0.5,
        bounds=(0.0, 1.0),
        label="place on the line α",
        group="Picture",
        doc="0 is network a, 1 is network b.",
    )
