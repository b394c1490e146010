"""Promises what is said of a version: to whoever has to see it, and to who leads.

Each is promised in the transaction that makes it so, like anything else that is sent,
so that none can get lost: a proposal to the other administrators, what became of it to
its author, what changed to the leads on the day it comes into force. Whoever cannot be
reached on one channel is told on their next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.directory import PAGE, Directory, Person, local_day
from bot.ports import Ids, Promise, ProposalRow, Proposed, Ruled, Transaction
from bot.version_words import VersionWords, answered, published, to_approve


class About(StrEnum):
    """What is sent about versions; renderers and tables know these words."""

    PROPOSED = "version-proposed"
    """To an administrator who may approve it: a message with buttons."""
    RULED = "version-ruled"
    """That message again, changed in place."""
    ANSWERED = "version-answered"
    PUBLISHED = "version-published"
    REVIEW = "review-due"


CHATS: Final = frozenset({"slack", "teams"})
"""Where the bot knows who somebody is, so that they can approve there."""
_EVERYBODY: Final = 1_000


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody is to hear.

    Attributes:
        kind: What it is.
        body: Words, and the version they are about.
        about: What the promise is about.
        due_at: Not before; UTC.
    """

    kind: About
    body: Mapping[str, object]
    about: str
    due_at: datetime

    @classmethod
    def of(
        cls, kind: About, words: VersionWords, row: ProposalRow, due_at: datetime
    ) -> Saying:
        """Return what is said of a version."""
        body = {**words.body(), "version": row.name}
        return cls(kind, body, about_version(row), due_at)


@dataclass(frozen=True, slots=True)
class Announcer:
    """Promises words about versions.

    Attributes:
        directory: Who is what, and how they are reached.
        channels: What this installation can send on.
        ids: Makes ids of promises.
    """

    directory: Directory
    channels: Collection[str]
    ids: Ids

    # ---- a proposal -----------------------------------------------------------------

    def asked(self, row: ProposalRow) -> tuple[Person, ...]:
        """Return the administrators who can approve a proposal in a chat."""
        return tuple(one for one in self.approvers(row.at) if one.id != row.author)

    def approvers(self, at: datetime) -> tuple[Person, ...]:
        """Return the administrators who are reached in a chat, where one approves."""
        return tuple(
            person
            for person in self.people(self.directory.administrators, at)
            if any(channel in CHATS for channel, _ in self._ways(person))
        )

    def out_of_reach(self, at: datetime) -> tuple[Person, ...]:
        """Return the administrators who hear of no version and no review."""
        everybody = self.people(self.directory.administrators, at)
        return tuple(person for person in everybody if not self._ways(person))

    def proposed(self, transaction: Transaction, row: ProposalRow) -> None:
        """Ask the other administrators to approve a proposal."""
        words = to_approve(row, self.directory.name_of)
        said = Saying.of(About.PROPOSED, words, row, row.at)
        for person in self.people(self.directory.administrators, row.at):
            if person.id != row.author:
                self.tell(transaction, person, said)

    def ruled(self, transaction: Transaction, found: Proposed) -> None:
        """Tell what became of a proposal, and what changed where it is in force."""
        row, ruling = found.row, found.ruling
        if ruling is None:
            return
        asked = self._change(transaction, found, ruling.at)
        if ruling.person != row.author:
            words = answered(found, self.directory.name_of)
            said = Saying.of(About.ANSWERED, words, row, ruling.at)
            for person in self.people((row.author,), ruling.at):
                self.tell(transaction, person, said)
        if ruling.ruled != Ruled.APPROVED:
            return
        told = [*self._leads()]
        if not asked:
            # Going back asks nobody: the other administrators hear of it here.
            told += [
                each for each in self.directory.administrators if each != ruling.person
            ]
        begins = ruling.in_force_at or ruling.at
        said = Saying.of(About.PUBLISHED, published(row, ruling), row, begins)
        for person in self.people(dict.fromkeys(told), ruling.at):
            self.tell(transaction, person, said)

    def _change(self, transaction: Transaction, found: Proposed, at: datetime) -> bool:
        """Have the message of everybody who was asked say so; return if any was."""
        about = about_version(found.row)
        promised = [
            one.promise
            for one in transaction.deliveries(about=about, limit=_EVERYBODY)
            if one.promise.kind == About.PROPOSED
        ]
        asked = {(one.channel, one.user): one for one in promised}
        for (channel, _), one in asked.items():
            if channel in CHATS:
                changed = replace(one, kind=About.RULED.value, due_at=at, attempt=0)
                transaction.promise(replace(changed, id=self.ids.delivery()))
        return bool(promised)

    def _leads(self) -> Iterable[str]:
        for team in self.directory.teams.values():
            yield from (*team.leads, *team.deputies)

    # ---- people ---------------------------------------------------------------------

    def leads(self, at: datetime) -> tuple[Person, ...]:
        """Return everybody who leads or deputises in a team."""
        return tuple(self.people(dict.fromkeys(self._leads()), at))

    def people(self, ids: Iterable[str], at: datetime) -> Iterable[Person]:
        """Return people by their ids; whoever has left is left out."""
        day = local_day(at)
        found = (self.directory.people.get(each) for each in ids)
        return (one for one in found if one is not None and not one.gone(day))

    def _ways(self, person: Person) -> list[tuple[str, str]]:
        """Return how somebody hears of a version: the page cannot tell anybody."""
        return [
            way for way in person.ways() if way[0] in self.channels and way[0] != PAGE
        ]

    def tell(self, transaction: Transaction, person: Person, said: Saying) -> bool:
        """Promise words to somebody by their first way; False where they have none."""
        ways = self._ways(person)
        if not ways:
            return False
        channel, user = ways[0]
        transaction.promise(
            Promise(
                id=self.ids.delivery(),
                channel=channel,
                user=user,
                kind=said.kind.value,
                body={**said.body, "person": person.id},
                due_at=said.due_at,
                about=said.about,
                urgency="routine",
            )
        )
        return True

    def next_way(
        self, transaction: Transaction, promise: Promise, now: datetime
    ) -> bool:
        """Promise the same by somebody's next way; False where there is none."""
        person = self.directory.people.get(str(promise.body.get("person", "")))
        ways = self._ways(person) if person else []
        used = (promise.channel, promise.user)
        later = ways[ways.index(used) + 1 :] if used in ways else []
        if not later or promise.kind == About.RULED:
            return False
        channel, user = later[0]
        again = replace(
            promise,
            id=self.ids.delivery(),
            channel=channel,
            user=user,
            due_at=now,
            attempt=0,
        )
        transaction.promise(again)
        return True


def about_version(row: ProposalRow) -> str:
    """Return what the promises about a version are about."""
    return f"version {row.pack} {row.name}"


def is_about_version(kind: str) -> bool:
    """Say whether a kind of promise is one of these."""
    return kind in _KINDS


_KINDS: Final[frozenset[str]] = frozenset(each.value for each in About)
