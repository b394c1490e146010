"""Puts a version of the guidance in force: proposed, seen by a second person, undone.

A draft is files. It is proposed by an administrator, with a reason, once check, proof
and cases are green; it comes into force when another administrator, signed in on a
channel that knows who they are, approves it. A version is never changed: going back
is putting an earlier one in force again. What is refused says why and is logged. Who
may do what stands in :mod:`bot.roles`, and whoever is told hears it elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.permission import log_refusal
from bot.ports import (
    Audit,
    GuidanceRow,
    ProposalRow,
    Proposed,
    Ruled,
    RulingRow,
)
from bot.roles import Action, Because, Refusal, Subject, Who, refusal
from bot.shelf import LOOKED_AT, GuidanceLost, Version, in_force, kept_pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.announcing import Announcer
    from bot.gates import Gates, Judged
    from bot.ports import Clock, Store, Transaction
    from bot.shelf import Shelf
    from knowledge.compare import Comparison
    from knowledge.model import Pack

RECORD: Final = "guidance"
"""What entries of the ledger about versions are about."""


class Why(StrEnum):
    """Why something about a version was refused; the values are stable and stored."""

    NOT_GREEN = "not-green"
    NO_REASON = "no-reason"
    NOT_ADMINISTRATOR = "not-administrator"
    NOT_SIGNED_IN = "not-signed-in"
    OWN = "own"
    OTHER_PACK = "other-pack"
    IN_FORCE_ALREADY = "in-force-already"
    LACKS = "lacks"
    GONE_BY = "gone-by"
    NO_SUCH = "no-such"
    RULED_ALREADY = "ruled-already"
    OVERTAKEN = "overtaken"
    LOST = "lost"
    NOT_A_TRIAL = "not-a-trial"
    NOTHING_BEFORE = "nothing-before"


class Refused(Exception):
    """Something was not done, and nothing changed but the ledger.

    Attributes:
        why: A stable word for it.
        lines: What is wrong and what to do, for whoever asked.
        refusal: What the table of roles refused; None where it was something else.
    """

    def __init__(self, why: Why, *lines: str, refusal: Refusal | None = None) -> None:
        """Keep the words; they name no person and hold nothing of a record."""
        super().__init__("\n".join(lines))
        self.why = why
        self.lines = lines
        self.refusal = refusal


def _require(action: Action, who: Who, subject: Subject) -> None:
    """Go on where somebody may do something with a version."""
    refused = refusal(action, who, subject)
    if refused is None:
        return
    if refused.because is Because.OWN:
        why, line = Why.OWN, "You proposed this version: another administrator has to"
        raise Refused(why, f"{line} approve it.", refusal=refused)
    raise Refused(
        Why.NOT_ADMINISTRATOR,
        "Only an administrator may do this. Administrators are named in the directory,"
        " under administrators.",
        refusal=refused,
    )


def _overtaken() -> Refused:
    return Refused(
        Why.OVERTAKEN,
        "Something came into force or was decided since this was proposed, so what it"
        " changes may not be what you were shown. Look again, or propose it again.",
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants in force.

    Attributes:
        files: Text by file name.
        reason: Why, in their words.
        from_at: Not before, time zone aware; None for as soon as it is approved.
        where: The folder, put before file names in what is wrong.
    """

    files: Mapping[str, str]
    reason: str
    from_at: datetime | None = None
    where: str = ""


