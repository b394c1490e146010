"""Walks the ledger from its first entry, and names the first thing that is not right.

Memory does not grow with the ledger: it is read a page at a time. Beside the chain it
looks at what the entries vouch for, at the keys, and at the anchors kept outside the
database, without which a whole chain written anew would look right.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, func, select

from bot.ports import Audit, KeyUnknown, SealBroken
from bot.store import tables
from bot.store.anchors import Anchor
from bot.store.chain import GENESIS, Entry, chained, hash_of_rows, hash_of_text
from bot.store.erased import ERASED
from bot.store.ledger import Ledger, covered_columns, place_of_entry

PAGE = 200
"""Entries read at once, with the facts they vouch for. Ours: a few megabytes."""
VOUCHING = (Audit.DECISION_RECORDED, Audit.DECISION_TAKEN_OVER)

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The first thing that is not right.

    Attributes:
        seq: which entry; 0 where it is about none.
        what: in words, with ids and numbers only.
    """

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the ledger found.

    Attributes:
        entries: how many were walked.
        erased: how many of them have no body any more, lawfully.
        anchors: how many anchors were compared.
        trouble: the first thing that is not right; None where all is.
    """

    entries: int
    erased: int
    anchors: int
    trouble: Trouble | None


class _Found(Exception):
    """Ends the walk."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(what)
        self.trouble = Trouble(seq, what)


@dataclass(slots=True)
class _Walk:
    """Where the walk has come to."""

    anchors: Mapping[int, Sequence[Anchor]]
    seq: int = 0
    hash: str = GENESIS
    erased: int = 0
    compared: int = 0


@dataclass(frozen=True, slots=True)
class _Page:
    """Some entries, and what has to be known about the records they are about.

    Attributes:
        erased: records that the ledger says were erased.
        facts: rows of facts as they are hashed, by session.
        decisions: rows of decisions as they are hashed, by session and fact.
    """

    rows: Sequence[AnyRow]
    erased: frozenset[str]
    facts: Mapping[str, list[AnyRow]] = field(default_factory=dict)
    decisions: Mapping[tuple[str, int], AnyRow] = field(default_factory=dict)


class Checking(Ledger):
    """Verifies the ledger and what it vouches for."""

    def verify(self, anchors: Iterable[Anchor] = ()) -> Verdict:
        """Walk the ledger, and return what was found; changes nothing."""
        walk = _Walk({})
        trouble = None
        try:
            walk.anchors = _by_place(anchors)
            _check_anchors(walk)
            for page in self._pages():
                for row in page.rows:
                    self._check(row, page, walk)
            self._check_end(walk)
            self._check_beside()
        except _Found as found:
            trouble = found.trouble
        return Verdict(walk.seq, walk.erased, walk.compared, trouble)

    def _pages(self) -> Iterator[_Page]:
        entry, body, key = tables.entry, tables.body.c, tables.record_key.c
        in_order = (
            select(entry, body.record.label("sealed_by"), body.sealed, key.wrapped)
            .outerjoin(tables.body, body.seq == entry.c.seq)
            .outerjoin(tables.record_key, key.record == body.record)
            .order_by(entry.c.seq)
            .limit(PAGE)
        )
        last = None
        while True:
            further = in_order if last is None else in_order.where(entry.c.seq > last)
            rows = self._rows(further)
            if not rows:
                return
            yield self._page(rows)
            last = rows[-1].seq

    def _page(self, rows: Sequence[AnyRow]) -> _Page:
        entry = tables.entry.c
        bare = {row.record for row in rows if row.sealed is None or row.facts}
        erasures = select(entry.record).where(
            entry.kind == Audit.RECORD_ERASED, entry.record.in_(bare)
        )
        erased = frozenset(row.record for row in self._rows(erasures)) if bare else ()
        page = _Page(rows, frozenset(erased), {}, {})
        sessions = {row.record for row in rows if row.facts} - page.erased
        if not sessions:
            return page
        facts, decisions = dict[str, list[AnyRow]](), dict[tuple[str, int], AnyRow]()
        of_facts, of_decisions = covered_columns(sessions)
        for row in self._rows(of_facts):
            facts.setdefault(row.session, []).append(row)
        for row in self._rows(of_decisions):
            decisions[row.session, row.n] = row
        return _Page(rows, page.erased, facts, decisions)

    def _check(self, row: AnyRow, page: _Page, walk: _Walk) -> None:
        expected = walk.seq + 1
        if row.seq != expected:
            raise _Found(expected, f"entry {expected} is missing")
        entry = Entry(
            row.seq,
            row.at,
            row.kind,
            row.record,
            row.facts,
            row.covers,
            row.body_hash,
            row.key_hash,
        )
        if chained(walk.hash, entry) != row.hash:
            raise _Found(
                row.seq, f"entry {row.seq} does not follow from the one before it"
            )
        if row.sealed is not None:
            self._check_body(row)
        elif row.record in page.erased and row.kind != Audit.RECORD_ERASED:
            walk.erased += 1
        else:
            raise _Found(
                row.seq,
                f"what entry {row.seq} says is gone, and no erasure is logged",
            )
        if row.facts and row.record not in page.erased:
            _check_covered(row, page)
        walk.seq, walk.hash = row.seq, row.hash
        _check_anchors(walk)

    def _check_body(self, row: AnyRow) -> None:
        if hash_of_text(row.sealed) != row.body_hash:
            raise _Found(row.seq, f"what entry {row.seq} says was changed")
        if row.wrapped is None:
            raise _Found(row.seq, f"the key of entry {row.seq} is gone")
        try:
            key = self._keyring.opened(row.wrapped)
        except KeyUnknown:
            raise _Found(
                row.seq, f"the key of entry {row.seq} was sealed under an unknown one"
            ) from None
        if key.commitment != row.key_hash:
            raise _Found(row.seq, f"the key of entry {row.seq} is another one")
        try:
            key.unseal(row.sealed_by, place_of_entry(row.seq, row.kind), row.sealed)
        except SealBroken:
            raise _Found(
                row.seq, f"what entry {row.seq} says was written for another place"
            ) from None

    def _check_end(self, walk: _Walk) -> None:
        heads = self._rows(select(tables.head))
        if len(heads) != 1 or heads[0].seq < walk.seq:
            raise _Found(walk.seq, "the ledger goes on behind its head")
        beyond = [seq for seq in walk.anchors if seq > walk.seq]
        last = max(heads[0].seq, *beyond) if beyond else heads[0].seq
        if last > walk.seq:
            raise _Found(
                walk.seq + 1,
                f"entries {walk.seq + 1} to {last} are missing at the end",
            )
        if heads[0].hash != walk.hash:
            raise _Found(walk.seq, "the head is not the hash of the last entry")

    # ---- what stands beside the ledger ---------------------------------------------

    def _check_beside(self) -> None:
        for question, what in _questions_beside():
            for row in self._rows(question.limit(1)):
                raise _Found(0, what.format(row[0]))


