"""What a practitioner is told of their alert: who is told, by when, whom to ring.

Pure: an alert's row, what happened to it and a moment, and words come out. Nothing
is promised here that was not promised in the row. A lead is named to whoever asked;
whoever is kept out, and that anybody is, is never said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import alert_words
from bot.climb import Happened, kept_of
from bot.directory import Directory, Role
from bot.directory.hours import ZONE
from bot.directory.model import NO_TEAM
from bot.plans import Kept
from bot.ports import AlertEvent, AlertRow
from dialogs.reply import Remark

ALIVE: Final = timedelta(minutes=2)
"""A process that sends and gave no sign for longer counts as dead. Ours: many of its
loops, and short beside the shortest time to acknowledge."""
ROLES: Final[Mapping[str, str]] = {
    **alert_words.ROLES,
    Role.PRACTITIONER: "practitioner",
    Role.ADMINISTRATOR: "administrator",
}
"""What anybody is, in words that follow `the`."""

IN_THE_BOT: Final = 2
"""Stages of a disagreement inside the bot: who advised, then the next person."""
_ANEW: Final = frozenset(
    {Happened.RELEASED, Happened.URGENCY_RAISED, Happened.REOPENED}
)
"""After these a lead is told again, whatever was advised before."""
HELD: Final = (
    "The record was put back from a copy, so alerts are held until somebody who runs"
    " the bot has looked. Do not wait for them: ring."
)
"""What is said of an alert that an operator has yet to let go."""


@dataclass(frozen=True, slots=True)
class News:
    """Where an alert stands, for whoever asked.

    Attributes:
        code: A stable word for it.
        title: In a few words.
        text: The rest.
        ring: Ids of the numbers to ring, the best first.
        urgent: Whether the practitioner has to do something now.
    """

    code: str
    title: str
    text: str
    ring: tuple[str, ...] = ()
    urgent: bool = False


NOBODY_TOLD: Final = News(
    "nobody",
    "Nobody could be told",
    "Nobody has been told of this. Ring yourself, and never anyone it may be about.",
    urgent=True,
)
"""Where there is no alert at all."""


def faulty(ring: tuple[str, ...]) -> News:
    """Return what every screen says where the directory has a fault.

    Args:
        ring: Ids of the numbers to ring, the best first.
    """
    text = (
        "The directory of people has a fault, so do not rely on alerts: ring. If"
        " anyone may be in danger, ring 999."
    )
    return News("faulty", "A lead may not be told of an alert", text, ring, urgent=True)


def news_of(  # noqa: PLR0911 -- one case a way in which it can stand
    row: AlertRow | None,
    events: Sequence[AlertEvent],
    directory: Directory,
    now: datetime,
    last_beat: datetime | None,
) -> News:
    """Return where the alert of a session stands.

    Args:
        row: The alert; None where there is none.
        events: What happened to it, in order.
        directory: Names of people.
        now: UTC.
        last_beat: When a process that sends was last alive.
    """
    if row is None:
        return NOBODY_TOLD
    kept = kept_of(row)
    ring = kept.plan.ring
    if row.held and row.state in {"waiting", "open"}:
        return News("held", "Nobody is being told", HELD, ring, urgent=True)
    events = _since_anew(row, events)
    if _past_the_bot(events):
        return _outside(row, kept, directory)
    match row.state:
        case "waiting":
            by = clock(row.due_at, now)
            text = (
                "A safeguarding lead is told as soon as you have said who must not be"
                f" told, and at {by} at the latest. {_if_nobody(ring)}"
            )
            return News("waiting", "A lead will be told in two minutes", text, ring)
        case "open":
            return _open(row, kept, directory, now, last_beat)
        case "acknowledged":
            return _acknowledged(row, events, directory, now)
        case _:
            return _closed(row, events, directory, now)


def _open(  # noqa: PLR0911 -- one case a way in which it can stand
    row: AlertRow,
    kept: Kept,
    directory: Directory,
    now: datetime,
    last_beat: datetime | None,
) -> News:
    ring, plan = kept.plan.ring, kept.plan
    if not plan.steps:
        text = (
            "Nobody who could be told can be reached just now. It is tried again and"
            " again, but do not wait: ring."
        )
        return News("nobody", "Nobody could be told", text, ring, urgent=True)
    if row.due_at <= now and (last_beat is None or now - last_beat > ALIVE):
        text = (
            "It is kept and will be sent as soon as the service that sends is back."
            " Do not wait for it: ring."
        )
        return News("not-sent", "Nobody has been told yet", text, ring, urgent=True)
    fixed = answer_by(row)
    if now >= fixed:
        text = (
            f"Nobody has answered since {clock(plan.starts_at, now)}. Others are being"
            " told, but do not wait for them: ring."
        )
        return News("unanswered", "Nobody has answered", text, ring, urgent=True)
    # What is due is about to go to the next person; the one before was told already.
    at = row.step if row.due_at <= now else row.step - 1
    step = plan.steps[min(max(at, 0), len(plan.steps) - 1)]
    who = _who(directory, step.person, step.role)
    if plan.last_resort:
        text = (
            f"Nobody is on duty now. {who} is told all the same, outside their hours."
            f" {_if_nobody(ring)}"
        )
        return News("last-resort", "Nobody is on duty", text, ring, urgent=True)
    if row.told == 0 and plan.starts_at > now:
        text = f"{who} is told at {clock(plan.starts_at, now)}. {_if_nobody(ring)}"
        return News("later", "A lead will be told", text, ring)
    if plan.outside_hours:
        opens = f" until {clock(plan.opens_at, now)}" if plan.opens_at else ""
        text = (
            f"The team is closed{opens}. {who} is being told now and should answer by"
            f" {clock(fixed, now)}. {_if_nobody(ring)}"
        )
        return News("outside-hours", "Somebody on call is being told", text, ring)
    text = (
        f"{who} is being told now and should answer by {clock(fixed, now)}. If nobody"
        f" has, the next person is told. {_if_nobody(ring)}"
    )
    return News("telling", "A lead is being told", text, ring)


def answer_by(row: AlertRow) -> datetime:
    """Return when the practitioner is to ring if nobody has answered.

    It is fixed when the alert is raised, whatever the rota says later.
    """
    plan = kept_of(row).plan
    first = plan.steps[0].wait if plan.steps else timedelta()
    return plan.starts_at + first


def _acknowledged(
    row: AlertRow, events: Sequence[AlertEvent], directory: Directory, now: datetime
) -> News:
    ring = kept_of(row).plan.ring
    who = _who(directory, row.owner, _role(row, row.owner))
    advice = [one for one in events if one.kind == Happened.ADVISED]
    if advice:
        by = _who(directory, advice[-1].who, _role(row, advice[-1].who))
        text = f"{by} advised you at {clock(advice[-1].at, now)}. Read it, and go on."
        return News("advised", "A lead has advised you", text, ring)
    seen = clock(row.owned_at or row.raised_at, now)
    text = f"Seen by {_in_line(who)} at {seen}. {_if_nobody(ring, 'you cannot wait')}"
    return News("seen", "A lead has seen it", text, ring)


def _since_anew(row: AlertRow, events: Sequence[AlertEvent]) -> Sequence[AlertEvent]:
    """Return what happened since the alert was last brought to leads anew.

    Advice and disagreement from before are about less than is known now. That nothing
    was decided brings it anew only where that opened it: else whoever owns it is asked.
    """
    anew = _ANEW | ({Happened.LEFT_UNDECIDED} if row.state == "open" else frozenset())
    begins = max((at for at, one in enumerate(events) if one.kind in anew), default=0)
    return events[begins:]


def _past_the_bot(events: Sequence[AlertEvent]) -> bool:
    """Say whether they still disagree after everybody here looked again."""
    last = next(
        (
            one
            for one in reversed(events)
            if one.kind in {Happened.DISAGREED, Happened.ADVISED}
        ),
        None,
    )
    if last is None or last.kind != Happened.DISAGREED:
        return False
    stage = last.body.get("stage")
    return isinstance(stage, int) and stage > IN_THE_BOT


def _outside(row: AlertRow, kept: Kept, directory: Directory) -> News:
    """Return whom a disagreement goes to next, as their team's directory names it."""
    team = directory.teams.get(row.team, NO_TEAM)
    theirs = {directory.people[one].number for one in kept.barred & {*directory.people}}
    ring = tuple(
        one
        for one in dict.fromkeys(
            (team.disagreement, *kept.plan.ring, team.ring, team.out_of_hours.ring)
        )
        if one and one not in theirs
    )
    named = directory.ring(ring[:1]) if team.disagreement in ring else ()
    whom = f"ring {named[0].label}" if named else "ring children's social care yourself"
    text = (
        "You have asked twice here, and you still decide. Use the policy for"
        f" professional disagreement: {whom}, and say that you want it escalated."
        " Nothing keeps you from referring a child meanwhile."
    )
    return News("disagreed", "Take your disagreement further", text, ring, urgent=True)


