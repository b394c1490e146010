"""A person, the emergency instruction and the way out are there at every step."""

import pytest

from dialogs.engine import (
    Answer,
    Ask,
    Back,
    Cancel,
    Change,
    Emergency,
    Move,
    Person,
    Show,
)
from dialogs.session import Cancelled, EmergencyShown, PersonAsked
from tests.support.cases import CASES, CONFIDENTIAL, HARM, SAFE, ticked, walked
from tests.support.dialog import Dialog, a_session, follow, ids


def questions() -> list[tuple[str, str]]:
    """Return each question with a case that asks it on the way."""
    found: dict[str, str] = {}
    for name in CASES:
        for question in walked(name).questions:
            found.setdefault(question, name)
    return sorted(found.items())


def at(question: str, name: str) -> Dialog:
    """Stand at a question of a case."""
    return a_session().follow(CASES[name].answers, until=question)


@pytest.mark.parametrize(("question", "name"), questions())
def test_a_person_is_one_step_away_at_every_question(question: str, name: str) -> None:
    dialog = at(question, name)

    dialog.do(Person())

    assert dialog.notices["person"].todo[0].numbers
    assert dialog.facts[-1] == PersonAsked(question)
    early = question in {"danger", "safety-check"}
    assert dialog.asked == ("conflict" if early else question)
    assert dialog.alert in {"today", "urgent"}


@pytest.mark.parametrize(("question", "name"), questions())
def test_the_emergency_instruction_is_one_step_away_at_every_question(
    question: str, name: str
) -> None:
    dialog = at(question, name)

    dialog.do(Emergency())

    notice = dialog.notices["emergency"]
    assert notice.todo[0].numbers[0] == "emergency"
    assert "record-the-danger" in ids(notice.todo)
    assert "S3-1" in ids(notice.quotes)
    assert dialog.facts[-1] == EmergencyShown(question, "asked")
    assert dialog.alert == "urgent"


@pytest.mark.parametrize(("question", "name"), questions())
def test_a_session_may_be_cancelled_at_every_question(question: str, name: str) -> None:
    dialog = at(question, name)

    dialog.do(Cancel())

    assert dialog.ended
    assert dialog.facts[-1] == Cancelled(question)


def test_a_fixed_outcome_still_stands_when_the_session_is_cancelled() -> None:
    dialog = a_session().follow(
        {**HARM, **ticked("evidence"), "prompted-by": "family-request"},
        until="requester-verified",
    )

    dialog.do(Cancel())

    notice = dialog.notices["cancelled"]
    assert "still stands" in notice.text
    assert {"refer-today", "give-nothing"} <= set(ids(notice.todo))


def test_an_outcome_that_safety_did_not_fix_is_not_repeated_on_cancelling() -> None:
    dialog = a_session().follow({**SAFE, "purpose": "no"}, until="decision")

    dialog.do(Cancel())

    assert dialog.notices["cancelled"].todo == ()


@pytest.mark.parametrize(
    "move", [Show(), Answer("no"), Back(), Person(), Cancel(), Change("danger")]
)
def test_a_cancelled_session_takes_nothing_more(move: Move) -> None:
    dialog = a_session().answer("no").do(Cancel())
    before = list(dialog.facts)

    dialog.do(move)

    assert dialog.facts == before
    assert dialog.refusal is not None
    assert dialog.refusal.code == "over"
    assert dialog.replies == (dialog.refusal,)


def test_the_emergency_instruction_is_shown_even_after_cancelling() -> None:
    dialog = a_session().do(Cancel())

    dialog.do(Emergency())

    assert "emergency" in dialog.notices
    assert dialog.ended


def test_a_call_for_help_is_answered_even_after_cancelling() -> None:
    dialog = a_session().do(Cancel()).type("she is not breathing")

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert dialog.refusal is not None


@pytest.mark.parametrize("typed", ["emergency", "he is outside with a knife"])
def test_a_call_for_help_is_answered_even_after_the_record(typed: str) -> None:
    dialog = follow(SAFE, {"purpose": "no"})

    dialog.type(typed)

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert dialog.ended


def test_a_person_is_one_step_away_even_after_the_record() -> None:
    dialog = follow(SAFE, {"purpose": "no"}).type("talk to a person")

    assert "person" in dialog.notices
    assert dialog.replies[-1] == dialog.recorded


@pytest.mark.parametrize("asked", ["", "   ", None, 7])
def test_asking_nothing_is_refused(asked: object) -> None:
    dialog = a_session().do(Ask(asked))

    assert dialog.refusal is not None
    assert dialog.refusal.code == "not-text"


def test_asking_the_guidance_changes_nothing() -> None:
    dialog = a_session().follow(CONFIDENTIAL, until="provider")
    before = list(dialog.facts)

    dialog.do(Ask("whose consent"))

    assert dialog.facts == before
    assert dialog.asked == "provider"
    assert dialog.notices["found"].quotes


def test_having_asked_for_a_person_is_in_the_alert_of_the_record() -> None:
    dialog = a_session().do(Person()).do(Back())

    dialog.follow({**CONFIDENTIAL, "confidential": "no"})

    assert dialog.recorded is not None
    assert dialog.recorded.alert == "today"
