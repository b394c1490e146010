"""Questions 2 to 5: signs of harm fix the outcome before anything else is asked."""

import itertools

import pytest

from tests.support.cases import CONFIDENTIAL, EVERY_TICK, HARM, SAFE, SEXUAL, ticked
from tests.support.dialog import (
    ADVISED,
    OTHER_FACTORS,
    SERIOUS_FACTORS,
    Answers,
    a_session,
    factors,
    follow,
    ids,
    in_turn,
    merged,
)

GROUNDS = {
    "evidence": "refer-now",
    "reasonable-cause": "share-public-interest",
    "prevent-harm": "share-public-interest",
    "sexual-exploitation": "share-public-interest",
    "criminal-exploitation": "share-public-interest",
}
URGENCY = ("none", "routine", "today", "urgent")


def weight(*answers: Answers) -> tuple[int, int]:
    """Return the level first shown and the alert then asked for, to be compared."""
    dialog = a_session()
    rest = {"purpose": "no", "conflict": ["none"], "safe-to-tell": "yes"}
    dialog.follow(merged(CONFIDENTIAL, *answers, rest), until="decision")
    return dialog.advice_seen[0].level, URGENCY.index(dialog.alert)


@pytest.mark.parametrize(("ground", "outcome"), GROUNDS.items())
def test_a_harm_ground_fixes_the_outcome_in_the_very_next_reply(
    ground: str, outcome: str
) -> None:
    """Rule 3."""
    dialog = a_session().answer("no").answer([ground])

    assert dialog.outcomes == [outcome]
    assert dialog.advice.level >= 3


@pytest.mark.parametrize("other", [*GROUNDS, "risk-if-shared", "low-level", "not-sure"])
def test_evidence_is_referred_now_whatever_else_is_ticked(other: str) -> None:
    dialog = a_session().answer("no").answer(sorted({"evidence", other}))

    assert dialog.outcomes == ["refer-now"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("prompted-by", "own-initiative"),
        ("prompted-by", "outside-request"),
        ("prompted-by", "not-sure"),
        ("safe-to-tell", "no"),
        ("safe-to-tell", "not-sure"),
        ("harm-record", {"views": "Both parents refused."}),
    ],
)
def test_nothing_answered_afterwards_changes_an_outcome_fixed_by_safety(
    question: str, answer: object
) -> None:
    """Rule 12."""
    dialog = follow(HARM, {question: answer})

    assert dialog.outcomes == ["share-public-interest"]
    assert dialog.recorded is not None
    assert dialog.recorded.level == 3


@pytest.mark.parametrize("verified", ["yes", "no", "not-sure"])
@pytest.mark.parametrize(
    "asks",
    ["professional-request", "family-request", "records-request", "legal-requirement"],
)
def test_who_asks_never_changes_an_outcome_fixed_by_safety(
    asks: str, verified: str
) -> None:
    """Rule 12."""
    dialog = follow(HARM, {"prompted-by": asks, "requester-verified": verified})

    assert dialog.outcomes == ["share-public-interest"]


def test_consent_and_competence_are_never_asked_once_the_outcome_is_fixed() -> None:
    dialog = follow(HARM)

    unasked = {"purpose", "consent-so-far", "competence", "weigh-up", "best-interests"}
    assert unasked.isdisjoint(dialog.questions)


def test_a_refusal_is_recorded_and_blocks_nothing_once_the_outcome_is_fixed() -> None:
    """Rule 4."""
    dialog = follow(HARM, {"harm-record": {"views": "The mother refused."}})

    assert dialog.recorded is not None
    assert dialog.recorded.decision == "share"


@pytest.mark.parametrize("tick", ["not-sure", "risk-if-shared", "professional-or-lead"])
def test_an_unclear_or_risky_sign_leads_to_advice_of_level_2(tick: str) -> None:
    """Rule 3."""
    dialog = follow(SAFE, ticked(tick), {"conflict": ["none"]})

    assert dialog.outcomes == ["seek-advice"]
    assert dialog.advice.level == 2
    assert dialog.advice.alert in {"today", "urgent"}


