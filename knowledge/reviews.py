"""Whether a pack is in force, how old it is, and who must be told to review it.

Pure: the day is handed in. A document, its pack and each notice of ours have a
day by which somebody must look again. Reminders begin sixty days before, to the
owner; they grow to the two deputies and, once the day has gone by, every week to
the accountable lead as well. Nothing here sends anything.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.model import Pack

BEFORE: Final = (60, 30, 7, 0)
"""Days before a review is due on which a reminder goes out. Ours, as knowledge
bases that people keep do it; daily reminders make them dislike the tool."""
AGAIN: Final = 7
"""Days between reminders once the day has gone by. Ours."""
LEAD: Final = "the accountable lead"
"""Who is told as well once a review is overdue."""
NOBODY: Final = "not yet named"
"""What a pack says of its owner while it has none."""
DEPUTIES: Final = 2
"""How many people stand in for the owner, by name: a group reads what nobody does."""


class Force(StrEnum):
    """Whether a pack may be what people are led by on a day."""

    NOT_YET = "not yet"
    IN_FORCE = "in force"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Review:
    """Something that must be looked at again by a day.

    Attributes:
        what: In words, such as *the document*.
        due: The last day on which it is in time.
        written: The day as the pack has it, with or without the day of the month.
    """

    what: str
    due: date
    written: str

    def overdue(self, today: date) -> bool:
        """Say whether the day has gone by."""
        return self.due < today


@dataclass(frozen=True, slots=True)
class Reminder:
    """A review that is near or overdue, and who has to hear of it.

    Attributes:
        days: Days that are left; negative once it is overdue.
        to: Names, in the order in which they answer for it.
        today: Whether a reminder goes out on this day, or was to go out since.
    """

    review: Review
    days: int
    to: tuple[str, ...]
    today: bool

    @property
    def words(self) -> str:
        """The reminder in a line."""
        day = self.review.due.isoformat()
        if self.days < 0:
            return f"{self.review.what}: review overdue since {self.review.written}"
        left = "today" if self.days == 0 else f"in {_days(self.days)}, on {day}"
        return f"{self.review.what}: review due {left}"


def last_day(written: str) -> date:
    """Return a day, or the last day of a month or year.

    Raises:
        ValueError: It is no such date.
    """
    parts = [int(part) for part in written.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    if len(parts) > 2:  # noqa: PLR2004 - year, month and day
        return date.fromisoformat(written)
    return date(year, month, monthrange(year, month)[1])


def first_day(written: str) -> date:
    """Return a day, or the first day of a month or year.

    Raises:
        ValueError: It is no such date.
    """
    parts = [int(part) for part in written.split("-")]
    if len(parts) > 2:  # noqa: PLR2004 - year, month and day
        return date.fromisoformat(written)
    return date(parts[0], parts[1] if len(parts) > 1 else 1, 1)


def reviews(pack: Pack) -> tuple[Review, ...]:
    """Return everything of a pack that must be looked at again, soonest first."""
    return tuple(sorted(_reviews(pack), key=lambda each: each.due))


def _reviews(pack: Pack) -> Iterator[Review]:
    due = pack.document.review_due
    yield Review("the document", last_day(due), due)
    yield Review("this pack", last_day(pack.review_due), pack.review_due)
    for notice in pack.notices.values():
        yield Review(f"notice {notice.id}", last_day(notice.expires), notice.expires)


def force(pack: Pack, today: date) -> Force:
    """Say whether a pack may be what people are led by on a day."""
    if pack.in_force_from and today < first_day(pack.in_force_from):
        return Force.NOT_YET
    if pack.in_force_to and today > last_day(pack.in_force_to):
        return Force.ENDED
    return Force.IN_FORCE


def edition(pack: Pack, today: date) -> str:
    """Return edition and age in a line, shown with every quotation."""
    # Said with every quotation: what comes after these two is not worked out for it.
    document, own = islice(_reviews(pack), 2)
    parts = [pack.document.edition]
    if document.overdue(today):
        parts.append(f"review overdue since {document.written}")
    else:
        parts.append(f"its review is due {document.written}")
    if own.overdue(today):
        parts.append(f"our own check of it overdue since {own.written}")
    if force(pack, today) == Force.ENDED:
        parts.append(f"in force until {pack.in_force_to}")
    if pack.superseded_by:
        parts.append("superseded")
    return "; ".join(parts)


def standing(pack: Pack, today: date) -> tuple[str, ...]:
    """Return what a first screen says where a pack is not what it should be."""
    found = []
    if force(pack, today) == Force.NOT_YET:
        found.append(f"This guidance is in force only from {pack.in_force_from}.")
    if force(pack, today) == Force.ENDED:
        found.append(f"This guidance was in force until {pack.in_force_to}.")
    if pack.superseded_by:
        found.append(f"It is superseded by: {pack.superseded_by}.")
    if last_day(pack.review_due) < today:
        found.append(f"Our own check of it has been overdue since {pack.review_due}.")
    return tuple(found)


def keepers(pack: Pack) -> tuple[str, ...]:
    """Return who keeps a pack, by name: the owner, then the deputies."""
    owner = () if unnamed(pack) else (pack.owner,)
    return (*owner, *pack.deputies)


def unnamed(pack: Pack) -> bool:
    """Say whether nobody owns the pack."""
    return pack.owner.strip().lower() == NOBODY


def reminders(
    pack: Pack, today: date, since: date | None = None
) -> tuple[Reminder, ...]:
    """Return the reviews that are near or overdue, the most pressing first.

    Args:
        pack: The pack.
        today: The local day.
        since: The last day on which reminders went out, so that one is made up for
            whose day nothing was sent on; None to ask of today alone.
    """
    passed = 1 if since is None else (today - since).days
    found = []
    for review in reviews(pack):
        days = (review.due - today).days
        if days <= max(BEFORE):
            goes_out = any(_goes_out(each) for each in range(days, days + passed))
            found.append(Reminder(review, days, _to(pack, days), goes_out))
    return tuple(found)


def _to(pack: Pack, days: int) -> tuple[str, ...]:
    """Grow from the owner to the deputies, and then to whoever is accountable."""
    owner = () if unnamed(pack) else (pack.owner,)
    if days > BEFORE[1] and owner:
        return owner
    named = (*owner, *pack.deputies)
    return (*named, LEAD) if days < 0 or not named else named


def _goes_out(days: int) -> bool:
    return days in BEFORE if days >= 0 else -days % AGAIN == 0


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def told(pack: Pack, today: date) -> str:
    """Return what is to be known of a pack's age, a line a thing."""
    lines = [
        f"{pack.id}, version {pack.hash[:12]}, on {today.isoformat()}",
        f"In force: {_force_in_words(pack, today)}",
        f"Superseded by: {pack.superseded_by or 'nothing we know of'}",
        f"Owner: {pack.owner}. Deputies: {', '.join(pack.deputies) or 'none'}.",
    ]
    if len(pack.deputies) < DEPUTIES or unnamed(pack):
        lines.append(f"It needs an owner and {DEPUTIES} deputies, each a named person.")
    found = reminders(pack, today)
    if not found:
        lines.append(f"No review is due within {max(BEFORE)} days.")
    for each in found:
        when = "goes out today" if each.today else "no reminder today"
        lines.append(f"- {each.words}; {when}; to: {', '.join(each.to)}")
    return "\n".join(lines)


def _force_in_words(pack: Pack, today: date) -> str:
    begins, ends = pack.in_force_from, pack.in_force_to
    span = " ".join(
        part
        for part in (f"from {begins}" if begins else "", f"to {ends}" if ends else "")
        if part
    )
    state = {
        Force.NOT_YET: "not yet",
        Force.IN_FORCE: "yes",
        Force.ENDED: "no more",
    }[force(pack, today)]
    return f"{state}{f', {span}' if span else ', without dates'}"
