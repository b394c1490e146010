"""What an alert says, in words: the same on the page, in Slack, in Teams and by mail.

How urgent it is, what kind of worry, an opaque reference, when, and what happens
next. Never a name and never the story: only codes, moments and an id come in, and
every word that goes out is one of ours. Pure; nothing is read, looked up or sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.directory import Role
from bot.directory.hours import ZONE

URGENCIES: Final = {
    "urgent": "Urgent",
    "today": "For today",
    "routine": "Routine",
}
WITHIN: Final = {
    "urgent": "Somebody may not be safe. Please answer at once.",
    "today": "Please answer today.",
    "routine": "Please answer on your next working day.",
}
CATEGORIES: Final = {
    "danger": "somebody may be in danger now",
    "harm": "a child may be harmed, or somebody seriously",
    "advice": "advice is needed before deciding",
    "person": "a practitioner asked to talk to a person",
    "departure": "a decision departs from what the guidance indicates",
    "undecided": "signs of harm were ticked, and nothing is decided yet",
    "drill": "a drill, to see whether alerts reach you; nobody is at risk",
}
OTHER: Final = "a question about sharing information"
ROLES: Final[Mapping[str, str]] = {
    Role.LEAD: "safeguarding lead",
    Role.DEPUTY: "deputy safeguarding lead",
    Role.MANAGER: "manager on duty",
    Role.OUT_OF_HOURS: "person on call out of hours",
    Role.ALTERNATE: "safeguarding adviser",
}
"""What somebody who is told is, in words that follow `the`."""
SOMEBODY: Final = "next person"
NEXT: Final = "What happens next"
"""How the line begins that says what happens if nobody acknowledges it."""
NAMES_NOBODY: Final = (
    "This message names nobody and tells no story, on purpose. Do not add either when"
    " you pass it on."
)
_SIGNS = re.compile(r"[^A-Za-z0-9-]")
_LONGEST_REFERENCE = 40
"""Characters; an id of ours has about 15, so nothing longer is one."""


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What the words of an alert are made from: codes, moments and an id.

    Attributes:
        urgency, category: Codes of the alert.
        reference: Its opaque id.
        raised_at: When it was raised, time zone aware.
        next_at: When the next person is told if nobody acknowledges; None where
            that is not known.
        role: As what the reader is told.
        next_role: What the next person is; the reader's own where they are last.
        last: Whether nobody comes after the reader, who is then told again.
        covers: Whether the reader stands in for somebody.
        again: How often it was told before, >= 0.
        reopened: Whether it was acknowledged once, and nobody advised.
    """

    urgency: str
    category: str
    reference: str
    raised_at: datetime
    next_at: datetime | None = None
    role: str = ""
    next_role: str = ""
    last: bool = False
    covers: bool = False
    again: int = 0
    reopened: bool = False

    @classmethod
    def of(cls, body: Mapping[str, object]) -> "AlertFacts":
        """Read what a promise carries; what is missing is left unsaid.

        Raises:
            KeyError, ValueError: It is no alert that we promised.
        """
        next_at = str(body.get("next_at") or "")
        told = body.get("told")
        role, next_role = str(body.get("role", "")), str(body.get("next_role", ""))
        return cls(
            urgency=str(body["urgency"]),
            category=str(body["category"]),
            reference=str(body.get("reference") or body["alert"]),
            raised_at=datetime.fromisoformat(str(body["raised_at"])),
            next_at=datetime.fromisoformat(next_at) if next_at else None,
            role=role,
            next_role=next_role,
            last=bool(body.get("last")),
            covers=bool(body.get("covers")),
            again=max(told - 1, 0) if isinstance(told, int) else 0,
            reopened=bool(body.get("reopened")),
        )


@dataclass(frozen=True, slots=True)
class AlertWords:
    """What an alert says.

    Attributes:
        title: One line; fit for a subject or a heading.
        lines: The rest, a sentence or two each, in the order to be read.
    """

    title: str
    lines: tuple[str, ...]


def words_of(facts: AlertFacts) -> AlertWords:
    """Return what an alert says to one person."""
    reference = opaque(facts.reference)
    urgency = URGENCIES.get(facts.urgency, URGENCIES["urgent"])
    drill = facts.category == "drill"
    title = f"{urgency}: safeguarding alert {reference}"
    about = CATEGORIES.get(facts.category, OTHER)
    lines = [
        WITHIN.get(facts.urgency, WITHIN["urgent"]) if not drill else "",
        f"What it is about: {about}.",
        f"Reference: {reference}. Raised at {clock(facts.raised_at)}.",
        _role(facts),
        _again(facts),
        _next(facts),
        NAMES_NOBODY,
    ]
    return AlertWords(
        f"DRILL, nobody is at risk: {title}" if drill else title,
        tuple(line for line in lines if line),
    )


def _role(facts: AlertFacts) -> str:
    if facts.role not in ROLES:
        return ""
    cover = ", standing in for somebody who is away" if facts.covers else ""
    return f"You are told as the {ROLES[facts.role]}{cover}."


def _again(facts: AlertFacts) -> str:
    if facts.reopened:
        return "It was acknowledged once and nobody has advised since."
    return "Others were told before, and nobody has answered." if facts.again else ""


def _next(facts: AlertFacts) -> str:
    if facts.next_at is None:
        return f"{NEXT}: the next person is told if nobody acknowledges it."
    by = clock(facts.next_at)
    if facts.last:
        return f"{NEXT}: you are told again at {by} unless you acknowledge."
    who = ROLES.get(facts.next_role, SOMEBODY)
    return f"{NEXT}: if nobody has acknowledged it by {by}, the {who} is told."


def opaque(reference: str) -> str:
    """Return a reference with nothing in it but what our ids are made of."""
    return _SIGNS.sub("", reference)[:_LONGEST_REFERENCE]


def clock(at: datetime) -> str:
    """Return a moment as a clock and a calendar in the United Kingdom show it."""
    local = at.astimezone(ZONE)
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B}"
