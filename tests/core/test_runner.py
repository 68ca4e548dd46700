"""The newest request wins; one job runs, one waits; each ends in exactly one of done, failed, dropped."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from explorer.core.runner import Cancelled, Job, Runner, silent
from tests.core.jobs import LONG, Gate, Log, hold


@pytest.fixture
def runner():
    made = Runner("test-runner")
    yield made
    made.close()


@pytest.fixture
def log() -> Log:
    return Log()


class TestOneJob:
    def test_its_value_goes_to_done(self, runner, log):
        runner.submit(log.job("a", lambda report: 41 + 1))
        assert runner.wait_idle(LONG)
        assert log.events == [("done", "a", 42)]

    def test_runs_outside_the_callers_thread_and_always_in_the_same(self, runner, log):
        for who in "ab":
            runner.submit(log.job(who))
            assert runner.wait_idle(LONG)
        assert len(log.threads) == 1
        assert threading.get_ident() not in log.threads

    def test_its_progress_is_heard(self, runner):
        heard: list[tuple[float, str]] = []

        def work(report: Any) -> None:
            report(0.25, "a quarter")

        runner.submit(Job(work, silent, silent, progress=lambda share, text: heard.append((share, text))))
        assert runner.wait_idle(LONG)
        assert heard == [(0.0, ""), (0.25, "a quarter")]

    def test_its_exception_goes_to_failed_exactly_once(self, runner, log):
        error = ZeroDivisionError("by zero")

        def work(report: Any) -> None:
            raise error

        runner.submit(log.job("a", work))
        assert runner.wait_idle(LONG)
        assert log.events == [("failed", "a", error)]

    def test_no_thread_exists_before_the_first_job(self):
        before = threading.active_count()
        Runner().close()
        assert threading.active_count() == before


class TestNewestWins:
    def test_a_running_job_is_overtaken_at_its_next_report(self, runner, log):
        gate = hold(runner, log)
        runner.submit(log.job("second", lambda report: 2))
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert log.events == [("dropped", "first", None), ("done", "second", 2)]

    def test_a_value_that_comes_too_late_is_thrown_away(self, runner, log):
        gate = hold(runner, log, value="late", reports=False)
        runner.submit(log.job("second"))
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert log.events == [("dropped", "first", None), ("done", "second", None)]

    def test_so_is_an_exception_that_comes_too_late(self, runner, log):
        gate = Gate()

        def work(report: Any) -> None:
            gate.reports = False
            gate(report)
            raise RuntimeError("late")

        runner.submit(log.job("first", work))
        assert gate.started.wait(LONG)
        runner.cancel()
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert log.events == [("dropped", "first", None)]

    def test_a_waiting_job_is_replaced_at_once(self, runner, log):
        gate = hold(runner, log)
        runner.submit(log.job("second"))
        runner.submit(log.job("third"))
        assert log.events == [("dropped", "second", None)]
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert log.of("done") == ["third"]

    def test_a_storm_of_a_hundred_runs_two(self, runner, log):
        """The first one is running while the others come; of those only the last one is ever started."""
        gate = hold(runner, log, who=0)
        started: list[int] = []

        def work(who: int) -> Any:
            return lambda report: started.append(who)

        for who in range(1, 101):
            runner.submit(log.job(who, work(who)))
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert started == [100]
        assert log.of("done") == [100]
        assert sorted(log.of("dropped")) == list(range(100))

    def test_storms_from_many_threads_end_each_job_once_and_never_run_two(self, runner, log):
        running, most = 0, 0
        lock, barrier = threading.Lock(), threading.Barrier(4)

        def work(report: Any) -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                report(0.5, "")
            finally:
                with lock:
                    running -= 1

        def storm(number: int) -> None:
            barrier.wait(LONG)
            for step in range(50):
                runner.submit(log.job((number, step), work))

        threads = [threading.Thread(target=storm, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
        assert runner.wait_idle(LONG)
        assert most == 1
        ends = [who for _, who, _ in log.events]
        assert len(ends) == len(set(ends)) == 200
        assert log.of("failed") == []
        assert len(log.of("done")) >= 1


class TestCancel:
    def test_report_raises_in_a_cancelled_job(self, runner, log):
        gate, seen = Gate(), []

        def work(report: Any) -> None:
            try:
                gate(report)
            except Cancelled:
                seen.append("cleaned up")
                raise

        runner.submit(log.job("a", work))
        assert gate.started.wait(LONG)
        runner.cancel()
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert seen == ["cleaned up"]
        assert log.events == [("dropped", "a", None)]

    def test_drops_the_waiting_job_too(self, runner, log):
        gate = hold(runner, log)
        runner.submit(log.job("second"))
        runner.cancel()
        assert log.of("dropped") == ["second"]
        gate.go.set()
        assert runner.wait_idle(LONG)
        assert log.of("dropped") == ["second", "first"]

    def test_with_nothing_to_cancel_is_quiet_and_the_next_job_runs(self, runner, log):
        runner.cancel()
        runner.submit(log.job("a"))
        assert runner.wait_idle(LONG)
        assert log.of("done") == ["a"]

    def test_a_job_cancelled_before_it_runs_never_starts(self, log):
        job = log.job("a", lambda report: log.note("started", "a"))
        job.cancel()
        job.run()
        assert job.cancelled
        assert log.events == [("dropped", "a", None)]