def test_a_worry_about_a_professional_raises_an_urgent_alert() -> None:
    dialog = follow(SAFE, ticked("professional-or-lead"), {"conflict": ["lead"]})

    assert dialog.advice.alert == "urgent"


def test_none_stands_alone() -> None:
    dialog = a_session().answer("no")

    with pytest.raises(AssertionError, match="none stands beside other ticks"):
        dialog.answer(["none", "low-level"])


def test_not_sure_may_stand_beside_other_ticks() -> None:
    dialog = a_session().answer("no").answer(["not-sure", "low-level"])

    assert dialog.asked == "prompted-by"


def test_at_least_one_box_is_ticked() -> None:
    with pytest.raises(AssertionError, match="nothing is ticked"):
        a_session().answer("no").answer([])


def test_a_low_level_need_routes_nothing() -> None:
    need = follow(CONFIDENTIAL, ticked("low-level"), {"confidential": "no"})
    nothing = follow(CONFIDENTIAL, {"confidential": "no"})

    assert need.outcomes == nothing.outcomes
    assert need.questions == nothing.questions


def test_a_low_level_need_turns_the_words_to_early_help() -> None:
    need = follow(CONFIDENTIAL, ticked("low-level"), {"confidential": "no"})

    assert "early-help" in ids(need.advice.todo)


# ---- sexual activity ----------


def test_a_child_under_13_with_sexual_activity_is_referred_after_three_answers() -> (
    None
):
    """Rule 2."""
    dialog = a_session().answer("no").answer(["sexual-activity"]).answer("under-13")

    assert dialog.outcomes == ["refer-now"]
    assert dialog.advice.level == 4


def test_a_child_under_13_with_sexual_activity_is_referred_whatever_is_ticked() -> None:
    """Rule 2."""
    dialog = a_session().answer("no").answer(EVERY_TICK).answer("under-13")

    assert dialog.outcomes == ["refer-now"]
    assert "why-under-13" in ids(dialog.advice.todo)


@pytest.mark.parametrize("tick", sorted(set(EVERY_TICK) - {"sexual-activity"}))
def test_each_other_tick_leaves_a_child_under_13_referred(tick: str) -> None:
    dialog = a_session().answer("no").answer(["sexual-activity", tick])

    dialog.answer("under-13")

    assert dialog.advice.outcome == "refer-now"


def test_age_alone_refers_nobody() -> None:
    """Rule 2: under 13 without sexual activity is not asked about at all."""
    dialog = follow(CONFIDENTIAL, {"confidential": "no"})

    assert "youngest-age" not in dialog.questions


def test_the_age_of_the_youngest_is_asked_before_a_harm_ground_is_answered() -> None:
    dialog = a_session().answer("no").answer(["sexual-activity", "evidence"])

    assert dialog.asked == "youngest-age"


def test_an_unknown_age_leads_to_urgent_advice_with_the_under_13_sentence() -> None:
    dialog = follow(SEXUAL, {"youngest-age": "not-sure"})

    assert dialog.outcomes == ["seek-advice"]
    assert dialog.advice.alert == "urgent"
    assert "S3-9" in ids(dialog.advice.quotes)
    assert "under-13-sentence" in ids(dialog.advice.todo)


@pytest.mark.parametrize("age", ["13-to-15", "not-sure"])
def test_the_factors_are_asked_from_13_to_15_and_where_the_age_is_unknown(
    age: str,
) -> None:
    dialog = a_session().answer("no").answer(["sexual-activity"]).answer(age)

    assert dialog.asked == "bichard-factors"


def test_the_factors_are_not_asked_from_16() -> None:
    dialog = a_session().answer("no").answer(["sexual-activity"]).answer("16-or-over")

    assert dialog.asked == "prompted-by"


@pytest.mark.parametrize("answer", ["yes", "not-sure"])
@pytest.mark.parametrize("factor", SERIOUS_FACTORS)
def test_one_serious_factor_or_doubt_about_it_leads_to_advice_today(
    factor: str, answer: str
) -> None:
    dialog = follow(SEXUAL, {"bichard-factors": factors(answer, factor)})

    assert dialog.outcomes == ["seek-advice"]
    assert (dialog.advice.level, dialog.advice.alert) == (2, "today")


