"""One open page: live changes at once, long ones in the worker, the newest wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.core.frame import Frame
from explorer.core.runner import Report, silent
from explorer.dashboard import session
from explorer.dashboard.lag import Lag
from explorer.dashboard.session import Session
from tests.contract.desk import AFTERWARDS, LONG, Desk, Gated


class TestStart:
    def test_compiles_first_then_computes_in_the_worker(self, desk):
        order: list[str] = []

        def warm(report: Report) -> None:
            assert threading.get_ident() != page
            order.append(f"compiling, {len(desk.gates.computed)} computed")
            report(0.5, "compiling")

        page = threading.get_ident()
        desk.session.start(warm)
        desk.settle()
        assert order == ["compiling, 0 computed"]
        assert list(dict.fromkeys(desk.progress)) == ["", "compiling", "refining"]
        assert desk.levels() == [1.0, 1.0]
        assert desk.busy == [True, False]
        assert [check.passed for check in desk.checks[-1]] == [True]

    def test_a_change_while_it_compiles_starts_over_with_the_new_value(self, desk):
        entered, compiled = threading.Event(), []

        def warm(report: Report) -> None:
            entered.set()
            assert desk.gates.go.wait(LONG)
            report(0.5, "compiling")
            compiled.append(True)

        desk.session.start(warm)
        assert entered.wait(LONG)
        desk.session.change({"level": 7.0})
        assert desk.gates.computed == []
        desk.gates.go.set()
        desk.settle()
        assert set(desk.levels()) == {7.0}
        assert compiled == [True]

    def test_after_it_live_changes_are_computed_at_once(self, desk):
        desk.session.start(lambda report: None)
        desk.settle()
        desk.session.change({"level": 2.0})
        assert desk.levels()[-1] == 2.0


class TestLive:
    def test_shows_the_new_picture_before_it_returns(self, desk):
        assert desk.session.change({"level": 2.0})
        assert desk.levels() == [2.0]
        assert [computed[:2] for computed in desk.gates.computed] == [(2.0, 0)]
        assert desk.waiting.empty()

    def test_refines_and_checks_when_the_hand_rests(self, desk):
        desk.session.change({"level": 2.0})
        assert desk.checks == [None]
        desk.settle()
        assert ["more" in frame.tables for frame in desk.shown] == [False, True]
        assert [check.verdict for check in desk.checks[-1]] == ["holds"]
        assert len(desk.gates.computed) == 1
        assert desk.model.frame is desk.shown[-1]  # accepted, not computed again
        assert len(desk.gates.computed) == 1

    def test_a_hand_that_moves_on_takes_the_rest_back(self, desk):
        for level in (2.0, 3.0, 4.0):
            desk.session.change({"level": level})
        assert sum(map(len, desk.timers)) == 1
        desk.settle()
        assert desk.levels() == [2.0, 3.0, 4.0, 4.0]

    def test_a_batch_is_one_computation(self, desk):
        desk.session.change({"level": 2.0, "place": 1.0})
        assert len(desk.gates.computed) == 1

    def test_a_cursor_computes_and_draws_nothing(self, desk):
        desk.session.change({"level": 2.0})
        desk.settle()
        shown = len(desk.shown)
        assert desk.session.change({"place": 1.0})
        desk.settle()
        assert (len(desk.shown), len(desk.gates.computed)) == (shown, 1)

    def test_a_value_that_stands_already_computes_nothing(self, desk):
        desk.session.change({"level": 2.0})
        desk.session.change({"level": desk.model.level})
        assert len(desk.gates.computed) == 1

    def test_nor_does_an_equal_one(self, desk):
        desk.session.change({"level": 2.5})
        desk.session.change({"level": np.float64(2.5)})
        assert len(desk.gates.computed) == 1

    def test_what_proved_slow_goes_to_the_worker(self, desk):
        desk.session.compute_seconds = 2 * session.SLOW
        desk.session.change({"level": 2.0})
        assert desk.shown == []
        desk.settle()
        assert desk.gates.computed[0][2] != threading.get_ident()
        assert desk.levels() == [2.0, 2.0]
        assert desk.session.compute_seconds < session.SLOW
        desk.session.change({"level": 3.0})
        assert desk.levels()[-1] == 3.0  # and comes back when it is quick

    def test_one_that_takes_long_does_not_hold_the_page(self, desk):
        desk.begin_long(effort=1)
        desk.gates.go.set()
        desk.settle()
        desk.gates.go.clear()
        desk.gates.started.clear()
        desk.session.change({"level": 3.0})  # live, and stands at the gate: this returns all the same
        assert desk.levels()[-1] == 2.0
        assert desk.gates.started.is_set()
        desk.rest()
        assert desk.busy[-1] is True
        desk.gates.go.set()
        assert desk.session._hand.wait_idle(LONG)
        desk.turn()
        desk.settle()
        assert desk.levels()[-1] == 4.0
        assert desk.busy[-1] is False
        assert [check.verdict for check in desk.checks[-1]] == ["holds"]

    def test_a_storm_while_one_takes_long_has_two_in_flight_and_ends_with_the_last(self, desk):
        desk.session.change({"effort": 1, "level": 2.0})
        desk.gates.go.set()
        desk.settle()
        desk.gates.go.clear()
        before = len(desk.gates.computed)
        for level in range(1, 101):
            desk.session.change({"level": float(level)})
        assert len(desk.gates.computed) - before <= 2
        desk.gates.go.set()
        assert desk.session._hand.wait_idle(LONG)
        desk.settle()
        assert desk.levels()[-1] == 101.0
        assert len(desk.gates.computed) - before <= 3
        assert desk.model.level == 100.0


class TestTimeLimit:
    def test_work_that_takes_too_long_is_given_up_with_a_sentence(self):
        desk = Desk(seconds=60)
        desk.session.change({"level": 2.0})
        desk.settle()
        desk.begin_long()
        desk.turn()
        desk.rest()  # a minute passes
        assert desk.messages[-1].startswith("This took more than 60 seconds")
        assert desk.messages[-1].endswith(AFTERWARDS)
        assert desk.busy[-1] is False
        desk.gates.go.set()
        desk.settle()
        assert desk.levels()[-1] == 2.0  # what it found in the end is thrown away
        desk.session.change({"effort": 0, "level": 5.0})
        desk.settle()
        assert desk.levels()[-1] == 5.0
        desk.session.close()

    def test_a_refinement_that_takes_too_long_is_given_up_and_the_picture_stays(self):
        desk = Desk(seconds=60)
        desk.gates.refined.clear()
        desk.session.change({"level": 2.0})
        desk.turn()
        desk.rest()
        assert desk.gates.refining.wait(LONG)
        desk.turn()
        desk.rest()  # a minute passes
        assert desk.messages[-1].startswith("This took more than 60 seconds")
        assert desk.session.runner.wait_idle(LONG)
        assert desk.levels() == [2.0]
        desk.gates.refined.set()
        desk.session.change({"level": 5.0})
        desk.settle()
        assert [check.verdict for check in desk.checks[-1]] == ["holds"]
        desk.session.close()

    def test_work_in_time_says_nothing(self):
        desk = Desk(seconds=60)
        desk.gates.go.set()
        desk.session.change({"effort": 3})
        desk.settle()
        desk.rest()
        assert not any(desk.messages)
        desk.session.close()


class TestLong:
    def test_leaves_the_page_free_and_the_picture_standing(self, desk):
        desk.session.change({"level": 2.0})
        desk.begin_long()
        desk.turn()
        assert desk.levels() == [2.0]
        assert True not in desk.busy  # work that may be over in a moment makes no bar flash up
        desk.rest()
        assert desk.busy[-1] is True
        desk.gates.go.set()
        desk.settle()
        assert desk.levels() == [2.0, 3.0, 3.0]
        assert desk.busy[-1] is False
        assert "half way" in desk.progress

    def test_a_storm_ends_with_the_last_value_and_computes_twice(self, desk):
        desk.begin_long(effort=1)
        for effort in range(2, 101):
            desk.session.change({"effort": effort})
        desk.gates.go.set()
        desk.settle()
        assert [effort for _, effort, _ in desk.gates.computed] == [1, 100]
        assert set(desk.levels()) == {101.0}
        assert desk.model.frame.tables["t"]["level"].tolist() == [101.0]

    def test_results_that_lie_on_the_desk_are_dropped_when_something_newer_comes(self, desk):
        desk.begin_long(effort=5)
        desk.gates.go.set()
        assert desk.session.runner.wait_idle(LONG)
        assert not desk.waiting.empty()  # frames, checks and progress of effort 5
        desk.session.change({"effort": 0, "level": 2.0})
        desk.settle()
        assert set(desk.levels()) == {2.0}

    def test_a_live_change_does_not_wait_for_it(self, desk):
        desk.begin_long(effort=5)
        desk.model.update(effort=0)
        desk.session.change({"level": 2.0})
        assert desk.levels() == [2.0]
        assert desk.busy[-1] is False
        desk.gates.go.set()
        desk.settle()
        assert set(desk.levels()) == {2.0}

    def test_cancel_keeps_the_picture(self, desk):
        desk.session.change({"level": 2.0})
        desk.begin_long()
        desk.session.cancel()
        assert desk.busy[-1] is False
        desk.gates.go.set()
        desk.settle()
        assert desk.levels() == [2.0]
        assert "half way" not in desk.progress

    def test_works_on_a_copy(self, desk):
        desk.begin_long(effort=5)
        desk.model.level = 50.0
        desk.gates.go.set()
        desk.settle()
        assert set(desk.levels()) == {6.0}


class TestClose:
    def test_nothing_runs_on_a_page_that_is_gone(self, desk):
        desk.session.change({"level": 2.0})
        desk.begin_long()
        desk.session.close()
        desk.gates.go.set()
        assert desk.session.runner.wait_idle(LONG)
        desk.rest()
        desk.turn()
        assert desk.levels() == [2.0]

    def test_results_that_lie_on_the_desk_are_dropped(self, desk):
        desk.begin_long()
        desk.gates.go.set()
        assert desk.session.runner.wait_idle(LONG)
        desk.session.close()
        desk.turn()
        assert desk.shown == []

    def test_ends_the_worker(self, desk):
        desk.begin_long()
        thread = desk.session.runner._thread
        desk.session.close()
        desk.gates.go.set()
        thread.join(LONG)
        assert not thread.is_alive()


class TestACrowd:
    """Other readers wait for pictures, too."""

    @pytest.fixture
    def lag(self, monkeypatch):
        held = SimpleNamespace(pause=60.0, late=False, drawn=lambda page: None)
        monkeypatch.setattr(session, "LAG", held)
        return held

    def test_between_two_pictures_is_a_pause_and_then_the_newest_comes(self, desk, lag):
        for level in (2.0, 3.0, 4.0):
            desk.session.change({"level": level})
        assert desk.levels() == [2.0]
        assert sum(map(len, desk.timers)) == 1
        desk.settle()
        assert desk.levels() == [2.0, 4.0]
        desk.settle()
        assert [check.verdict for check in desk.checks[-1]] == ["holds"]

    def test_what_waits_for_its_pause_is_dropped_when_the_page_goes(self, desk, lag):
        desk.session.change({"level": 2.0})
        desk.session.change({"level": 3.0})
        desk.session.close()
        desk.rest()
        assert desk.levels() == [2.0]

    def test_a_late_process_refines_when_it_has_caught_up(self, desk, lag):
        lag.late = True
        desk.session.change({"level": 2.0})
        for _ in range(5):
            desk.settle()
        assert len(desk.shown) == 1
        lag.late = False
        desk.settle()
        assert ["more" in frame.tables for frame in desk.shown] == [False, True]

    def test_refinements_of_two_pages_take_turns(self, desk):
        other = Desk()
        desk.gates.refined.clear()
        for page in (desk, other):
            page.session.change({"level": 2.0})
        desk.rest()
        assert desk.gates.refining.wait(LONG)
        other.rest()
        other.waiting.get(timeout=LONG)()  # it says that it has made no step
        assert not other.gates.refining.is_set()
        desk.gates.refined.set()
        assert other.gates.refining.wait(LONG)
        other.session.close()

    def test_whatever_is_checked_has_the_turn(self, desk):
        desk.gates.go.set()
        desk.session.change({"level": 2.0})
        desk.settle()
        desk.session.change({"effort": 3})
        desk.settle()
        desk.session.refresh()  # the frame is known: it is only checked
        desk.settle()
        assert desk.gates.turns == [True, True, True]

    def test_pages_that_draw_make_each_other_wait(self, desk, monkeypatch):
        held = Lag()
        held.note(1.0)
        monkeypatch.setattr(session, "LAG", held)
        other = Desk()
        desk.session.change({"level": 2.0})
        assert not held.late
        other.session.change({"level": 2.0})
        assert held.late
        assert held.pause > 0
        other.session.close()

    def test_but_nobody_waits_for_ever(self, desk, lag):
        lag.late = True
        desk.session.change({"level": 2.0})
        for _ in range(session.MOST_RESTS):
            desk.settle()
        assert ["more" in frame.tables for frame in desk.shown] == [False, True]


def test_a_notebook_has_no_page_thread_and_still_ends_with_the_refined_frame():
    """There the schedule runs everything at once, wherever it is called."""
    done = threading.Event()
    shown: list[Frame] = []

    def at_once(action: Callable[[], None], wait: int) -> Callable[[], None]:
        action()
        return lambda: None

    session = Session(Gated(), shown.append, at_once)
    session.on_checks = lambda checks: done.set() if checks else None
    session.change({"level": 2.0})
    assert done.wait(LONG)
    session.close()
    assert ["more" in frame.tables for frame in shown] == [False, True]


def test_what_another_hand_changed_meanwhile_is_never_judged_by_the_old_picture(desk):
    """In a notebook a cell sets the model while a worker's result lies on the desk."""
    desk.session.change({"level": 2.0})
    desk.rest()
    assert desk.session.runner.wait_idle(LONG)
    desk.model.update(level=7.0)
    desk.session.expire()
    desk.turn()
    assert desk.model.finished is None
    assert desk.checks == [None]
    desk.session.refresh()
    desk.settle()
    assert desk.levels()[-1] == 7.0
    assert desk.model.frame.tables["t"]["level"][0] == 7.0


