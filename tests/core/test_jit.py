"""Kernels are serial, release the GIL, are kept on disk, and compile before a page says ready."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from explorer.core import jit

KERNELS = """
from explorer.core.jit import kernel

@kernel("float64(float64)", "int64(int64)")
def double(x):
    return 2 * x

@kernel()
def lazily(x):
    return x + 1
"""
OTHER = """
from explorer.core.jit import kernel

@kernel("float64(float64)", fastmath=True)
def half(x):
    return 0.5 * x
"""


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """Two packages whose names begin alike, with fresh kernels that nothing has compiled."""
    monkeypatch.setattr(jit, "_KERNELS", [])
    monkeypatch.syspath_prepend(str(tmp_path))
    for path, text in (("mint/__init__.py", ""), ("mint/deep.py", KERNELS), ("minted.py", OTHER)):
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    yield {name: importlib.import_module(name) for name in ("mint.deep", "minted")}
    for name in ("mint", "mint.deep", "minted"):
        sys.modules.pop(name, None)


def test_nothing_compiles_at_import(kernels):
    assert kernels["mint.deep"].double.signatures == []


def test_kernels_release_the_gil_and_are_serial_and_cached(kernels):
    for dispatcher in (kernels["mint.deep"].double, kernels["minted"].half):
        assert dispatcher.targetoptions["nogil"] is True
        assert dispatcher.targetoptions["nopython"] is True
        assert not dispatcher.targetoptions.get("parallel")
        assert type(dispatcher._cache).__name__ == "FunctionCache"
    assert kernels["minted"].half.targetoptions["fastmath"] is True


def test_warm_compiles_every_signature_of_that_package_alone(kernels):
    assert jit.warm("mint") == 2
    assert len(kernels["mint.deep"].double.signatures) == 2
    assert kernels["mint.deep"].lazily.signatures == []
    assert kernels["minted"].half.signatures == []
    assert jit.warm("minted") == 1
    assert len(kernels["minted"].half.signatures) == 1


def test_warm_takes_one_module_too_and_knows_when_there_is_nothing(kernels):
    assert jit.warm("mint.deep") == 2
    assert jit.warm("mint.de") == 0
    assert jit.warm("nothing") == 0


def test_warming_twice_compiles_once(kernels):
    jit.warm("mint")
    first = dict(kernels["mint.deep"].double.overloads)
    jit.warm("mint")
    assert all(kernels["mint.deep"].double.overloads[key] is value for key, value in first.items())


def test_a_warm_kernel_computes_without_compiling_again(kernels):
    jit.warm("mint")
    double = kernels["mint.deep"].double
    double.disable_compile()
    assert (double(1.5), double(4)) == (3.0, 8)


def test_progress_names_each_kernel_before_it_compiles(kernels):
    heard: list[tuple[float, str, int]] = []
    double = kernels["mint.deep"].double
    jit.warm("mint", lambda share, text: heard.append((share, text, len(double.signatures))))
    assert heard == [(0.0, "compiling double", 0), (0.5, "compiling lazily", 2)]


def test_only_one_thread_compiles_at_a_time(kernels):
    """While one thread warms, no other can hold the door; afterwards it stands open again."""
    let_in: list[bool] = []

    def look(share: float, text: str) -> None:
        other = threading.Thread(target=lambda: let_in.append(jit._COMPILING.acquire(blocking=False)))
        other.start()
        other.join()

    jit.warm("mint", look)
    assert let_in == [False, False]
    assert not jit._COMPILING.locked()


def test_a_cancelled_warming_lets_the_next_one_in(kernels):
    def stop(share: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jit.warm("mint", stop)
    assert jit.warm("mint") == 2


def test_compiled_kernels_are_loaded_from_the_disk_by_the_next_process(kernels, tmp_path):
    jit.warm("mint")
    program = (
        "from explorer.core import jit; import mint.deep; jit.warm('mint');"
        "stats = mint.deep.double.stats;"
        "print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert found.stdout.split() == ["2", "0"]
