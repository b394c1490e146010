"""A version comes into force by two people, and goes back by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.guide import NEWER_VERSION, Guide, Shelf
from bot.ports import Audit
from bot.publishing import Draft, Publishing, Refused, Why
from bot.shelf import ASKED_EVERY
from bot.store import SqlStore, open_store
from dialogs.engine import Answer
from dialogs.reply import Prompt
from knowledge.load import load
from tests.support.fakes import START, CountingIds, FakeClock
from tests.support.packs import shipped_files, shipped_pack
from tests.support.publishing import (
    GRAVER,
    MORGAN,
    PLAINER,
    ROSALIND,
    TOBIAS,
    a_draft,
    a_guide,
    a_publishing,
    a_shelf,
    files_with,
    hash_of,
    who,
)
from tests.support.stores import KEYS, a_database

RED = ("in-danger: {danger: [yes, not-sure]}", "in-danger: {danger: yes}")


@dataclass
class Office:
    """One process in which administrators work and practitioners talk."""

    store: SqlStore
    clock: FakeClock
    shelf: Shelf
    publishing: Publishing
    guide: Guide

    def put_in_force(self, draft: Draft) -> str:
        name = self.publishing.propose(draft, who(ROSALIND)).row.name
        self.publishing.approve(name, who(TOBIAS), signed_in=True)
        return name

    def refused(self) -> list[str]:
        with self.store.reading() as transaction:
            return [
                str((each.body or {})[key])
                for kind, key in (
                    (Audit.GUIDANCE_REFUSED, "why"),
                    (Audit.ACTION_REFUSED, "because"),
                )
                for each in transaction.logged(kind=kind)
            ]

    def begins_on(self) -> str:
        session = self.guide.start("ana").session
        with self.store.reading() as transaction:
            row = transaction.session(session)
        assert row is not None
        return row.guidance


def an_office(store: SqlStore) -> Office:
    clock, ids = FakeClock(), CountingIds()
    shelf = a_shelf(clock, ids)
    publishing = a_publishing(store, clock, shelf)
    return Office(store, clock, shelf, publishing, a_guide(store, clock, ids, shelf))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = open_store(a_database(tmp_path), KEYS)
    yield an_office(store)
    store.close()


def asked(guide: Guide) -> str:
    prompt = guide.start("ana").replies[-1]
    assert isinstance(prompt, Prompt)
    return prompt.ask


# ---- proposing ---------------------------------------------------------------


def test_a_draft_waits_until_a_second_administrator_has_approved_it(
    office: Office,
) -> None:
    proposed = office.publishing.propose(a_draft(PLAINER), who(ROSALIND))

    assert proposed.ruling is None
    assert proposed.row.name == "2026-11-23.1"
    assert office.begins_on() == shipped_pack().hash


def test_an_approved_version_is_what_new_sessions_begin_on(office: Office) -> None:
    draft = a_draft(PLAINER)
    office.put_in_force(draft)
    office.clock.move(ASKED_EVERY)

    assert office.begins_on() == hash_of(draft)
    assert asked(office.guide).startswith("Does any child, or anyone else,")


def test_leads_can_be_told_in_five_lines_what_changed(office: Office) -> None:
    proposed = office.publishing.propose(a_draft(GRAVER), who(ROSALIND))

    assert len(proposed.row.told) == 5
    assert proposed.row.changes_safety


@pytest.mark.parametrize(
    ("draft", "why", "says"),
    [
        (a_draft(RED), Why.NOT_GREEN, "BROKEN: "),
        (a_draft(("level: 4", "level: 9")), Why.NOT_GREEN, "flow.yaml:"),
        (a_draft(PLAINER, reason=" "), Why.NO_REASON, "Say why"),
        (Draft(shipped_files(), "None"), Why.LACKS, "signed-off-by"),
        (
            replace(a_draft(PLAINER), from_at=START - timedelta(days=1)),
            Why.GONE_BY,
            "gone by",
        ),
    ],
    ids=["red proof", "red check", "no reason", "not signed off", "gone by"],
)
def test_what_is_not_fit_to_be_proposed_is_refused_with_the_reason_and_logged(
    office: Office, draft: Draft, why: Why, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        office.publishing.propose(draft, who(ROSALIND))

    assert refused.value.why == why
    assert office.refused() == [why.value]
    assert office.publishing.history() == ()


def test_a_draft_whose_cases_differ_is_refused(office: Office) -> None:
    files = files_with()
    rows = files["cases.csv"].replace(",urgent,", ",today,", 1)
    files["cases.csv"] = rows

    with pytest.raises(Refused, match=r"cases\.csv:\d+: .*alert: expected today"):
        office.publishing.propose(Draft(files, "Wrong"), who(ROSALIND))


def test_who_is_no_administrator_is_refused_and_logged(office: Office) -> None:
    with pytest.raises(Refused, match="Only an administrator"):
        office.publishing.propose(a_draft(PLAINER), who(MORGAN))

    assert office.refused() == ["role"]


def test_a_draft_of_another_pack_is_refused(office: Office) -> None:
    files = files_with(PLAINER)
    files["pack.yaml"] = files["pack.yaml"].replace(
        "id: derby-derbyshire-2015", "id: another-pack"
    )

    with pytest.raises(Refused, match="This bot uses the pack derby-derbyshire-2015"):
        office.publishing.propose(Draft(files, "Another"), who(ROSALIND))


# ---- a second person ---------------------------------------------------------


def test_the_author_cannot_approve_their_own_version(office: Office) -> None:
    name = office.publishing.propose(a_draft(PLAINER), who(ROSALIND)).row.name

    with pytest.raises(Refused, match="another administrator has to approve"):
        office.publishing.approve(name, who(ROSALIND), signed_in=True)

    assert office.refused() == ["own"]
    assert office.begins_on() == shipped_pack().hash


def test_a_lead_who_is_no_administrator_cannot_approve(office: Office) -> None:
    name = office.publishing.propose(a_draft(PLAINER), who(ROSALIND)).row.name

    with pytest.raises(Refused, match="Only an administrator"):
        office.publishing.approve(name, who(MORGAN), signed_in=True)

    assert office.refused() == ["role"]


def test_nobody_approves_where_nobody_knows_who_they_are(office: Office) -> None:
    name = office.publishing.propose(a_draft(PLAINER), who(ROSALIND)).row.name

    with pytest.raises(Refused, match="in Slack or Teams"):
        office.publishing.approve(name, who(TOBIAS), signed_in=False)

    assert office.refused() == ["not-signed-in"]


def test_a_proposal_is_sent_back_with_the_reason(office: Office) -> None:
    name = office.publishing.propose(a_draft(PLAINER), who(ROSALIND)).row.name

    back = office.publishing.send_back(
        name, "Say child first", who(TOBIAS), signed_in=True
    )

    assert back.ruling is not None
    assert back.ruling.why == "Say child first"
    with pytest.raises(Refused, match="was sent-back already"):
        office.publishing.approve(name, who(TOBIAS), signed_in=True)
    assert office.begins_on() == shipped_pack().hash


def test_a_version_that_was_overtaken_is_not_approved(office: Office) -> None:
    first = office.publishing.propose(a_draft(PLAINER), who(ROSALIND)).row.name
    office.put_in_force(a_draft(GRAVER))

    with pytest.raises(Refused, match="Look again, or propose it again"):
        office.publishing.approve(first, who(TOBIAS), signed_in=True)


def test_an_approval_says_in_the_ledger_who_and_what(office: Office) -> None:
    draft = a_draft(PLAINER)
    name = office.put_in_force(draft)

    with office.store.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.GUIDANCE_APPROVED)

    assert entry.body is not None
    assert entry.body["name"] == name
    assert entry.body["guidance"] == hash_of(draft)
    assert (entry.body["author"], entry.body["person"]) == (ROSALIND, TOBIAS)


def test_a_version_waits_for_its_day(office: Office) -> None:
    draft = replace(a_draft(PLAINER), from_at=START + timedelta(days=3))
    office.put_in_force(draft)
    office.clock.move(timedelta(days=2, hours=23))
    before = office.begins_on()
    office.clock.move(timedelta(hours=1))

    assert before == shipped_pack().hash
    assert office.begins_on() == hash_of(draft)


# ---- sessions in progress ----------------------------------------------------


def test_a_session_in_progress_finishes_on_its_version_and_hears_of_a_safer_one(
    office: Office,
) -> None:
    session = office.guide.start("ana").session
    office.clock.move(timedelta(minutes=1))
    office.put_in_force(a_draft(PLAINER, GRAVER))
    office.clock.move(ASKED_EVERY)

    prompt = office.guide.move(session, "ana", Answer("no")).replies[-1]

    assert isinstance(prompt, Prompt)
    assert NEWER_VERSION in prompt.remarks
    with office.store.reading() as transaction:
        row = transaction.session(session)
    assert row is not None
    assert row.guidance == shipped_pack().hash


def test_a_session_in_progress_hears_nothing_of_other_words(office: Office) -> None:
    session = office.guide.start("ana").session
    office.clock.move(timedelta(minutes=1))
    office.put_in_force(a_draft(PLAINER))
    office.clock.move(ASKED_EVERY)

    prompt = office.guide.move(session, "ana", Answer("no")).replies[-1]

    assert isinstance(prompt, Prompt)
    assert NEWER_VERSION not in prompt.remarks


# ---- going back --------------------------------------------------------------


def test_going_back_is_one_step_and_is_shown_before(office: Office) -> None:
    office.put_in_force(a_draft(GRAVER))
    office.clock.move(timedelta(minutes=1))

    seen = office.publishing.going_back()
    office.publishing.roll_back("Too grave", who(TOBIAS), signed_in=True)
    office.clock.move(ASKED_EVERY)

    assert seen.changes_safety
    assert office.begins_on() == shipped_pack().hash
    assert len(office.publishing.history()) == 2


def test_going_back_to_a_named_version(office: Office) -> None:
    first = a_draft(PLAINER)
    name = office.put_in_force(first)
    for edits in ((PLAINER, GRAVER), (GRAVER,)):
        office.clock.move(timedelta(minutes=1))
        office.put_in_force(a_draft(*edits))

    office.publishing.roll_back("As it was", who(TOBIAS), signed_in=True, name=name)
    office.clock.move(ASKED_EVERY)

    assert office.begins_on() == hash_of(first)


def test_nobody_goes_back_from_a_reviewed_version_unknown(office: Office) -> None:
    office.put_in_force(a_draft(GRAVER))

    with pytest.raises(Refused, match="Go back in Slack or Teams"):
        office.publishing.roll_back("Why not", who(TOBIAS), signed_in=False)

    assert office.refused() == ["not-signed-in"]


def test_there_is_nothing_to_go_back_to_at_first(office: Office) -> None:
    with pytest.raises(Refused, match="No version was in force before"):
        office.publishing.going_back()


# ---- a trial -----------------------------------------------------------------


def test_a_trial_is_in_force_at_once_and_every_screen_says_that_nobody_reviewed_it(
    office: Office,
) -> None:
    draft = Draft({**shipped_files(), **flow_of(PLAINER)}, "Trying")

    office.publishing.try_out(draft, who(ROSALIND))
    office.clock.move(ASKED_EVERY)
    first = office.guide.start("ana")
    second = office.guide.move(first.session, "ana", Answer("no"))

    for said in (first, second):
        prompt = said.replies[-1]
        assert isinstance(prompt, Prompt)
        assert "caution-not-reviewed" in [each.id for each in prompt.remarks]


def test_a_trial_is_held_to_check_proof_and_cases_all_the_same(office: Office) -> None:
    with pytest.raises(Refused, match="BROKEN: "):
        office.publishing.try_out(a_draft(RED), who(ROSALIND))


def test_nothing_unreviewed_takes_the_place_of_a_reviewed_version(
    office: Office,
) -> None:
    office.put_in_force(a_draft(PLAINER))
    office.clock.move(timedelta(minutes=1))

    with pytest.raises(Refused, match="A reviewed version is in use here"):
        office.publishing.try_out(a_draft(GRAVER), who(ROSALIND))

    assert office.refused() == ["not-a-trial"]


def flow_of(edit: tuple[str, str]) -> dict[str, str]:
    return {"flow.yaml": shipped_files()["flow.yaml"].replace(*edit, 1)}


# ---- what is not fit to be used ----------------------------------------------


def test_a_version_that_breaks_a_rule_of_today_is_not_put_in_force(
    tmp_path: Path,
) -> None:
    store = open_store(a_database(tmp_path), KEYS)
    office = an_office(store)
    careful = Shelf(office.shelf.shipped, office.clock, CountingIds(), lambda _: False)
    office.put_in_force(a_draft(PLAINER))

    careful.refresh(store)

    assert careful.current.pack.hash == shipped_pack().hash
    store.close()


def test_what_is_approved_elsewhere_is_in_force_here_within_ten_seconds(
    office: Office,
) -> None:
    other = an_office(office.store)
    other.guide.start("ben")
    draft = a_draft(PLAINER)
    office.put_in_force(draft)
    other.clock.move(timedelta(seconds=10))

    prompt = other.guide.start("cat").replies[-1]

    assert isinstance(prompt, Prompt)
    assert other.shelf.current.pack.hash == load(draft.files).hash
