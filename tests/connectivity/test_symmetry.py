"""Permutations, scalings and signs leave the function alone; packing and permuting agree."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import connectivity as c
from tests.connectivity.nets import SHAPES, equal, random_data, random_net

widths = st.lists(st.integers(1, 12), min_size=2, max_size=5).map(tuple)


@settings(max_examples=40, deadline=None)
@given(sizes=widths, seed=st.integers(0, 10**6), activation=st.sampled_from(c.ACTIVATIONS))
def test_the_permuted_network_is_the_same_function(
    sizes: tuple[int, ...], seed: int, activation: str
) -> None:
    net, (X, _) = random_net(sizes, seed), random_data(sizes, 20, seed)
    perms = c.random_permutations(sizes, np.random.default_rng(seed))
    moved = c.permute(net, perms)
    before, after = c.forward(net, X, activation), c.forward(moved, X, activation)
    assert np.abs(after - before).max() <= 1e-12 * max(1.0, np.abs(before).max())
    assert equal(c.permute(moved, c.inverse(perms)), net)
    np.testing.assert_array_equal(c.pack(moved), c.pack(net)[c.permuted_places(sizes, perms)])


def test_new_unit_i_is_the_old_unit_named_for_it() -> None:
    net = random_net((3, 4, 2), 0)
    moved = c.permute(net, [[2, 0, 3, 1]])
    np.testing.assert_array_equal(moved[0][0][0], net[0][0][2])
    assert moved[0][1][3] == net[0][1][1]
    np.testing.assert_array_equal(moved[1][0][:, 2], net[1][0][:, 3])


@pytest.mark.parametrize("sizes", SHAPES)
def test_balancing_keeps_a_relu_network_and_evens_its_norms(sizes: tuple[int, ...]) -> None:
    net, (X, _) = random_net(sizes, 3), random_data(sizes, 50, 3)
    even = c.balance(net)
    np.testing.assert_allclose(c.forward(even, X), c.forward(net, X), rtol=0, atol=1e-12)
    for (W, b), (V, _) in pairwise(even):
        np.testing.assert_allclose((W**2).sum(1) + b**2, (V**2).sum(0), rtol=1e-10)
    assert np.linalg.norm(c.pack(even)) < np.linalg.norm(c.pack(net))
    # every scaled copy has the same balanced network
    scale = np.exp(np.random.default_rng(0).standard_normal(sizes[1]))
    (W, b), (V, d), *rest = net
    other = [(scale[:, None] * W, scale * b), (V / scale, d), *rest]
    np.testing.assert_allclose(c.pack(c.balance(other)), c.pack(even), rtol=0, atol=1e-10)


def test_a_dead_unit_is_left_alone_by_balancing() -> None:
    net = random_net((3, 4, 2), 1)
    net[0][0][1], net[0][1][1], net[1][0][:, 2] = 0.0, 0.0, 0.0
    even = c.balance(net)
    np.testing.assert_array_equal(even[1][0][:, 1], net[1][0][:, 1])
    np.testing.assert_array_equal(even[0][0][2], net[0][0][2])


@pytest.mark.parametrize("sizes", SHAPES)
def test_signs_keep_a_tanh_network_and_change_a_relu_one(sizes: tuple[int, ...]) -> None:
    net, (X, _) = random_net(sizes, 5), random_data(sizes, 30, 5)
    rng = np.random.default_rng(5)
    turned = c.flip(net, [rng.choice([-1.0, 1.0], width) for width in sizes[1:-1]])
    np.testing.assert_allclose(c.forward(turned, X, "tanh"), c.forward(net, X, "tanh"), rtol=0, atol=1e-12)
    assert np.abs(c.forward(turned, X) - c.forward(net, X)).max() > 1e-3


def test_packing_and_unpacking() -> None:
    net = random_net((4, 6, 5, 3), 2)
    theta = c.pack(net)
    assert theta.shape == (c.parameter_count((4, 6, 5, 3)),)
    assert equal(c.unpack(theta, c.sizes_of(net)), net)
    c.unpack(theta, c.sizes_of(net))[1][1][2] = 77.0
    assert theta[4 * 6 + 6 + 6 * 5 + 2] == 77.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda net: c.permute(net, []), "one permutation for each of 1 hidden"),
        (lambda net: c.permute(net, [[0, 0, 1, 2]]), "exactly once"),
        (lambda net: c.flip(net, [[1, 2, 1, 1]]), r"\+1 and -1"),
        (lambda net: c.forward(net, np.zeros((2, 5))), "n >= 1 to fit"),
        (lambda net: c.forward(net, [[np.nan] * 3]), "not a finite"),
        (lambda net: c.forward(net, np.zeros((2, 3)), "gelu"), "relu, tanh"),
        (lambda net: c.as_network([]), "at least one layer"),
        (lambda net: c.as_network([net[1], net[0]]), "takes 3 inputs"),
        (lambda net: c.as_network([(net[0][0], net[0][1][:2])]), "shapes"),
        (lambda net: c.as_network([(net[0][0] * np.inf, net[0][1])]), "not a finite"),
        (lambda net: c.as_network([net[0] * 2]), "4 parts"),
        (lambda net: c.initial([3], np.random.default_rng(0)), "inputs and outputs"),
        (lambda net: c.initial([3, 2.5, 2], np.random.default_rng(0)), "whole numbers"),
        (lambda net: c.match(net, random_net((3, 5, 2), 0)), "same widths"),
    ],
)
def test_bad_input_is_one_clear_sentence(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(random_net((3, 4, 2), 0))
