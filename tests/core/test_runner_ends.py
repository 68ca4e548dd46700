"""A runner outlives whatever its jobs and listeners do, and ends when it is told to."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from explorer.core.runner import Cancelled, Runner
from tests.core.jobs import LONG, Log, hold


@pytest.fixture
def runner():
    made = Runner("test-runner")
    yield made
    made.close()


@pytest.fixture
def log() -> Log:
    return Log()


class TestRobust:
    @pytest.mark.parametrize("listener", ["done", "failed", "dropped"])
    def test_a_listener_that_raises_does_not_end_the_worker(self, runner, log, listener, caplog):
        def bad(*_: Any) -> None:
            raise RuntimeError("listener")

        def work(report: Any) -> None:
            if listener == "failed":
                raise ValueError("work")
            if listener == "dropped":
                raise Cancelled

        job = log.job("a", work)
        setattr(job, listener, bad)
        runner.submit(job)
        assert runner.wait_idle(LONG)
        runner.submit(log.job("b"))
        assert runner.wait_idle(LONG)
        assert log.of("done") == ["b"]
        assert "a listener of a finished job failed" in caplog.text

    def test_even_work_that_asks_the_program_to_exit_does_not_end_the_worker(self, runner, log):
        def work(report: Any) -> None:
            raise SystemExit(1)

        runner.submit(log.job("a", work))
        assert runner.wait_idle(LONG)
        runner.submit(log.job("b"))
        assert runner.wait_idle(LONG)
        assert log.of("failed") == ["a"]
        assert log.of("done") == ["b"]

    def test_busy_and_wait_idle_tell_the_truth(self, runner, log):
        assert not runner.busy
        gate = hold(runner, log)
        assert runner.busy
        assert not runner.wait_idle(0.0)
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert not runner.busy


class TestClose:
    def thread(self) -> threading.Thread | None:
        return next((t for t in threading.enumerate() if t.name == "closing"), None)

    def test_ends_the_thread_and_drops_what_runs_and_waits(self, log):
        runner = Runner("closing")
        gate = hold(runner, log)
        runner.submit(log.job("second"))
        thread = self.thread()
        assert thread is not None
        assert thread.daemon
        runner.close()
        gate.go.set()
        thread.join(LONG)
        assert not thread.is_alive()
        assert sorted(log.of("dropped")) == ["first", "second"]
        assert not runner.busy

    def test_a_job_after_the_end_is_dropped_at_once(self, log):
        runner = Runner("closing")
        runner.close()
        runner.submit(log.job("late"))
        assert log.events == [("dropped", "late", None)]
        assert self.thread() is None

    def test_a_job_submitted_in_the_middle_of_closing_is_dropped_too(self, log):
        class Meddled(Runner):
            def cancel(self) -> None:
                super().cancel()
                if not late:
                    late.append(True)
                    self.submit(log.job("late"))

        late: list[bool] = []
        runner = Meddled("closing")
        gate = hold(runner, log)
        thread = self.thread()
        runner.close()
        gate.go.set()
        assert thread is not None
        thread.join(LONG)
        assert sorted(log.of("dropped")) == ["first", "late"]
        assert runner.wait_idle(0.0)

    def test_twice_is_as_good_as_once(self, log):
        runner = Runner("closing")
        runner.submit(log.job("a"))
        assert runner.wait_idle(LONG)
        runner.close()
        runner.close()
        assert log.of("done") == ["a"]
