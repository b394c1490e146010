"""Where sessions stand, held between two turns so that they need not be replayed.

What is held is checked: it counts only where the stamp that stands in the store, read
in the turn's own transaction, is the one it was held under, so any number of processes
may hold the same session and none needs to hear of another. A session in which somebody
wrote words or a day is not held at all: those are unsealed for their turn alone.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from bot.ports import Clock
from dialogs.engine import Place
from dialogs.session import Answered, Fact, Filled
from knowledge.model import Asks, Pack

MOST: Final = 256
"""Sessions held at most; the one used longest ago goes. Ours: about 5 MB."""
LASTS: Final = timedelta(minutes=10)
"""How long a session is held after its last turn; it goes with the next turn of
anybody. Ours."""
_CODED: Final = frozenset({Asks.ONE, Asks.MANY})


@dataclass(frozen=True, slots=True)
class _Stands:
    stamp: str
    facts: list[Fact]
    place: Place
    until: datetime


class Held:
    """Holds where sessions stand; all threads may share it."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        """Take the clock, and how many sessions to hold, > 0."""
        self._clock = clock
        self._most = most
        self._held: OrderedDict[str, _Stands] = OrderedDict()
        self._lock = Lock()

    def find(self, session: str, stamp: str) -> tuple[list[Fact], Place] | None:
        """Return the facts of a session and where it stands, if both are held.

        Args:
            session: The session's id.
            stamp: As it stands in the store now; empty where that is not known.
        """
        with self._lock:
            self._let_go(self._clock.now())
            found = self._held.get(session)
            if not stamp or found is None or found.stamp != stamp:
                return None
            return found.facts, found.place

    def keep(
        self, pack: Pack, session: str, stamp: str, facts: list[Fact], place: Place
    ) -> None:
        """Hold where a session stands, unless somebody wrote something in it.

        Args:
            pack: Its pack version.
            session: Its id.
            stamp: What stands in the store once these facts are committed. Where they
                are not, that stamp never comes again and nothing is ever found.
            facts: All facts; not changed by anybody any more.
            place: Where they lead.
        """
        now = self._clock.now()
        with self._lock:
            self._held.pop(session, None)
            if not any(_in_words(pack, fact) for fact in facts):
                self._held[session] = _Stands(stamp, facts, place, now + LASTS)
            self._let_go(now)

    def forget(self, session: str) -> None:
        """Hold a session no longer."""
        with self._lock:
            self._held.pop(session, None)

    def _let_go(self, now: datetime) -> None:
        while self._held and self._to_go(now):
            self._held.popitem(last=False)

    def _to_go(self, now: datetime) -> bool:
        oldest = next(iter(self._held.values()))
        return len(self._held) > self._most or oldest.until < now


def _in_words(pack: Pack, fact: Fact) -> bool:
    """Say whether a fact holds anything but ids of answers."""
    match fact:
        case Answered(question, Mapping() as value):
            return any(_is_words(pack, question, line, value[line]) for line in value)
        case Filled(question, line, value):
            return _is_words(pack, question, line, value)
        case _:
            return False


def _is_words(
    pack: Pack, question: str, line: str, value: str | Sequence[str] | None
) -> bool:
    asked = pack.flow.questions.get(question)
    known = asked.fields.get(line) if asked else None
    return bool(value) and (known is None or known.asks not in _CODED)
