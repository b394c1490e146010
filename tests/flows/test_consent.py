"""Questions 12 and 14: whose views count, and where the deciding view leads."""

import pytest

from tests.support.cases import (
    CONFIDENTIAL,
    SAFE_TO_ASK,
    UNSAFE_TO_ASK,
    UNSURE_TO_ASK,
    adult,
    both,
    child,
    ticked,
)
from tests.support.dialog import (
    Answers,
    Dialog,
    a_session,
    competence,
    follow,
    ids,
    in_turn,
    interests,
    weighed,
)

NEXT = {"covers-this", "share-anyway", "weigh-up", "best-interests"}


def after_views(*answers: Answers) -> Dialog:
    """Follow up to the question that the deciding view leads to."""
    dialog = a_session()
    given: dict[str, object] = {**CONFIDENTIAL}
    for each in answers:
        given |= each
    while dialog.asked not in NEXT and not dialog.advice_seen:
        dialog.answer(given[dialog.asked])
    return dialog


def test_a_child_of_8_with_a_low_level_need_and_a_parents_agreement_is_shared() -> None:
    dialog = follow(
        CONFIDENTIAL,
        ticked("low-level"),
        child("too-young", "agrees"),
        {"covers-this": "yes"},
    )

    assert dialog.outcomes == ["share-with-consent"]
    assert dialog.alert == "none"
    assert not any("refer" in one for one in ids(dialog.advice.todo))


@pytest.mark.parametrize(
    ("views", "leads_to"),
    [
        (adult("agrees"), "covers-this"),
        (adult("disagrees"), "weigh-up"),
        (adult("withdrawn"), "weigh-up"),
        (adult("cannot-ask"), "weigh-up"),
        (adult("not-asked", **SAFE_TO_ASK), "share-anyway"),
        (adult("not-sure", **SAFE_TO_ASK), "share-anyway"),
        (child("too-young", "agrees"), "covers-this"),
        (child("too-young", "disagrees"), "weigh-up"),
        (child("too-young", "withdrawn"), "weigh-up"),
        (child("too-young", "cannot-ask"), "weigh-up"),
        (child("too-young", "none"), "weigh-up"),
        (child("too-young", "not-asked", **SAFE_TO_ASK), "share-anyway"),
        (child("too-young", "not-sure", **SAFE_TO_ASK), "share-anyway"),
        (child("too-young", "parents-disagree"), "best-interests"),
        (child("agrees", "agrees"), "covers-this"),
        (child("agrees", "parents-disagree"), "best-interests"),
        (child("agrees", "disagrees"), "best-interests"),
        (child("agrees", "withdrawn"), "best-interests"),
        (child("disagrees", "agrees"), "best-interests"),
        (child("withdrawn", "agrees"), "best-interests"),
        (both("agrees", "agrees", "agrees"), "covers-this"),
        (both("agrees", "agrees", "disagrees"), "weigh-up"),
        (both("agrees", "agrees", "cannot-ask"), "weigh-up"),
        (both("agrees", "agrees", "not-asked", **SAFE_TO_ASK), "share-anyway"),
        (both("too-young", "disagrees", "agrees"), "weigh-up"),
        (both("too-young", "cannot-ask", "not-asked", **SAFE_TO_ASK), "weigh-up"),
        (both("too-young", "not-asked", "disagrees", **SAFE_TO_ASK), "weigh-up"),
        (both("agrees", "disagrees", "disagrees"), "best-interests"),
    ],
)
def test_the_worst_deciding_view_picks_the_row(views: Answers, leads_to: str) -> None:
    dialog = after_views(views, {"competence": competence("not-competent")})

    assert dialog.asked == leads_to


