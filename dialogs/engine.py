"""One move in, facts and replies out: the dialog, pure.

The engine replays a session's facts, applies one move, and returns what to
append and what to show. It commits nothing and reads no clock; whoever calls
it appends the facts first and shows the replies after. A move that is refused
changes nothing; words of danger in it are answered all the same.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from dialogs.machine import DialogMachine, Walk, is_waiting
from dialogs.moves import (
    AdviceRead,
    Answer,
    Ask,
    Back,
    Cancel,
    Change,
    Emergency,
    Move,
    Person,
    Show,
    Typed,
)
from dialogs.place import Place, Turn
from dialogs.screens import Screens
from dialogs.session import Fact, Standing, standing
from dialogs.step import Step
from knowledge.model import (
    ADVICE_RECEIVED,
    CONFLICT,
    DECISION,
    END,
    HOW_TO_SHARE,
    Pack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date


def _goes_on(before: Place, stands: Standing) -> bool:
    """Say whether every answer on the way so far stands as it did."""
    was = before.standing
    return (
        before.walk.position != END
        and was.advised == stands.advised
        and all(
            stands.answers.get(question) is was.answers[question]
            for question in before.walk.asked
        )
    )


class Engine:
    """The dialog of one pack version; shared by every session of it."""

    def __init__(
        self,
        pack: Pack,
        *,
        new_reference: Callable[[], str],
        today: Callable[[], date],
        search: Callable[[str], Sequence[str]],
    ) -> None:
        """Build the machine once.

        Args:
            pack: The pack version.
            new_reference: Gives a fresh opaque reference for a decision.
            today: The date in the organisation's time zone.
            search: Finds ids of passages for words asked; empty for none.
        """
        self.pack = pack
        self.machine = DialogMachine(pack.flow)
        self.screens = Screens(pack, self.machine, today)
        self.new_reference = new_reference
        self.today = today
        self.search = search
        self._nowhere = self.place_of(standing(()))
        self._last: tuple[object, int, Place] = (None, 0, self._nowhere)

    @contextmanager
    def turn(self) -> Iterator[Engine]:
        """Let go at the end of a turn of the list of facts that was asked of last.

        It may hold what somebody wrote, which is unsealed for the turn alone. Where
        several threads take turns, the end of one may cost another a replay.
        """
        try:
            yield self
        finally:
            self._last = (None, 0, self._nowhere)

    # ---- where it stands ----------------------------------------------------

    def place(self, facts: Iterable[Fact]) -> Place:
        """Replay facts into where the session stands.

        A turn asks this of the same list several times; the last answer is kept with
        the very list it was given for, and its length, because facts are only added.
        Nothing is kept of a tuple. Ask of a list within :meth:`turn`.
        """
        last, count, place = self._last
        if facts is last and isinstance(facts, list) and len(facts) == count:
            return place
        place = self.place_of(standing(facts))
        if isinstance(facts, list):
            self._last = (facts, len(facts), place)
        return place

    def know(self, facts: list[Fact], place: Place) -> None:
        """Take where a list of facts leads, for whoever asks of that very list next.

        Args:
            facts: All facts of a session.
            place: What :meth:`place` would return for them.
        """
        self._last = (facts, len(facts), place)

    def place_after(self, before: Place, facts: Iterable[Fact]) -> Place:
        """Return where a session stands after further facts.

        Args:
            before: Where it stood.
            facts: What happened since, in order.
        """
        stands = before.standing.copied()
        for fact in facts:
            stands.take(fact)
        return self.place_of(stands, before)

    def place_of(self, stands: Standing, before: Place | None = None) -> Place:
        """Walk the answers that stand.

        Args:
            stands: The session's facts, folded.
            before: Where it stood before its last facts. Where they only went
                on from there, the way to there is not walked again.
        """
        since = before.walk if before and _goes_on(before, stands) else None
        walk = self.machine.walk(stands.answers, stands.advised, since=since)
        walk.cursor.named = stands.named
        for place, cursor in walk.reached.items():
            if cursor.named != stands.named:
                # The walk before shares it, and stays as it is.
                walk.reached[place] = renamed = cursor.copied()
                renamed.named = stands.named
        return Place(stands, walk, self._position(stands, walk))

    def _position(self, stands: Standing, walk: Walk) -> str:
        known = CONFLICT in self.pack.flow.questions
        if stands.aside and known and walk.position != END:
            return CONFLICT
        if walk.position != END or not is_waiting(stands.answers.get(DECISION)):
            return walk.position
        outcome = self.pack.flow.outcomes[walk.cursor.outcome or ""]
        if outcome.advice:
            return ADVICE_RECEIVED
        for row in outcome.again:
            if self.machine.test(row.condition)(walk.cursor):
                return row.id
        return DECISION

    def ended(self, place: Place) -> bool:
        """Say whether the session is over."""
        return place.standing.cancelled or place.position == END

    # ---- moves ----------------------------------------------------------------

    def advance(
        self, session: str, facts: Sequence[Fact], move: Move, *, brief: bool = False
    ) -> Turn:
        """Apply one move to a session.

        Args:
            session: The session's id; only put into replies.
            facts: All its facts, from the first.
            move: What the person did.
            brief: Leave out the question that an answer leads to where nothing else
                is shown, for whoever shows it later: there are no replies then.
        """
        return Step(self, session, self.place(facts), brief=brief).take(move)


__all__ = [
    "HOW_TO_SHARE",
    "AdviceRead",
    "Answer",
    "Ask",
    "Back",
    "Cancel",
    "Change",
    "Emergency",
    "Engine",
    "Move",
    "Person",
    "Place",
    "Show",
    "Turn",
    "Typed",
]
