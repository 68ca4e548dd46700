"""The server: the gallery at the root, every scene under its own name."""

from __future__ import annotations

import functools
import signal
import socket
import threading
import time
import webbrowser
from collections.abc import Sequence
from typing import Any

import panel as pn

from explorer.core import memory, registry, spool
from explorer.core.values import InputError
from explorer.dashboard import gallery, page, workers
from explorer.dashboard.doors import Doors
from explorer.dashboard.health import Health
from explorer.dashboard.limits import UNLIMITED, Limits
from explorer.dashboard.strays import OneSlashLess, Stray, keep_tracebacks

PORT = 5006
# An upload travels in pieces of 10 MiB; nothing else comes near this size.
LARGEST_MESSAGE = 32 * 2**20


def applications(names: Sequence[str] = (), doors: Doors | None = None) -> dict[str, Any]:
    """address -> function that builds the page; all scenes when none is named."""
    scenes = [registry.find(name) for name in names] or list(registry.scenes())
    shown = tuple(scene.name for scene in scenes)
    through = (doors or Doors()).through
    # The gallery takes no place: who comes from it would count twice. Panel takes plain functions only.
    pages: dict[str, Any] = {"/": lambda: gallery.build(shown)}
    return pages | {f"/{name}": lambda name=name: through(lambda: page.build(name)) for name in shown}


def _title(name: str) -> str:
    """What the browser's tab says."""
    return f"{registry.find(name).title} · Ridgeline" if name else "Ridgeline"


def free_port(address: str, wanted: int | None) -> int:
    """The wanted port; without a wish, the usual one or the next that is free.

    Raises    InputError  when the wanted port is taken, or the address is none of this machine
    """
    with socket.socket() as probe:  # of IPv4: Bokeh's check of origins knows no other
        try:
            probe.bind((address, 0))
        except OSError:
            raise InputError(
                f"{address[:60]!r} is no IPv4 address of this machine; --address takes localhost, 0.0.0.0 for "
                "every interface, or the machine's own."
            ) from None
    for port in [wanted] if wanted else range(PORT, PORT + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                return port
            except OSError:
                continue
    busy = f"port {wanted} is" if wanted else f"ports {PORT} to {PORT + 49} are"
    raise InputError(f"{busy} not free on {address}; choose another with --port.")


def wait_until_up(port: int, seconds: float = 60.0) -> None:
    """Wait until something answers on a port of this machine."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("localhost", port), timeout=1.0).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def serve(
    names: Sequence[str] = (),
    *,
    port: int | None = None,
    address: str = "localhost",
    show: bool = True,
    origins: Sequence[str] = (),
    prefix: str = "",
    doors: Doors | None = None,
    **options: Any,
) -> Any:
    """Serve the gallery and the scenes; blocks unless threaded.

    Parameters
        names   : scenes to serve, all when empty
        port    : the port, or the first free one from 5006
        address : interface to listen on
        show    : open the browser
        origins : further host:port from which pages may connect
        prefix  : path under which a proxy shows the pages
        doors   : counts the pages, and holds the limits
        options : further options of ``panel.serve``, such as ``threaded=True``

    Raises    InputError  for an unknown scene or a port that is taken
    """
    doors = doors or Doors()
    keep_tracebacks()
    pages = applications(names, doors)
    chosen = free_port(address, port)
    local = [f"localhost:{chosen}", f"127.0.0.1:{chosen}", f"{address}:{chosen}"]
    return pn.serve(
        pages,
        port=chosen,
        address=address,
        show=show,
        prefix=prefix,
        title={place: _title(place.strip("/")) for place in pages},
        websocket_origin=list(dict.fromkeys([*local, *origins])),
        websocket_max_message_size=LARGEST_MESSAGE,
        http_server_kwargs={"max_buffer_size": LARGEST_MESSAGE},
        check_unused_sessions_milliseconds=5000,
        unused_session_lifetime_milliseconds=15000,
        extra_patterns=[("/health", Health, {"doors": doors})],
        default_handler_class=Stray,
        default_handler_args={"known": [name.strip("/") for name in pages if name != "/"], "root": prefix},
        transforms=[functools.partial(OneSlashLess, root=prefix)],
        verbose=False,
        **options,
    )


def run(
    names: Sequence[str],
    *,
    port: int | None,
    address: str,
    show: bool,
    origins: Sequence[str],
    prefix: str = "",
    processes: int = 1,
    limits: Limits = UNLIMITED,
) -> int:
    """Serve until Ctrl-C; prints the address first. Several processes compile first, and open no browser."""
    workers.check(processes)
    applications(names)  # an unknown scene is refused before anything starts
    chosen = free_port(address, port)
    doors = Doors(limits, processes)
    _keep_what_is_given()
    given: dict[str, Any] = {"port": chosen, "address": address, "origins": origins, "doors": doors}
    given["prefix"] = prefix.strip("/") and f"/{prefix.strip('/')}"
    where = f"Ridgeline is at http://{address}:{chosen}{given['prefix']}/  (Ctrl-C ends it)"
    if processes > 1:
        _prepare(names)
        print(where, flush=True)
        workers.run(lambda: serve(names, show=False, start=False, num_procs=processes, **given), doors.begin)
    print(where, flush=True)
    show = show and _has_browser()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    server = serve(names, show=show, threaded=True, **given)
    while not stop.wait(0.2) and server.is_alive():
        pass
    server.stop()
    print("Ridgeline has stopped.")
    return 0


def _keep_what_is_given() -> None:
    """Links to a reader's own table hold in every worker and after a restart, if the folder can be written."""
    try:
        memory.spool(spool.Spool(spool.usual_folder()))
    except (OSError, RuntimeError):  # no home, or none to write in
        memory.spool(None)


def _prepare(names: Sequence[str]) -> None:
    """Import and compile all that the workers will share, so that no two of them write the cache of kernels."""
    print("Preparing the scenes ...", flush=True)
    for scene in [registry.find(name) for name in names] or registry.scenes():
        scene.prepare()


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
