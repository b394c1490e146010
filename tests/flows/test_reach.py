"""Every row, outcome, instruction, alert and doubt is reached by a named case."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from dialogs.engine import Cancel, Emergency
from dialogs.machine import Cursor, DialogMachine
from dialogs.screens import Screens
from dialogs.session import Answered
from tests.support.cases import CASES, walked
from tests.support.dialog import Answers, Dialog, a_session, an_engine, follow, ids
from tests.support.packs import shipped_pack

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOW = shipped_pack().flow


class WatchedMachine(DialogMachine):
    """A machine that also notes which row of which place was taken."""

    def watch(self) -> set[tuple[str, int]]:
        """Begin to note rows; returns the set they are noted in."""
        self.taken = set[tuple[str, int]]()
        return self.taken

    def route(self, cursor: Cursor) -> None:
        """Leave the place, and note the row."""
        left = cursor.state
        rows = FLOW.place(left).routes
        index = next(
            n for n, row in enumerate(rows) if self.test(row.condition)(cursor)
        )
        super().route(cursor)
        assert cursor.state == rows[index].to
        self.taken.add((left, index))


@cache
def watched() -> tuple[frozenset[tuple[str, int]], tuple[Dialog, ...]]:
    """Walk every case once, on one watched machine."""
    engine = an_engine()
    machine = WatchedMachine(FLOW)
    engine.machine = machine
    engine.screens = Screens(engine.pack, machine, engine.today)
    taken = machine.watch()
    sessions = tuple(a_session(engine).follow(case.answers) for case in CASES.values())
    return frozenset(taken), sessions


def cursors(dialog: Dialog) -> Iterator[tuple[str, Cursor]]:
    """Yield where each recorded or paused state stood, from its facts."""
    for end in range(1, len(dialog.facts) + 1):
        place = dialog.engine.place(dialog.facts[:end])
        yield place.position, place.cursor


@pytest.mark.parametrize("name", CASES)
def test_each_case_shows_the_outcomes_it_is_named_for(name: str) -> None:
    case = CASES[name]

    dialog = follow(case.answers)

    assert tuple(dialog.outcomes) == case.outcomes


@pytest.mark.parametrize("name", CASES)
def test_each_case_ends_in_a_record(name: str) -> None:
    dialog = walked(name)

    assert dialog.recorded is not None
    assert dialog.recorded.outcome == CASES[name].outcomes[-1]


def test_every_route_row_is_taken_by_some_case() -> None:
    taken, _ = watched()

    places = [*FLOW.questions, *FLOW.outcomes, *FLOW.forks]
    rows = {
        (place, index)
        for place in places
        for index in range(len(FLOW.place(place).routes))
        if place != "advice-received"
    }
    assert sorted(rows - taken) == []


def test_every_question_is_asked_by_some_case() -> None:
    _, sessions = watched()

    asked = {prompt.question for each in sessions for prompt in each.prompts}
    assert sorted(set(FLOW.questions) - asked) == []


def test_every_line_of_every_form_is_shown_by_some_case() -> None:
    _, sessions = watched()

    shown = {
        (prompt.question, line.id)
        for each in sessions
        for prompt in each.prompts
        for line in prompt.fields
    }
    lines = {(q.id, line) for q in FLOW.questions.values() for line in q.fields}
    assert sorted(lines - shown) == []


def test_every_outcome_is_shown_by_some_case() -> None:
    _, sessions = watched()

    shown = {outcome for each in sessions for outcome in each.outcomes}
    assert sorted(set(FLOW.outcomes) - shown) == []


def restated(answers: Answers) -> Iterator[tuple[str, str]]:
    """Yield instructions shown once more: on cancelling, and in an emergency."""
    for move, outcome in ((Cancel(), ""), (Emergency(), "act-now")):
        dialog = a_session().follow(answers, until="decision")
        if dialog.advice_seen and not dialog.ended:
            dialog.do(move)
            (notice, *_) = dialog.notices.values()
            for todo in ids(notice.todo):
                yield todo, outcome or dialog.advice.outcome


def test_every_instruction_is_shown_at_every_place_it_names_by_some_case() -> None:
    _, sessions = watched()

    shown = {
        (todo, one.outcome)
        for each in sessions
        for one in each.advice_seen
        for todo in ids(one.todo)
    } | {
        (todo, one.question)
        for each in sessions
        for one in each.prompts
        for todo in ids(one.todo)
    }
    shown |= {pair for case in CASES.values() for pair in restated(case.answers)}
    wanted = {
        (row.id, place)
        for row in FLOW.instructions.values()
        for place in row.at or [""]
        if place or row.id not in {todo for todo, _ in shown}
    }
    assert sorted(wanted - shown) == []


def test_every_alert_row_is_raised_by_some_case() -> None:
    _, sessions = watched()
    test = sessions[0].engine.machine.test

    raised = {
        row.because
        for each in sessions
        for _, cursor in cursors(each)
        for row in FLOW.alerts
        if test(row.condition)(cursor)
    }
    assert sorted({row.because for row in FLOW.alerts} - raised) == []


def test_every_doubt_is_advised_on_and_every_second_chance_is_given() -> None:
    _, sessions = watched()
    advice = [
        fact
        for each in sessions
        for fact in each.facts
        if isinstance(fact, Answered) and fact.question == "advice-received"
    ]

    advised = {doubt for fact in advice for doubt in fact.advised}
    again = {question for fact in advice for question in fact.dropped}
    asks_again = {doubt.question for doubt in FLOW.doubts.values() if doubt.counts_as}
    assert sorted(set(FLOW.doubts) - advised) == []
    assert sorted(asks_again - again) == []


def test_every_row_of_passages_shown_at_several_places_applies_in_some_case() -> None:
    _, sessions = watched()
    test = sessions[0].engine.machine.test

    applied = {
        index
        for each in sessions
        for place, cursor in cursors(each)
        for index, row in enumerate(FLOW.shown_with)
        if test(row.condition)(cursor)
        and (not row.at or {place, cursor.outcome} & set(row.at))
    }
    missing = set(range(len(FLOW.shown_with))) - applied
    assert [FLOW.shown_with[index] for index in sorted(missing)] == []


def test_every_level_and_alert_of_every_outcome_is_reached() -> None:
    _, sessions = watched()
    reached = {
        (one.outcome, one.level) for each in sessions for one in each.advice_seen
    }

    levels = {
        (outcome.id, int(rung.value))
        for outcome in FLOW.outcomes.values()
        for rung in outcome.levels
    }
    assert sorted(levels - reached) == []
