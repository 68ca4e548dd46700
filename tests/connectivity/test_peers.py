"""The same training in PyTorch: same start, same batches, double precision.

What PyTorch gave is frozen below, so that the comparison runs without it; with it (extra ``peers``) the
frozen numbers are made again.
"""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c
from tests.connectivity.nets import digits

SIZES = (64, 12, 9, 10)
EPOCHS, BATCH, SEED = 2, 32, 5
SETTINGS = {
    "sgd": {"rate": 0.1, "decay": 1e-2},
    "momentum": {"rate": 0.05, "decay": 1e-3, "momentum": 0.85},
    "adam": {"rate": 3e-3, "decay": 0.1},
}
# PyTorch 2.13.0, CPU, float64: loss on the 200 training digits, and three parameters (first, middle, last)
FROZEN: dict[tuple[str, str], tuple[float, ...]] = {
    ("sgd", "relu"): (2.1425460004171892, -0.13979095714347767, 0.15331064729809107, 0.03492026351961798),
    ("sgd", "tanh"): (2.076543896149032, -0.09884713374471109, 0.14992537764770664, 0.024105073393021557),
    ("momentum", "relu"): (2.0208734574895364, -0.1413418098665559, 0.18572871023285586, 0.08569858900496982),
    ("momentum", "tanh"): (1.8131288167682202, -0.0999437522218213, 0.21183484068689293, 0.06194519051960132),
    ("adam", "relu"): (2.191701786812559, -0.14116854314967228, 0.14862048776524772, 0.013368824065377647),
    ("adam", "tanh"): (2.0942788716783878, -0.09982123415135903, 0.12142035128587722, 0.008047374224738993),
}


def ours(optimiser: str, activation: str) -> c.Network:
    X, y = digits()
    return c.train(
        SIZES,
        X[:200],
        y[:200],
        SEED,
        optimiser=optimiser,
        activation=activation,
        epochs=EPOCHS,
        batch=BATCH,
        dtype="float64",
        **SETTINGS[optimiser],
    )


def theirs(optimiser: str, activation: str) -> c.Network:
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    X, y = digits()
    samples, labels = torch.tensor(X[:200]), torch.tensor(y[:200])
    start = c.initial(SIZES, np.random.default_rng(SEED), activation)
    layers: list = []
    for W, b in start:
        linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        linear.weight.data[:], linear.bias.data[:] = torch.tensor(W), torch.tensor(b)
        layers += [linear, torch.nn.ReLU() if activation == "relu" else torch.nn.Tanh()]
    net = torch.nn.Sequential(*layers[:-1])
    given = dict(SETTINGS[optimiser])
    rate, decay = given.pop("rate"), given.pop("decay")
    make = torch.optim.AdamW if optimiser == "adam" else torch.optim.SGD
    engine = make(net.parameters(), lr=rate, weight_decay=decay, **given)
    for epoch in range(EPOCHS):
        order = np.random.default_rng([SEED, 1, epoch]).permutation(200)
        for at in range(0, 200, BATCH):
            part = torch.tensor(order[at : at + BATCH])
            engine.zero_grad()
            torch.nn.functional.cross_entropy(net(samples[part]), labels[part]).backward()
            engine.step()
    return [
        (linear.weight.detach().numpy(), linear.bias.detach().numpy())
        for linear in net
        if hasattr(linear, "weight")
    ]


def summary(net: c.Network, activation: str) -> tuple[float, ...]:
    X, y = digits()
    theta = c.pack(net)
    return c.score(net, X[:200], y[:200], activation)[0], *theta[[0, len(theta) // 2, -1]]


@pytest.mark.parametrize("activation", c.ACTIVATIONS)
@pytest.mark.parametrize("optimiser", c.OPTIMISERS)
def test_a_training_is_what_pytorch_was_seen_to_give(optimiser: str, activation: str) -> None:
    got = summary(ours(optimiser, activation), activation)
    np.testing.assert_allclose(got, FROZEN[optimiser, activation], rtol=0, atol=1e-12)


@pytest.mark.peers
@pytest.mark.parametrize("activation", c.ACTIVATIONS)
@pytest.mark.parametrize("optimiser", c.OPTIMISERS)
def test_a_training_is_what_pytorch_gives(optimiser: str, activation: str) -> None:
    expected = theirs(optimiser, activation)
    np.testing.assert_allclose(c.pack(ours(optimiser, activation)), c.pack(expected), rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        summary(expected, activation), FROZEN[optimiser, activation], rtol=0, atol=1e-12
    )