def _closed(
    row: AlertRow, events: Sequence[AlertEvent], directory: Directory, now: datetime
) -> News:
    closing = [one for one in events if one.kind == Happened.CLOSED]
    by = _who(directory, row.owner, _role(row, row.owner))
    at = clock(closing[-1].at, now) if closing else ""
    text = f"{by} closed it at {at}. You can always ask for a person again."
    return News("closed", "A lead has dealt with it", text)


def unread_advice(events: Sequence[AlertEvent]) -> tuple[AlertEvent, ...]:
    """Return the advice that the practitioner has not yet said they read."""
    read = max((one.n for one in events if one.kind == Happened.READ), default=0)
    return tuple(one for one in events if one.kind == Happened.ADVISED and one.n > read)


def advice_shown(events: Sequence[AlertEvent]) -> tuple[tuple[str, str], ...]:
    """Return the advice to show, as the role of who gave it and their words.

    What was not read yet; all of it where everything was, for who looks again.
    """
    unread = unread_advice(events)
    given = unread or [one for one in events if one.kind == Happened.ADVISED]
    return tuple((advised_as(one), advice_text(one)) for one in given)


def advised_as(advice: AlertEvent) -> str:
    """Return the role in which somebody advised, in words."""
    role = str(advice.body.get("role", ""))
    words = ROLES.get(role, "person who took the alert on")
    return words[0].upper() + words[1:]


