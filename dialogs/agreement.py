"""Holds the prover against the dialog that people use.

The prover reads a flow's rows in its own way, so that a fault in one reading
shows as a difference from the other. Here every merged way of a proof is walked
by the machine, and a counterexample is replayed, move by move, by the real
engine, with the advice it needs in between. What cannot be replayed is not
passed on as an example.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Final

from dialogs.engine import Answer, Engine
from dialogs.machine import AskedTwice, DialogMachine, NoRoute, Walk
from dialogs.reply import Refusal
from dialogs.session import Started, listed
from knowledge.model import ADVICE_RECEIVED, DECISION, END, NOT_YET
from knowledge.prove import merged
from knowledge.walks import PlainReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dialogs.engine import Place
    from dialogs.session import Fact
    from knowledge.conditions import Value
    from knowledge.model import Doubt, Flow, Pack
    from knowledge.prove import Counterexample, Merged, Pass, Proof

MOST_MOVES: Final = 80
"""A replay that has not arrived by then goes round; passes have 20 at most."""
_DAY: Final = date(2026, 1, 1)
"""Before every day that a transcript writes down."""


def disagreements(pack: Pack, proof: Proof) -> Iterator[str]:
    """Yield every merged way on which the machine goes elsewhere.

    Args:
        pack: The pack that was proved.
        proof: Its proof; each of its ways is walked from the first question.
    """
    machine = _Walker(pack.flow)
    reader = PlainReader(pack.flow)
    for way in merged(pack, proof):
        try:
            found = _differs(machine.walk(way), reader, way)
        except (NoRoute, AskedTwice) as error:
            found = type(error).__name__
        if found:
            yield f"{' > '.join(way.path)}: {found}"


class _Walker:
    """Walks merged ways, each beginning that several have in common once."""

    def __init__(self, flow: Flow) -> None:
        self._machine = DialogMachine(flow)
        # What was walked is kept with its walk, so that its id stays its own.
        self._begun: dict[int, tuple[Mapping[str, Value], Walk]] = {}

    def walk(self, way: Merged) -> Walk:
        """Walk one way.

        Raises:
            NoRoute, AskedTwice: The machine gets no further.
        """
        known = self._begun.get(id(way.before))
        if known is None:
            known = (way.before, self._machine.walk(way.before, way.advised))
            self._begun[id(way.before)] = known
        return self._machine.walk(way.answers, way.advised, since=known[1])


def _differs(walk: Walk, reader: PlainReader, way: Merged) -> str:
    *_, (_, stand) = reader.moments(way.answers, way.advised)
    if walk.path[-len(way.path) :] != way.path:
        return f"the machine goes {' > '.join(walk.path[-len(way.path) :])}"
    if walk.path != stand.path:
        return "the machine and the plain reading take different ways"
    cursor = walk.cursor
    if (cursor.outcome, cursor.level) != (stand.outcome, stand.level):
        return "the outcome or its level differs"
    if (cursor.alert, cursor.unsure) != (stand.alert, stand.unsure):
        return "the alert differs"
    return ""


class Replays:
    """Replays passes on the real engine of one pack."""

    def __init__(self, pack: Pack) -> None:
        """Build an engine that keeps nothing."""
        self.flow = pack.flow
        self.reader = PlainReader(pack.flow)
        self.engine = Engine(
            pack,
            new_reference=lambda: "R-0",
            today=lambda: _DAY,
            search=lambda _: (),
        )
        self._start = Started(pack.id, pack.hash)

    def confirm(self, counterexample: Counterexample) -> bool:
        """Say whether each pass of a counterexample can be replayed."""
        return all(self.lines(each) is not None for each in counterexample.passes)

    def both(self, other: Replays) -> Callable[[Pass | None, Pass | None], bool]:
        """Return what says whether two passes can be replayed, here and there.

        Args:
            other: Replays passes through the other version of the pack.
        """

        def confirm(mine: Pass | None, theirs: Pass | None) -> bool:
            return (mine is None or self.lines(mine) is not None) and (
                theirs is None or other.lines(theirs) is not None
            )

        return confirm

    def lines(self, pass_: Pass) -> tuple[str, ...] | None:
        """Return what ``chat --json`` reads to replay a pass, or None.

        Advice that the pass needs is put in where the dialog waits for it: a
        decision of *not yet*, what the adviser said, and the answers again.
        """
        facts: list[Fact] = [self._start]
        lines: list[str] = []
        for _ in range(MOST_MOVES):
            place = self.engine.place(facts)
            if self._arrived(place, pass_):
                return tuple(lines)
            answer = self._answer(place, pass_)
            if answer is None:
                return None
            turn = self.engine.advance("replay", facts, Answer(listed(answer)))
            if any(isinstance(reply, Refusal) for reply in turn.replies):
                return None
            facts.extend(turn.facts)
            lines.append(json.dumps({"answer": listed(answer)}))
        return None

    def _arrived(self, place: Place, pass_: Pass) -> bool:
        stands = place.standing
        given = {name: stands.answers[name] for name in place.walk.asked}
        if given != dict(pass_.answers) or self._advised(place) != pass_.advised:
            return False
        ended = place.walk.position == END
        return pass_.place in {*place.walk.path, END if ended else ""}

    def _advised(self, place: Place) -> frozenset[str]:
        """Doubts advised on that stand; advice on others changes nothing."""
        return frozenset(
            name
            for name in place.standing.advised
            if self._stands(self.flow.doubts[name], place.standing.answers)
        )

    def _stands(self, doubt: Doubt, answers: Mapping[str, Value]) -> bool:
        *_, (_, stand) = self.reader.moments(answers, frozenset())
        stand.answers = dict(answers)
        return self.reader.holds(doubt.when, stand)

    def _answer(self, place: Place, pass_: Pass) -> Value | None:
        asked = place.position
        waiting = pass_.advised - place.standing.advised
        if asked == ADVICE_RECEIVED:
            return self._filled(place, asked, ())
        if asked == DECISION and waiting:
            return self._filled(place, asked, ((DECISION, NOT_YET),))
        for name in waiting:
            doubt = self.flow.doubts[name]
            stands = self._stands(doubt, pass_.answers)
            if doubt.question == asked and not stands:
                return None
        return pass_.answers.get(asked)

    def _filled(
        self, place: Place, question: str, given: Sequence[tuple[str, str]]
    ) -> Value:
        answers = {n: place.standing.answers[n] for n in place.walk.asked}
        answers.pop(DECISION, None)
        return self.reader.filled(
            self.flow.questions[question],
            tuple(given),
            answers,
            place.standing.advised,
        )
