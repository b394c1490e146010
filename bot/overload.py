"""Says when there is too much: of one person, of one organisation, or of everybody.

Counted in this process alone and in memory, which is enough to keep one script or one
rush from slowing everybody down and costs a turn nothing; several processes let that
much through each. How many sessions a person begins in a day is counted in the store
instead, by the guide, and is the same whichever process is asked. What must never be
held back is not decided here: whoever asks lets it pass whatever is said here.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from bot.ports import Clock

PEOPLE: Final = 20_000
"""Most people and organisations counted at once; who was seen last stays. Ours: two
megabytes."""
TOLD_AGAIN: Final = 30.0
"""Seconds after which somebody who goes on typing is told again. Ours."""
_MINUTE: Final = 60.0


class TooManySessions(Exception):
    """Somebody has begun as many sessions as one person may in a day."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken.

    Attributes:
        turns: Turns of one person in a minute, in each process; 1 or more.
        organisation_turns: The same of all people of one workspace or tenant.
        sessions: Sessions that one person may begin in 24 hours, in all processes.
        in_flight: Requests that one process works at, at the same time.
    """

    turns: int = 60
    organisation_turns: int = 6_000
    sessions: int = 50
    in_flight: int = 200


SOUND: Final = Limits()
"""What holds until an organisation sets its own. Ours: a person reads a question for
longer than a second, and 200 turns are done in about half of the 2.5 seconds that
Slack lets one take."""


NO_LIMITS: Final = Limits(*[10**9] * 4)
"""What holds where nobody has set any, such as in a test of something else."""


class Busy(Enum):
    """What there is too much of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    EVERYBODY = "everybody"


@dataclass(slots=True)
class _Bucket:
    """What is left of a minute's turns; filled again as time goes by."""

    left: float
    at: float


@dataclass(slots=True)
class Overload:
    """Counts turns, and says where there are too many."""

    limits: Limits
    clock: Clock
    _under_way: int = 0
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)
    _told: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def busy(self, person: str, organisation: str) -> Busy | None:
        """Count one turn, and say whether it is one too many."""
        now = self.clock.now().timestamp()
        # What one person does beyond their own limit takes nothing from the others.
        if not self._taken(f"p {person}", self.limits.turns, now):
            return Busy.PERSON
        if not self._taken(f"o {organisation}", self.limits.organisation_turns, now):
            return Busy.ORGANISATION
        if self._under_way >= self.limits.in_flight:
            return Busy.EVERYBODY
        return None

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a request while it is worked at."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def tells(self, person: str) -> bool:
        """Say whether somebody is to be told again, and remember that they were."""
        now = self.clock.now().timestamp()
        told = self._told.get(person)
        # A clock that was set back must not silence anybody.
        if told is not None and 0 <= now - told < TOLD_AGAIN:
            return False
        self._told[person] = now
        self._told.move_to_end(person)
        while len(self._told) > PEOPLE:
            self._told.popitem(last=False)
        return True

    def told_nothing(self, person: str) -> None:
        """Take it back that somebody was told."""
        self._told.pop(person, None)

    def _taken(self, name: str, a_minute: int, now: float) -> bool:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(float(a_minute), now)
            while len(self._buckets) > PEOPLE:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(name)
        since = min(max(now - bucket.at, 0.0), _MINUTE)
        bucket.left = min(bucket.left + since * a_minute / _MINUTE, float(a_minute))
        bucket.at = now
        if bucket.left < 1.0:
            return False
        bucket.left -= 1.0
        return True