@pytest.mark.parametrize(
    ("child_view", "leads_to"),
    [
        ("agrees", "covers-this"),
        ("disagrees", "weigh-up"),
        ("withdrawn", "weigh-up"),
        ("cannot-ask", "weigh-up"),
        ("not-asked", "share-anyway"),
    ],
)
def test_a_competent_childs_view_decides_where_nobody_differs(
    child_view: str, leads_to: str
) -> None:
    dialog = after_views(
        child(child_view, "not-asked", **SAFE_TO_ASK), {"competence": competence()}
    )

    assert dialog.asked == leads_to


@pytest.mark.parametrize(
    "views",
    [
        child("disagrees", "disagrees"),
        child("withdrawn", "withdrawn"),
        child("disagrees", "agrees"),
        adult("disagrees"),
        adult("withdrawn"),
        both("disagrees", "disagrees", "disagrees"),
    ],
)
def test_a_refusal_never_leads_to_an_outcome_by_itself(views: Answers) -> None:
    """Rule 4."""
    dialog = after_views(views, {"competence": competence()})

    assert dialog.asked in {"weigh-up", "best-interests"}
    assert dialog.advice_seen == []


@pytest.mark.parametrize("judgement", ["yes", "no"])
@pytest.mark.parametrize("view", ["disagrees", "withdrawn"])
def test_a_refusal_never_ends_in_asking_that_person_again(
    view: str, judgement: str
) -> None:
    """Rule 4."""
    dialog = follow(CONFIDENTIAL, adult(view), {"weigh-up": weighed(judgement)})

    assert dialog.outcomes == [
        "share-proportionate" if judgement == "yes" else "do-not-share"
    ]


def test_not_sure_whose_it_is_counts_as_both() -> None:
    dialog = a_session()

    dialog.follow(
        {**CONFIDENTIAL, "whose-information": "not-sure"}, until="consent-so-far"
    )

    lines = ids(dialog.prompt.fields)
    assert {"child-view", "responsible-view", "adult-view"} <= set(lines)


@pytest.mark.parametrize(
    ("whose", "lines"),
    [
        ("child", {"child-view", "responsible-view", "responsibility-known-from"}),
        ("adult", {"adult-view"}),
    ],
)
def test_only_the_views_that_apply_are_asked(whose: str, lines: set[str]) -> None:
    dialog = a_session()

    dialog.follow({**CONFIDENTIAL, "whose-information": whose}, until="consent-so-far")

    assert set(ids(dialog.prompt.fields)) - {"safe-to-ask"} == lines


@pytest.mark.parametrize("unsafe", [UNSAFE_TO_ASK, UNSURE_TO_ASK])
def test_where_asking_is_unsafe_a_person_advises_first(unsafe: dict[str, str]) -> None:
    dialog = follow(CONFIDENTIAL, adult("not-asked", **unsafe))

    assert dialog.outcomes == ["seek-advice"]
    assert (dialog.advice.level, dialog.advice.alert) == (2, "today")


def test_whether_asking_is_safe_must_be_said_where_a_view_was_not_asked() -> None:
    dialog = a_session().follow(
        {**CONFIDENTIAL, "whose-information": "adult"}, until="consent-so-far"
    )

    with pytest.raises(AssertionError, match="Is it safe to ask"):
        dialog.answer({"adult-view": "not-asked"})


def test_where_sharing_is_a_risk_a_view_not_asked_counts_as_cannot_be_asked() -> None:
    dialog = a_session()
    advised = {"from-role": "Lead", "advice": "Weigh it.", "identity-withheld": "yes"}

    dialog.follow(
        {
            **CONFIDENTIAL,
            **ticked("risk-if-shared"),
            **adult("not-asked"),
            "advice-received": advised,
        },
        until="weigh-up",
    )

    assert dialog.asked == "weigh-up"
    assert "share-anyway" not in dialog.questions


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("yes", "share-with-consent"),
        ("no", "ask-consent-first"),
        ("not-sure", "ask-consent-first"),
    ],
)
def test_agreement_counts_only_where_it_covers_this(answer: str, outcome: str) -> None:
    dialog = follow(CONFIDENTIAL, adult("agrees"), {"covers-this": answer})

    assert dialog.outcomes == [outcome]


