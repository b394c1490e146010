"""Reaches recorded decisions by right: one's own, and those of teams somebody leads.

Who may do what is decided by the one table of roles. A practitioner corrects a
decision by adding to the ledger, so that what was recorded first stays as it was. A
lead searches by codes and dates; each time somebody else reads a record, the ledger
says who, what and when, and the practitioner can see it. Whoever the conflict answer
keeps out is told nothing, in the same words as where nothing is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot import climb
from bot.asks import asks_of
from bot.directory import local_midnight
from bot.directory.duty import kept_out
from bot.directory.hours import local_day
from bot.filing import Filing, gather
from bot.guide import GuidanceLost, Shelf
from bot.permission import Refused, log_refusal, logging_refusals
from bot.ports import (
    Audit,
    Clock,
    DecidedRow,
    DecisionRow,
    SessionRow,
    Store,
    Transaction,
)
from bot.privacy.details import HoldsDetails
from bot.privacy.guard import IdentityGuard
from bot.privacy.watch import ASKED
from bot.raising import Raiser
from bot.roles import Action, Subject, Who, allowed, refusal, who_is
from dialogs.session import UnknownFact, decoded

MOST_FOUND: Final = 50
"""Decisions that one search returns at most. Ours: more are not read, but narrowed."""
MOST_LOOKED_AT: Final = 5_000
"""Decisions that one search looks at, the newest first. Ours: seconds."""
MOST_LISTED: Final = 100
PAGE: Final = 200
LONGEST_WORDS: Final = 4_000
"""Characters of a correction. Ours; a page of text."""
SEARCHES: Final = "searches"
"""What the ledger says a search is about."""
TimeLeft = Callable[[], bool]
"""Says whether there is still time to go on."""
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class NoSuchRecord(Exception):
    """There is none of that reference for whoever asks; they are told no more."""


class _NotTheirs(NoSuchRecord, Refused):
    """A refusal that is logged, and heard as if there were no such record."""


class MayNotSearch(Exception):
    """Whoever asks leads no team; it is in the ledger."""


class TookTooLong(Exception):
    """A search was not through in time; nothing is shown of it, and nothing logged."""


class NotLikeThat(Exception):
    """Something is missing or wrong; the message is for whoever did it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody searches for; what is empty is not asked about.

    Attributes:
        reference: Of a decision.
        since, until: Local days; both count.
        team: Id of a team.
        outcome: Id of the outcome indicated last.
        passage: Id of a passage that was shown, such as `GR1`.
    """

    reference: str = ""
    since: date | None = None
    until: date | None = None
    team: str = ""
    outcome: str = ""
    passage: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Wanted":
        """Read what was filled in, by the names of these attributes.

        Args:
            form: Days as year, month, day; what is empty or missing is not asked about.

        Raises:
            NotLikeThat: A day is none.
        """
        codes = {
            name: form.get(name, "").strip()
            for name in ("reference", "team", "outcome", "passage")
        }
        since, until = (_day(form.get(name, "")) for name in ("since", "until"))
        return cls(since=since, until=until, **codes)

    def codes(self) -> dict[str, object]:
        """Return what the ledger keeps of it.

        Raises:
            NotLikeThat: Something in it is no code, so it may be words.
        """
        words = {
            "reference": self.reference,
            "team": self.team,
            "outcome": self.outcome,
            "passage": self.passage,
        }
        for name, word in words.items():
            if word and not _CODE.fullmatch(word):
                raise NotLikeThat(f"Write a {name} as it stands in the record.")
        days = {"since": self.since, "until": self.until}
        return {
            **{name: word for name, word in words.items() if word},
            **{name: day.isoformat() for name, day in days.items() if day},
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """One decision that was found.

    Attributes:
        title: What was indicated, in words.
        decision: Id of what was decided.
    """

    reference: str
    at: datetime
    team: str
    outcome: str
    title: str
    decision: str
    departing: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: The newest first.
        more: Whether it stopped before it had looked at everything.
    """

    hits: tuple[Hit, ...]
    more: bool


