"""Who may do what: every action by every wrong person is refused.

The table of who may stands here a second time, by names of people instead of by
rules, so that a change of either is noticed.
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory.model import Directory
from bot.roles import (
    TABLE,
    Action,
    Because,
    Subject,
    Who,
    allowed,
    refusal,
    visible,
    who_is,
)
from tests.support.people import a_directory, a_person, away

MONDAY = date(2026, 11, 23)
OWNER = ("slack", "T1:UANA")


def the_directory() -> Directory:
    """Return a team, another team with a lead of its own, and who has left."""
    ours = a_directory(
        a_person("ben"),
        a_person("gone", left=MONDAY),
        a_person("elsewhere", teams=("other",)),
    )
    other = replace(
        ours.teams["team"],
        id="other",
        leads=("elsewhere",),
        deputies=("gone",),
        managers=(),
        alternates=(),
        out_of_hours=replace(ours.teams["team"].out_of_hours, people=()),
    )
    return replace(ours, teams={**ours.teams, "other": other})


DIRECTORY = the_directory()
PEOPLE = {
    id_: who_is(DIRECTORY, "slack", f"T1:U{id_.upper()}", MONDAY)
    for id_ in (
        "ana",
        "ben",
        "lead",
        "deputy",
        "manager",
        "night",
        "alternate",
        "keeper",
        "elsewhere",
        "gone",
    )
} | {
    "stranger": who_is(DIRECTORY, "slack", "T9:UWHO", MONDAY),
    "guest": who_is(DIRECTORY, "slack", "T1:ULEAD", MONDAY, guest=True),
    "machine": who_is(DIRECTORY, "terminal", "root", MONDAY, operator=True),
    "other-workspace": who_is(DIRECTORY, "slack", "T9:ULEAD", MONDAY),
}
"""`ana` asked; `ben` is a colleague; `night` was told, `alternate` was not."""

RECORD = Subject("R-1", OWNER, "team", told=frozenset({"night"}))
CHAIN = {"lead", "deputy", "manager"}
MAY = {
    Action.ANSWER: {"ana"},
    Action.READ_OWN: {"ana"},
    Action.EXPORT_OWN: {"ana"},
    Action.CORRECT_OWN: {"ana"},
    Action.DISAGREE: {"ana"},
    Action.BE_KNOWN: {"ana"},
    Action.FIND_RECORD: CHAIN,
    Action.READ_RECORD: {*CHAIN, "night"},
    Action.ACKNOWLEDGE: {*CHAIN, "night"},
    Action.CLAIM: {*CHAIN, "night"},
    Action.ADVISE: {*CHAIN, "night"},
    Action.HAND_OVER: {*CHAIN, "night"},
    Action.DECLARE_CONFLICT: {*CHAIN, "night"},
    Action.CLOSE: {*CHAIN, "night"},
    Action.SEE_ENTRY: {*CHAIN, "night"},
    Action.SEE_ALL_ALERTS: {"machine"},
    Action.SEE_FIGURES: {"keeper", "machine"},
    Action.DRILL: {"lead", "keeper", "machine"},
    Action.PROPOSE_PACK: {"keeper"},
    Action.APPROVE_PACK: {"keeper"},
    Action.ERASE: {"keeper", "machine"},
    Action.HOLD: {"keeper", "machine"},
    Action.VERIFY: {"lead", "keeper", "machine"},
    Action.ANCHOR: {"keeper", "machine"},
    Action.CHANGE_KEYS: {"machine"},
    Action.RELEASE: {"keeper", "machine"},
}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("action", list(Action))
def test_every_action_by_every_wrong_person_is_refused(
    action: Action, person: str
) -> None:
    assert allowed(action, PEOPLE[person], RECORD) is (person in MAY[action])


def test_every_action_stands_in_the_table() -> None:
    assert set(TABLE) == set(Action) == set(MAY)


@pytest.mark.parametrize("action", [each for each in Action if "ana" not in MAY[each]])
@pytest.mark.parametrize("person", ["lead", "deputy", "manager", "night", "keeper"])
def test_whoever_is_kept_out_may_do_nothing_with_it(
    action: Action, person: str
) -> None:
    record = replace(RECORD, kept_out=frozenset({person}))

    refused = refusal(action, PEOPLE[person], record)

    assert refused is not None
    assert refused.because is Because.KEPT_OUT


def test_who_asked_may_go_on_though_they_named_themselves() -> None:
    record = Subject("R-1", OWNER, "team", kept_out=frozenset({"ana"}))

    assert allowed(Action.ANSWER, PEOPLE["ana"], record)
    assert allowed(Action.READ_OWN, PEOPLE["ana"], record)


def test_whoever_is_kept_out_sees_no_entry_and_no_telling_count() -> None:
    entries = [
        (RECORD, "one"),
        (replace(RECORD, kept_out=frozenset({"lead"})), "two"),
        (replace(RECORD, team="other"), "three"),
    ]

    assert visible(PEOPLE["lead"], entries) == ("one",)
    assert visible(PEOPLE["deputy"], entries) == ("one", "two")
    assert visible(PEOPLE["ana"], entries) == ()


def test_the_record_opens_only_once_the_conflict_is_answered() -> None:
    record = replace(RECORD, waits_for_conflict=True)

    refused = refusal(Action.READ_RECORD, PEOPLE["lead"], record)

    assert refused is not None
    assert refused.because is Because.NOT_YET
    assert allowed(Action.ACKNOWLEDGE, PEOPLE["lead"], record)


@pytest.mark.parametrize(
    "action", [Action.ACKNOWLEDGE, Action.CLAIM, Action.ADVISE, Action.CLOSE]
)
def test_a_lead_does_not_answer_their_own_question(action: Action) -> None:
    record = replace(RECORD, owner=("slack", "T1:ULEAD"))

    refused = refusal(action, PEOPLE["lead"], record)

    assert refused is not None
    assert refused.because is Because.OWN


def test_an_own_draft_is_known_by_the_person_too() -> None:
    draft = Subject("draft-1", owner=("terminal", "root"), person="keeper")

    refused = refusal(Action.APPROVE_PACK, PEOPLE["keeper"], draft)

    assert refused is not None
    assert refused.because is Because.OWN


def test_nobody_approves_their_own_draft() -> None:
    draft = Subject("draft-1", owner=("slack", "T1:UKEEPER"))
    second = who_is(DIRECTORY, "slack", "T1:USECOND-KEEPER", MONDAY)

    assert not allowed(Action.APPROVE_PACK, PEOPLE["keeper"], draft)
    assert allowed(Action.APPROVE_PACK, second, draft)


def test_an_own_draft_is_ones_own_on_every_channel() -> None:
    draft = Subject("draft-1", owner=("slack", "T1:UKEEPER"))
    on_the_page = who_is(DIRECTORY, "page", "keeper", MONDAY)

    assert not allowed(Action.APPROVE_PACK, on_the_page, draft)


def test_somebody_not_in_the_directory_may_answer_their_own_session_only() -> None:
    stranger = PEOPLE["stranger"]
    own = Subject("s-1", ("slack", "T9:UWHO"), "team")

    assert {each for each in Action if allowed(each, stranger, own)} == {
        Action.ANSWER,
        Action.READ_OWN,
        Action.EXPORT_OWN,
        Action.CORRECT_OWN,
        Action.DISAGREE,
        Action.BE_KNOWN,
    }


def test_cover_may_do_what_the_lead_may_on_those_days_only() -> None:
    lead = a_person("lead", away=away("2026-11-23", "2026-11-24", "ben"))
    directory = a_directory(lead, a_person("ben"))

    found = {
        day: allowed(
            Action.ACKNOWLEDGE,
            who_is(directory, "slack", "T1:UBEN", date(2026, 11, day)),
            RECORD,
        )
        for day in (22, 23, 24, 25)
    }

    assert found == {22: False, 23: True, 24: True, 25: False}


def test_a_record_without_an_owner_is_nobodys_own() -> None:
    assert not allowed(Action.READ_OWN, Who("slack", ""), Subject("s-1"))


def test_what_the_ledger_keeps_of_a_refusal_is_ids_and_codes() -> None:
    refused = refusal(Action.ERASE, PEOPLE["ben"], RECORD)

    assert refused is not None
    assert refused.entry() == {
        "action": "erase",
        "because": "role",
        "channel": "slack",
        "user": "T1:UBEN",
        "person": "ben",
        "subject": "R-1",
    }


@given(
    action=st.sampled_from(list(Action)),
    person=st.sampled_from(list(PEOPLE)),
    told=st.frozensets(st.sampled_from(sorted(PEOPLE))),
    owner=st.sampled_from(["ana", "lead", "keeper"]),
)
def test_no_way_round_being_kept_out(
    action: Action, person: str, told: frozenset[str], owner: str
) -> None:
    who = PEOPLE[person]
    record = Subject(
        "R-1", ("slack", f"T1:U{owner.upper()}"), "team", told, frozenset({who.person})
    )

    may = allowed(action, who, record)

    own = {each for each in Action if MAY[each] == {"ana"}}
    assert not may or (action in own and person == owner) or not who.person


def test_whoever_talks_on_this_machine_has_one_name_there() -> None:
    own = Subject("s-1", ("page", "local"), "team")

    assert allowed(Action.READ_OWN, Who("terminal", "local"), own)
    assert not allowed(Action.READ_OWN, Who("slack", "local"), own)
