"""Data sets: where their points lie, and that splits, noise and subsets are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c


def test_two_moons_are_two_half_circles() -> None:
    X, y = c.two_moons(301, 0, noise=0.0)
    assert X.shape == (301, 2)
    assert np.bincount(y).tolist() == [151, 150]
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose((upper**2).sum(1), 1, rtol=0, atol=1e-12)
    assert upper[:, 1].min() >= 0
    np.testing.assert_allclose(((lower - [1.0, 0.5]) ** 2).sum(1), 1, rtol=0, atol=1e-12)
    assert lower[:, 1].max() <= 0.5


def test_spirals_wind_by_their_radius() -> None:
    X, y = c.spirals(600, 1, noise=0.0, arms=3, turns=1.5)
    radius = np.linalg.norm(X, axis=1)
    assert radius.max() <= 1
    expected = 2 * np.pi * (1.5 * radius + y / 3)
    np.testing.assert_allclose(
        X, radius[:, None] * np.column_stack([np.cos(expected), np.sin(expected)]), atol=1e-12
    )
    assert np.mean(radius**2) == pytest.approx(0.5, abs=0.05)  # even over the disc


def test_rings_have_their_radii() -> None:
    X, y = c.rings(90, 2, noise=0.0, classes=3)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), (y + 1) / 3, rtol=0, atol=1e-12)


@pytest.mark.parametrize("make", [c.two_moons, c.spirals, c.rings])
def test_noise_and_seeds(make) -> None:
    clean, noisy = make(4000, 3, noise=0.0), make(4000, 3, noise=0.2)
    assert np.array_equal(clean[1], noisy[1])
    assert (noisy[0] - clean[0]).std() == pytest.approx(0.2, rel=0.05)
    again = make(4000, np.random.default_rng(3), noise=0.2)
    assert np.array_equal(noisy[0], again[0])
    assert not np.array_equal(noisy[0], make(4000, 4, noise=0.2)[0])
    assert np.abs(np.diff(clean[1])).sum() > 1000  # in random order
    with pytest.raises(ValueError, match="n must be"):
        make(1, 0)
    with pytest.raises(ValueError, match="noise 0 or more"):
        make(10, 0, noise=-1.0)


def test_the_split_keeps_every_sample_once_and_the_classes_in_proportion() -> None:
    X = np.arange(200.0)[:, None]
    y = np.repeat([0, 1, 2], [100, 60, 40])
    split = c.train_test(X, y, 0.25, 7)
    assert np.bincount(split.y_test).tolist() == [25, 15, 10]
    np.testing.assert_array_equal(
        np.sort(np.concatenate([split.X_train, split.X_test]).ravel()), np.arange(200)
    )
    for samples, labels in ((split.X_train, split.y_train), (split.X_test, split.y_test)):
        np.testing.assert_array_equal(y[samples.ravel().astype(int)], labels)
    assert np.array_equal(c.train_test(X, y, 0.25, 7).X_test, split.X_test)
    assert not np.array_equal(c.train_test(X, y, 0.25, 8).X_test, split.X_test)
    with pytest.raises(ValueError, match="share must lie"):
        c.train_test(X, y, 1.0, 0)
    with pytest.raises(ValueError, match="too few"):
        c.train_test(X[:2], y[:2], 0.01, 0)


def test_label_noise_turns_its_share_and_a_subset_lies_in_a_larger_one() -> None:
    y = np.arange(1000) % 10
    for share in (0.0, 0.13, 1.0):
        noisy = c.noisy_labels(y, share, 5)
        assert (noisy != y).sum() == round(share * 1000)
        assert set(noisy) <= set(range(10))
    turned = c.noisy_labels(y, 1.0, 6)
    np.testing.assert_allclose(np.bincount((turned - y) % 10, minlength=10)[1:], 111, atol=45)
    X = np.arange(1000.0)[:, None]
    small, large = (set(c.subset(X, y, size, 9)[0].ravel()) for size in (50, 400))
    assert len(small) == 50
    assert small < large
    with pytest.raises(ValueError, match="size must lie"):
        c.subset(X, y, 0, 0)
    with pytest.raises(ValueError, match="share must lie"):
        c.noisy_labels(y, 1.5, 0)


@pytest.mark.parametrize("make", [c.two_moons, c.rings])
def test_a_small_network_learns_them(make) -> None:
    X, y = make(400, 0)
    split = c.train_test(X, y, 0.25, 0)
    net = c.train((2, 32, 2), split.X_train, split.y_train, 0, rate=0.02, epochs=60, batch=32)
    assert c.score(net, split.X_test, split.y_test)[1] < 0.05
