"""Pauses: what came back is taken down, and the dialog goes on where it stopped.

A doubt that has been advised on does not stop the dialog again. Where the question
is asked again and the answer is still *not sure*, it counts as the safer answer.
"""

import pytest

from tests.support.cases import CONFIDENTIAL, SAFE, SEXUAL, adult, child, ticked
from tests.support.dialog import (
    ADVISED,
    BOTH_SIDES,
    Answers,
    a_session,
    decides,
    factors,
    follow,
    ids,
    in_turn,
    interests,
    merged,
    says,
    weighed,
)

UNSURE_VIEWS = {"adult-view": "not-asked", "safe-to-ask": "not-sure"}
TWICE: dict[str, tuple[Answers, str, str, object, str]] = {
    # name: answers, question, doubt, the answer given twice, what follows.
    "safety-check counts as reasonable cause": (
        SAFE,
        "safety-check",
        "safety-not-sure",
        ["not-sure"],
        "share-public-interest",
    ),
    "youngest-age counts as under 13": (
        SEXUAL,
        "youngest-age",
        "age-not-sure",
        "not-sure",
        "refer-now",
    ),
    "a factor counts as yes": (
        merged(SEXUAL, {"confidential": "no"}),
        "bichard-factors",
        "serious-factor",
        factors("not-sure", "secrecy"),
        "share-not-confidential",
    ),
    "purpose counts as no": (
        SAFE,
        "purpose",
        "purpose-not-sure",
        "not-sure",
        "do-not-share",
    ),
    "identifiable counts as yes": (
        merged(CONFIDENTIAL, {"confidential": "no"}),
        "identifiable",
        "identifiable-not-sure",
        "not-sure",
        "share-not-confidential",
    ),
    "small numbers count as yes": (
        merged(CONFIDENTIAL, {"confidential": "no"}),
        "identifiable",
        "identifiable-not-sure",
        "could-be",
        "share-not-confidential",
    ),
    "confidential counts as yes": (
        merged(CONFIDENTIAL, {"provider": "refused", "provider-weighing": BOTH_SIDES}),
        "confidential",
        "confidential-not-sure",
        "not-sure",
        "do-not-share",
    ),
    "safe-to-ask: the view counts as cannot be asked": (
        merged(
            CONFIDENTIAL,
            {"whose-information": "adult", "weigh-up": weighed("yes")},
        ),
        "consent-so-far",
        "asking-unsafe",
        UNSURE_VIEWS,
        "share-proportionate",
    ),
    "best-interests counts as not sharing": (
        merged(CONFIDENTIAL, child("too-young", "parents-disagree")),
        "best-interests",
        "best-interests-not-sure",
        interests("not-sure"),
        "do-not-share",
    ),
    "share-anyway counts as no": (
        merged(CONFIDENTIAL, adult("not-asked", **{"safe-to-ask": "yes"})),
        "share-anyway",
        "share-anyway-not-sure",
        "not-sure",
        "ask-consent-first",
    ),
    "proportionate counts as no": (
        merged(CONFIDENTIAL, adult("disagrees")),
        "weigh-up",
        "proportionate-not-sure",
        weighed("not-sure"),
        "do-not-share",
    ),
}
PAUSES: dict[str, tuple[Answers, str]] = {
    "seek-advice": (merged(SAFE, {"purpose": "not-sure"}), "advice-received"),
    "verify-first": (
        merged(
            SAFE,
            {"prompted-by": "professional-request", "requester-verified": "no"},
        ),
        "requester-verified",
    ),
    "verify-first, where the prompt was not clear": (
        merged(SAFE, {"prompted-by": "not-sure"}),
        "prompted-by",
    ),
    "ask-provider-first": (merged(CONFIDENTIAL, {"provider": "not-asked"}), "provider"),
    "ask-consent-first": (
        merged(CONFIDENTIAL, adult("agrees"), {"covers-this": "no"}),
        "consent-so-far",
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_second_not_sure(name: str) -> None:
    answers, question, doubt, given, outcome = TWICE[name]

    dialog = follow(
        answers,
        {question: in_turn(given, given), "advice-received": ADVISED},
        {"safe-to-tell": "yes"},
    )

    assert dialog.outcomes == ["seek-advice", outcome]
    again = [each for each in dialog.prompts if each.question == question][-1]
    assert f"counts-as-{doubt}" in ids(again.remarks)


@pytest.mark.parametrize("name", TWICE)
def test_a_first_not_sure_does_not_say_yet_what_a_second_counts_as(name: str) -> None:
    answers, question, doubt, _, _ = TWICE[name]

    dialog = a_session().follow(answers, until=question)

    assert f"counts-as-{doubt}" not in ids(dialog.prompt.remarks)


def test_best_interests_still_not_sure_names_a_person_to_talk_to() -> None:
    answers, question, _, given, _ = TWICE["best-interests counts as not sharing"]

    dialog = follow(
        answers, {question: in_turn(given, given), "advice-received": ADVISED}
    )

    assert "get-advice" in says(dialog, [dialog.advice])


@pytest.mark.parametrize("name", PAUSES)
def test_a_pause_is_recorded_and_resumes_with_the_question_it_waits_for(
    name: str,
) -> None:
    answers, question = PAUSES[name]

    dialog = follow(answers)

    assert dialog.recorded is not None
    assert dialog.recorded.waiting
    assert dialog.asked == question


@pytest.mark.parametrize("name", PAUSES)
def test_a_pause_indicates_no_decision_yet(name: str) -> None:
    answers, _ = PAUSES[name]

    dialog = follow(answers)

    assert dialog.recorded is not None
    assert (dialog.recorded.decision, dialog.recorded.departing) == ("not-yet", False)


@pytest.mark.parametrize("tick", ["risk-if-shared", "professional-or-lead"])
def test_a_doubt_that_was_advised_on_does_not_stop_the_dialog_again(tick: str) -> None:
    dialog = follow(
        CONFIDENTIAL,
        ticked(tick),
        {"conflict": ["none"], "advice-received": ADVISED, "confidential": "no"},
    )

    assert dialog.outcomes == ["seek-advice", "share-not-confidential"]


def test_one_advice_settles_every_doubt_that_was_open() -> None:
    dialog = follow(
        CONFIDENTIAL,
        {
            "safety-check": in_turn(["not-sure", "risk-if-shared"], ["risk-if-shared"]),
            "advice-received": ADVISED,
            "confidential": "no",
        },
    )

    assert dialog.outcomes == ["seek-advice", "share-not-confidential"]


def test_a_new_doubt_after_advice_stops_the_dialog_again() -> None:
    dialog = follow(
        CONFIDENTIAL,
        {
            "safety-check": in_turn(["not-sure"], ["risk-if-shared"]),
            "advice-received": in_turn(ADVISED, ADVISED),
            "confidential": "no",
        },
    )

    assert dialog.outcomes == ["seek-advice", "seek-advice", "share-not-confidential"]


def test_a_reason_not_to_ask_is_advised_on_once_and_then_weighed() -> None:
    dialog = follow(
        CONFIDENTIAL,
        adult("not-asked", **{"safe-to-ask": "no"}),
        {"advice-received": ADVISED, "weigh-up": weighed("yes")},
    )

    assert dialog.outcomes == ["seek-advice", "share-proportionate"]


@pytest.mark.parametrize("missing", ["from-role", "advice", "identity-withheld"])
def test_advice_says_whose_it_is_what_it_was_and_whether_names_were_given(
    missing: str,
) -> None:
    dialog = follow(SAFE, {"purpose": "not-sure"})

    with pytest.raises(AssertionError, match=missing):
        dialog.answer({key: line for key, line in ADVISED.items() if key != missing})


def test_whoever_pauses_may_decide_at_once_instead() -> None:
    decision = decides("do-not-share", **{"departing-because": "It is settled."})

    dialog = follow(SAFE, {"purpose": "not-sure", "decision": decision})

    assert dialog.ended


@pytest.mark.parametrize(
    "answers",
    [
        merged(SAFE, ticked("not-sure")),
        merged(SAFE, ticked("risk-if-shared")),
        merged(SEXUAL, {"youngest-age": "not-sure"}),
        merged(SEXUAL, {"bichard-factors": factors("not-sure", "age-gap")}),
    ],
)
def test_not_sure_on_a_safety_question_offers_a_person_and_alerts_today(
    answers: Answers,
) -> None:
    """Rule 6."""
    dialog = follow(answers)

    assert dialog.outcomes == ["seek-advice"]
    assert dialog.alert in {"today", "urgent"}


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (merged(CONFIDENTIAL, {"provider": "not-sure"}), "ask-provider-first"),
        (
            merged(CONFIDENTIAL, adult("agrees"), {"covers-this": "not-sure"}),
            "ask-consent-first",
        ),
        (merged(SAFE, {"prompted-by": "not-sure"}), "verify-first"),
        (merged({"danger": "not-sure", "conflict": ["none"]}), "act-now"),
        (
            merged(
                CONFIDENTIAL,
                adult("not-sure", **{"safe-to-ask": "yes"}),
                {"share-anyway": "yes", "weigh-up": weighed("yes")},
            ),
            "share-proportionate",
        ),
    ],
)
def test_not_sure_anywhere_offers_a_persons_advice_on_whatever_outcome_results(
    answers: Answers, outcome: str
) -> None:
    """Rule 6."""
    dialog = follow(answers, {"safe-to-tell": "yes"})

    assert dialog.advice.outcome == outcome
    assert "get-advice" in says(dialog, [dialog.advice])
    assert "S3-7" in ids(dialog.advice.quotes)
