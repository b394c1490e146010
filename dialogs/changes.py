"""What an answer does to the answers that come after it.

Two rules live here: which later answers fall when an earlier one is answered
anew, and which doubts are settled when advice has come. Both are worked out
once, when the answer is given, and written into its fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.answers import NotAnAnswer
from dialogs.answers import whole as checked
from dialogs.session import Answered
from knowledge.model import (
    ADVICE_RECEIVED,
    CONFLICT,
    DECISION,
    END,
    HOW_TO_SHARE,
    SAFETY_CHECK,
    Question,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.engine import Engine
    from dialogs.machine import Cursor
    from dialogs.place import Place
    from knowledge.conditions import Value


def advised_by(engine: Engine, place: Place, value: Value) -> Answered:
    """Advice settles every open doubt; what is still unsure is asked again."""
    cursor = place.cursor
    test = engine.machine.test
    open_doubts = [
        doubt
        for doubt in engine.pack.flow.doubts.values()
        if doubt.id not in cursor.advised and test(doubt.when)(cursor)
    ]
    again = [doubt.question for doubt in open_doubts if test(doubt.again)(cursor)]
    return Answered(
        ADVICE_RECEIVED,
        value,
        dropped=tuple(dict.fromkeys([*again, DECISION])),
        advised=tuple(doubt.id for doubt in open_doubts),
    )


def dropped_by(
    engine: Engine, place: Place, question: Question, value: Value
) -> tuple[str, ...]:
    """Return the later answers that do not survive this answer.

    An answer survives if it does not depend on the question answered anew,
    and is still a complete and valid answer where it now stands. What is
    off the way is dropped when the decision is reached, so that nothing
    old comes back unasked.
    """
    stands = place.standing
    going_on = len(stands.answers) == len(place.walk.asked)
    if question.id not in stands.answers and going_on:
        return ()
    answers = {**stands.answers, question.id: value}
    walk = engine.machine.walk(answers, stands.advised)
    earlier = set(walk.asked[: walk.asked.index(question.id)])
    # Who must not be told was said before it was known what the worry is.
    anew = question.id == SAFETY_CHECK and place.said_aside and CONFLICT in walk.asked
    kept = {
        other: part
        for other, part in answers.items()
        if (other in earlier or not _depends(engine, other, question.id))
        and not (anew and other == CONFLICT)
    }
    while invalid := _first_invalid(engine, kept, stands.advised, question.id):
        del kept[invalid]
    walk = engine.machine.walk(kept, stands.advised)
    if walk.position in {DECISION, HOW_TO_SHARE, END}:
        kept = {key: part for key, part in kept.items() if key in walk.asked}
    return tuple(other for other in stands.answers if other not in kept)


def _depends(engine: Engine, other: str, changed: str) -> bool:
    depends = engine.pack.flow.questions[other].depends_on
    return other != changed and (depends is None or changed in depends)


def _first_invalid(
    engine: Engine, answers: Mapping[str, Value], advised: frozenset[str], anew: str
) -> str:
    """Return the first answer on the way that no longer fits its question."""
    found = ""

    def visit(here: str, cursor: Cursor) -> None:
        nonlocal found
        question = engine.pack.flow.questions.get(here)
        if question is None or here not in answers or found or here == anew:
            return
        try:
            again, _ = checked(engine.machine, cursor, question, answers[here])
        except NotAnAnswer:
            again = ()
        if again != answers[here]:
            found = here

    engine.machine.walk(answers, advised, visit)
    return found
