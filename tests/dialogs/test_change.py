"""Going back and changing an answer: what depended on it is asked again."""

import pytest

from dialogs.engine import Answer, Back, Cancel, Change, Move, Show
from dialogs.session import Answered, Decided
from tests.support.cases import (
    CONFIDENTIAL,
    DANGER,
    HARM,
    SAFE,
    adult,
    child,
    ticked,
)
from tests.support.dialog import (
    ADVISED,
    HOW_TO_SHARE,
    Dialog,
    a_session,
    competence,
    decides,
    follow,
    weighed,
)


def at_decision(*, child_refuses: bool = False) -> Dialog:
    """Stand at the decision, after consent was weighed."""
    views = child("disagrees", "disagrees") if child_refuses else adult("disagrees")
    return a_session().follow(
        {
            **CONFIDENTIAL,
            **views,
            "competence": competence(),
            "weigh-up": weighed("no"),
        },
        until="decision",
    )


def test_back_takes_the_last_answer_back_and_asks_it_again() -> None:
    dialog = a_session().answer("no").answer(["none"])

    dialog.do(Back())

    assert dialog.asked == "safety-check"
    assert dict(dialog.answers) == {"danger": "no"}


def test_back_at_the_first_question_changes_nothing() -> None:
    dialog = a_session().do(Back())

    assert dialog.refusal is not None
    assert dialog.refusal.code == "at-the-start"
    assert dialog.asked == "danger"


def test_back_and_the_same_answer_again_lead_to_the_same_place() -> None:
    dialog = at_decision()
    before = dict(dialog.answers)

    dialog.do(Back()).answer(weighed("no"))

    assert dialog.asked == "decision"
    assert dict(dialog.answers) == before


def test_back_to_the_start_leaves_nothing() -> None:
    dialog = at_decision()

    while dialog.asked != "danger":
        dialog.do(Back())

    assert dialog.answers == {}


def test_changing_an_answer_keeps_what_does_not_depend_on_it() -> None:
    dialog = at_decision()

    dialog.do(Change("provider")).answer("agrees")

    assert dialog.asked == "decision"
    assert dialog.answers["provider"] == "agrees"
    assert dialog.answers["weigh-up"] == weighed("no")


def test_changing_whose_information_it_is_asks_every_view_again() -> None:
    dialog = at_decision()

    dialog.do(Change("whose-information")).answer("child")

    assert dialog.asked == "consent-so-far"
    assert {"consent-so-far", "weigh-up"}.isdisjoint(dialog.answers)
    assert dialog.answers["provider"] == "no"


def test_changing_a_view_weighs_it_again_and_keeps_what_went_before() -> None:
    dialog = at_decision(child_refuses=True)

    dialog.do(Change("consent-so-far"))
    dialog.answer({"child-view": "withdrawn", "responsible-view": "disagrees"})

    assert dialog.asked == "weigh-up"
    assert dialog.answers["competence"] == competence()


def test_changing_to_danger_gives_act_now_in_the_very_next_reply() -> None:
    dialog = at_decision()

    dialog.do(Change("danger")).answer("yes")

    assert dialog.advice.outcome == "act-now"
    assert dialog.replies[0] is dialog.advice


def test_what_is_off_the_way_when_the_decision_is_reached_never_comes_back() -> None:
    dialog = at_decision()

    dialog.do(Change("purpose")).answer("no")
    dialog.answer("Nothing much.")
    dialog.do(Change("purpose")).answer("yes")

    assert dialog.asked == "identifiable"
    assert "consent-so-far" not in dialog.answers


def test_nothing_that_is_not_on_the_way_stands_in_the_record() -> None:
    dialog = at_decision()

    dialog.do(Change("purpose")).answer("no")
    dialog.follow({})

    assert set(dialog.answers) == set(dialog.questions)


def test_a_form_with_lines_that_are_no_longer_asked_is_asked_again() -> None:
    dialog = a_session().follow(
        {
            **DANGER["danger now"].answers,
            "harm-record": {"grounds": ["evidence"], "views": "None."},
        },
        until="how-to-share",
    )

    dialog.do(Change("danger")).answer("no").answer(["evidence"])
    dialog.answer("own-initiative")

    assert dialog.answers["safe-to-tell"] == "no"
    assert dialog.asked == "harm-record"


def test_a_form_that_says_told_is_asked_again_once_telling_is_unsafe() -> None:
    dialog = a_session().follow(HARM, until="decision")

    dialog.do(Change("safe-to-tell")).answer("no")

    assert dialog.answers["harm-record"] == {}
    assert dialog.asked == "how-to-share"


def test_what_lies_behind_a_new_pause_is_asked_again() -> None:
    dialog = at_decision()

    dialog.do(Change("safety-check")).answer(["risk-if-shared"])
    dialog.follow({"advice-received": ADVISED}, until="purpose")

    assert dialog.asked == "purpose"
    assert dialog.answers["prompted-by"] == "own-initiative"


def test_a_question_with_no_answer_cannot_be_changed() -> None:
    dialog = a_session().answer("no").do(Change("purpose"))

    assert dialog.refusal is not None
    assert dialog.refusal.code == "not-answered"


@pytest.mark.parametrize("given", [None, 7, ["danger"], "nothing-of-the-kind"])
def test_what_names_no_question_changes_nothing(given: object) -> None:
    dialog = a_session().answer("no")
    before = list(dialog.facts)

    dialog.do(Change(given))

    assert dialog.refusal is not None
    assert dialog.facts == before


# ---- advice -------------------------------------------------------------------------


