"""A marked secret, typed into every text field, is found nowhere outside the seal.

Ways are chosen until they pass every field of the pack that takes words; the same mark
is typed where words are not understood, asked for, and written down by an operator.
Then everything is searched that the bot or a database may have written: each file of
SQLite, the whole folder of the PostgreSQL server with its journal and its log, our own
log at its most talkative, figures and health, errors with all that led to them, what
was promised to be sent, and what was printed.
"""

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Text

from bot.auditor import findings_of_all
from bot.channels.alert_lines import shown
from bot.climb import Happened, Kind
from bot.finding import Finding
from bot.guide import Guide, Said
from bot.ports import Audit, Clock, StoredFact
from bot.retention import change_hold
from bot.store import SqlStore, open_store, tables
from bot.store.anchors import Anchors
from bot.store.upkeep import Lawful, anchor, erase
from bot.vitals import Vitals
from dialogs.engine import Answer, Ask, Typed
from dialogs.reply import Prompt
from dialogs.session import Answered
from knowledge.conditions import All
from knowledge.model import Asks
from tests.support.alerting import MORGAN, TAMSIN, USER, World, the_directory
from tests.support.cases import CASES, walked
from tests.support.deciding import DANGER, decide
from tests.support.dialog import Dialog, competence, follow
from tests.support.fakes import START
from tests.support.identity import shipped_guard
from tests.support.lines import a_guide
from tests.support.packs import shipped_pack
from tests.support.postgres import Postgres
from tests.support.stores import KEYS, a_database

SECRET = "planted-4d9b"  # noqa: S105 -- a mark to look for, not a password
WITH_WORDS = {
    *(Happened.ADVISED, Happened.OFFERED, Happened.DISAGREED, Happened.CLOSED),
}
"""What happens to an alert with words of somebody."""
USER_MARK = "planted-user-4d9b"
UNUSUAL = "competent, whatever the lines say"
ALWAYS = All(())
Place = tuple[str, str]


def text_fields() -> frozenset[Place]:
    """Return every field of the pack in which anything may be written."""
    return frozenset(
        (question.id, field.id)
        for question in shipped_pack().flow.questions.values()
        for field in question.fields.values()
        if field.asks is Asks.TEXT and not field.check
    )


def answered_in(case: str) -> tuple[Answered, ...]:
    return tuple(fact for fact in dialog(case).facts if isinstance(fact, Answered))


@cache
def dialog(case: str) -> Dialog:
    if case != UNUSUAL:
        return walked(case)
    answers = dict(CASES["a competent child refuses"].answers)
    consent = answers["consent-so-far"]
    assert isinstance(consent, dict)
    unmet = competence("competent", lines="no")
    answers["competence"] = {**unmet, "because": "She showed it in other words."}
    answers["consent-so-far"] = {**consent, "responsibility-known-from": "the school"}
    return follow(answers)


def passed(case: str) -> frozenset[Place]:
    """Return the text fields that a case fills in, or could have."""
    flow = shipped_pack().flow
    written = {
        (fact.question, line)
        for fact in answered_in(case)
        if isinstance(fact.value, Mapping)
        for line in fact.value
    }
    always = {
        (fact.question, line.id)
        for fact in answered_in(case)
        for line in flow.questions[fact.question].fields.values()
        if line.shown == ALWAYS
    }
    return frozenset(written | always) & text_fields()


@cache
def ways() -> tuple[str, ...]:
    """Return a few cases that pass every text field of the pack."""
    cases = (*CASES, UNUSUAL)
    passing = {case: passed(case) for case in cases}
    left, chosen = set(text_fields()), list[str]()
    while left:
        # The first of the best, so that every run goes the same ways.
        best = max(cases, key=lambda case: len(left & passing[case]))
        assert left & passing[best], left
        chosen.append(best)
        left -= passing[best]
    return tuple(chosen)


