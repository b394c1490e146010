"""How soon a lead must know; the alert of a path is the highest asked for on it."""

import pytest

from dialogs.engine import Emergency, Move, Person
from dialogs.reply import Prompt
from tests.support.cases import (
    CASES,
    CONFIDENTIAL,
    HARM,
    SAFE,
    SEXUAL,
    adult,
    ticked,
    walked,
)
from tests.support.dialog import (
    ADVISED,
    Answers,
    a_session,
    decides,
    factors,
    follow,
    ids,
    merged,
    weighed,
)

DEPARTS = {"departing-because": "It is settled."}
URGENCY = ("none", "routine", "today", "urgent")
TABLE: dict[str, tuple[Answers, str]] = {
    "danger": (CASES["danger now"].answers, "urgent"),
    "evidence": (merged(HARM, ticked("evidence")), "urgent"),
    "reasonable cause": (HARM, "today"),
    "telling is unsafe": (merged(HARM, {"safe-to-tell": "no"}), "urgent"),
    "telling is not sure": (merged(HARM, {"safe-to-tell": "not-sure"}), "urgent"),
    "sharing is a risk beside harm": (
        merged(HARM, ticked("prevent-harm", "risk-if-shared")),
        "urgent",
    ),
    "a professional beside harm": (
        merged(
            HARM,
            ticked("reasonable-cause", "professional-or-lead"),
            {"conflict": ["none"]},
        ),
        "urgent",
    ),
    "unsure of harm": (merged(SAFE, ticked("not-sure")), "today"),
    "sharing is a risk": (merged(SAFE, ticked("risk-if-shared")), "today"),
    "a professional": (
        merged(SAFE, ticked("professional-or-lead"), {"conflict": ["none"]}),
        "urgent",
    ),
    "the age is not known": (merged(SEXUAL, {"youngest-age": "not-sure"}), "urgent"),
    "a serious factor": (
        merged(SEXUAL, {"bichard-factors": factors("yes", "grooming")}),
        "today",
    ),
    "another factor not known": (
        merged(
            SEXUAL,
            {"bichard-factors": factors("not-sure", "denial"), "confidential": "no"},
        ),
        "today",
    ),
    "doubt about purpose": (merged(SAFE, {"purpose": "not-sure"}), "routine"),
    "an order": (CASES["an order"].answers, "today"),
    "records": (CASES["a records request"].answers, "routine"),
    "an unchecked parent": (CASES["a parent who was not checked"].answers, "routine"),
    "asking is unsafe": (
        merged(CONFIDENTIAL, adult("not-asked", **{"safe-to-ask": "no"})),
        "today",
    ),
    "the provider is asked": (
        merged(CONFIDENTIAL, {"provider": "not-asked"}),
        "routine",
    ),
    "consent is asked": (
        merged(CONFIDENTIAL, adult("agrees"), {"covers-this": "no"}),
        "none",
    ),
    "agreement": (
        merged(CONFIDENTIAL, adult("agrees"), {"covers-this": "yes"}),
        "none",
    ),
    "proportionate": (
        merged(CONFIDENTIAL, adult("disagrees"), {"weigh-up": weighed("yes")}),
        "routine",
    ),
    "nobody identifiable": (merged(CONFIDENTIAL, {"identifiable": "no"}), "none"),
    "not confidential": (merged(CONFIDENTIAL, {"confidential": "no"}), "none"),
    "no purpose": (merged(SAFE, {"purpose": "no"}), "routine"),
    "a departure": (
        merged(SAFE, {"purpose": "no", "decision": decides("share", **DEPARTS)}),
        "today",
    ),
    "a departure from level 4": (
        merged(
            HARM,
            ticked("evidence"),
            {"decision": decides("do-not-share", **DEPARTS)},
        ),
        "urgent",
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_record_asks_for_the_alert_that_was_agreed(name: str) -> None:
    answers, urgency = TABLE[name]

    dialog = follow(answers)

    assert dialog.recorded is not None
    assert dialog.recorded.alert == urgency


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if len(case.outcomes) == 1]
)
def test_the_alert_never_falls_on_the_way(name: str) -> None:
    dialog = walked(name)

    shown = [URGENCY.index(prompt.alert) for prompt in dialog.prompts]
    assert shown == sorted(shown)


def test_conflict_is_offered_before_anything_else_once_an_outcome_is_fixed() -> None:
    """Rule 14."""
    dialog = a_session().answer("no").answer(["evidence", "professional-or-lead"])

    assert dialog.outcomes == ["refer-now"]
    assert isinstance(dialog.replies[-1], Prompt)
    assert dialog.asked == "conflict"


def test_conflict_is_answered_before_advice_is_sought_about_a_professional() -> None:
    """Rule 14."""
    dialog = a_session().answer("no").answer(["professional-or-lead"])

    assert dialog.asked == "conflict"
    assert dialog.advice_seen == []


@pytest.mark.parametrize("named", ["lead", "deputy", "manager", "administrator"])
@pytest.mark.parametrize("move", [Person(), Emergency()])
def test_nobody_named_in_conflict_is_ever_to_be_rung(named: str, move: Move) -> None:
    """Rule 11."""
    dialog = follow(
        SAFE,
        ticked("professional-or-lead"),
        {"conflict": [named], "advice-received": ADVISED, "purpose": "no"},
    )
    dialog.do(move)

    todos = [
        *(todo for one in dialog.advice_seen for todo in one.todo),
        *(todo for one in dialog.prompts for todo in one.todo),
        *(todo for one in dialog.notices.values() for todo in one.todo),
    ]
    rung = {number for todo in todos for number in todo.numbers}
    assert named not in rung
    assert "designated-officer" in rung


@pytest.mark.parametrize("answer", [["not-sure"], ["someone-else"]])
def test_where_it_is_not_clear_whom_to_keep_out_none_of_the_usual_people_is_rung(
    answer: list[str],
) -> None:
    """Rule 11."""
    dialog = follow(SAFE, ticked("professional-or-lead"), {"conflict": answer})
    dialog.do(Person())

    notice = dialog.notices["person"]
    rung = {number for todo in notice.todo for number in todo.numbers}
    assert rung == {"designated-officer", "emergency"}


def test_while_conflict_is_not_answered_none_of_the_usual_people_is_rung() -> None:
    """Rule 11."""
    dialog = a_session().answer("no").answer(["professional-or-lead"]).do(Person())

    rung = {n for todo in dialog.notices["person"].todo for n in todo.numbers}
    assert "lead" not in rung


def test_where_conflict_names_nobody_the_usual_people_are_rung() -> None:
    dialog = a_session().answer("yes").answer(["none"]).do(Person())

    rung = {n for todo in dialog.notices["person"].todo for n in todo.numbers}
    assert {"lead", "deputy", "manager"} <= rung


def test_conflict_says_that_only_other_people_may_be_told() -> None:
    dialog = a_session().answer("yes")

    assert {choice.id for choice in dialog.prompt.choices} >= {
        "lead",
        "deputy",
        "manager",
        "administrator",
        "someone-else",
        "not-sure",
    }
    assert ids(dialog.prompt.quotes) == ["S2-12"]
