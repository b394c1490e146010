"""Questions 9 to 11: the flowchart's first steps, and whoever gave it."""

import pytest

from tests.support.cases import CONFIDENTIAL, PURPOSE_CASES, SAFE
from tests.support.dialog import BOTH_SIDES, a_session, follow, ids


def test_without_a_purpose_it_is_not_shared_and_the_cost_is_written_down() -> None:
    dialog = follow(SAFE, {"purpose": "no"})

    assert dialog.outcomes == ["do-not-share"]
    assert dialog.questions[-2:] == ["if-not-shared", "decision"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("purpose", "not-sure"),
        ("identifiable", "not-sure"),
        ("identifiable", "could-be"),
        ("confidential", "not-sure"),
    ],
)
def test_doubt_in_the_flowchart_leads_to_advice_of_level_1(
    question: str, answer: str
) -> None:
    dialog = follow(CONFIDENTIAL, {question: answer})

    assert dialog.outcomes == ["seek-advice"]
    assert (dialog.advice.level, dialog.advice.alert) == (1, "routine")


def test_small_numbers_are_taken_to_information_governance() -> None:
    dialog = follow(CONFIDENTIAL, {"identifiable": "could-be"})

    numbers = {number for todo in dialog.advice.todo for number in todo.numbers}
    assert "information-governance" in numbers


def test_what_identifies_nobody_may_be_shared() -> None:
    dialog = follow(CONFIDENTIAL, {"identifiable": "no"})

    assert dialog.outcomes == ["share-not-identifiable"]


def test_what_is_not_confidential_may_be_shared() -> None:
    dialog = follow(CONFIDENTIAL, {"confidential": "no"})

    assert dialog.outcomes == ["share-not-confidential"]


def test_purpose_identifiable_and_confidential_are_asked_in_the_flowcharts_order() -> (
    None
):
    dialog = a_session().follow(CONFIDENTIAL, until="whose-information")

    assert dialog.questions[-4:] == [
        "purpose",
        "identifiable",
        "confidential",
        "provider",
    ]


@pytest.mark.parametrize("answer", ["no", "agrees"])
def test_a_provider_who_agrees_or_was_not_needed_stops_nothing(answer: str) -> None:
    dialog = a_session()

    dialog.follow({**CONFIDENTIAL, "provider": answer}, until="whose-information")

    assert dialog.asked == "whose-information"


@pytest.mark.parametrize("answer", ["not-asked", "not-sure"])
def test_a_provider_who_was_not_asked_is_asked_first(answer: str) -> None:
    dialog = follow(CONFIDENTIAL, {"provider": answer})

    assert dialog.outcomes == ["ask-provider-first"]
    assert (dialog.advice.level, dialog.advice.alert) == (1, "routine")


def test_a_refusal_by_the_provider_is_weighed_on_both_sides_and_not_shared() -> None:
    answers = {"provider": "refused", "provider-weighing": BOTH_SIDES}

    dialog = follow(CONFIDENTIAL, answers)

    assert dialog.outcomes == ["do-not-share"]
    assert "designated-person-for-provider" in ids(dialog.advice.todo)
    weighing = dialog.prompt_of("provider-weighing")
    assert [line.id for line in weighing.fields if line.required] == [
        "if-shared",
        "if-not-shared",
    ]
    assert "S3-7" in ids(weighing.quotes)


@pytest.mark.parametrize("name", PURPOSE_CASES)
def test_do_not_share_says_what_would_change_it_and_how_to_reach_a_person(
    name: str,
) -> None:
    dialog = follow(PURPOSE_CASES[name].answers)

    for advice in dialog.advice_seen:
        if advice.outcome == "do-not-share":
            assert {"what-would-change-this", "one-step-to-a-person"} <= set(
                ids(advice.todo)
            )
            assert "new-duty-2026" in ids(advice.remarks)