def test_silent_hears_nothing():
    assert silent(0.5, "half") is None


def test_a_frame_that_another_hand_has_computed_is_shown_and_checked_and_not_computed_again(desk):
    desk.session.start(lambda report: None)
    desk.settle()
    desk.model.update(level=7.0)
    known, computed = desk.model.frame, len(desk.gates.computed)
    desk.session.refresh()
    desk.settle()
    assert desk.shown[-1] is known
    assert desk.checks[-1][0].passed
    assert len(desk.gates.computed) == computed


def test_a_page_of_a_model_that_is_computed_computes_nothing(desk):
    known = desk.model.frame
    desk.session.start(lambda report: None)
    desk.settle()
    assert desk.shown == [known]
    assert len(desk.gates.computed) == 1
    other = Desk()
    try:
        known = other.model.frame
        other.session.draw_ahead()
        other.session.start(lambda report: None)
        other.settle()
        assert other.shown == [known]
        assert other.checks[-1][0].passed
        assert len(other.gates.computed) == 1
    finally:
        other.session.close()


def test_a_session_tells_its_own_changes_from_those_of_another_hand(desk):
    heard = []
    desk.model.param.watch(lambda _event: heard.append(desk.session.changing), "level")
    desk.session.change({"level": 2.0})
    desk.model.update(level=3.0)
    desk.session.change({"level": -1.0})  # refused
    assert heard == [True, False]
    assert not desk.session.changing