def walk(guide: Guide, case: str) -> set[Place]:
    """Go the way of a case, writing the secret into every text field there is."""
    said = guide.start(USER_MARK)
    said = guide.move(said.session, USER_MARK, Typed(SECRET))
    said = guide.move(said.session, USER_MARK, Ask(SECRET))
    for fact in answered_in(case):
        prompt = asked(guide, said)
        assert prompt is not None
        assert prompt.question == fact.question
        value: object = fact.value
        if isinstance(fact.value, Mapping):
            places = ((prompt.question, line.id) for line in prompt.fields)
            lines = [line for _, line in text_fields().intersection(places)]
            value = {**fact.value, **dict.fromkeys(lines, SECRET)}
        before = said.facts
        said = guide.move(said.session, USER_MARK, Answer(value))
        assert said.facts > before, (prompt.question, said.replies)
    return {
        (fact.question, line)
        for _, fact in guide.look(said.session, USER_MARK).facts
        if isinstance(fact, Answered) and isinstance(fact.value, Mapping)
        for line, words in fact.value.items()
        if words == SECRET
    }


def asked(guide: Guide, said: Said) -> Prompt | None:
    replies = guide.resume(said.session, USER_MARK).replies
    return next((one for one in replies if isinstance(one, Prompt)), None)


def what_leads_and_practitioners_write(world: World) -> str:
    """Write about an alert and its decision, and return the alert's reference."""
    reference = decide(world.guide, USER, DANGER)
    world.run()
    (row,) = world.alerts()
    lead, owner = world.who(MORGAN), world.alerts_of.who("slack", USER)
    alerts, own = world.alerts_of, world.own
    shelf = world.guide.shelf
    finding = Finding(world.store, world.clock, world.raiser, shelf, shipped_guard())
    alerts.advise(lead, row.id, f"Ring {SECRET}.")
    alerts.hand_over(lead, row.id, TAMSIN, SECRET)
    world.guide.read_advice(row.session, USER)
    own.disagree(row.session, USER, SECRET)
    own.show_identity(row.session, USER, SECRET)
    finding.correct(owner, reference, SECRET, keep=True)
    alerts.close(lead, row.id, "passed-on", SECRET)
    world.run()
    return row.id


def what_an_operator_writes(store: SqlStore, anchors: Anchors) -> None:
    with store.reading() as transaction:
        sessions = transaction.sessions(USER_MARK, 2)
    with store.begin() as transaction:
        transaction.log(Audit.ACTION_REFUSED, sessions[0].id, {"asked": SECRET}, START)
        transaction.log(Audit.ACTION_REFUSED, "directory", {"asked": SECRET}, START)
        change_hold(transaction, sessions[1].id, SECRET, SECRET, START)
    anchor(store, anchors, START)
    erase(store, anchors, sessions[0].id, Lawful(SECRET, SECRET), START)


def errors(*attempts: Callable[[], object]) -> str:
    """Return everything that is said where each of these fails, and why it did."""
    said = []
    for attempt in attempts:
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- whichever it is
            attempt()
        # Not the lines of the source, which stand in this file with the mark.
        told = traceback.TracebackException.from_exception(caught.value)
        while told is not None:
            said += [str(told), *(told.__notes__ or ())]
            told = told.__cause__ or told.__context__  # type: ignore[assignment]  # both may be None
    return "\n".join(said)


def what_is_refused(world: World, alert: str) -> str:
    """Make everything complain about words with the secret; return what is said."""
    store, alerts, lead = world.store, world.alerts_of, world.who(MORGAN)
    long = SECRET * 1_000
    with store.reading() as transaction:
        (decision, *_) = transaction.decisions()
        session = transaction.sessions(USER_MARK, 1)[0].id

    def recorded(**wrong: object) -> None:
        with store.begin() as transaction:
            transaction.record(replace(decision, **wrong))  # type: ignore[arg-type]  # a test names fields that are there

    def appended() -> None:
        fact = StoredFact(999, START, "session:answered", {"words": SECRET})
        with store.begin() as transaction:
            transaction.append(session, 998, [fact], "open")

    return errors(
        lambda: recorded(n=999),
        lambda: recorded(reference="R-9"),
        appended,
        lambda: alerts.advise(lead, alert, long),
        lambda: alerts.advise(lead, alert, SECRET, SECRET),
        lambda: alerts.hand_over(lead, alert, TAMSIN, long),
        lambda: alerts.hand_over(lead, alert, SECRET, SECRET),
        lambda: alerts.close(lead, alert, SECRET, SECRET),
        lambda: alerts.advise(world.who("emeka-sandford"), alert, SECRET),
        lambda: world.guide.move(session, USER, Typed(SECRET)),
    )