def advised_on_a_risk() -> Dialog:
    """Stand past an advice on risk."""
    return a_session().follow(
        {**CONFIDENTIAL, **ticked("risk-if-shared"), "advice-received": ADVISED},
        until="purpose",
    )


def test_changing_what_was_advised_on_lapses_the_advice() -> None:
    dialog = advised_on_a_risk()

    dialog.do(Change("safety-check")).answer(["risk-if-shared"])

    assert dialog.outcomes == ["seek-advice", "seek-advice"]


def test_going_back_to_what_was_advised_on_lapses_the_advice_too() -> None:
    dialog = advised_on_a_risk()

    while dialog.asked != "safety-check":
        dialog.do(Back())
    dialog.answer(["risk-if-shared"]).answer("own-initiative")

    assert dialog.outcomes == ["seek-advice", "seek-advice"]


def test_changing_something_else_keeps_the_advice() -> None:
    dialog = advised_on_a_risk()

    dialog.do(Change("prompted-by")).answer("own-initiative")

    assert dialog.outcomes == ["seek-advice"]
    assert dialog.asked == "purpose"


def test_what_an_adviser_said_is_kept_after_the_advice_lapsed() -> None:
    dialog = advised_on_a_risk()

    dialog.do(Change("safety-check"))

    assert dialog.engine.place(dialog.facts).standing.advice == [ADVISED]


def test_while_it_waits_an_earlier_answer_may_be_changed() -> None:
    dialog = follow(SAFE, {"purpose": "not-sure"})

    dialog.do(Change("purpose")).answer("yes")

    assert dialog.asked == "identifiable"
    assert "decision" not in dialog.answers


# ---- what is recorded stays ----------------------------------------------------


def test_a_recorded_decision_cannot_be_taken_back() -> None:
    dialog = follow(SAFE, {"purpose": "no"})
    before = list(dialog.facts)

    for move in (Back(), Change("purpose"), Change("decision"), Cancel(), Answer("no")):
        dialog.do(move)
        assert dialog.refusal is not None
        assert dialog.refusal.code == "recorded"

    assert dialog.facts == before


@pytest.mark.parametrize("typed", ["yes", "", "why"])
def test_after_the_record_an_answer_is_refused_and_the_record_is_shown(
    typed: str,
) -> None:
    dialog = follow(SAFE, {"purpose": "no"}).type(typed)

    assert dialog.refusal is not None
    assert dialog.replies[-1] == dialog.recorded


def test_after_the_record_showing_it_shows_the_record() -> None:
    dialog = follow(SAFE, {"purpose": "no"})

    dialog.do(Show())

    assert dialog.replies == (dialog.recorded,)


def test_an_undecided_pause_cannot_be_taken_back_either() -> None:
    dialog = follow(SAFE, {"purpose": "not-sure"})

    for move in (Back(), Change("decision")):
        dialog.do(move)
        assert dialog.refusal is not None
        assert dialog.refusal.code == "recorded"


def test_a_pause_at_the_decision_itself_may_be_decided_anew() -> None:
    dialog = follow(
        SAFE, {"prompted-by": "records-request", "requester-verified": "yes"}
    )

    dialog.do(Change("decision"))

    assert dialog.refusal is None
    assert dialog.asked == "decision"


@pytest.mark.parametrize("move", [Back(), Change("danger"), Change("decision")])
def test_a_departing_decision_cannot_be_taken_back_before_how_to_share(
    move: Move,
) -> None:
    dialog = a_session().follow({**SAFE, "purpose": "no"}, until="decision")
    dialog.answer(decides("share", **{"departing-because": "It helps."}))
    before = list(dialog.facts)

    dialog.do(move)

    assert dialog.asked == "how-to-share"
    assert dialog.refusal is not None
    assert dialog.facts == before


def test_how_it_was_shared_is_finished_later_and_added() -> None:
    dialog = follow(DANGER["danger now"].answers, {"how-to-share": {}})
    decided = [fact for fact in dialog.facts if isinstance(fact, Decided)]

    dialog.do(Change("how-to-share"))
    dialog.answer({k: v for k, v in HOW_TO_SHARE.items() if k != "tell-them"})

    assert dialog.ended
    assert dialog.recorded is not None
    assert dialog.recorded.added
    assert dialog.recorded.unfinished == ""
    assert [fact for fact in dialog.facts if isinstance(fact, Decided)] == decided


def test_how_it_was_shared_is_finished_later_by_typing() -> None:
    dialog = follow(DANGER["danger now"].answers, {"how-to-share": {}})

    dialog.type("change how to share")

    assert dialog.asked == "how-to-share"


@pytest.mark.parametrize("move", [Back(), Change("danger"), Change("decision")])
def test_while_it_is_finished_later_nothing_else_is_opened(move: Move) -> None:
    dialog = follow(DANGER["danger now"].answers, {"how-to-share": {}})
    dialog.do(Change("how-to-share"))
    before = list(dialog.facts)

    dialog.do(move)

    assert dialog.refusal is not None
    assert dialog.facts == before


def test_what_is_complete_is_not_opened_again() -> None:
    dialog = follow(HARM, ticked("evidence"))

    dialog.do(Change("how-to-share"))

    assert dialog.refusal is not None
    assert dialog.refusal.code == "recorded"


def test_the_facts_keep_what_was_changed() -> None:
    dialog = a_session().answer("no")

    dialog.do(Change("danger")).answer("not-sure")

    given = [fact.value for fact in dialog.facts if isinstance(fact, Answered)]
    assert given == ["no", "not-sure"]
