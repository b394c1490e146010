"""A record stands on its own years later, and replaying the facts gives it again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dialogs.record import record_of
from dialogs.session import decoded, encoded
from tests.support.cases import (
    CASES,
    CONFIDENTIAL,
    HARM,
    child,
    ticked,
    walked,
)
from tests.support.dialog import (
    ADVISED,
    CRITERIA,
    HOW_TO_SHARE,
    Dialog,
    a_session,
    an_engine,
    competence,
    decides,
    follow,
    in_turn,
    weighed,
)

EVERYTHING = {
    **CONFIDENTIAL,
    **ticked("risk-if-shared"),
    "prompted-by": "professional-request",
    "requester-verified": "yes",
    "advice-received": ADVISED,
    "provider": "agrees",
    **child("disagrees", "disagrees", **{"responsibility-known-from": "School file"}),
    "competence": {**competence(), "weighs-up-note": "Said both sides."},
    "weigh-up": weighed("yes"),
    "how-to-share": {
        **{k: v for k, v in HOW_TO_SHARE.items() if k != "tell-them"},
        "method": "other-email",
        "method-because": "No other way today.",
    },
    "decision": in_turn(
        decides("not-yet"),
        decides(
            "share", **{"review-date": "2026-12-01", "case-reference": "CPOMS 10442"}
        ),
    ),
}


def the_record(dialog: Dialog) -> dict[str, Any]:
    """Return the record of a session."""
    return record_of(dialog.engine, dialog.facts)


def answer_in(record: dict[str, Any], question: str) -> Any:  # noqa: ANN401 - as JSON
    """Return what a record says was answered."""
    return next(q["answer"] for q in record["questions"] if q["question"] == question)


@pytest.mark.parametrize("name", CASES)
def test_replaying_the_stored_facts_gives_the_same_record(name: str) -> None:
    dialog = walked(name)

    stored = [json.loads(json.dumps(encoded(fact))) for fact in dialog.facts]
    again = [decoded(kind, body) for kind, body in stored]

    assert record_of(an_engine(), again) == the_record(dialog)


@pytest.mark.parametrize("name", CASES)
def test_a_record_is_plain_values(name: str) -> None:
    record = the_record(walked(name))

    assert json.loads(json.dumps(record)) == record


@pytest.mark.parametrize(
    ("question", "line", "says"),
    [
        ("decision", "case-reference", "CPOMS 10442"),
        ("decision", "reasons", "On the facts."),
        ("decision", "review-date", "2026-12-01"),
        ("consent-so-far", "child-view", "disagrees"),
        ("consent-so-far", "responsible-view", "disagrees"),
        ("consent-so-far", "responsibility-known-from", "School file"),
        ("competence", "conclusion", "competent"),
        ("competence", "weighs-up-note", "Said both sides."),
        ("weigh-up", "if-shared", "Help may begin sooner."),
        ("weigh-up", "if-not-shared", "The worry may grow."),
        ("weigh-up", "proportionate", "yes"),
        ("how-to-share", "what", "The worry about meals."),
        ("how-to-share", "facts-and-opinion", HOW_TO_SHARE["facts-and-opinion"]),
        ("how-to-share", "with-whom", "Health visitor, the clinic"),
        ("how-to-share", "why", "They visit on Friday."),
        ("how-to-share", "method", "other-email"),
        ("how-to-share", "tell-them", "not-told"),
        *[("competence", criterion, "yes") for criterion in CRITERIA],
    ],
)
def test_a_good_record_holds(question: str, line: str, says: str) -> None:
    record = the_record(follow(EVERYTHING))

    assert answer_in(record, question)[line] == says


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("prompted-by", "professional-request"),
        ("requester-verified", "yes"),
        ("purpose", "yes"),
        ("identifiable", "yes"),
        ("confidential", "yes"),
        ("provider", "agrees"),
        ("safety-check", ["risk-if-shared"]),
    ],
)
def test_a_good_record_says_who_asked_why_and_of_what_kind_it_was(
    question: str, says: object
) -> None:
    assert answer_in(the_record(follow(EVERYTHING)), question) == says


def test_a_good_record_says_who_advised_what_and_whether_names_were_given() -> None:
    record = the_record(follow(EVERYTHING))

    assert record["advice"] == [ADVISED]
    assert record["advised-on"] == ["risk-if-shared"]


def test_a_good_record_says_what_was_indicated_and_under_which_guidance() -> None:
    dialog = follow(EVERYTHING)
    record = the_record(dialog)

    assert [one["outcome"] for one in record["outcomes"]][-1] == "share-proportionate"
    assert record["guidance"] == dialog.engine.pack.hash
    assert "2015" in record["document"]
    assert record["signed-off-by"] == ""


def test_a_good_record_holds_the_passages_relied_on_with_their_hashes() -> None:
    dialog = follow(EVERYTHING)
    passages = {one["id"]: one for one in the_record(dialog)["passages"]}

    assert "weigh-up" in passages["S3-5"]["at"]
    assert passages["S3-5"]["hash"] == dialog.engine.pack.passages["S3-5"].hash


def test_a_record_repeats_the_questions_and_answers_in_words() -> None:
    record = the_record(follow(EVERYTHING))
    entry = next(q for q in record["questions"] if q["question"] == "safety-check")

    assert entry["asked"].startswith("Which of these is true?")
    assert "could put someone at risk" in entry["in-words"][0][1]


def test_a_record_says_that_the_decision_departed_and_why() -> None:
    decision = decides("do-not-share", **{"departing-because": "It was shared."})
    record = the_record(follow(HARM, {"decision": decision}))

    assert record["departing"] is True
    assert answer_in(record, "decision")["departing-because"] == "It was shared."


def test_a_record_keeps_the_harm_grounds_and_dissent() -> None:
    views = {"views": "The mother refused."}
    record = the_record(follow(HARM, {"harm-record": views}))

    assert answer_in(record, "safety-check") == ["reasonable-cause"]
    assert answer_in(record, "harm-record") == views


def test_a_session_without_a_decision_has_a_record_that_departs_from_nothing() -> None:
    record = the_record(a_session().answer("no"))

    assert record["departing"] is False
    assert record["outcomes"] == []


def test_a_record_of_typed_lines_is_the_record_of_the_form() -> None:
    typed = a_session().follow({**CONFIDENTIAL, "purpose": "no"}, until="if-not-shared")
    form = a_session().follow({**CONFIDENTIAL, "purpose": "no"}, until="if-not-shared")

    typed.type("Nothing.")
    form.answer({"if-not-shared": "Nothing."})

    assert the_record(typed) == the_record(form)
