"""A great many particles in chunks: the same ends, bounded memory, progress, and a way to stop."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from explorer.diffusion import Brownian, ends, karras, run_many
from tests.diffusion import problems

SIGMAS = karras(8, 0.05, 10.0)
EDGES = (np.linspace(-2.0, 2.0, 9), np.linspace(-3.0, 3.0, 7))


@pytest.mark.parametrize("method", ["heun", "ancestral"])
@pytest.mark.parametrize("chunk", [64, 333, 5000])
def test_chunks_give_the_same_ends_bit_for_bit(method, chunk):
    target, n, taken = problems.three(), 1000, []
    found = run_many(
        target.denoise, n, 2, SIGMAS, method, 3, edges=EDGES, shown=70, take=taken.append, chunk=chunk
    )
    whole = ends(target.denoise, 10.0 * Brownian(3).starts(n, 2), SIGMAS, method, 3)
    assert np.array_equal(np.concatenate(taken), whole)
    assert found.path.shape == (9, 70, 2)
    assert np.array_equal(found.path[-1], whole[:70])
    assert np.array_equal(
        found.counts, np.histogram2d(whole[:, 1], whole[:, 0], bins=(EDGES[1], EDGES[0]))[0]
    )
    assert found.counts.shape == (6, 8)
    assert found.mean == pytest.approx(whole.mean(axis=0), rel=1e-12)
    assert found.covariance == pytest.approx(np.cov(whole.T, bias=True), rel=1e-10)


def test_progress_and_stop():
    class Enough(Exception):
        pass

    shares = []

    def report(share, text):
        shares.append(share)
        assert "particles" in text
        if share >= 0.5:
            raise Enough

    with pytest.raises(Enough):
        run_many(problems.three().denoise, 1000, 2, SIGMAS, "euler", 0, report=report, chunk=100)
    assert shares == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    shares.clear()
    run_many(problems.three().denoise, 40, 2, SIGMAS, "euler", 0, report=lambda s, t: shares.append(s))
    assert shares == [0.0]


def test_memory_does_not_grow_with_the_particles():
    def peak(n):
        tracemalloc.start()
        run_many(problems.three().denoise, n, 2, SIGMAS, "ancestral", 0, edges=EDGES, shown=10, chunk=2000)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(2000)
    assert peak(60_000) <= 1.5 * peak(4000)


def test_any_denoiser_and_dimension():
    target = problems.rounded(20)
    found = run_many(lambda x, s: target.denoise(x, s), 50, 20, SIGMAS, "dpmpp2m", 0, shown=100)
    assert found.path.shape == (9, 50, 20)
    assert found.counts.shape == (0, 0)
    assert found.n == 50


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": 0}, "n must"),
        ({"chunk": 0}, "chunk"),
        ({"shown": -1}, "shown"),
        ({"seed": -1}, "seed"),
        ({"edges": ([0.0, 1.0],)}, "edges"),
        ({"edges": ([0.0, 1.0], [1.0, 0.0])}, "edges"),
        ({"edges": ([0.0], [1.0, 2.0])}, "edges"),
        ({"method": "hein"}, "did you mean"),
    ],
)
def test_hostile_input_gets_a_sentence(change, words):
    given = {
        "denoise": problems.three().denoise,
        "n": 5,
        "dim": 2,
        "sigmas": SIGMAS,
        "method": "euler",
        "seed": 0,
    }
    with pytest.raises(ValueError, match=words):
        run_many(**{**given, **change})
