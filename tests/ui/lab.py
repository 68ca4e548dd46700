"""A real JupyterLab on this machine, with one notebook open in the browser."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

READY = """() => { const session = window.jupyterapp?.shell.currentWidget?.sessionContext
                   return session?.isReady && session.session?.kernel?.connectionStatus == 'connected'
                          && session.session.kernel.status == 'idle' }"""
RUN = """async (place) => { const shown = window.jupyterapp.shell.currentWidget
                            shown.content.activeCellIndex = place
                            shown.content.deselectAll()
                            await window.jupyterapp.commands.execute('notebook:run-cell') }"""
ADD = """(source) => { const {sharedModel} = window.jupyterapp.shell.currentWidget.content.model
                       sharedModel.insertCell(sharedModel.cells.length,
                                              {cell_type: 'code', source, metadata: {}, outputs: []})
                       return sharedModel.cells.length - 1 }"""
SAID = """(place) => [...window.jupyterapp.shell.currentWidget.content.widgets[place].model.outputs.toJSON()]
                       .map((output) => output.text ?? output.ename ?? '').join('')"""


@contextlib.contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Address of a JupyterLab that knows nothing but a folder; it is gone afterwards, kernels included."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"IPYTHONDIR": str(folder / "ipython"), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
    options = [
        *("--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]
    with (folder / "lab.log").open("wb") as log:
        lab = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env={**os.environ, **own},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _until_up(f"http://127.0.0.1:{port}/api", lab)
            yield f"http://127.0.0.1:{port}/lab/tree/notebook.ipynb?token={token}"
        finally:
            lab.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                lab.wait(15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(lab.pid, signal.SIGKILL)
            lab.wait()


def _until_up(address: str, lab: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while lab.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        time.sleep(0.1)
    raise RuntimeError("JupyterLab did not come up")


def write(folder: Path, cells: Sequence[str]) -> None:
    """The notebook of these cells."""
    held = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    held.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(held, folder / "notebook.ipynb")


class Notebook:
    """The open notebook: run its cells, add some, and see what went wrong in the browser."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.strangers: list[str] = []
        host = address.partition("/lab")[0]
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", lambda request: self.errors.append(f"{request.failure} {request.url[:200]}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((host, "data:", "blob:"))
                else self.strangers.append(request.url[:200])
            ),
        )
        page.goto(address)
        page.wait_for_function(READY, timeout=60_000)
        page.wait_for_function("() => window.jupyterapp.shell.currentWidget.content.widgets.length")

    def run(self, place: int) -> str:
        """Run a cell to its end; gives what it printed, or the name of its error."""
        self.page.evaluate(RUN, place)
        return self.page.evaluate(SAID, place).strip()

    def tell(self, source: str) -> str:
        """Run one more cell below the others."""
        return self.run(self.page.evaluate(ADD, source))

    def until(self, source: str, wanted: str) -> None:
        """Wait until an expression of the kernel prints what is wanted."""
        place, deadline = self.page.evaluate(ADD, f"print({source})"), time.monotonic() + 30
        while (said := self.run(place)) != wanted:
            assert time.monotonic() < deadline, f"{source} is {said}, not {wanted}"