def _check_covered(row: AnyRow, page: _Page) -> None:
    rows = [
        tuple(fact[1:])
        for fact in page.facts.get(row.record, ())
        if fact.n <= row.facts
    ]
    decision = page.decisions.get((row.record, row.facts))
    if decision is not None:
        rows.append(tuple(decision))
    if hash_of_rows(rows) != row.covers:
        raise _Found(
            row.seq, f"the facts or the decision behind entry {row.seq} were changed"
        )


def _check_anchors(walk: _Walk) -> None:
    for anchor in walk.anchors.get(walk.seq, ()):
        walk.compared += 1
        if anchor.hash != walk.hash:
            raise _Found(
                walk.seq,
                f"entry {walk.seq} is not the one that was anchored in {anchor.place}:"
                " the ledger was written anew",
            )


def _by_place(anchors: Iterable[Anchor]) -> Mapping[int, Sequence[Anchor]]:
    found: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        if not anchor.ours:
            raise _Found(0, f"the anchor in {anchor.place} is not signed by us")
        found.setdefault(anchor.seq, []).append(anchor)
    return found


def _questions_beside() -> Iterator[tuple[Select[*tuple[Any, ...]], str]]:
    """Ask for rows that the ledger should vouch for and does not."""
    entry, session = tables.entry.c, tables.session.c
    fact, decision, key = tables.fact.c, tables.decision.c, tables.record_key.c
    vouched = select(entry.seq).where(
        entry.record == decision.session,
        entry.facts == decision.n,
        entry.kind.in_(VOUCHING),
    )
    yield (
        select(decision.reference).where(~vouched.exists()),
        "no entry vouches for decision {}",
    )
    said_erased = select(entry.seq).where(entry.kind == Audit.RECORD_ERASED)
    for table, whose in ((tables.fact, fact), (tables.decision, decision)):
        of_it = said_erased.where(entry.record == whose.session).exists()
        yield (
            select(whose.session).select_from(table).where(whose.body == "", ~of_it),
            "what was sealed in session {} is gone, and no erasure is logged",
        )
    of_session = said_erased.where(entry.record == session.id).exists()
    yield (
        select(session.id).where(session.state == ERASED, ~of_session),
        "session {} is called erased, and no erasure is logged",
    )
    kept = select(fact.n).where(fact.session == session.id)
    counted = select(func.count()).where(fact.session == session.id)
    yield (
        select(session.id).where(session.facts != counted.scalar_subquery()),
        "session {} does not have the facts it counts",
    )
    has_key = select(key.record).where(key.record == session.id)
    yield (
        select(session.id).where(
            session.state != ERASED, kept.exists(), ~has_key.exists()
        ),
        "the key of session {} is gone",
    )
