"""Gathers everything that is kept of one decision, for whoever shows or files it.

It reads and never changes, and knows nothing of how a record is drawn. What came
after the decision stands beside it, and the record is rebuilt from its facts each
time, so that a record that was tampered with does not pass for whole.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.guide import GuidanceLost, differing, kept_pack
from bot.permission import Refused, by_name, logging_refusals, require
from bot.ports import (
    AlertEvent,
    Audit,
    Clock,
    DecisionRow,
    GuidanceRow,
    SessionRow,
    Store,
    StoredFact,
    Transaction,
)
from bot.roles import Action, Subject, Who
from dialogs.answers import labels
from dialogs.session import Answered, Completed, UnknownFact, decoded
from knowledge.model import Pack

MOST = 100
"""Most decisions of one session that are looked at. Ours; a session has a few."""
MOST_READ = 1_000
"""Most corrections of a session, and most times it was read, that are shown. Ours."""
SAME = "the same"
"""What a record is found to be that its facts give again."""


@dataclass(frozen=True, slots=True)
class Later:
    """Something that happened in the session after the decision.

    Attributes:
        at: UTC.
        pairs: Labels and words of what was added; empty where none was.
    """

    at: datetime
    what: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody added to their decision because it was not right; chained.

    Attributes:
        at: UTC.
        about: Id of the question it is about; empty where it is about the whole.
        asked: That question as it was asked.
        words: What is right, in their words.
        entry: Its place in the ledger.
    """

    at: datetime
    about: str
    asked: str
    words: str
    entry: int

    @property
    def title(self) -> str:
        """What it is, in words; what was recorded first is never changed."""
        return f"Corrected: {self.asked or 'the record as a whole'}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that somebody other than the practitioner read it.

    Attributes:
        at: UTC.
        who: Id of the person in the directory; where they are not in it, their name
            on their channel.
    """

    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One decision with everything that belongs to it.

    Attributes:
        row: the decision as recorded.
        session: its session; None where the store has lost it.
        facts: all facts of the session, those after the decision too.
        guidance: the files of the pack version; None where they are not kept.
        pack: the pack version; None where it cannot be used.
        later: what happened after the decision, in order; corrections too.
        replayed: whether the facts give the same record again, in words.
        entry: the place of the decision in the ledger; 0 where it has none.
        alert: what happened to the session's alert, in order; nothing where it had
            none.
        corrections: what was corrected by adding to it, in order.
        readings: when others read it, in order.
    """

    row: DecisionRow
    session: SessionRow | None
    facts: tuple[StoredFact, ...]
    guidance: GuidanceRow | None
    pack: Pack | None
    later: tuple[Later, ...]
    replayed: str
    entry: int = 0
    alert: tuple[AlertEvent, ...] = ()
    corrections: tuple[Correction, ...] = ()
    readings: tuple[Reading, ...] = ()

    def corrected(self, question: str) -> tuple[Correction, ...]:
        """Return the corrections of one answer; of the whole for an empty id."""
        return tuple(one for one in self.corrections if one.about == question)

    @property
    def answered_at(self) -> Mapping[str, datetime]:
        """When each question was answered last before the decision, UTC."""
        return {
            str(fact.body["question"]): fact.at
            for fact in self.facts[: self.row.n]
            if fact.kind == "session:answered"
        }


def gather(transaction: Transaction, reference: str) -> Filing | None:
    """Return one decision whole, or None if there is none of that reference.

    Whose it is and who may read it is not asked here: see `gathered_for`.
    """
    row = transaction.decision(reference.strip().upper())
    if row is None:
        return None
    facts = transaction.facts(row.session)
    try:
        pack = kept_pack(transaction, row.guidance)
    except GuidanceLost:
        pack = None
    corrections = _corrections(transaction, row)
    return Filing(
        row=row,
        session=transaction.session(row.session),
        facts=facts,
        guidance=transaction.guidance(row.guidance),
        pack=pack,
        later=_later(transaction, row, facts, pack, corrections),
        replayed=_replayed(row, facts, pack),
        entry=_entry(transaction, row),
        alert=_alert(transaction, row),
        corrections=corrections,
        readings=_readings(transaction, row),
    )


def gathered_for(
    store: Store,
    clock: Clock | None,
    who: tuple[str, str],
    reference: str,
    action: Action,
) -> Filing | None:
    """Return one decision whole to the person whose it is.

    Args:
        store: Where it is kept.
        clock: The time, UTC; None where a refusal is not to be logged here.
        who: Channel and name of whoever asks.
        reference: Of the decision, in small letters too.
        action: What they want it for.

    Returns:
        None where there is none for them; that it is another's is not said, and is
        in the ledger.
    """
    logging = logging_refusals(store, clock) if clock else nullcontext()
    try:
        with logging, store.reading() as transaction:
            row = transaction.decision(reference.strip().upper())
            if row is None:
                return None
            require(action, *_asking(transaction, row, who), row.session)
            return gather(transaction, reference)
    except Refused:
        return None


def _asking(
    transaction: Transaction, row: DecisionRow, who: tuple[str, str]
) -> tuple[Who, Subject]:
    session = transaction.session(row.session)
    owner = (session.channel if session else who[0], row.user)
    asks, subject = by_name(*who, row.session, owner)
    return asks, replace(subject, id=row.reference)


