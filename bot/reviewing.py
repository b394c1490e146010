"""Reminds those who keep the guidance of reviews that are near or overdue.

Once a local day, by whichever process that sends comes first; which day a reminder is
due and to whom it grows stands in :mod:`knowledge.reviews`. A pack names people, so
they are looked up in the directory; who is not in it is answered for by the
administrators, because a reminder that reaches nobody reminds nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.announcing import About, Announcer, Saying
from bot.climb import Doing
from bot.daily import last_day, was_done
from bot.directory import Person, local_day
from bot.ports import Audit
from bot.shelf import LOOKED_AT, GuidanceLost, in_force, kept_pack
from bot.version_words import to_review
from knowledge.model import Pack
from knowledge.reviews import LEAD, Reminder, reminders

REVIEWS: Final = "reviews"
"""What entries of the ledger about reminders are about."""


@dataclass(slots=True)
class DailyReviews:
    """Reminds once a local day, however many processes there are.

    Attributes:
        announcer: How people hear of it.
        shipped: The pack in the folder, in use while no version was approved.
    """

    announcer: Announcer
    shipped: Pack
    _looked_on: date | None = field(default=None, init=False)

    def happens(self, doing: Doing) -> bool:
        """Remind of what is due today, unless it was done; say whether it was now."""
        day = local_day(doing.now)
        if day == self._looked_on:
            return False
        transaction = doing.transaction
        # From here on every other process waits, so the second one finds it done.
        transaction.head()
        last = last_day(transaction, REVIEWS, Audit.GUIDANCE_REVIEW_DUE)
        self._looked_on = day
        if was_done(last, day):
            return False
        pack = self._in_use(doing)
        found = [one for one in reminders(pack, day, last) if one.today]
        if not found:
            return False
        told = self._told(doing, pack, found)
        said = {
            "day": day.isoformat(),
            "pack": pack.id,
            "reviews": [one.review.what for one in found],
            "told": told,
        }
        transaction.log(Audit.GUIDANCE_REVIEW_DUE, REVIEWS, said, doing.now)
        return True

    def _in_use(self, doing: Doing) -> Pack:
        transaction = doing.transaction
        proposals = transaction.proposals(self.shipped.id, LOOKED_AT)
        current = in_force(proposals, doing.now)
        if current is None or current.row.guidance == self.shipped.hash:
            return self.shipped
        try:
            return kept_pack(transaction, current.row.guidance)
        except GuidanceLost:
            return self.shipped

    def _told(self, doing: Doing, pack: Pack, found: Iterable[Reminder]) -> int:
        """Promise each person one message of all that they have to see to."""
        lines: dict[str, list[str]] = {}
        people: dict[str, Person] = {}
        for reminder in found:
            for person in self._who(doing, reminder):
                people[person.id] = person
                lines.setdefault(person.id, []).append(f"{reminder.words}.")
        about = f"{REVIEWS} {pack.id} {local_day(doing.now).isoformat()}"
        told = 0
        for each, said in lines.items():
            body = to_review(pack.id, said).body()
            saying = Saying(About.REVIEW, body, about, doing.now)
            told += self.announcer.tell(doing.transaction, people[each], saying)
        return told

    def _who(self, doing: Doing, reminder: Reminder) -> Iterable[Person]:
        """Return whom a reminder goes to, everybody once."""
        found: dict[str, Person] = {}
        for name in reminder.to:
            people = (
                self.announcer.leads(doing.now)
                if name == LEAD
                else self._named(name, doing)
            )
            found |= {person.id: person for person in people}
        return found.values()

    def _named(self, name: str, doing: Doing) -> Iterable[Person]:
        directory = self.announcer.directory
        wanted = name.casefold().strip()
        named = [
            person.id
            for person in directory.people.values()
            if wanted in {person.id, person.name.casefold()}
        ]
        return self.announcer.people(named or directory.administrators, doing.now)
