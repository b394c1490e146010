"""What a hostile reader found: each once broke, and must not again."""

import pytest

from dialogs.engine import Ask, Cancel, Change, Emergency, Person
from dialogs.record import record_of
from tests.support.dialog import Dialog, a_session, an_engine

USUAL_NUMBERS = {"lead", "deputy", "manager"}


def numbers(dialog: Dialog, code: str) -> set[str]:
    """Return every number that a notice names."""
    todo = dialog.notices[code].todo
    return {number for one in todo for number in one.numbers}


def with_the_lead_kept_out() -> Dialog:
    return a_session().answer("no").answer(["professional-or-lead"]).answer(["lead"])


def test_another_requester_is_checked_anew() -> None:
    dialog = a_session().answer("no").answer(["none"])
    dialog.answer("professional-request").answer("yes")

    dialog.do(Change("prompted-by")).answer("legal-requirement")

    assert dialog.asked == "requester-verified"


def test_nothing_found_does_not_name_a_lead_who_is_kept_out() -> None:
    dialog = with_the_lead_kept_out().do(Ask("zebra xylophone"))

    assert "lead" not in numbers(dialog, "nothing-found")
    assert "safeguarding lead" not in dialog.notices["nothing-found"].text


def test_a_lead_named_once_stays_kept_out_when_the_screen_falls_away() -> None:
    dialog = with_the_lead_kept_out()

    dialog.do(Change("safety-check")).answer(["risk-if-shared"])
    dialog.answer("own-initiative").do(Person())

    assert "lead" not in numbers(dialog, "person")
    advised = {number for one in dialog.advice.todo for number in one.numbers}
    assert "lead" not in advised


def test_naming_nobody_afterwards_lets_the_usual_people_be_named_again() -> None:
    dialog = with_the_lead_kept_out()

    dialog.do(Change("conflict")).answer(["none"]).do(Person())

    assert numbers(dialog, "person") == USUAL_NUMBERS | {"emergency"}


def test_stopping_after_a_decision_does_not_deny_it() -> None:
    dialog = a_session().answer("no").answer(["none"]).answer("own-initiative")
    dialog.answer("no").answer("Nothing.")
    dialog.answer(
        {"decision": "share", "departing-because": "New facts.", "reasons": "It helps."}
    )

    dialog.do(Cancel())

    assert "stays in the record" in dialog.notices["cancelled"].text


def test_whoever_is_asked_whether_telling_is_safe_is_told_not_to_tell_yet() -> None:
    dialog = a_session().answer("no").answer(["reasonable-cause"])
    dialog.answer("own-initiative")

    assert dialog.asked == "safe-to-tell"
    assert "do-not-tell-family-yet" in {one.id for one in dialog.prompt.todo}


@pytest.mark.parametrize(
    "typed",
    [
        "she is dying",
        "he hit her",
        "she cut her wrists",
        "she's unresponsive",
        "he's got a blade",
        "they are drowning",
        "she is trapped",
        "his hands round her neck",
        "he is threatening to hurt her tonight",
    ],
)
def test_common_words_of_danger_are_heard(typed: str) -> None:
    assert "emergency" in a_session().answer("no").type(typed).notices


@pytest.mark.parametrize(
    "move", [Change("he is outside with a knife"), Change(["he has a knife"])]
)
def test_words_of_danger_are_heard_wherever_they_are_put(move: Change) -> None:
    assert "emergency" in a_session().answer("no").do(move).notices


def decided_not_to_share_after(danger: str) -> Dialog:
    dialog = a_session().answer("no").answer([danger]).answer("own-initiative")
    dialog.answer("yes").answer({}).answer({"what": "The injury."})
    why = {"departing-because": "It was a mistake.", "reasons": "It was a mistake."}
    return dialog.answer({"decision": "do-not-share", **why})


def test_who_decides_not_to_share_is_not_asked_to_finish_how() -> None:
    dialog = decided_not_to_share_after("evidence")

    assert dialog.recorded is not None
    assert dialog.recorded.unfinished == ""


def test_after_the_record_the_emergency_says_to_begin_anew() -> None:
    dialog = decided_not_to_share_after("evidence").do(Emergency())

    todo = {one.id: one.text for one in dialog.notices["emergency"].todo}
    assert "start a new session" in todo["record-the-danger"]


def test_an_outcome_that_was_taken_away_stays_in_the_record() -> None:
    dialog = a_session().answer("no").answer(["evidence"]).answer("own-initiative")
    dialog.do(Change("safety-check")).answer(["none"]).answer("no").answer("Nothing.")
    dialog.answer({"decision": "do-not-share", "reasons": "It was a mistake."})

    record = record_of(an_engine(), dialog.facts)

    assert record["indicated-before"] == [
        {"outcome": "refer-now", "level": 4, "alert": "urgent"}
    ]


def test_a_child_too_young_to_understand_is_recorded_as_not_competent() -> None:
    dialog = a_session().follow(
        {
            "danger": "no",
            "safety-check": ["low-level"],
            "prompted-by": "own-initiative",
            "purpose": "yes",
            "identifiable": "yes",
            "confidential": "yes",
            "provider": "no",
            "whose-information": "child",
            "consent-so-far": {"child-view": "too-young", "responsible-view": "agrees"},
            "covers-this": "yes",
        }
    )

    record = record_of(an_engine(), dialog.facts)

    assert {
        "question": "competence",
        "line": "conclusion",
        "answer": "not-competent",
    } in list(record["follows"])  # type: ignore[call-overload]


def test_finishing_how_it_was_shared_keeps_what_was_written() -> None:
    dialog = a_session().answer("yes").answer(["none"]).answer("no").answer({})
    dialog.answer({"what": "The injury."})
    dialog.answer({"decision": "refer", "reasons": "Danger."})

    dialog.do(Change("how-to-share")).answer({"with-whom": "Social care."})

    how = dialog.answers["how-to-share"]
    assert isinstance(how, dict)
    assert (how["what"], how["with-whom"]) == ("The injury.", "Social care.")