def count_corrections(transaction: Transaction, limit: int) -> Mapping[str, int]:
    """Return how often each decision was corrected, by its reference.

    Args:
        transaction: A snapshot.
        limit: Corrections looked at, the newest first, > 0.
    """
    found = transaction.logged(kind=Audit.RECORD_CORRECTED, limit=limit)
    return Counter(str(one.body["reference"]) for one in found if one.body)


def _corrections(transaction: Transaction, row: DecisionRow) -> tuple[Correction, ...]:
    body: Mapping[str, Any] = row.body
    asked = {str(one["question"]): str(one["asked"]) for one in body["questions"]}
    found = [
        Correction(
            at=each.at,
            about=(about := str(said.get("about", ""))),
            asked=asked.get(about, ""),
            words=str(said.get("words", "")),
            entry=each.seq,
        )
        for each in transaction.logged(
            record=row.session, kind=Audit.RECORD_CORRECTED, limit=MOST_READ
        )
        if (said := each.body or {}).get("reference") == row.reference
    ]
    return tuple(reversed(found))


def _readings(transaction: Transaction, row: DecisionRow) -> tuple[Reading, ...]:
    found = [
        Reading(each.at, str(said.get("who") or said.get("user", "")))
        for each in transaction.logged(
            record=row.session, kind=Audit.RECORD_READ, limit=MOST_READ
        )
        if (said := each.body or {}).get("reference") == row.reference
    ]
    return tuple(reversed(found))


def _alert(transaction: Transaction, row: DecisionRow) -> tuple[AlertEvent, ...]:
    alert = transaction.alert_of(row.session)
    return transaction.alert_events(alert.id) if alert else ()


def decision_as_json(row: DecisionRow) -> dict[str, object]:
    """Return what identifies and sums up a decision, without its body."""
    return {
        "reference": row.reference,
        "session": row.session,
        "at": time(row.at),
        "user": row.user,
        "decision": row.decision,
        "outcome": row.outcome,
        "level": int(row.level),
        "alert": row.alert,
        "departing": row.departing,
        "guidance": row.guidance,
    }


def facts_as_json(facts: tuple[StoredFact, ...]) -> list[dict[str, object]]:
    """Return facts as plain values."""
    return [
        {"n": each.n, "at": time(each.at), "kind": each.kind, "body": dict(each.body)}
        for each in facts
    ]


def corrections_as_json(
    corrections: Iterable[Correction],
) -> list[dict[str, object]]:
    """Return corrections as plain values."""
    return [
        {
            "at": time(one.at),
            "about": one.about,
            "asked": one.asked,
            "words": one.words,
            "ledger-entry": one.entry,
        }
        for one in corrections
    ]


def fingerprint(
    decision: Mapping[str, object],
    record: Mapping[str, object],
    facts: list[dict[str, object]],
) -> str:
    """Return the SHA-256 of a decision, its record and the facts up to it, in hex.

    Two copies with the same fingerprint say the same. It stands only on copies that
    hold the words themselves: a hash of short text can be guessed back into the text.
    """
    whole = {"decision": decision, "record": record, "facts": facts}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of(filing: Filing) -> str:
    """Return the fingerprint of what is filed, up to the decision."""
    row = filing.row
    facts = facts_as_json(filing.facts[: row.n])
    return fingerprint(decision_as_json(row), row.body, facts)


def time(at: datetime) -> str:
    """Return a time in UTC to the second, as every record shows it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _entry(transaction: Transaction, row: DecisionRow) -> int:
    """Return the place of a decision in the ledger."""
    # Asked for by kind: a record that is read often has many other entries.
    found = [
        each.seq
        for kind in (Audit.DECISION_RECORDED, Audit.DECISION_TAKEN_OVER)
        for each in transaction.logged(record=row.session, kind=kind, limit=MOST)
        if (each.body or {}).get("reference") == row.reference
    ]
    return min(found, default=0)


def _later(
    transaction: Transaction,
    row: DecisionRow,
    facts: tuple[StoredFact, ...],
    pack: Pack | None,
    corrections: tuple[Correction, ...],
) -> tuple[Later, ...]:
    """Return answers, additions, corrections and decisions that came afterwards."""
    found = [one for fact in facts[row.n :] if (one := _happened(pack, fact))]
    found += [
        Later(one.at, one.title, (("Correction", one.words),)) for one in corrections
    ]
    for other in transaction.decisions(session=row.session, limit=MOST):
        if other.n > row.n:
            what = f"A further decision was recorded: {other.reference}"
            found.append(Later(other.at, what, ()))
    return tuple(sorted(found, key=lambda one: one.at))


def _happened(pack: Pack | None, stored: StoredFact) -> Later | None:
    try:
        fact = decoded(stored.kind, stored.body)
    except UnknownFact:
        return Later(stored.at, "Something this version does not know", ())
    if isinstance(fact, Completed):
        return Later(stored.at, f"Added to this decision: {fact.question}", ())
    if not isinstance(fact, Answered):
        return None
    question = pack.flow.questions.get(fact.question) if pack else None
    pairs = tuple(labels(question, fact.value)) if question else ()
    asked = question.ask if question else fact.question
    return Later(stored.at, f"Answered afterwards: {asked}", pairs)


def _replayed(
    row: DecisionRow, facts: tuple[StoredFact, ...], pack: Pack | None
) -> str:
    if pack is None:
        return "not possible, the kept version of the guidance cannot be used"
    try:
        apart = differing(pack, facts, row)
    except UnknownFact:
        return "not possible with this version of the bot"
    return f"different in: {', '.join(apart)}" if apart else SAME
