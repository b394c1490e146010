"""The record in words and as JSON: whole, only for its owner, and replayed."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import pytest

from bot.channels.records import listed, shown
from bot.ports import DecisionRow, GuidanceRow, Store, Transaction
from tests.bot.channels.talk import WHOLE, House, flat
from tests.support.fakes import FakeClock
from tests.support.packs import shipped_edition, shipped_pack

CLOCK = FakeClock()
REFERENCE = "R-0000-0000-01"
DANGER = ("yes", "none", "yes", *[""] * 8, *[""] * 7, "refer", "told 999", "", "")
PAUSED = (*WHOLE[:11], "no", "not yet", "I must ask", "", "")


class Tampered:
    """Reads from another transaction, but with one kept thing changed."""

    def __init__(
        self,
        kept: Transaction,
        *,
        body: Mapping[str, object] | None = None,
        decision: str = "",
        lost: bool = False,
    ) -> None:
        self._kept = kept
        self._body = body
        self._decision = decision
        self._lost = lost

    def __getattr__(self, name: str) -> object:
        return getattr(self._kept, name)

    def decision(self, reference: str) -> DecisionRow | None:
        row = self._kept.decision(reference)
        if row is None:
            return None
        row = replace(row, body={**row.body, **(self._body or {})})
        return replace(row, decision=self._decision or row.decision)

    def guidance(self, hash: str) -> GuidanceRow | None:  # noqa: A002 -- the port's word
        row = self._kept.guidance(hash)
        if row is None or not self._lost:
            return row
        return replace(row, files={**row.files, "pack.yaml": "spoilt: yes\n"})


class TamperedStore:
    """A store whose reading gives tampered rows."""

    def __init__(
        self,
        store: Store,
        *,
        body: Mapping[str, object] | None = None,
        decision: str = "",
        lost: bool = False,
    ) -> None:
        self._store = store
        self._body = body
        self._decision = decision
        self._lost = lost

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with self._store.begin() as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._store.reading() as kept:
            tampered = Tampered(
                kept, body=self._body, decision=self._decision, lost=self._lost
            )
            # What it does not change it passes on, which mypy cannot see.
            yield cast("Transaction", tampered)


def record(store: Store, reference: str = REFERENCE) -> str:
    text = shown(store, reference, "ana", as_json=False, clock=CLOCK)
    assert text is not None
    return flat(text)


def test_a_record_says_who_decided_what_when_and_under_which_guidance(
    house: House,
) -> None:
    house.said(*WHOLE)

    text = record(house.store)

    assert text.startswith(f"Record of decision {REFERENCE} Session: s-0000000000001")
    assert "Decided: 2026-11-23T09:00:00Z (times are UTC) By: ana" in text
    assert f"version {shipped_pack().hash}" in text
    assert shipped_edition() in text
    assert "Share, within what was agreed (level 0, from 0 to 4)" in text
    assert "Your decision: Share it" in text
    assert "Your reasons: they agreed and it helps" in text
    assert "Departs from what was indicated: no" in text


def test_a_record_holds_every_question_as_asked_with_its_answer(house: House) -> None:
    house.said(*WHOLE)

    text = record(house.store)

    for question in ("danger", "purpose", "consent-so-far", "how-to-share"):
        assert shipped_pack().flow.questions[question].ask in text
    assert "With whom, by role and organisation: the school nurse" in text


def test_a_record_names_each_passage_shown_with_its_hash(house: House) -> None:
    house.said(*WHOLE)

    text = record(house.store)

    words = shipped_pack().passages["S3-1"]
    assert f"S3-1, {words.section}, shown at: danger" in text
    assert f"SHA-256 {words.hash}" in text


@pytest.mark.parametrize("typed", [WHOLE, DANGER, PAUSED])
def test_replaying_the_stored_answers_gives_the_same_record(
    house: House, typed: tuple[str, ...]
) -> None:
    house.said(*typed)

    assert "Replayed: the same." in record(house.store)


def test_a_record_whose_text_was_changed_is_found_out(house: House) -> None:
    house.said(*WHOLE)
    store = TamperedStore(house.store, body={"outcomes": [], "person-asked": True})

    assert "Replayed: different in: outcomes, person-asked." in record(store)


def test_a_decision_that_was_changed_is_found_out(house: House) -> None:
    house.said(*WHOLE)
    store = TamperedStore(house.store, decision="do-not-share")

    assert "Replayed: different in: decision." in record(store)


def test_a_record_whose_guidance_was_changed_is_shown_and_says_so(house: House) -> None:
    house.said(*DANGER, "f", "the worry", "", "", "", "", "", "")
    store = TamperedStore(house.store, lost=True)

    text = record(store)

    assert "Replayed: not possible, the kept version" in text
    assert "Your reasons: told 999" in text
    assert "Answered afterwards: how-to-share" in text


def test_a_record_says_that_nobody_was_told_of_an_alert(
    house: House,
) -> None:
    house.said(*DANGER)

    text = record(house.store)

    assert "Alert to a safeguarding lead: asked for urgently." in text
    assert "Nobody was told." in text


def test_what_was_added_after_the_decision_is_shown_with_its_time(house: House) -> None:
    house.said(*DANGER, "f", "the worry", "", "", "", "", "", "")

    text = record(house.store)

    assert "2026-11-23T09:00:00Z: Added to this decision: how-to-share" in text
    assert "What you share, and only what is needed: the worry" in text


def test_a_later_decision_of_the_session_is_named_and_advice_kept(house: House) -> None:
    house.said(*PAUSED)
    house.said(*("agrees", "agrees", "", "yes", *WHOLE[12:]), resume="s-0000000000001")

    first, second = record(house.store), record(house.store, "R-0000-0000-02")

    assert "A further decision was recorded: R-0000-0000-02" in first
    assert "Replayed: the same." in first
    assert "Replayed: the same." in second


def test_advice_that_was_received_is_in_the_record(house: House) -> None:
    typed = ("no", "not sure", "1", "not yet", "I ask", "", "")
    house.said(*typed, "g", "the duty lead", "refer it", "yes", "evidence")
    house.said(
        *("no", *[""] * 7, *[""] * 8, "refer", "as advised", "", ""),
        resume="s-0000000000001",
    )

    text = record(house.store, "R-0000-0000-02")

    assert "From role: the duty lead" in text
    assert "Advice: refer it" in text


def test_a_record_is_shown_only_to_the_person_it_belongs_to(house: House) -> None:
    house.said(*WHOLE)

    assert shown(house.store, REFERENCE, "ben", as_json=False, clock=CLOCK) is None
    assert (
        shown(house.store, "R-9999-9999-99", "ana", as_json=False, clock=CLOCK) is None
    )


def test_a_reference_in_small_letters_is_understood(house: House) -> None:
    house.said(*WHOLE)

    assert shown(
        house.store, f" {REFERENCE.lower()} ", "ana", as_json=False, clock=CLOCK
    )


def test_no_line_of_a_record_is_wider_than_a_terminal(house: House) -> None:
    house.said(*WHOLE)

    text = shown(house.store, REFERENCE, "ana", as_json=False, clock=CLOCK)

    assert text is not None
    assert max(len(line) for line in text.splitlines()) <= 78


def test_a_record_as_json_holds_the_same_and_whether_it_replays(house: House) -> None:
    house.said(*DANGER, "f", "the worry", "", "", "", "", "", "")

    text = shown(house.store, REFERENCE, "ana", as_json=True, clock=CLOCK)

    assert text is not None
    whole = json.loads(text)
    assert whole["decision"] == "refer"
    assert whole["level"] == 4
    assert whole["record"]["guidance"] == shipped_pack().hash
    assert whole["replayed"] == "the same"
    assert whole["later"]


def test_the_list_names_decisions_and_sessions_of_the_person_only(house: House) -> None:
    house.said(*WHOLE)
    house.said("no")
    house.said("no", user="ben")

    text = listed(house.store, "ana", as_json=False)

    assert f"{REFERENCE}, 2026-11-23T09:00:00Z" in text
    assert "You decided: Share it" in text
    assert "s-0000000000001, begun" in text
    assert "s-0000000000002, begun" in text
    assert "To go on with one: python app.py chat --resume SESSION" in text
    assert "s-0000000000003" not in text


def test_an_empty_list_says_so(house: House) -> None:
    text = listed(house.store, "ana", as_json=False)

    assert text == "You have no decisions in the record.\n\nYou have no sessions."


def test_the_list_as_json_can_be_read_by_a_program(house: House) -> None:
    house.said(*WHOLE)

    found = json.loads(listed(house.store, "ana", as_json=True))

    assert found["decisions"][0]["reference"] == REFERENCE
    assert found["sessions"][0]["state"] == "recorded"
