"""`/health`: whether the server stands, for those who watch it and for pages that lost it."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from tornado.process import task_id
from tornado.web import RequestHandler

from explorer.core.version import VERSION
from explorer.dashboard.doors import Doors
from explorer.dashboard.lag import LAG


class Health(RequestHandler):
    """A few numbers as JSON; none of them says who reads what, or where anything lies."""

    def initialize(self, doors: Doors) -> None:
        self._doors = doors

    def get(self) -> None:
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        facts = {
            "status": "ok",
            "version": VERSION,
            "sessions": self._doors.open_pages,
            "uptime_seconds": round(self._doors.seconds_up, 1),
            "worker": task_id() or 0,
            "worker_lag_ms": round(1000 * LAG.seconds, 1),
            "worker_memory_mib": round(memory() / 2**20, 1),
        }
        self.finish(json.dumps(facts))


def memory() -> int:
    """Bytes of memory that this process holds; the most that it ever held where no more can be known."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else 1024 * peak