class Publishing:
    """What administrators do with versions."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        shelf: Shelf,
        gates: Gates,
        announcer: Announcer | None = None,
    ) -> None:
        """Take the ports; nothing is read yet.

        Args:
            store: Where versions are kept.
            clock: The time, UTC.
            shelf: The version in force.
            gates: Check, proof and cases.
            announcer: Tells people of versions; None where nobody can be told.
        """
        self._announcer = announcer
        self._store = store
        self._clock = clock
        self._shelf = shelf
        self._gates = gates

    # ---- proposing ------------------------------------------------------------

    def propose(self, draft: Draft, who: Who) -> Proposed:
        """Propose a draft; it waits until another administrator has seen it.

        Raises:
            Refused: It is not green, or they may not; says why and is logged.
            StoreError: Nothing was written.
        """
        with self._logging_refusals(who, "draft"):
            row = self._proposal(draft, who, trial=False)
        with self._store.begin() as transaction:
            added = self._added(transaction, draft.files, row)
            if self._announcer:
                self._announcer.proposed(transaction, added.row)
            return added

    def asked(self, found: Proposed) -> tuple[str, ...]:
        """Return the names of the administrators who were asked to approve."""
        announcer = self._announcer
        return (
            tuple(one.name for one in announcer.asked(found.row)) if announcer else ()
        )

    def try_out(self, draft: Draft, who: Who) -> Proposed:
        """Put a draft in force unreviewed, for a trial on one machine.

        Every screen then says that nobody has reviewed it. Once a version of this
        pack was reviewed, nothing unreviewed can take its place.

        Raises:
            Refused: As for :meth:`propose`, or it is no trial any more.
            StoreError: Nothing was written.
        """
        with self._logging_refusals(who, "draft"):
            if self._reviewed_before():
                raise Refused(
                    Why.NOT_A_TRIAL,
                    "A reviewed version is in use here, so this one has to be reviewed"
                    " too. Propose it without --trial.",
                )
            row = self._proposal(draft, who, trial=True)
        with self._store.begin() as transaction:
            added = self._added(transaction, draft.files, row)
            return self._ruled(transaction, added, who, reviewed=False, told=False)

    def _proposal(self, draft: Draft, who: Who, *, trial: bool) -> ProposalRow:
        """Return the proposal of a draft that may be proposed."""
        _require(Action.PROPOSE_PACK, who, Subject(RECORD))
        if not draft.reason.strip():
            raise Refused(Why.NO_REASON, "Say why: write --reason and a few words.")
        now = self._clock.now()
        if draft.from_at is not None and draft.from_at < now:
            raise Refused(
                Why.GONE_BY, "That day has gone by. Leave it out for at once."
            )
        judged = self._gates.judge(draft.files, where=draft.where)
        pack = self._green(judged, trial=trial)
        self._shelf.refresh(self._store, now=True)
        current = self._shelf.current.pack
        if pack.id != current.id:
            raise Refused(
                Why.OTHER_PACK,
                f"This bot uses the pack {current.id}, and the draft is {pack.id}."
                " Give the draft that id, or set PACK first.",
            )
        if pack.hash == current.hash:
            raise Refused(Why.IN_FORCE_ALREADY, "This very version is in force.")
        changes, told = self._gates.changes(current, pack)
        return ProposalRow(
            pack=pack.id,
            name="",
            guidance=pack.hash,
            against=current.hash,
            reason=" ".join(draft.reason.split()),
            author=who.person,
            channel=who.channel,
            user=who.user,
            at=now,
            from_at=draft.from_at,
            stamp=judged.stamp,
            changes_safety=changes,
            told=told,
        )

    def _green(self, judged: Judged, *, trial: bool) -> Pack:
        if judged.pack is None or judged.faults:
            raise Refused(
                Why.NOT_GREEN,
                *judged.faults,
                "Nothing was proposed. Mend this, and run it again.",
            )
        if judged.lacks and not trial:
            raise Refused(
                Why.LACKS,
                *judged.lacks,
                "Nothing was proposed. A version needs these before people rely on it."
                " To try it out on one machine, add --trial.",
            )
        return judged.pack

    def _added(
        self, transaction: Transaction, files: Mapping[str, str], row: ProposalRow
    ) -> Proposed:
        transaction.keep_guidance(GuidanceRow(row.guidance, row.pack, files, row.at))
        named = replace(row, name=self._name(transaction, row))
        transaction.add_proposal(named)
        entry = {
            "pack": row.pack,
            "name": named.name,
            "guidance": row.guidance,
            "against": row.against,
            "author": row.author,
            "reason": row.reason,
            "stamp": row.stamp,
            "changes-safety": row.changes_safety,
        }
        transaction.log(Audit.GUIDANCE_PROPOSED, RECORD, entry, row.at)
        return Proposed(named, None)

    def _name(self, transaction: Transaction, row: ProposalRow) -> str:
        """Name a version by its day and its place on that day."""
        day = row.at.date().isoformat()
        taken = [
            each
            for each in transaction.proposals(row.pack, LOOKED_AT)
            if each.row.name.startswith(f"{day}.")
        ]
        return f"{day}.{len(taken) + 1}"

    # ---- a second person ------------------------------------------------------

    def approve(self, name: str, who: Who, *, signed_in: bool) -> Proposed:
        """Put a proposal in force, now or from its day on.

        Args:
            name: The version's name.
            who: Who approves, from the signed payload of a platform.
            signed_in: Whether the channel knows who they are; a terminal or a page
                without sign-in does not.

        Raises:
            Refused: They may not, or it is not what it was; says why and is logged.
            StoreError: Nothing was written.
        """
        with self._logging_refusals(who, name):
            seen = self._last_ruling()
            found = self._waiting(name, who, signed_in=signed_in)
            self._still_good(found)
            with self._store.begin() as transaction:
                if transaction.last_ruling(found.row.pack) != seen:
                    raise _overtaken()
                return self._ruled(transaction, found, who, reviewed=True)

    def send_back(self, name: str, why: str, who: Who, *, signed_in: bool) -> Proposed:
        """Send a proposal back to its author, with the reason.

        Raises:
            Refused: They may not; says why and is logged.
            StoreError: Nothing was written.
        """
        with self._logging_refusals(who, name):
            seen = self._last_ruling()
            found = self._waiting(name, who, signed_in=signed_in)
            if not why.strip():
                raise Refused(Why.NO_REASON, "Say what has to change.")
            return self._sent_back(found, why, who, seen)

    def _sent_back(self, found: Proposed, why: str, who: Who, seen: int) -> Proposed:
        now, name = self._clock.now(), found.row.name
        with self._store.begin() as transaction:
            if transaction.last_ruling(found.row.pack) != seen:
                raise _overtaken()
            ruling = RulingRow(
                pack=found.row.pack,
                n=seen + 1,
                name=name,
                ruled=Ruled.SENT_BACK,
                at=now,
                in_force_at=None,
                person=who.person,
                channel=who.channel,
                user=who.user,
                why=" ".join(why.split()),
                reviewed=True,
            )
            transaction.add_ruling(ruling)
            ruled = Proposed(found.row, ruling)
            if self._announcer:
                self._announcer.ruled(transaction, ruled)
            entry = {"name": name, "person": who.person, "why": ruling.why}
            transaction.log(Audit.GUIDANCE_SENT_BACK, RECORD, entry, now)
        return ruled

    def _waiting(self, name: str, who: Who, *, signed_in: bool) -> Proposed:
        """Return a proposal that this person may rule on."""
        if not signed_in:
            raise Refused(
                Why.NOT_SIGNED_IN,
                "Approve it in Slack or Teams, where the bot knows who you are.",
            )
        found = self.look(name)
        if found is None:
            raise Refused(Why.NO_SUCH, f"There is no proposal {name}.")
        row = found.row
        owner = (row.channel, row.user)
        subject = Subject(name, owner=owner, person=row.author)
        _require(Action.APPROVE_PACK, who, subject)
        if found.ruling is not None:
            raise Refused(
                Why.RULED_ALREADY, f"{name} was {found.ruling.ruled} already."
            )
        return found

    def _last_ruling(self) -> int:
        with self._store.reading() as transaction:
            return transaction.last_ruling(self._shelf.shipped.pack.id)

    def _still_good(self, found: Proposed) -> None:
        """Refuse what is no longer what was proposed, proved and compared."""
        self._shelf.refresh(self._store, now=True)
        if self._shelf.current.pack.hash != found.row.against:
            raise _overtaken()
        version = self._version(found.row.guidance)
        if self._gates.stamp(version.pack, version.files) != found.row.stamp:
            judged = self._gates.judge(version.files)
            if judged.faults:
                raise Refused(Why.NOT_GREEN, *judged.faults)

    def _version(self, guidance: str) -> Version:
        if guidance == self._shelf.shipped.pack.hash:
            return self._shelf.shipped
        with self._store.reading() as transaction:
            row = transaction.guidance(guidance)
            try:
                return Version(
                    kept_pack(transaction, guidance), row.files if row else {}
                )
            except GuidanceLost:
                raise Refused(
                    Why.LOST, "Its files are not kept as they were. Propose it again."
                ) from None

    def _ruled(
        self,
        transaction: Transaction,
        found: Proposed,
        who: Who,
        *,
        reviewed: bool,
        told: bool = True,
    ) -> Proposed:
        """Put a proposal in force from its moment on.

        Args:
            transaction: Where it is kept.
            found: The proposal.
            who: Who puts it in force.
            reviewed: Whether somebody other than its author has seen it.
            told: Whether people hear of it; nobody does of a trial.
        """
        now = self._clock.now()
        row = found.row
        ruling = RulingRow(
            pack=row.pack,
            n=transaction.last_ruling(row.pack) + 1,
            name=row.name,
            ruled=Ruled.APPROVED,
            at=now,
            in_force_at=max(now, row.from_at or now),
            person=who.person,
            channel=who.channel,
            user=who.user,
            why="",
            reviewed=reviewed,
        )
        transaction.add_ruling(ruling)
        ruled = Proposed(row, ruling)
        if self._announcer and told:
            self._announcer.ruled(transaction, ruled)
        entry = {
            "pack": row.pack,
            "name": row.name,
            "guidance": row.guidance,
            "person": who.person,
            "author": row.author,
            "in-force-at": str(ruling.in_force_at),
        }
        kind = Audit.GUIDANCE_APPROVED if reviewed else Audit.GUIDANCE_NOT_REVIEWED
        transaction.log(kind, RECORD, entry, now)
        return ruled

    # ---- going back -------------------------------------------------------------

    def earlier(self, name: str = "") -> Version:
        """Return the version to go back to: a named one, or the one before.

        Raises:
            Refused: There is none.
            StoreError: It cannot be read.
        """
        self._shelf.refresh(self._store, now=True)
        current = self._shelf.current.pack.hash
        approved = [
            each
            for each in self.history()
            if each.ruling is not None and each.ruling.ruled == Ruled.APPROVED
        ]
        if name:
            found = [each for each in approved if each.row.name == name]
            if not found:
                raise Refused(Why.NO_SUCH, f"No version {name} was ever in force.")
            return self._version(found[0].row.guidance)
        now = in_force(approved, self._clock.now())
        before = now.row.against if now else ""
        if not before or before == current:
            raise Refused(Why.NOTHING_BEFORE, "No version was in force before this.")
        return self._version(before)

    def going_back(self, name: str = "") -> Comparison:
        """Return what going back would change, without doing it.

        Raises:
            Refused: There is no such version.
            StoreError, TooLarge, Loops: It cannot be read or compared.
        """
        version = self.earlier(name)
        return self._gates.compared(self._shelf.current.pack, version.pack)

    def roll_back(
        self, reason: str, who: Who, *, signed_in: bool, name: str = ""
    ) -> Proposed:
        """Put an earlier version in force again, in one step.

        It was reviewed when it was approved first, so one administrator is enough.

        Args:
            reason: Why.
            who: Who goes back, from the signed payload of a platform.
            signed_in: Whether the channel knows who they are.
            name: The version to go back to; empty for the one before.

        Raises:
            Refused: They may not, or there is none; says why and is logged.
            StoreError: Nothing was written.
        """
        with self._logging_refusals(who, name or "the one before"):
            _require(Action.PROPOSE_PACK, who, Subject(RECORD))
            if not signed_in and self._reviewed_before():
                raise Refused(
                    Why.NOT_SIGNED_IN,
                    "Go back in Slack or Teams, where the bot knows who you are.",
                )
            if not reason.strip():
                raise Refused(Why.NO_REASON, "Say why: write --reason and a few words.")
            version = self.earlier(name)
        return self._put_back(version, reason, who)

    def _put_back(self, version: Version, reason: str, who: Who) -> Proposed:
        pack, current = version.pack, self._shelf.current.pack
        changes, told = self._gates.changes(current, pack)
        now = self._clock.now()
        row = ProposalRow(
            pack=pack.id,
            name="",
            guidance=pack.hash,
            against=current.hash,
            reason=" ".join(reason.split()),
            author=who.person,
            channel=who.channel,
            user=who.user,
            at=now,
            from_at=None,
            stamp=self._gates.stamp(pack, version.files),
            changes_safety=changes,
            told=told,
        )
        reviewed = any(
            each.ruling is not None and each.ruling.reviewed
            for each in self.history()
            if each.row.guidance == pack.hash
        )
        with self._store.begin() as transaction:
            added = self._added(transaction, version.files, row)
            entry = {"name": added.row.name, "person": who.person}
            transaction.log(Audit.GUIDANCE_ROLLED_BACK, RECORD, entry, now)
            return self._ruled(transaction, added, who, reviewed=reviewed)

    # ---- what was done ------------------------------------------------------------

    def history(self) -> tuple[Proposed, ...]:
        """Return the proposals of this pack, newest first."""
        with self._store.reading() as transaction:
            return transaction.proposals(self._shelf.shipped.pack.id, LOOKED_AT)

    def waiting(self) -> tuple[Proposed, ...]:
        """Return the proposals that nobody has ruled on, newest first."""
        return tuple(each for each in self.history() if each.ruling is None)

    def look(self, name: str) -> Proposed | None:
        """Return a proposal by its name, or None."""
        return next((each for each in self.history() if each.row.name == name), None)

    def _reviewed_before(self) -> bool:
        return any(
            each.ruling is not None
            and each.ruling.ruled == Ruled.APPROVED
            and each.ruling.reviewed
            for each in self.history()
        )

    def _logging_refusals(self, who: Who, subject: str) -> _Logging:
        return _Logging(self._store, self._clock, who, subject)


class _Logging:
    """Logs a refusal on its way out; whatever else is raised is not its affair."""

    def __init__(self, store: Store, clock: Clock, who: Who, subject: str) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        self._subject = subject

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if not isinstance(error, Refused):
            return
        if error.refusal is not None:
            log_refusal(self._store, self._clock, error.refusal, RECORD)
            return
        entry = {
            "why": error.why.value,
            "subject": self._subject,
            "channel": self._who.channel,
            "user": self._who.user,
            "person": self._who.person,
        }
        with self._store.begin() as transaction:
            transaction.log(Audit.GUIDANCE_REFUSED, RECORD, entry, self._clock.now())
