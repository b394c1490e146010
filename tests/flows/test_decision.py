"""Question 17: the guidance indicates, a person decides, and both are recorded."""

import pytest

from tests.support.cases import CASES, CONFIDENTIAL, DANGER, HARM, SAFE, walked
from tests.support.dialog import Dialog, a_session, decides, follow, ids, in_turn
from tests.support.packs import shipped_pack

INDICATED = {
    "act-now": "refer",
    "refer-now": "refer",
    "share-public-interest": "share",
    "seek-advice": "not-yet",
    "verify-first": "not-yet",
    "share-legal-duty": "share",
    "subject-access": "not-yet",
    "ask-consent-first": "not-yet",
    "ask-provider-first": "not-yet",
    "share-with-consent": "share",
    "share-proportionate": "share",
    "share-not-identifiable": "share",
    "share-not-confidential": "share",
    "do-not-share": "do-not-share",
}
LEVELS = {
    "act-now": {4},
    "refer-now": {4},
    "share-public-interest": {3},
    "seek-advice": {1, 2},
    "verify-first": {1},
    "share-legal-duty": {1},
    "subject-access": {1},
    "ask-consent-first": {1},
    "ask-provider-first": {1},
    "share-with-consent": {0},
    "share-proportionate": {0},
    "share-not-identifiable": {0},
    "share-not-confidential": {0},
    "do-not-share": {0},
}
PURPOSELESS = {**SAFE, "purpose": "no"}


def at_decision(answers: dict[str, object]) -> Dialog:
    """Stand at the decision."""
    return a_session().follow(answers, until="decision")


@pytest.mark.parametrize(("outcome", "decision"), INDICATED.items())
def test_each_outcome_indicates_one_decision(outcome: str, decision: str) -> None:
    assert shipped_pack().flow.outcomes[outcome].decision == decision


@pytest.mark.parametrize(("outcome", "levels"), LEVELS.items())
def test_each_outcome_has_the_level_that_was_agreed(
    outcome: str, levels: set[int]
) -> None:
    rungs = shipped_pack().flow.outcomes[outcome].levels

    assert {int(rung.value) for rung in rungs} == levels


@pytest.mark.parametrize("name", CASES)
def test_every_path_ends_in_a_decision_or_in_what_a_departure_opens(name: str) -> None:
    """Rule 9."""
    assert walked(name).questions[-1] in {"decision", "how-to-share"}


@pytest.mark.parametrize("name", CASES)
def test_no_path_is_longer_than_twenty_answers_and_none_asks_twice(name: str) -> None:
    """Rule 10."""
    questions = walked(name).questions

    assert len(questions) <= 20
    assert len(questions) == len(set(questions))


@pytest.mark.parametrize("decision", ["share", "do-not-share", "not-yet"])
def test_a_departure_needs_its_own_reason(decision: str) -> None:
    dialog = at_decision({**HARM, "safety-check": ["evidence"]})

    with pytest.raises(AssertionError, match="departing-because"):
        dialog.answer(decides(decision))


def test_to_refer_is_never_a_departure() -> None:
    dialog = follow(PURPOSELESS, {"decision": decides("refer")})

    assert dialog.recorded is not None
    assert not dialog.recorded.departing
    assert dialog.alert == "routine"


def test_a_departure_is_heard_of_today() -> None:
    decision = decides("share", **{"departing-because": "It helps."})

    dialog = follow(PURPOSELESS, {"decision": decision})

    assert dialog.recorded is not None
    assert dialog.recorded.departing
    assert dialog.recorded.alert == "today"


def test_a_departure_from_level_4_is_heard_of_urgently() -> None:
    name = "danger, and the decision departs"

    dialog = follow(DANGER[name].answers)

    assert dialog.recorded is not None
    assert (dialog.recorded.departing, dialog.recorded.alert) == (True, "urgent")


@pytest.mark.parametrize("missing", ["decision", "reasons"])
def test_a_decision_and_its_reasons_are_needed(missing: str) -> None:
    dialog = at_decision(PURPOSELESS)
    given = decides("do-not-share")
    del given[missing]

    with pytest.raises(AssertionError, match=missing):
        dialog.answer(given)


def test_deciding_not_to_share_is_recorded_too() -> None:
    """Golden rule 7."""
    dialog = follow(PURPOSELESS)

    assert dialog.recorded is not None
    assert dialog.recorded.reference.startswith("R-")
    assert dialog.recorded.decision == "do-not-share"


def test_an_undecided_pause_is_recorded_and_waits() -> None:
    dialog = follow(CONFIDENTIAL, {"purpose": "not-sure"})

    assert dialog.recorded is not None
    assert (dialog.recorded.decision, dialog.recorded.waiting) == ("not-yet", True)
    assert not dialog.ended


def test_a_records_request_that_waits_is_decided_later_at_the_same_screen() -> None:
    dialog = follow(
        SAFE,
        {
            "prompted-by": "records-request",
            "requester-verified": "yes",
            "decision": in_turn(
                decides("not-yet"),
                decides("do-not-share", **{"departing-because": "It was withdrawn."}),
            ),
        },
    )

    assert dialog.ended
    assert dialog.recorded is not None
    assert dialog.recorded.decision == "do-not-share"


def test_a_departing_pause_on_a_share_outcome_is_asked_for_its_decision_again() -> None:
    wait = decides("not-yet", **{"departing-because": "The clinic is closed."})

    dialog = follow(CONFIDENTIAL, {"confidential": "no", "decision": wait})

    assert not dialog.ended
    assert dialog.asked == "decision"


def test_the_guidance_indicates_and_a_person_decides() -> None:
    dialog = at_decision(PURPOSELESS)

    assert ids(dialog.prompt.quotes)[:2] == ["GR7", "S3-14"]
    assert "you decide" in dialog.prompt.why