def test_whoever_would_be_overruled_anyway_is_told_and_not_asked() -> None:
    dialog = a_session()

    dialog.follow(
        {**CONFIDENTIAL, **adult("not-asked", **SAFE_TO_ASK), "share-anyway": "yes"},
        until="weigh-up",
    )

    assert "tell-do-not-ask" in ids(dialog.prompt.todo)


def test_whoever_would_be_heard_is_asked_first() -> None:
    dialog = follow(
        CONFIDENTIAL, adult("not-asked", **SAFE_TO_ASK), {"share-anyway": "no"}
    )

    assert dialog.outcomes == ["ask-consent-first"]


@pytest.mark.parametrize(
    "views",
    [
        {**adult("withdrawn"), "weigh-up": weighed("yes")},
        {**adult("withdrawn"), "weigh-up": weighed("no")},
        {
            **child("withdrawn", "agrees"),
            "competence": competence("not-competent"),
            "best-interests": interests("share"),
            "covers-this": "yes",
        },
        {
            **child("withdrawn", "withdrawn"),
            "competence": competence(),
            "weigh-up": weighed("yes"),
        },
    ],
)
def test_on_every_row_a_withdrawal_reaches_whoever_has_it_already(
    views: Answers,
) -> None:
    dialog = follow(CONFIDENTIAL, views)

    assert "stop-using-it" in ids(dialog.advice.todo)


@pytest.mark.parametrize(
    ("views", "conclusion", "leads_to"),
    [
        (child("agrees", "disagrees"), "competent", "covers-this"),
        (child("agrees", "disagrees"), "not-competent", "share-proportionate"),
        (child("disagrees", "agrees"), "competent", "share-proportionate"),
        (child("disagrees", "agrees"), "not-competent", "covers-this"),
        (child("agrees", "parents-disagree"), "not-competent", "covers-this"),
        (child("disagrees", "parents-disagree"), "competent", "share-proportionate"),
        (child("disagrees", "parents-disagree"), "not-competent", "covers-this"),
        (
            both("agrees", "parents-disagree", "disagrees"),
            "competent",
            "share-proportionate",
        ),
        (both("agrees", "parents-disagree", "agrees"), "competent", "covers-this"),
        (both("agrees", "disagrees", "agrees"), "competent", "covers-this"),
        (
            both("agrees", "disagrees", "not-asked", **SAFE_TO_ASK),
            "competent",
            "share-proportionate",
        ),
    ],
)
def test_in_the_childs_best_interests_sharing_rests_on_agreement_only_where_it_holds(
    views: Answers, conclusion: str, leads_to: str
) -> None:
    dialog = after_views(views, {"competence": competence(conclusion)})

    dialog.answer(interests("share"))

    found = dialog.advice.outcome if dialog.advice_seen else dialog.asked
    assert found == leads_to


def test_not_sharing_in_the_best_interests_is_indicated_where_judged_so() -> None:
    dialog = follow(
        CONFIDENTIAL,
        child("too-young", "parents-disagree"),
        {"best-interests": interests("do-not-share")},
    )

    assert dialog.outcomes == ["do-not-share"]


def test_an_alert_goes_out_routinely_where_views_differ_and_it_is_shared() -> None:
    dialog = follow(
        CONFIDENTIAL,
        child("agrees", "disagrees"),
        {
            "competence": competence(),
            "best-interests": interests("share"),
            "covers-this": "yes",
        },
    )

    assert dialog.advice.alert == "routine"


def test_after_asking_the_same_views_are_asked_again() -> None:
    views = in_turn(
        {"adult-view": "not-asked", "safe-to-ask": "yes"}, {"adult-view": "agrees"}
    )

    dialog = follow(
        CONFIDENTIAL,
        {
            "whose-information": "adult",
            "consent-so-far": views,
            "share-anyway": "no",
            "covers-this": "yes",
        },
    )

    assert dialog.outcomes == ["ask-consent-first", "share-with-consent"]