class Finding:
    """Finds, reads and corrects recorded decisions for whoever may."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        raiser: Raiser,
        shelf: Shelf,
        guard: IdentityGuard,
    ) -> None:
        """Take the ports.

        Args:
            store: Where decisions are kept.
            clock: The time, UTC.
            raiser: Knows whose team a session is.
            shelf: Pack versions, to read who is kept out of a session.
            guard: Looks at the words of a correction before they are kept.
        """
        self._store = store
        self._clock = clock
        self._raiser = raiser
        self._shelf = shelf
        self._guard = guard

    def who(self, channel: str, user: str, *, guest: bool = False) -> Who:
        """Return who a platform's signed payload names."""
        day = local_day(self._clock.now())
        return who_is(self._raiser.directory, channel, user, day, guest=guest)

    def teams(self, who: Who) -> tuple[tuple[str, str], ...]:
        """Return the teams whose decisions somebody may search, as id and label."""
        teams = self._raiser.directory.teams
        return tuple(
            (id_, teams[id_].label)
            for id_ in dict.fromkeys(team for team, _ in sorted(who.places))
            if id_ in teams and allowed(Action.FIND_RECORD, who, Subject(team=id_))
        )

    # ---- one's own ------------------------------------------------------------------

    def own(self, user: str) -> tuple[DecisionRow, ...]:
        """Return a practitioner's decisions, the newest first."""
        with self._store.reading() as transaction:
            return transaction.decisions(user=user, limit=MOST_LISTED)

    def read_own(self, who: Who, reference: str) -> Filing:
        """Return one of their own decisions whole.

        Raises:
            NoSuchRecord: There is none of theirs.
        """
        with self._logging_refusals(), self._store.reading() as transaction:
            row = self._theirs(transaction, who, Action.READ_OWN, reference)
            filing = gather(transaction, row.reference)
        if filing is None:
            raise NoSuchRecord
        return filing

    def _theirs(
        self, transaction: Transaction, who: Who, action: Action, reference: str
    ) -> DecisionRow:
        """Return a decision to somebody who may do something with it.

        Raises:
            NoSuchRecord: There is none for them; where they may not, that is logged
                further out.
        """
        row = transaction.decision(_tidy(reference))
        if row is None:
            raise NoSuchRecord
        refused = refusal(action, who, self._subject(transaction, row))
        if refused is not None:
            raise _NotTheirs(refused, row.session)
        return row

    def _logging_refusals(self) -> AbstractContextManager[None]:
        return logging_refusals(self._store, self._clock)

    def correct(  # noqa: PLR0913 -- what is right, of what, and how it came
        self,
        who: Who,
        reference: str,
        words: str,
        about: str = "",
        *,
        keep: bool,
        key: str = "",
    ) -> int:
        """Add a correction to one's own decision; return its place in the ledger.

        Args:
            who: Whose decision it is.
            reference: Of the decision.
            words: What is right; at most `LONGEST_WORDS` characters.
            about: Id of the question it is about; empty for the whole record.
            keep: Whether they want details kept that they were asked about.
            key: Names the request, so that a repeated one counts once; empty where
                none is.

        Raises:
            NoSuchRecord: There is none of theirs; where it is another's, that is in
                the ledger.
            NotLikeThat: The words are missing or too long, or nothing of that id was
                asked.
            HoldsDetails: They may say who somebody is, and `keep` is false.
        """
        said = _words(words)
        kinds = self._guard.kinds((said,))
        found: dict[str, object] = {
            "user": who.user,
            "kinds": [kind.value for kind in kinds],
        }
        with self._logging_refusals(), self._store.begin() as transaction:
            row = self._theirs(transaction, who, Action.CORRECT_OWN, reference)
            if about and about not in _asked(row):
                raise NotLikeThat("Choose what the correction is about.")
            now = self._clock.now()
            found |= {"reference": row.reference}
            if keep or not kinds:
                if key and transaction.seen(key, now):
                    return _last_correction(transaction, row)
                body = {**found, "about": about, "words": said}
                return transaction.log(Audit.RECORD_CORRECTED, row.session, body, now)
            asked = {**found, "written": "correction", "choice": ASKED}
            transaction.log(Audit.IDENTITY_WARNED, row.session, asked, now)
        raise HoldsDetails(kinds)

    # ---- reading --------------------------------------------------------------------

    def read(self, who: Who, reference: str) -> Filing:
        """Return one decision whole; that somebody else read it is in the ledger.

        Who decided is left out where they have not chosen to be known.

        Raises:
            NoSuchRecord: There is none that they may read.
        """
        with self._logging_refusals(), self._store.begin() as transaction:
            row = transaction.decision(_tidy(reference))
            filing = gather(transaction, row.reference) if row else None
            if row is None or filing is None:
                raise NoSuchRecord
            if allowed(Action.READ_OWN, who, self._subject(transaction, row)):
                return filing
            self._theirs(transaction, who, Action.FIND_RECORD, reference)
            said = {
                "who": who.person,
                "channel": who.channel,
                "user": who.user,
                "reference": row.reference,
            }
            now = self._clock.now()
            transaction.log(Audit.RECORD_READ, row.session, said, now)
            return _as_others_read(filing)

    # ---- searching ------------------------------------------------------------------

    def search(self, who: Who, wanted: Wanted, go_on: TimeLeft = lambda: True) -> Found:
        """Return decisions of the teams somebody leads, the newest first.

        There is no total: it would tell who is kept out of something.

        Args:
            who: Whoever searches.
            wanted: What they search for.
            go_on: Asked before each decision that is looked at, and before it is
                logged what was found.

        Raises:
            MayNotSearch: They lead no team.
            NotLikeThat: Something that is wanted is no code.
            TookTooLong: There was no time to go on.
        """
        codes = wanted.codes()
        self.teams_to_search(who)
        with self._store.reading() as transaction:
            found = self._found(transaction, who, wanted, go_on)
        with self._store.begin() as transaction:
            # To begin may have taken a while too, and whoever asked has gone.
            _hold_to_time(go_on)
            said = {
                "who": who.person,
                "channel": who.channel,
                "user": who.user,
                "wanted": codes,
                "found": [hit.reference for hit in found.hits],
            }
            transaction.log(Audit.RECORDS_SEARCHED, SEARCHES, said, self._clock.now())
        return found

    def teams_to_search(self, who: Who) -> tuple[tuple[str, str], ...]:
        """Return the teams to somebody who wants to search, as id and label.

        Raises:
            MayNotSearch: They lead no team; that they asked is in the ledger.
        """
        teams = self.teams(who)
        if teams:
            return teams
        # Asked of no team in particular, which nobody who leads none may.
        refused = refusal(Action.FIND_RECORD, who, Subject(id=SEARCHES))
        if refused is not None:
            log_refusal(self._store, self._clock, refused, SEARCHES)
        raise MayNotSearch

    def _found(
        self, transaction: Transaction, who: Who, wanted: Wanted, go_on: TimeLeft
    ) -> Found:
        hits: list[Hit] = []
        for looked_at, row in enumerate(_pages(transaction, wanted), 1):
            _hold_to_time(go_on)
            if looked_at > MOST_LOOKED_AT or len(hits) == MOST_FOUND:
                return Found(tuple(hits), more=True)
            hit = self._hit(transaction, who, wanted, row)
            if hit is not None:
                hits.append(hit)
        return Found(tuple(hits), more=False)

    def _hit(
        self, transaction: Transaction, who: Who, wanted: Wanted, row: DecidedRow
    ) -> Hit | None:
        """Return a decision if it is wanted and may be seen; the cheap looks first."""
        if wanted.reference and row.reference != _tidy(wanted.reference):
            return None
        decision = transaction.decision(row.reference)
        if decision is None or not _shows(decision, wanted.passage):
            return None
        subject = self._subject(transaction, decision)
        if wanted.team not in {"", subject.team}:
            return None
        if not allowed(Action.FIND_RECORD, who, subject):
            return None
        corrected = transaction.logged(
            record=row.session, kind=Audit.RECORD_CORRECTED, limit=MOST_LISTED
        )
        return Hit(
            reference=row.reference,
            at=row.at,
            team=subject.team,
            outcome=row.outcome,
            title=_title(decision),
            decision=decision.decision,
            departing=decision.departing,
            corrected=any(
                (one.body or {}).get("reference") == row.reference for one in corrected
            ),
        )

    # ---- whose it is, and who is kept out -----------------------------------------

    def _subject(self, transaction: Transaction, row: DecisionRow) -> Subject:
        """Return what the table of roles has to know of a decision."""
        session = transaction.session(row.session)
        if session is None:
            return Subject(id=row.reference, waits_for_conflict=True)
        alert = transaction.alert_of(session.id)
        kept = climb.kept_of(alert) if alert else None
        team = alert.team if alert else self._raiser.team_of(session).id
        out, settled = self._out(transaction, session, row.at)
        return Subject(
            id=row.reference,
            owner=(session.channel, session.user),
            team=team,
            kept_out=out | (kept.barred if kept else frozenset()),
            waits_for_conflict=not settled or (kept is not None and not kept.settled),
        )

    def _out(
        self, transaction: Transaction, session: SessionRow, at: datetime
    ) -> tuple[frozenset[str], bool]:
        """Return who is kept out, and whether that is known.

        Where a session cannot be read, nobody else is shown it: it may keep them out.
        """
        try:
            engine = self._shelf.engine(session.guidance, transaction)
            # A tuple, of which the engine keeps nothing: there may be words in it.
            facts = tuple(
                decoded(one.kind, one.body) for one in transaction.facts(session.id)
            )
        except (GuidanceLost, UnknownFact):
            return frozenset(), False
        asks = asks_of(engine, engine.place(facts), ())
        team, directory = self._raiser.team_of(session), self._raiser.directory
        days = (local_day(at), local_day(self._clock.now()))
        found = (kept_out(directory, team, asks.named, day) for day in days)
        return frozenset[str]().union(*found), asks.settled


