"""What each outcome always says, and under which answers it says more."""

import pytest

from knowledge.moments import SAYINGS
from tests.support.cases import (
    CASES,
    CONFIDENTIAL,
    HARM,
    SAFE,
    SAFE_TO_ASK,
    SEXUAL,
    adult,
    ticked,
    walked,
)
from tests.support.dialog import Answers, a_session, follow, ids, merged
from tests.support.packs import shipped_pack

ALWAYS: dict[str, set[str]] = {
    "act-now": {
        "ring-999",
        "do-not-contact-home",
        "answer-nobody",
        "tell-agency-afterwards",
        "other-children",
    },
    "refer-now": {"refer-today", "other-children", "tell-agency-afterwards"},
    "share-public-interest": {
        "share-with-social-care",
        "if-it-becomes-significant",
        "other-children",
    },
    "seek-advice": {"ask-without-names", "if-worry-rises"},
    "verify-first": {"ring-back", "only-relevant-part", "if-worry-rises"},
    "share-legal-duty": {"legal-read-it"},
    "subject-access": {"records-go-to-governance", "harm-is-separate"},
    "ask-consent-first": {"how-to-ask", "if-worry-rises"},
    "ask-provider-first": {"how-to-ask-provider", "if-worry-rises"},
    "share-with-consent": {"withdrawal-counts"},
    "share-proportionate": {"why-proportionate"},
    "share-not-identifiable": {"how-not-identifiable"},
    "share-not-confidential": {"how-not-confidential"},
    "do-not-share": {"what-would-change-this"},
}


@pytest.mark.parametrize("name", CASES)
def test_an_outcome_always_says_what_was_agreed(name: str) -> None:
    for advice in walked(name).advice_seen:
        assert ALWAYS[advice.outcome] <= set(ids(advice.todo))


@pytest.mark.parametrize("tick", ["sexual-activity", "sexual-exploitation"])
def test_partners_are_spoken_of_where_anything_sexual_is_ticked(tick: str) -> None:
    dialog = follow(HARM, ticked("evidence", tick), {"youngest-age": "16-or-over"})

    assert "partners-too" in ids(dialog.advice.todo)


def test_partners_are_not_spoken_of_otherwise() -> None:
    assert "partners-too" not in ids(follow(HARM).advice.todo)


def test_adult_social_care_is_rung_where_an_adult_may_be_harmed() -> None:
    dialog = follow(HARM, ticked("prevent-harm"))

    numbers = {number for todo in dialog.advice.todo for number in todo.numbers}
    assert "adult-social-care" in numbers


@pytest.mark.parametrize("name", CASES)
def test_the_designated_officer_is_named_on_every_outcome_about_a_professional(
    name: str,
) -> None:
    dialog = walked(name)
    ticks = dialog.answers.get("safety-check", ())

    if isinstance(ticks, tuple) and "professional-or-lead" in ticks:
        for advice in dialog.advice_seen:
            numbers = {number for todo in advice.todo for number in todo.numbers}
            assert "designated-officer" in numbers


def test_the_designated_officer_is_named_on_a_quiet_outcome_about_a_professional() -> (
    None
):
    answers = CASES["do not share, with a professional involved"].answers

    assert "designated-officer" in ids(follow(answers).advice.todo)


@pytest.mark.parametrize(
    "question", ["conflict", "bichard-factors", "prompted-by", "requester-verified"]
)
def test_until_telling_is_answered_the_screen_says_not_to_tell_the_family(
    question: str,
) -> None:
    answers = merged(
        HARM,
        ticked("evidence", "professional-or-lead", "sexual-activity"),
        {
            "youngest-age": "13-to-15",
            "conflict": ["none"],
            "bichard-factors": SEXUAL["bichard-factors"],
            "prompted-by": "professional-request",
            "requester-verified": "yes",
        },
    )

    dialog = a_session().follow(answers, until=question)

    assert "do-not-tell-family-yet" in ids(dialog.prompt.todo)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({**adult("agrees"), "covers-this": "yes"}, "share-with-consent"),
        ({"confidential": "no"}, "share-not-confidential"),
        ({"purpose": "no"}, "do-not-share"),
    ],
)
def test_a_quiet_outcome_does_not_send_anyone_to_the_police(
    answers: Answers, outcome: str
) -> None:
    dialog = follow(CONFIDENTIAL, answers)

    assert dialog.outcomes == [outcome]
    numbers = {number for todo in dialog.advice.todo for number in todo.numbers}
    assert "police" not in numbers


def test_what_the_person_may_not_expect_is_said_beside_agreement() -> None:
    dialog = follow(CONFIDENTIAL, adult("agrees"), {"covers-this": "yes"})

    assert "may-not-expect-it" in ids(dialog.advice.todo)


def test_an_alternate_person_is_named_where_the_usual_one_may_be_involved() -> None:
    dialog = follow(SAFE, ticked("professional-or-lead"), {"conflict": ["none"]})

    assert "whom-to-ask-alternate" in ids(dialog.advice.todo)
    assert "whom-to-ask" not in ids(dialog.advice.todo)


def test_asking_is_told_how() -> None:
    dialog = follow(
        CONFIDENTIAL, adult("not-asked", **SAFE_TO_ASK), {"share-anyway": "no"}
    )

    assert "how-to-ask" in ids(dialog.advice.todo)


def test_every_instruction_has_words_and_known_meaning() -> None:
    for row in shipped_pack().flow.instructions.values():
        assert row.text.endswith(".")
        assert set(row.says) <= SAYINGS
