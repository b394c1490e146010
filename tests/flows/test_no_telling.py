"""Rule 7: where telling or asking is unsafe, nothing later says to ask or to tell."""

from __future__ import annotations

import pytest

from dialogs.reply import Prompt
from tests.support.cases import (
    CASES,
    CONFIDENTIAL,
    HARM,
    adult,
    both,
    child,
    ticked,
)
from tests.support.dialog import (
    ADVISED,
    Answers,
    Dialog,
    a_session,
    competence,
    ids,
    interests,
    merged,
    says,
    weighed,
)

REST: Answers = {
    "advice-received": ADVISED,
    "competence": competence(),
    "best-interests": interests("share"),
    "covers-this": "yes",
    "weigh-up": weighed("yes"),
}
RISK = merged(CONFIDENTIAL, ticked("risk-if-shared"), REST)
UNSAFE: dict[str, Answers] = {
    "telling is unsafe": merged(HARM, {"safe-to-tell": "no"}),
    "telling is not sure": merged(HARM, {"safe-to-tell": "not-sure"}),
    "harm, risk, and the family may be told": merged(
        HARM, ticked("evidence", "risk-if-shared")
    ),
    "risk, and an adult agrees": merged(RISK, adult("agrees")),
    "risk, and an adult was not asked": merged(RISK, adult("not-asked")),
    "risk, and agreement does not cover it": merged(
        RISK, adult("agrees"), {"covers-this": "no"}
    ),
    "risk, and it is not proportionate": merged(
        RISK, adult("disagrees"), {"weigh-up": weighed("no")}
    ),
    "risk, and nobody was asked": merged(
        RISK, both("not-asked", "not-asked", "not-asked")
    ),
    "risk, and views differ": merged(RISK, child("agrees", "disagrees")),
    "asking is unsafe": merged(
        CONFIDENTIAL, REST, adult("not-asked", **{"safe-to-ask": "no"})
    ),
    "asking is not sure": merged(
        CONFIDENTIAL,
        REST,
        child("agrees", "not-asked", **{"safe-to-ask": "no"}),
        {"weigh-up": weighed("no")},
    ),
}
SAID_UNSAFE = {"safe-to-tell", "consent-so-far", "safety-check"}


def after_it_was_said(dialog: Dialog) -> set[str]:
    """Return what is said from the answer on that made telling or asking unsafe."""
    unsafe = dialog.engine.pack.flow.conditions
    test = dialog.engine.machine.test
    said: set[str] = set()
    for end in range(2, len(dialog.facts) + 1):
        place = dialog.engine.place(dialog.facts[:end])
        cursor = place.cursor
        if test(unsafe["telling-unsafe"])(cursor) or test(unsafe["asking-unsafe"])(
            cursor
        ):
            here = [place.position, cursor.outcome or ""]
            for name in here:
                if name in {*dialog.engine.pack.flow.questions, cursor.outcome}:
                    for todo in dialog.engine.screens.instructions_at(name, cursor):
                        said |= set(dialog.engine.pack.flow.instructions[todo.id].says)
    return said


@pytest.mark.parametrize("name", UNSAFE)
def test_nothing_later_says_to_ask_for_consent_or_to_tell_the_family(name: str) -> None:
    """Rule 7."""
    dialog = a_session().follow(UNSAFE[name])

    assert dialog.recorded is not None
    assert {"ask-consent", "tell-family"}.isdisjoint(after_it_was_said(dialog))
    assert {"ask-consent", "tell-family"}.isdisjoint(says(dialog, dialog.advice_seen))


@pytest.mark.parametrize("name", CASES)
def test_no_named_case_says_to_tell_or_to_ask_once_it_is_unsafe(name: str) -> None:
    """Rule 7."""
    dialog = a_session().follow(CASES[name].answers)

    assert {"ask-consent", "tell-family"}.isdisjoint(after_it_was_said(dialog))


@pytest.mark.parametrize("name", UNSAFE)
def test_asking_first_is_never_indicated_once_it_is_unsafe(name: str) -> None:
    """Rule 7."""
    dialog = a_session().follow(UNSAFE[name])

    assert "ask-consent-first" not in dialog.outcomes
    assert "share-anyway" not in dialog.questions


@pytest.mark.parametrize("name", ["telling is unsafe", "telling is not sure"])
@pytest.mark.parametrize("question", ["harm-record", "how-to-share", "decision"])
def test_every_later_screen_says_not_to_tell(name: str, question: str) -> None:
    dialog = a_session().follow(UNSAFE[name])

    assert "do-not-tell" in ids(dialog.prompt_of(question).todo)


def test_who_is_safe_to_tell_is_asked_where_sharing_is_a_risk() -> None:
    dialog = a_session()

    dialog.follow(
        merged(HARM, ticked("evidence", "risk-if-shared")), until="who-is-safe-to-tell"
    )

    assert isinstance(dialog.replies[-1], Prompt)
    assert dialog.asked == "who-is-safe-to-tell"


def test_who_is_safe_to_tell_is_not_asked_otherwise() -> None:
    assert "who-is-safe-to-tell" not in a_session().follow(HARM).questions


def test_agreement_beside_a_risk_is_shared_without_telling_again() -> None:
    dialog = a_session().follow(UNSAFE["risk, and an adult agrees"])

    assert "may-not-expect-it-silent" in ids(dialog.advice.todo)
    assert "do-not-tell" in ids(dialog.advice.todo)


def test_where_sharing_is_a_risk_nobody_is_asked_whether_asking_is_safe() -> None:
    answers = merged(RISK, {"whose-information": "adult"})

    dialog = a_session().follow(answers, until="consent-so-far")
    dialog.answer({"adult-view": "not-asked"})

    assert dialog.asked == "weigh-up"