def _hold_to_time(go_on: TimeLeft) -> None:
    if not go_on():
        raise TookTooLong


def _pages(transaction: Transaction, wanted: Wanted) -> Iterator[DecidedRow]:
    """Yield decisions that fit what stands readable in their rows."""
    since = local_midnight(wanted.since) if wanted.since else None
    # The last day counts: up to the midnight after it.
    until = local_midnight(wanted.until + timedelta(days=1)) if wanted.until else None
    after: DecidedRow | None = None
    while True:
        page = transaction.decided(
            since=since,
            until=until,
            outcome=wanted.outcome or None,
            after=after,
            limit=PAGE,
        )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]


def _as_others_read(filing: Filing) -> Filing:
    """Leave out who decided, unless they have chosen to be known."""
    if climb.shown_as(filing.alert):
        return filing
    session = replace(filing.session, user="") if filing.session else None
    return replace(filing, row=replace(filing.row, user=""), session=session)


def _last_correction(transaction: Transaction, row: DecisionRow) -> int:
    last = transaction.logged(record=row.session, kind=Audit.RECORD_CORRECTED, limit=1)
    return last[0].seq if last else 0


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        raise NotLikeThat("Write each day as year, month, day: 2026-11-26.") from None


def _tidy(reference: str) -> str:
    return reference.strip().upper()


def _asked(row: DecisionRow) -> set[str]:
    questions = row.body["questions"]
    assert isinstance(questions, list)  # noqa: S101 -- the record's own form
    return {str(one["question"]) for one in questions}


def _shows(row: DecisionRow, passage: str) -> bool:
    passages = row.body["passages"]
    assert isinstance(passages, list)  # noqa: S101 -- the record's own form
    return not passage or passage.upper() in {
        str(one["id"]).upper() for one in passages
    }


def _title(row: DecisionRow) -> str:
    outcomes = row.body["outcomes"]
    assert isinstance(outcomes, list)  # noqa: S101 -- the record's own form
    titles = {str(one["outcome"]): str(one["title"]) for one in outcomes}
    return titles.get(row.outcome, row.outcome)


def _words(words: str) -> str:
    said = words.strip()
    if not said:
        raise NotLikeThat("Write what is right.")
    if len(said) > LONGEST_WORDS:
        raise NotLikeThat(f"Make it shorter: at most {LONGEST_WORDS} characters.")
    return said