@pytest.mark.parametrize("factor", OTHER_FACTORS)
def test_another_factor_not_known_alerts_today_and_does_not_stop(factor: str) -> None:
    dialog = follow(
        SEXUAL,
        {"bichard-factors": factors("not-sure", factor), "confidential": "no"},
    )

    assert dialog.outcomes == ["share-not-confidential"]
    assert dialog.alert == "today"


def test_the_factors_are_never_added_up() -> None:
    all_others = follow(
        SEXUAL,
        {"bichard-factors": factors("yes", *OTHER_FACTORS), "confidential": "no"},
    )

    assert all_others.outcomes == ["share-not-confidential"]
    assert all_others.alert == "none"


def test_no_factor_at_all_asks_why_it_is_not_referred_and_when_to_look_again() -> None:
    dialog = follow(SEXUAL, {"confidential": "no"})

    assert "why-not-referred" in dialog.questions
    lines = dialog.prompt_of("why-not-referred").fields
    assert [line.id for line in lines if line.required] == [
        "why-not-referred",
        "review-date",
    ]


def test_why_not_referred_is_not_asked_where_the_outcome_is_fixed() -> None:
    dialog = follow(
        HARM,
        ticked("evidence", "sexual-activity"),
        {"youngest-age": "13-to-15", "bichard-factors": factors()},
    )

    assert "why-not-referred" not in dialog.questions


def test_why_not_referred_is_not_asked_while_the_age_is_not_known() -> None:
    dialog = follow(SEXUAL, {"youngest-age": "not-sure", "bichard-factors": factors()})

    assert dialog.outcomes == ["seek-advice"]
    assert "why-not-referred" not in dialog.questions


# ---- never lighter (rule 5) ----------


@pytest.mark.parametrize("tick", [*GROUNDS, "risk-if-shared", "professional-or-lead"])
def test_a_tick_is_never_lighter_than_none(tick: str) -> None:
    """Rule 5."""
    lighter, heavier = weight(ticked("low-level")), weight(ticked("low-level", tick))

    assert lighter[0] <= heavier[0]
    assert lighter[1] <= heavier[1]


@pytest.mark.parametrize("ground", GROUNDS)
def test_not_sure_stands_between_none_and_any_harm_ground(ground: str) -> None:
    """Rule 5."""
    nothing, unsure, harm = (
        weight(ticked("none")),
        weight(ticked("not-sure")),
        weight(ticked(ground)),
    )

    for part in (0, 1):
        assert nothing[part] <= unsure[part] <= harm[part]


def test_a_younger_or_unknown_age_is_never_lighter() -> None:
    """Rule 5."""
    ages = ["16-or-over", "13-to-15", "not-sure", "under-13"]

    found = [weight(SEXUAL, {"youngest-age": age}) for age in ages]

    for one, other in itertools.pairwise(found):
        assert one[0] <= other[0]
        assert one[1] <= other[1]


@pytest.mark.parametrize("factor", SERIOUS_FACTORS)
def test_a_serious_factor_is_never_lighter_than_doubt_or_than_none(factor: str) -> None:
    """Rule 5."""
    found = [
        weight(SEXUAL, {"bichard-factors": each})
        for each in (
            factors(),
            factors("not-sure", factor),
            factors("yes", factor),
        )
    ]

    for one, other in itertools.pairwise(found):
        assert one[0] <= other[0]
        assert one[1] <= other[1]


def test_doubt_about_harm_that_stays_counts_as_reasonable_cause() -> None:
    dialog = follow(
        HARM,
        {
            "safety-check": in_turn(["not-sure"], ["not-sure"]),
            "advice-received": ADVISED,
        },
    )

    assert dialog.outcomes == ["seek-advice", "share-public-interest"]
    assert "S3-3b" in ids(dialog.advice.quotes)


@pytest.mark.parametrize("tick", [*GROUNDS, "risk-if-shared", "not-sure"])
def test_advice_on_harm_is_shown_after_at_most_four_answers(tick: str) -> None:
    """Rule 10."""
    given = {"danger": "no", **ticked(tick), "prompted-by": "own-initiative"}

    dialog = a_session()
    while not dialog.advice_seen:
        dialog.answer(given[dialog.asked])

    assert len(dialog.questions) <= 4
