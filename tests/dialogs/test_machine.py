"""The shared machine: functions only, no silence, and nothing kept of a session."""

from __future__ import annotations

from dataclasses import replace

import pytest
from transitions import Machine

from dialogs.machine import AskedTwice, Cursor, DialogMachine, NoRoute, is_waiting
from dialogs.session import Answered as Given
from knowledge.conditions import ALWAYS, Answered, Not
from knowledge.model import END, Flow, Row
from tests.support.cases import CASES, CONFIDENTIAL
from tests.support.dialog import a_session, an_engine, follow
from tests.support.packs import shipped_pack

FLOW = shipped_pack().flow
NEVER = Not(ALWAYS)


def with_routes(question: str, *rows: Row) -> Flow:
    """Return the shipped flow with one routing table replaced."""
    spoiled = replace(FLOW.questions[question], routes=rows)
    return replace(FLOW, questions={**FLOW.questions, question: spoiled})


def test_a_table_where_no_row_holds_raises_instead_of_staying_silently() -> None:
    machine = DialogMachine(with_routes("danger", Row(NEVER, END, is_else=False)))

    with pytest.raises(NoRoute, match="danger"):
        machine.walk({"danger": "no"})


def test_a_question_that_comes_up_twice_raises() -> None:
    again = Row(ALWAYS, "danger", is_else=True)
    machine = DialogMachine(with_routes("danger", again))

    with pytest.raises(AskedTwice, match="danger"):
        machine.walk({"danger": "no"})


def test_rows_are_tried_from_the_top() -> None:
    machine = DialogMachine(
        with_routes(
            "danger",
            Row(Answered("danger", None, frozenset({"no"})), "purpose", is_else=False),
            Row(Answered("danger", None, frozenset({"no"})), END, is_else=False),
            Row(ALWAYS, "conflict", is_else=True),
        )
    )

    assert machine.walk({"danger": "no"}).position == "purpose"
    assert machine.walk({"danger": "yes"}).position == "conflict"


def conditions_of(machine: Machine) -> list[object]:
    """Return what the library was given as conditions."""
    return [
        condition.func
        for event in machine.events.values()
        for transitions in event.transitions.values()
        for transition in transitions
        for condition in transition.conditions
    ]


def test_every_condition_reaches_the_library_as_a_function_and_never_as_a_string() -> (
    None
):
    machine = DialogMachine(FLOW)._machine  # noqa: SLF001 - what the library holds

    found = conditions_of(machine)

    assert found
    assert [each for each in found if not callable(each)] == []


def test_no_word_of_a_pack_can_become_a_callback() -> None:
    machine = DialogMachine(FLOW)._machine  # noqa: SLF001 - what the library holds
    transitions = [
        each
        for event in machine.events.values()
        for found in event.transitions.values()
        for each in found
    ]

    assert not any(each.prepare or each.before or each.after for each in transitions)
    assert not any(state.on_enter or state.on_exit for state in machine.states.values())
    assert machine.models == []


def test_one_machine_serves_sessions_whose_answers_come_in_turn() -> None:
    engine = an_engine()
    alone = {name: follow(case.answers) for name, case in CASES.items()}
    answers = {
        name: [fact.value for fact in dialog.facts if isinstance(fact, Given)]
        for name, dialog in alone.items()
    }
    together = {name: a_session(engine) for name in CASES}

    for step in range(max(map(len, answers.values()))):
        for name, dialog in together.items():
            if step < len(answers[name]):
                dialog.answer(answers[name][step])

    for name, dialog in together.items():
        assert dialog.outcomes == alone[name].outcomes
        assert dialog.answers == alone[name].answers


def test_a_walk_does_not_look_at_answers_off_the_way() -> None:
    machine = DialogMachine(FLOW)

    walk = machine.walk({"danger": "no", "purpose": "no", "weigh-up": {"x": "y"}})

    assert walk.asked == ("danger",)
    assert walk.position == "safety-check"


def test_a_walk_keeps_the_path_with_forks_and_outcomes() -> None:
    walk = DialogMachine(FLOW).walk({"danger": "no", "safety-check": ("evidence",)})

    assert walk.path == (
        "danger",
        "safety-check",
        "harm",
        "refer-now",
        "who-may-see",
        "under-16",
        "prompted-by",
    )
    assert walk.shown[0].after == "safety-check"
    assert walk.shown[0].place == "harm"


def test_a_copied_cursor_is_not_changed_by_later_steps() -> None:
    cursor = Cursor("danger", frozenset())
    copy = cursor.copied()

    cursor.answers["danger"] = "no"
    cursor.outcome = "act-now"

    assert copy.answers == {}
    assert copy.outcome is None


@pytest.mark.parametrize(
    ("decision", "waits"),
    [
        (None, False),
        ("not-yet", False),
        (("not-yet",), False),
        ({"decision": "not-yet"}, True),
        ({"decision": "share"}, False),
    ],
)
def test_only_not_yet_waits(decision: object, *, waits: bool) -> None:
    assert is_waiting(decision) is waits  # type: ignore[arg-type]  # shapes on purpose


def test_nothing_departs_before_a_decision() -> None:
    dialog = a_session().follow(CONFIDENTIAL, until="provider")

    assert not dialog.engine.place(dialog.facts).cursor.departing