def advice_text(advice: AlertEvent) -> str:
    """Return advice with the passage it quotes, word for word."""
    words = str(advice.body.get("words", ""))
    if "passage" not in advice.body:
        return words
    return f"{words}\n\n{advice.body['passage']}: “{advice.body['quoted']}”"


_IN_WORDS: Final = {
    Happened.RAISED: "An alert was raised",
    Happened.URGENCY_RAISED: "The alert was raised higher",
    Happened.TOLD: "A lead was told",
    Happened.UNREACHABLE: "A lead could not be reached",
    Happened.NOBODY: "Nobody could be told",
    Happened.ACKNOWLEDGED: "A lead acknowledged it",
    Happened.CLAIMED: "A lead took it on",
    Happened.ADVISED: "A lead advised",
    Happened.READ: "The advice was read",
    Happened.ACCEPTED: "Another lead took it over",
    Happened.CLOSED: "The alert was closed",
    Happened.REOPENED: "The alert was opened again",
    Happened.RECORD_OPENED: "A lead opened the record",
    Happened.DISAGREED: "The practitioner disagreed with the advice",
    Happened.IDENTITY_SHOWN: "The practitioner let leads see who they are",
}
"""What a practitioner may read of what happened; never who is kept out."""


def history(events: Sequence[AlertEvent]) -> tuple[tuple[datetime, str], ...]:
    """Return what happened to an alert in words for whoever asked, in order."""
    found = ((one.at, _IN_WORDS.get(Happened(one.kind))) for one in events)
    return tuple((at, words) for at, words in found if words)


def _if_nobody(ring: Sequence[str], when: str = "nobody answers") -> str:
    if not ring:
        return "If anyone is in danger, ring 999."
    return f"If {when}, or you are worried now, ring."


def _who(directory: Directory, person: str, role: Role | None) -> str:
    found = directory.people.get(person)
    words = ROLES[role] if role else "person who took it on"
    if found is None:
        return f"The {words}"
    return f"{found.name}, the {words},"


def _in_line(who: str) -> str:
    words = who.rstrip(",")
    return words[0].lower() + words[1:] if words.startswith("The ") else words


def _role(row: AlertRow, person: str) -> Role | None:
    steps = kept_of(row).plan.steps
    return next((step.role for step in steps if step.person == person), None)


def clock(at: datetime, now: datetime) -> str:
    """Return a moment as somebody in the United Kingdom says it.

    Args:
        at: Time zone aware.
        now: The present moment; another day is named.
    """
    local = at.astimezone(ZONE)
    if local.date() == now.astimezone(ZONE).date():
        return f"{local:%H:%M}"
    return alert_words.clock(at)


def as_remark(news: News, directory: Directory) -> Remark:
    """Return it as words beside a reply, with the numbers in them."""
    numbers = [
        f"{one.label}: {one.number or 'no number'}"
        + (" (fictional, reaches nobody)" if one.fictional else "")
        for one in directory.ring(news.ring)
    ]
    text = " ".join([news.text, *(f"{one}." for one in numbers)])
    return Remark(f"alert-{news.code}", news.title, text)
