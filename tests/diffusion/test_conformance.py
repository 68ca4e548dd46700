"""Our trajectories beside those of k-diffusion and diffusers: frozen answers, and the libraries if installed."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

from explorer.diffusion import Brownian, conformance, integrate, karras
from tests.diffusion import problems
from tests.diffusion.freeze_peers import PATH, SEED, TARGET, levels, peer_path, starts

K_DIFFUSION = list(conformance.K_DIFFUSION)
DIFFUSERS = list(conformance.DIFFUSERS)


def _within_float32(ours, theirs, sigmas):
    """What diffusers' schedule and state in float32 leave: some 6e-8 of the scale a step."""
    return (np.abs(ours - theirs).max(axis=(1, 2)) <= 1e-6 * sigmas + 1e-5).all()


@pytest.fixture(scope="module")
def frozen():
    with np.load(PATH, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _ours(library, method):
    sigmas = np.append(levels()[:-1], 0.0) if library == "k_diffusion" else levels()
    return integrate(TARGET.denoise, starts(), sigmas, method, SEED)


def test_frozen_answers_say_where_they_come_from(frozen):
    assert "k-diffusion 0.1.1" in str(frozen["versions"])
    assert "diffusers" in str(frozen["versions"])
    assert np.array_equal(frozen["starts"], starts())


@pytest.mark.parametrize("method", K_DIFFUSION)
def test_equal_to_frozen_k_diffusion(frozen, method):
    assert conformance.difference(_ours("k_diffusion", method), frozen[f"k_diffusion {method}"]) <= 1e-10


@pytest.mark.parametrize("method", DIFFUSERS)
def test_equal_to_frozen_diffusers(frozen, method):
    assert _within_float32(_ours("diffusers", method), frozen[f"diffusers {method}"], levels())


def test_solvers_of_the_frozen_answers_differ_from_each_other(frozen):
    """So that equality above means something: no two of them lie within the tolerance, twins aside."""
    names = [f"k_diffusion {m}" for m in K_DIFFUSION] + ["diffusers dpmpp3m_released"]
    for i, a in enumerate(names):
        for b in names[:i]:
            assert np.abs(frozen[a][-2] - frozen[b][-2]).max() > 1e-3, (a, b)


def _need(*names):
    for name in names:
        pytest.importorskip(name, reason=f"{name} is not installed: it is one of the extra `peers`")


@pytest.mark.peers
@pytest.mark.parametrize("method", K_DIFFUSION)
@pytest.mark.parametrize("last", [0.02, 0.0])
def test_equal_to_k_diffusion(method, last):
    _need("torch")
    if importlib.util.find_spec("k_diffusion") is None:
        pytest.skip("k-diffusion is not installed: it is one of the extra `peers`")
    sigmas, noise = np.append(karras(25, 0.05, 80.0), last), Brownian(3)
    for target in (problems.three(), problems.tilted(), problems.cloud(), problems.rounded(30)):
        x = problems.starts(100, 80.0, target.dim)
        theirs = conformance.k_diffusion(target.denoise, x, sigmas, method, noise)
        assert conformance.difference(integrate(target.denoise, x, sigmas, method, noise), theirs) <= 1e-10


@pytest.mark.peers
@pytest.mark.parametrize("method", DIFFUSERS)
def test_equal_to_diffusers(method):
    _need("torch", "diffusers")
    sigmas, target = karras(20, 0.02, 80.0), problems.three()
    x = problems.starts(200, 80.0)
    theirs = conformance.diffusers(target.denoise, x, sigmas, method)
    assert _within_float32(integrate(target.denoise, x, sigmas, method), theirs, sigmas)


@pytest.mark.peers
def test_frozen_answers_are_what_the_libraries_say(frozen):
    _need("torch", "diffusers")
    if importlib.util.find_spec("k_diffusion") is None:
        pytest.skip("k-diffusion is not installed: it is one of the extra `peers`")
    for method in K_DIFFUSION:
        assert np.abs(peer_path("k_diffusion", method) - frozen[f"k_diffusion {method}"]).max() <= 1e-11
    for method in DIFFUSERS:
        assert np.abs(peer_path("diffusers", method) - frozen[f"diffusers {method}"]).max() <= 1e-5


def test_missing_libraries_are_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    x = np.zeros((1, 2))
    with pytest.raises(conformance.MissingPeer, match="pip install torch"):
        conformance.k_diffusion(TARGET.denoise, x, levels(), "euler")
    with pytest.raises(conformance.MissingPeer, match="pip install torch"):
        conformance.diffusers(TARGET.denoise, x, levels(), "dpmpp2m")
    assert "k_diffusion" not in sys.modules or importlib.util.find_spec("k_diffusion") is None


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: conformance.k_diffusion(TARGET.denoise, starts(), levels(), "rk4"), "no counterpart"),
        (lambda: conformance.diffusers(TARGET.denoise, starts(), levels(), "heun"), "no counterpart"),
        (lambda: conformance.diffusers(TARGET.denoise, starts(), [1.0, 0.0], "dpmpp2m"), "above 0"),
        (lambda: conformance.difference(np.zeros((1, 2)), np.zeros((2, 2))), "same shape"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words):
        build()