def what_a_machine_reads(store: SqlStore, clock: Clock) -> str:
    """Return figures, health and findings, as whoever watches the bot is told."""
    vitals = Vitals(store, clock)
    with store.reading() as transaction:
        found = findings_of_all(transaction, clock.now())
        rows = transaction.alerts()
        events = [transaction.alert_events(row.id) for row in rows]
    directory, now = the_directory(), clock.now()
    lines = [
        line
        for row, its in zip(rows, events, strict=True)
        for line in shown(row, its, directory, now)
    ]
    return "\n".join([vitals.figures(), vitals.lacking(), *map(str, found), *lines])


@pytest.fixture(params=["sqlite", "postgresql"])
def written_to(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[SqlStore, Path]]:
    """A store, and the folder of everything its database writes."""
    if request.param == "sqlite":
        store = open_store(a_database(tmp_path), KEYS)
        yield store, tmp_path
        store.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    if server.folder is None:
        pytest.skip("the files of another server are not ours to search")
    with server.database(request.getfixturevalue("migrated_template")) as address:
        store = open_store(address, KEYS)
        yield store, server.folder
        store.close()


def holding(folder: Path, mark: str = SECRET) -> list[str]:
    """Return the files under a folder that hold the secret, or another mark."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and mark.encode() in path.read_bytes()
    ]


@pytest.mark.slow
def test_a_secret_in_every_text_field_is_nowhere_outside_the_seal(
    written_to: tuple[SqlStore, Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    # It says nothing but names of states, ten lines a move.
    caplog.set_level(logging.WARNING, "transitions")
    store, folder = written_to
    world = World(store)
    guide = a_guide(store, ids=world.ids)

    written = set[Place]().union(*(walk(guide, case) for case in ways()))
    alert = what_leads_and_practitioners_write(world)
    complaints = what_is_refused(world, alert)
    read = what_a_machine_reads(store, world.clock)
    what_an_operator_writes(store, Anchors(tmp_path / "anchors", KEYS))

    assert text_fields() - written == set()
    assert holding(folder, USER_MARK), "what is not sealed is found in these files"
    assert holding(folder) == []
    assert holding(tmp_path) == []
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capfd.readouterr())
    assert alert in read
    assert SECRET not in read
    assert SECRET not in complaints
    sent = [one.promise for one in world.deliveries()]
    assert {one.kind for one in sent} >= {Kind.ALERT, Kind.HANDOVER, Kind.NEWS}
    assert SECRET not in repr(sent)
    assert_it_can_be_read(store, world, alert)


def assert_it_can_be_read(store: SqlStore, world: World, alert: str) -> None:
    """Hold that the secret was really typed, or an empty search proves nothing."""
    with store.reading() as transaction:
        kept = [str(row.body) for row in transaction.decisions(user=USER_MARK)]
        kinds = (Audit.RECORD_CORRECTED, Audit.RECORD_HELD, Audit.RECORD_ERASED)
        kept += [str(transaction.logged(kind=kind)[0].body) for kind in kinds]
    events = [one for one in world.events(alert) if one.kind in WITH_WORDS]
    assert {one.kind for one in events} == WITH_WORDS
    kept += [str(one.body) for one in events]
    assert [body for body in kept if SECRET not in body] == []


# ---- every column ----------------------------------------------------------------

SEALED = {
    *("fact.body", "decision.body", "body.sealed", "delivery.body"),
    *("alert.plan", "alert_event.body"),
}
"""Columns that hold what people wrote, sealed."""
FOR_EVERYBODY = {
    *("guidance.files", "proposal.reason", "proposal.told", "ruling.why"),
}
"""Columns that hold words about guidance, which everybody may read."""
NO_WORDS = {"record_key.wrapped", "conversation.address", "message.address"}
"""Columns that hold a key, or ids and addresses of a platform."""


def test_every_column_that_can_hold_words_is_sealed_or_named_here() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text)
    }

    assert columns == SEALED | FOR_EVERYBODY | NO_WORDS
