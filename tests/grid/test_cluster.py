"""On a cluster: the same file whoever computes it, and nothing lost when workers die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import explorer
from explorer.core.values import InputError
from explorer.grid import cells, cluster
from explorer.grid.plan import plan_of
from explorer.grid.store import Store
from tests.grid.conftest import TRAP

pytest.importorskip("distributed", reason="sweeps on a cluster need the extra [sweep]")
ROOT = Path(__file__).parents[2]
OVER = {"n": "5:15", "seed": "0:4"}


@pytest.fixture(scope="module")
def client() -> Iterator[cluster.Client]:
    """Two workers, that the tests of this module share."""
    with cluster.connected(workers=2) as client:
        yield client


@pytest.fixture
def address(client) -> str:
    client.wait_for_workers(2, timeout=60)
    return client.scheduler.address


def sweep(to, over=OVER, measure="one.value", **options):
    return explorer.sweep(TRAP, over, measure, to, **options)


def test_one_process_one_worker_and_two_write_the_same_bytes(tmp_path, address):
    for name, how in (("here", {"workers": 0}), ("one", {"workers": 1}), ("two", {"scheduler": address})):
        sweep(tmp_path / f"{name}.parquet", measure=["one.value", "many.x:max"], **how)
    written = {path.read_bytes() for path in tmp_path.glob("*.parquet")}
    assert len(written) == 1
    assert len(list(tmp_path.iterdir())) == 3


def test_a_worker_that_dies_once_loses_nothing(tmp_path, address, notes):
    fixed = {**notes.fixed, "mood": "once", "deadly": 9}
    found = sweep(tmp_path / "a.parquet", fixed=fixed, scheduler=address)
    assert Path(f"{notes.path}.died").exists()
    taken = notes.taken()
    assert len(taken) == 40
    assert found.equals(sweep(None, fixed=fixed, workers=0))


def test_a_worker_that_is_killed_from_outside_loses_nothing(tmp_path, client, address, notes):
    killed = []

    def kill(done, failed, total):
        if not killed and done > 3:
            killed.append(client.run(os.getpid))
            os.kill(min(killed[0].values()), signal.SIGKILL)

    found = sweep(tmp_path / "a.parquet", fixed=notes.fixed, scheduler=address, progress=kill)
    assert killed
    assert found.equals(sweep(None, fixed=notes.fixed, workers=0))


def test_a_cell_that_kills_each_time_is_a_row_with_that_reason(tmp_path, client, address, notes, monkeypatch):
    monkeypatch.setattr(client.cluster.scheduler, "allowed_failures", 0)  # so that fewer need to die
    fixed = {**notes.fixed, "mood": "always", "deadly": 9}
    found = sweep(tmp_path / "a.parquet", {"n": "7:12"}, fixed=fixed, scheduler=address)
    assert found.n[found.reason != ""].tolist() == [9]
    assert "died each time" in found.reason[2]
    assert found["one.value"].notna().tolist() == [True, True, False, True, True]


def test_interrupted_it_goes_on_without_computing_again_what_it_kept(tmp_path, address, notes):
    path = tmp_path / "a.parquet"

    def interrupt(done, failed, total):
        if 10 < done < total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(path, fixed=notes.fixed, scheduler=address, progress=interrupt)
    plan = plan_of(TRAP, OVER, "one.value", notes.fixed)
    with Store(plan, path) as store:
        kept = {f"{n} {seed}" for n, seed in store.rows}
    assert 10 < len(kept) < 40
    notes.path.unlink()
    found = sweep(path, fixed=notes.fixed, scheduler=address)
    assert not kept & set(notes.taken())
    assert found.equals(sweep(None, fixed=notes.fixed, workers=0))


def test_a_wrong_measure_is_told_by_the_first_cells(tmp_path, address, notes):
    with pytest.raises(InputError, match="did you mean 'value'"):
        sweep(tmp_path / "a.parquet", measure="one.valu", fixed=notes.fixed, scheduler=address)
    assert sum(notes.taken().values()) <= 3


def test_workers_of_another_version_are_refused(address, monkeypatch):
    monkeypatch.setattr(cluster, "VERSION", "99")
    with pytest.raises(InputError, match=f"explorer {cells.VERSION}, and here it is 99"):
        sweep(None, scheduler=address)


def test_an_address_where_nobody_answers_is_a_sentence(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE_S", 1.5)
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        sweep(None, scheduler="tcp://127.0.0.1:9")


class TestChunks:
    def flight(self, seconds, number, threads):
        flight = object.__new__(cluster._Flight)
        flight._seconds, flight._cells, flight._threads = seconds, number, threads
        return flight

    @pytest.mark.parametrize(
        ("seconds", "number", "threads", "left", "wanted"),
        [
            (0.0, 0, 2, 1000, 1),  # nothing is known yet
            (1.0, 10, 2, 1000, 5),  # half a second of cells of 0.1 s
            (30.0, 10, 2, 1000, 1),  # long cells travel alone
            (0.001, 100, 2, 100_000, cluster.LARGEST),
            (0.001, 100, 4, 40, 5),  # at the end every thread has some
        ],
    )
    def test_are_half_a_second_of_work(self, seconds, number, threads, left, wanted):
        assert self.flight(seconds, number, threads)._number(left) == wanted


class TestWithoutTheExtra:
    def test_one_sentence_says_what_to_install(self, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(InputError, match=r'pip install "ridgeline-explorer\[sweep\]"'):
            sweep(None)
        assert len(sweep(None, workers=0)) == 40

    def test_nothing_of_dask_is_loaded_in_this_process(self):
        program = (
            "import sys, explorer; from explorer.core import registry;"
            "registry.register('toy/trap', 'tests.toy.trap');"
            "explorer.sweep('toy/trap', {'n': '0:3'}, 'one.value', workers=0);"
            "assert not {'dask', 'distributed'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)

    @pytest.mark.parametrize(
        "how", [{"workers": -1}, {"workers": 1.5}, {"workers": 1, "scheduler": "tcp://a:1"}]
    )
    def test_workers_that_cannot_be_had(self, how):
        with pytest.raises(InputError, match="workers"):
            sweep(None, **how)
