"""Facts are kept as they happened, and folding them needs nothing else."""

import json

import pytest

from dialogs.engine import Answer, Place
from dialogs.machine import Cursor
from dialogs.reply import Prompt
from dialogs.session import (
    Answered,
    Cancelled,
    Completed,
    Decided,
    EmergencyShown,
    Fact,
    Filled,
    Indicated,
    PersonAsked,
    Reopened,
    Started,
    UnknownFact,
    WentBack,
    decoded,
    encoded,
    standing,
)
from tests.support.cases import CASES, walked
from tests.support.dialog import a_session

STARTED = Started("a-pack", "hash")
FACTS: list[Fact] = [
    STARTED,
    Answered("danger", "no"),
    Answered("safety-check", ("none", "low-level")),
    Answered("weigh-up", {"if-shared": "x", "ticks": ("a", "b")}),
    Answered("advice-received", {"advice": "x"}, ("decision",), ("purpose-not-sure",)),
    Filled("weigh-up", "if-shared", "x"),
    Filled("harm-record", "grounds", ("evidence",)),
    Filled("harm-record", "views", None),
    WentBack("danger"),
    WentBack("safety-check", doubts=("risk-if-shared",)),
    WentBack("weigh-up", "if-shared"),
    Reopened("purpose", ("purpose-not-sure",)),
    Indicated("act-now", 4, "urgent"),
    Decided("R-1", "refer", "act-now", 4, "urgent", departing=False),
    Completed("R-1", "how-to-share"),
    PersonAsked("danger"),
    EmergencyShown("danger", "asked"),
    Cancelled("danger"),
]


@pytest.mark.parametrize("fact", FACTS, ids=repr)
def test_a_fact_comes_back_from_json_as_it_was(fact: Fact) -> None:
    kind, body = encoded(fact)

    assert decoded(kind, json.loads(json.dumps(body))) == fact


def test_every_kind_of_fact_has_a_stable_name() -> None:
    names = {encoded(fact)[0] for fact in FACTS}

    assert names == {
        "session:started",
        "session:answered",
        "session:filled",
        "session:went-back",
        "session:reopened",
        "session:indicated",
        "session:decided",
        "session:completed",
        "session:person-asked",
        "session:emergency-shown",
        "session:cancelled",
    }


def test_a_fact_of_newer_code_is_refused_by_name() -> None:
    with pytest.raises(UnknownFact, match="session:teleported"):
        decoded("session:teleported", {})


def test_a_fact_stored_before_a_field_was_added_still_decodes() -> None:
    fact = decoded("session:went-back", {"question": "danger", "line": ""})

    assert fact == WentBack("danger")


@pytest.mark.parametrize("name", CASES)
def test_a_session_read_back_from_json_stands_where_it_stood(name: str) -> None:
    facts = walked(name).facts

    stored = [json.loads(json.dumps(encoded(fact))) for fact in facts]

    assert standing(decoded(kind, body) for kind, body in stored) == standing(facts)


def test_an_answer_stands_until_it_is_taken_back() -> None:
    facts: list[Fact] = [STARTED, Answered("danger", "no")]

    assert standing(facts).answers == {"danger": "no"}
    assert standing([*facts, WentBack("danger")]).answers == {}


def test_an_answer_drops_the_later_answers_it_names() -> None:
    facts: list[Fact] = [
        STARTED,
        Answered("danger", "no"),
        Answered("purpose", "yes"),
        Answered("danger", "yes", ("purpose",)),
    ]

    assert standing(facts).answers == {"danger": "yes"}


def test_typed_lines_belong_to_one_screen_and_go_when_it_is_submitted() -> None:
    typed: list[Fact] = [
        STARTED,
        Filled("weigh-up", "if-shared", "x"),
        Filled("decision", "reasons", "y"),
    ]

    assert standing(typed).filling == {"reasons": "y"}
    assert standing([*typed, Answered("decision", {})]).filling == {}


def test_the_last_typed_line_is_taken_back_alone() -> None:
    typed: list[Fact] = [
        STARTED,
        Filled("weigh-up", "if-shared", "x"),
        Filled("weigh-up", "if-not-shared", "y"),
        WentBack("weigh-up", "if-not-shared"),
    ]

    assert standing(typed).filling == {"if-shared": "x"}


def test_advice_settles_doubts_until_the_question_is_opened_again() -> None:
    settled: list[Fact] = [
        STARTED,
        Answered("purpose", "not-sure"),
        Answered("advice-received", {"advice": "x"}, (), ("purpose-not-sure",)),
    ]

    assert standing(settled).advised == {"purpose-not-sure"}
    for opened in (
        Reopened("purpose", ("purpose-not-sure",)),
        WentBack("purpose", doubts=("purpose-not-sure",)),
    ):
        assert standing([*settled, opened]).advised == frozenset()


def test_advice_is_kept_in_order_and_is_no_answer_on_the_way() -> None:
    facts: list[Fact] = [
        STARTED,
        Answered("advice-received", {"advice": "one"}),
        Answered("advice-received", {"advice": "two"}),
    ]

    folded = standing(facts)

    assert folded.advice == [{"advice": "one"}, {"advice": "two"}]
    assert folded.answers == {}


def test_facts_that_change_no_answer_leave_their_mark() -> None:
    folded = standing(FACTS)

    assert folded.person_asked
    assert folded.emergency
    assert folded.cancelled
    assert [each.reference for each in folded.decided] == ["R-1"]
    assert (folded.pack, folded.guidance) == ("a-pack", "hash")


def test_a_copy_is_not_changed_by_further_facts() -> None:
    folded = standing([STARTED, Answered("danger", "no")])

    folded.copied().take(Answered("danger", "yes"))

    assert folded.answers == {"danger": "no"}


@pytest.mark.parametrize("name", sorted(CASES)[::4])
def test_where_a_turn_leads_is_where_its_facts_lead(name: str) -> None:
    dialog, facts = a_session(), list(a_session().facts)
    for fact in walked(name).facts[1:]:
        if isinstance(fact, Answered):
            turn = dialog.engine.advance("s-1", facts, Answer(_sent(fact.value)))
            facts.extend(turn.facts)
            replayed = dialog.engine.place_of(standing(facts))
            assert turn.place is not None
            assert _seen(turn.place) == _seen(replayed)


def _sent(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _seen(place: Place) -> object:
    def of(cursor: Cursor) -> object:
        return [getattr(cursor, name) for name in Cursor.__slots__]

    walk = place.walk
    reached = {name: of(cursor) for name, cursor in walk.reached.items()}
    return (
        place.standing,
        place.position,
        walk.path,
        walk.asked,
        of(walk.cursor),
        reached,
    )


@pytest.mark.parametrize("name", sorted(CASES)[::8])
def test_a_brief_turn_leaves_out_a_question_alone_and_nothing_else(name: str) -> None:
    engine, facts = a_session().engine, list(a_session().facts)
    for fact in walked(name).facts[1:]:
        if isinstance(fact, Answered):
            move = Answer(_sent(fact.value))
            whole = engine.advance("s-1", facts, move)
            brief = engine.advance("s-1", facts, move, brief=True)
            alone = len(whole.replies) == 1 and isinstance(whole.replies[0], Prompt)
            shown = [type(one) for one in whole.replies]
            assert [type(one) for one in brief.replies] == ([] if alone else shown)
            assert [type(one) for one in brief.facts] == [
                type(one) for one in whole.facts
            ]
            facts.extend(brief.facts)
