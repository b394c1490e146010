"""Questions 6 and 8: who asks, whether that was checked, and what comes first."""

import pytest

from tests.support.cases import (
    CONFIDENTIAL,
    HARM,
    RISKY_REQUEST_CASES,
    SAFE,
    ticked,
    walked,
)
from tests.support.dialog import Dialog, a_session, follow, ids, says

WITH_A_CLAIM = [
    "professional-request",
    "family-request",
    "records-request",
    "legal-requirement",
]
GIVE_NOTHING_TO = ["family-request", "outside-request", "records-request"]


def asked_by(who: str, verified: str, *ticks: str) -> Dialog:
    """Follow a request to its first outcome."""
    answers = {"prompted-by": who, "requester-verified": verified}
    dialog = a_session()
    given = {**CONFIDENTIAL, **ticked(*(ticks or ("none",))), **answers}
    return dialog.follow({**given, "safe-to-tell": "yes"}, until="decision")


@pytest.mark.parametrize("who", WITH_A_CLAIM)
def test_whoever_has_a_role_or_claim_is_checked(who: str) -> None:
    dialog = a_session().answer("no").answer(["none"]).answer(who)

    assert dialog.asked == "requester-verified"


@pytest.mark.parametrize("who", ["own-initiative", "outside-request", "not-sure"])
def test_nobody_else_is_asked_about_a_check(who: str) -> None:
    dialog = a_session().answer("no").answer(["none"]).answer(who)

    assert dialog.asked != "requester-verified"


@pytest.mark.parametrize("verified", ["no", "not-sure"])
@pytest.mark.parametrize("who", ["professional-request", "family-request"])
def test_an_unchecked_request_is_checked_before_anything_is_given(
    who: str, verified: str
) -> None:
    assert asked_by(who, verified).outcomes == ["verify-first"]


def test_an_unchecked_order_is_checked_first_too() -> None:
    assert asked_by("legal-requirement", "no").outcomes == ["verify-first"]


def test_an_unclear_prompt_counts_as_an_unchecked_request() -> None:
    dialog = follow(SAFE, {"prompted-by": "not-sure"})

    assert dialog.outcomes == ["verify-first"]


@pytest.mark.parametrize(
    ("who", "alert"),
    [("professional-request", "today"), ("family-request", "routine")],
)
def test_an_unchecked_professional_is_heard_of_today_and_others_routinely(
    who: str, alert: str
) -> None:
    assert asked_by(who, "no").advice.alert == alert


@pytest.mark.parametrize("verified", ["yes", "no", "not-sure"])
def test_a_records_request_goes_to_information_governance(verified: str) -> None:
    dialog = asked_by("records-request", verified)

    assert dialog.outcomes == ["subject-access"]
    assert {"records-go-to-governance", "harm-is-separate"} <= set(
        ids(dialog.advice.todo)
    )


def test_a_checked_order_is_produced_exactly() -> None:
    dialog = asked_by("legal-requirement", "yes")

    assert dialog.outcomes == ["share-legal-duty"]
    assert "no-court-orders" in ids(dialog.advice.remarks)
    assert dialog.questions[-1] == "how-to-share"


@pytest.mark.parametrize(
    ("who", "instruction"),
    [
        ("records-request", "records-as-well"),
        ("legal-requirement", "legal-as-well"),
        ("family-request", "ring-back-before-answering"),
    ],
)
def test_a_doubt_comes_before_the_request_and_takes_its_instruction_along(
    who: str, instruction: str
) -> None:
    dialog = asked_by(who, "no", "risk-if-shared")

    assert dialog.outcomes == ["seek-advice"]
    assert instruction in ids(dialog.advice.todo)


@pytest.mark.parametrize("who", GIVE_NOTHING_TO)
@pytest.mark.parametrize("tick", ["evidence", "reasonable-cause", "risk-if-shared"])
def test_nothing_is_given_to_family_media_or_records_requesters_on_harm_or_risk(
    who: str, tick: str
) -> None:
    """Rule 13."""
    dialog = asked_by(who, "yes", tick)

    said = says(dialog, dialog.advice_seen) | says(dialog, dialog.prompts)
    assert "give-nothing" in said


@pytest.mark.parametrize("name", RISKY_REQUEST_CASES)
def test_a_risky_request_is_given_nothing_after_advice_either(name: str) -> None:
    """Rule 13."""
    dialog = walked(name)

    assert "give-nothing" in ids(dialog.advice.todo)
    assert "give-nothing" in ids(dialog.prompt_of("decision").todo)


@pytest.mark.parametrize("who", GIVE_NOTHING_TO)
def test_a_fixed_outcome_names_social_care_or_police_and_not_whoever_asks(
    who: str,
) -> None:
    """Rule 13."""
    dialog = asked_by(who, "yes", "reasonable-cause")

    numbers = {number for todo in dialog.advice.todo for number in todo.numbers}
    assert {"social-care", "police"} <= numbers
    assert "give-nothing" in ids(dialog.prompt_of("safe-to-tell").todo)


@pytest.mark.parametrize("who", ["professional-request", "family-request"])
def test_harm_is_referred_without_waiting_for_a_check_of_who_asks(who: str) -> None:
    dialog = asked_by(who, "no", "evidence")

    assert dialog.outcomes == ["refer-now"]
    todo = ids(dialog.prompt_of("safe-to-tell").todo)
    assert "ring-back-and-refer-yourself" in todo


@pytest.mark.parametrize(
    ("who", "instruction"),
    [("legal-requirement", "legal-as-well"), ("records-request", "records-as-well")],
)
def test_an_order_or_records_request_is_not_forgotten_once_safety_fixed_the_outcome(
    who: str, instruction: str
) -> None:
    dialog = asked_by(who, "yes", "evidence")

    assert instruction in ids(dialog.prompt_of("safe-to-tell").todo)


@pytest.mark.parametrize("identifiable", ["yes", "could-be"])
def test_the_media_get_nothing_that_identifies_anybody(identifiable: str) -> None:
    dialog = follow(
        CONFIDENTIAL, {"prompted-by": "outside-request", "identifiable": identifiable}
    )

    assert dialog.outcomes[-1] in {"do-not-share", "seek-advice"}
    assert "confidential" not in dialog.questions


def test_the_media_get_neither_yes_nor_no() -> None:
    dialog = follow(CONFIDENTIAL, {"prompted-by": "outside-request", "purpose": "no"})

    assert dialog.outcomes == ["do-not-share"]
    assert "neither-confirm-nor-deny" in ids(dialog.advice.todo)


def test_what_identifies_nobody_may_be_given_to_anyone() -> None:
    dialog = follow(
        CONFIDENTIAL, {"prompted-by": "outside-request", "identifiable": "no"}
    )

    assert dialog.outcomes == ["share-not-identifiable"]


def test_who_asks_is_asked_after_safety() -> None:
    dialog = follow(HARM)

    order = dialog.questions
    assert order.index("safety-check") < order.index("prompted-by")
