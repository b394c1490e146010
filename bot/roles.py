"""Who may do what: one table of actions, and the one place that decides.

Who somebody is comes from the signed payload of a platform and the directory,
never from what a button carries. Whoever is kept out of a record by the conflict
answer sees nothing of it, whatever else they are. A refusal is a value that the
caller logs; what the person is shown does not say why, because that would tell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from bot.directory.duty import stand_in
from bot.directory.model import LOCAL, PAGE, Directory, Role


class Action(StrEnum):
    """What somebody can ask for; the values are stable and stored."""

    ANSWER = "answer"
    READ_OWN = "read-own"
    EXPORT_OWN = "export-own"
    CORRECT_OWN = "correct-own"
    DISAGREE = "disagree"
    BE_KNOWN = "be-known"
    FIND_RECORD = "find-record"
    READ_RECORD = "read-record"
    ACKNOWLEDGE = "acknowledge"
    CLAIM = "claim"
    ADVISE = "advise"
    HAND_OVER = "hand-over"
    DECLARE_CONFLICT = "declare-conflict"
    CLOSE = "close"
    SEE_ENTRY = "see-entry"
    SEE_ALL_ALERTS = "see-all-alerts"
    SEE_FIGURES = "see-figures"
    DRILL = "drill"
    PROPOSE_PACK = "propose-pack"
    APPROVE_PACK = "approve-pack"
    ERASE = "erase"
    HOLD = "hold"
    VERIFY = "verify"
    ANCHOR = "anchor"
    CHANGE_KEYS = "change-keys"
    RELEASE = "release"


class As(StrEnum):
    """What somebody is to the thing they ask about."""

    OWNER = "owner"
    TOLD = "told"
    LEAD = "lead"
    DEPUTY = "deputy"
    MANAGER = "manager"
    OUT_OF_HOURS = "out-of-hours"
    ALTERNATE = "alternate"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


_OWNER = frozenset({As.OWNER})
_CHAIN = frozenset({As.LEAD, As.DEPUTY, As.MANAGER})
_ON_AN_ALERT = _CHAIN | {As.TOLD}
_KEEPER = frozenset({As.ADMINISTRATOR})
_MACHINE = frozenset({As.OPERATOR})

TABLE: Final[Mapping[Action, frozenset[As]]] = MappingProxyType(
    {
        Action.ANSWER: _OWNER,
        Action.READ_OWN: _OWNER,
        Action.EXPORT_OWN: _OWNER,
        Action.CORRECT_OWN: _OWNER,
        Action.DISAGREE: _OWNER,
        Action.BE_KNOWN: _OWNER,
        Action.FIND_RECORD: _CHAIN,
        Action.READ_RECORD: _ON_AN_ALERT,
        Action.ACKNOWLEDGE: _ON_AN_ALERT,
        Action.CLAIM: _ON_AN_ALERT,
        Action.ADVISE: _ON_AN_ALERT,
        Action.HAND_OVER: _ON_AN_ALERT,
        Action.DECLARE_CONFLICT: _ON_AN_ALERT,
        Action.CLOSE: _ON_AN_ALERT,
        Action.SEE_ENTRY: _ON_AN_ALERT,
        Action.SEE_ALL_ALERTS: _MACHINE,
        Action.SEE_FIGURES: _KEEPER | _MACHINE,
        Action.DRILL: frozenset({As.LEAD}) | _KEEPER | _MACHINE,
        Action.PROPOSE_PACK: _KEEPER,
        Action.APPROVE_PACK: _KEEPER,
        Action.ERASE: _KEEPER | _MACHINE,
        Action.HOLD: _KEEPER | _MACHINE,
        Action.VERIFY: frozenset({As.LEAD}) | _KEEPER | _MACHINE,
        Action.ANCHOR: _KEEPER | _MACHINE,
        Action.CHANGE_KEYS: _MACHINE,
        Action.RELEASE: _KEEPER | _MACHINE,
    }
)
"""Who may do what; what stands nowhere here is refused.

