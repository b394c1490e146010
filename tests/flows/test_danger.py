"""Question 1: danger. Nothing comes before it and nothing softens it."""

import pytest

from tests.support.cases import DANGER, EVERY_TICK
from tests.support.dialog import a_session, follow, ids


@pytest.mark.parametrize("answer", ["yes", "not-sure"])
def test_danger_or_doubt_about_it_is_answered_with_act_now_at_once(answer: str) -> None:
    """Rule 1."""
    dialog = a_session()

    dialog.answer(answer)

    first = dialog.replies[0]
    assert first is dialog.advice
    assert (first.outcome, first.level, first.alert) == ("act-now", 4, "urgent")


def test_danger_is_the_first_question() -> None:
    assert a_session().asked == "danger"


def test_no_danger_leads_to_the_safety_check_without_advice() -> None:
    dialog = a_session().answer("no")

    assert dialog.asked == "safety-check"
    assert dialog.advice_seen == []


def test_act_now_says_to_ring_999_first_and_to_wait_for_nobody() -> None:
    dialog = a_session().answer("yes")

    assert ids(dialog.advice.todo)[0] == "ring-999"
    assert dialog.advice.todo[0].numbers[0] == "emergency"
    assert "wait" in dialog.advice.text


@pytest.mark.parametrize(
    "instruction",
    [
        "do-not-contact-home",
        "answer-nobody",
        "tell-agency-afterwards",
        "other-children",
        "partners-too-after-danger",
        "designated-officer-after-danger",
        "do-not-tell-family-yet",
    ],
)
def test_act_now_always_says(instruction: str) -> None:
    assert instruction in ids(a_session().answer("yes").advice.todo)


def test_who_must_not_be_told_is_asked_on_the_screen_of_act_now() -> None:
    """Rule 14: no alert leaves before the question has been offered."""
    dialog = a_session().answer("yes")

    assert dialog.replies[-1] is dialog.prompt
    assert dialog.asked == "conflict"


def test_after_act_now_only_telling_the_record_and_sharing_are_asked() -> None:
    dialog = follow(DANGER["danger now"].answers)

    assert dialog.questions == [
        "danger",
        "conflict",
        "safe-to-tell",
        "harm-record",
        "how-to-share",
        "decision",
    ]


def test_after_act_now_the_grounds_and_who_asked_are_taken_down_afterwards() -> None:
    dialog = follow(DANGER["danger now"].answers)

    lines = ids(dialog.prompt_of("harm-record").fields)
    assert {"grounds", "asked-by"} <= set(lines)


def test_how_it_was_shared_may_be_finished_later_after_danger() -> None:
    given = {**DANGER["danger now"].answers, "how-to-share": {}}

    dialog = follow(given)

    assert dialog.recorded is not None
    assert dialog.recorded.unfinished == "how-to-share"


def test_no_tick_makes_danger_lighter() -> None:
    """Rule 5: no danger is never heavier than danger, whatever else is ticked."""
    without = a_session().answer("no").answer(EVERY_TICK)
    unsure = a_session().answer("not-sure")

    assert unsure.advice.level >= max((a.level for a in without.advice_seen), default=0)