What takes the machine itself does not go through the bot and stands nowhere here: to
edit the file of the directory, to copy the database, to upgrade its tables.
"""
_NOT_ONES_OWN = frozenset(
    {
        Action.ACKNOWLEDGE,
        Action.CLAIM,
        Action.ADVISE,
        Action.CLOSE,
        Action.APPROVE_PACK,
    }
)
"""Somebody else has to: nobody advises themselves or approves their own change."""
_OPENS_A_RECORD = frozenset({Action.READ_RECORD, Action.FIND_RECORD})


class Because(StrEnum):
    """Why something was refused, for the ledger only; the values are stable."""

    GUEST = "guest"
    DEPARTED = "departed"
    KEPT_OUT = "kept-out"
    ROLE = "role"
    OWN = "own"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks for something.

    Attributes:
        channel: Where they ask.
        user: Their name there, from the signed payload.
        person: Their id in the directory; empty for who is not in it.
        places: What they are, and in which team, today; cover counts.
        administrator: Whether they keep packs and directory.
        departed: Whether they have left.
        guest: Whether the platform says that they are a bot or from outside.
        names: Their name on every channel.
        operator: Whether they work on the machine itself, in its terminal; nobody
            who comes by a platform or a page does.
    """

    channel: str
    user: str
    person: str = ""
    places: frozenset[tuple[str, Role]] = frozenset()
    administrator: bool = False
    departed: bool = False
    guest: bool = False
    names: frozenset[tuple[str, str]] = frozenset()
    operator: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What somebody asks about.

    Attributes:
        id: Session, reference, alert or draft; what the ledger names.
        owner: Channel and name of whose it is: who started the session, or
            proposed the draft.
        person: Id of the person whose it is, where that is known.
        team: Id of the team it belongs to; empty where it is nobody's.
        told: Ids of the people whom a step of its alert has addressed.
        kept_out: Ids of the people whom the conflict answer keeps out.
        waits_for_conflict: Whether that answer has been asked for and not given.
    """

    id: str = ""
    owner: tuple[str, str] = ("", "")
    team: str = ""
    told: frozenset[str] = frozenset()
    kept_out: frozenset[str] = frozenset()
    waits_for_conflict: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was refused; to be logged as `person:action:refused`."""

    action: Action
    because: Because
    who: Who
    subject: str

    def entry(self) -> dict[str, object]:
        """Return what the ledger keeps: ids and codes."""
        return {
            "action": self.action.value,
            "because": self.because.value,
            "channel": self.who.channel,
            "user": self.who.user,
            "person": self.who.person,
            "subject": self.subject,
        }


def who_is(  # noqa: PLR0913 -- each says something else of who asks
    directory: Directory,
    channel: str,
    user: str,
    day: date,
    *,
    guest: bool = False,
    operator: bool = False,
) -> Who:
    """Return who asks, by what the platform's signed payload says of them.

    Args:
        directory: People and teams.
        channel: Where they ask.
        user: Their name there.
        day: The local day; who stands in for somebody is what that person is.
        guest: Whether the platform says that they are a bot or from outside.
        operator: Whether they work on the machine itself.
    """
    person = directory.person_of(channel, user)
    if person is None:
        return Who(channel, user, guest=guest, operator=operator)
    places = {
        (team.id, role)
        for team in directory.teams.values()
        for id_, role in team.places()
        if id_ == person.id or _covers(directory, id_, person.id, day)
    }
    return Who(
        channel,
        user,
        person=person.id,
        places=frozenset(places),
        administrator=person.id in directory.administrators,
        departed=person.gone(day),
        guest=guest,
        names=frozenset(person.identities.items()),
        operator=operator,
    )


def _covers(directory: Directory, away: str, person: str, day: date) -> bool:
    holder = directory.people.get(away)
    there = stand_in(directory, holder, day) if holder else None
    return there is not None and there.id == person


def allowed(action: Action, who: Who, subject: Subject) -> bool:
    """Tell whether somebody may do something."""
    return refusal(action, who, subject) is None


def refusal(action: Action, who: Who, subject: Subject) -> Refusal | None:
    """Return why somebody may not do something, or None if they may."""
    because = _because(action, who, subject)
    return Refusal(action, because, who, subject.id) if because else None


def _because(action: Action, who: Who, subject: Subject) -> Because | None:
    own = _owns(who, subject)
    may = TABLE.get(action, frozenset())
    reasons = (
        (Because.GUEST, who.guest),
        (Because.DEPARTED, who.departed),
        (
            Because.KEPT_OUT,
            who.person in subject.kept_out and not (own and may == _OWNER),
        ),
        (Because.ROLE, not may & _what_they_are(who, subject, own=own)),
        (Because.OWN, own and action in _NOT_ONES_OWN),
        (
            Because.NOT_YET,
            subject.waits_for_conflict and action in _OPENS_A_RECORD,
        ),
    )
    return next((because for because, holds in reasons if holds), None)


def _owns(who: Who, subject: Subject) -> bool:
    mine = {_place(who.channel, who.user), *(_place(*name) for name in who.names)}
    named = bool(subject.owner[1]) and _place(*subject.owner) in mine
    return named or (bool(who.person) and who.person == subject.person)


def _place(channel: str, user: str) -> tuple[str, str]:
    """Return a name as it stands in the directory: one for all of this machine."""
    return PAGE if channel in LOCAL else channel, user


def _what_they_are(who: Who, subject: Subject, *, own: bool) -> set[As]:
    found = {As(role) for team, role in who.places if team == subject.team}
    if own:
        found.add(As.OWNER)
    if who.person and who.person in subject.told:
        found.add(As.TOLD)
    if who.administrator:
        found.add(As.ADMINISTRATOR)
    if who.operator:
        found.add(As.OPERATOR)
    # To run a drill or to verify the ledger is no team's affair.
    if not subject.team and any(role is Role.LEAD for _, role in who.places):
        found.add(As.LEAD)
    return found


T = TypeVar("T")


def visible(
    who: Who, entries: Iterable[tuple[Subject, T]], action: Action = Action.SEE_ENTRY
) -> tuple[T, ...]:
    """Return the entries somebody may see; count only these.

    A total over more than these would tell who is kept out of something.
    """
    return tuple(entry for subject, entry in entries if allowed(action, who, subject))
