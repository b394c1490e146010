"""Stands between a turn and its being kept: asks before details are stored or sent.

The engine has taken the move already, so what would be kept is known exactly. Where
free text in it holds a detail, the turn is put aside, the person is asked, and only
the kind of detail is kept. Nothing stands between a person and an urgent alert: there
the turn goes on as it is. It knows no channel, so every channel asks alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.privacy.details import IN_WORDS, WHAT_TO_DO, Detail, Found
from bot.privacy.guard import IdentityGuard
from dialogs.engine import Answer, Engine, Place, Show, Turn, Typed
from dialogs.moves import Move
from dialogs.reply import Notice
from dialogs.session import Answered, EmergencyShown, Fact, Filled, IdentityWarned
from knowledge.model import Asks, Urgency

IDENTITY: Final = "identity"
"""Code of the notice that asks."""
ASKED: Final = "asked"
KEPT: Final = "kept"
CHANGED: Final = "changed"
PASSED: Final = "passed"
_HIGHEST: Final = 4
"""The level from which nothing is asked."""
_INITIALS: Final = 3
"""Most initials shown as a help to find the names. Ours."""


class Watch:
    """Asks about details before they are kept."""

    def __init__(self, guard: IdentityGuard) -> None:
        """Take the guard of an organisation."""
        self._guard = guard

    def over(
        self,
        engine: Engine,
        session: str,
        facts: Sequence[Fact],
        move: Move,
        turn: Turn,
    ) -> Turn:
        """Return the turn to keep and show.

        Args:
            engine: The dialog of the session's pack version.
            session: The session's id; only put into what asks.
            facts: All facts before the move.
            move: What the person did; says whether they keep what was found.
            turn: What the engine made of it.

        Returns:
            The turn with a fact about what was found, or one that only asks.
        """
        written = [fact for fact in turn.facts if isinstance(fact, Answered | Filled)]
        if not written or not isinstance(move, Answer | Typed):
            return turn
        question = written[0].question
        before = engine.place(facts)
        texts = dict(_new_texts(engine, before, written[0]))
        found = {label: self._guard.find(text) for label, text in texts.items()}
        kinds = _kinds(found)
        if not kinds:
            if _was_asked(facts, question):
                return _noted(turn, IdentityWarned(question, (), CHANGED))
            return turn
        if move.kept:
            return _noted(turn, IdentityWarned(question, kinds, KEPT))
        if _urgent(engine, before, facts, turn):
            return _noted(turn, IdentityWarned(question, kinds, PASSED))
        asks = IdentityWarned(question, kinds, ASKED)
        return _asking(engine, session, facts, asks, _told(found, texts))


def _new_texts(
    engine: Engine, before: Place, fact: Answered | Filled
) -> Iterator[tuple[str, str]]:
    """Yield label and words of what was written freely, if it is not kept already."""
    question = engine.pack.flow.questions[fact.question]
    kept = before.standing.filling if before.standing.filling_for == question.id else {}
    value = {fact.line: fact.value} if isinstance(fact, Filled) else fact.value
    if not isinstance(value, Mapping):
        return
    for key, text in value.items():
        line = question.fields[key]
        if line.asks == Asks.TEXT and isinstance(text, str) and kept.get(key) != text:
            yield line.label, text


def _kinds(found: Mapping[str, Sequence[Found]]) -> tuple[str, ...]:
    kinds = {one.kind for each in found.values() for one in each}
    return tuple(kind.value for kind in Detail if kind in kinds)


def _was_asked(facts: Sequence[Fact], question: str) -> bool:
    last = facts[-1] if facts else None
    return (
        isinstance(last, IdentityWarned)
        and last.choice == ASKED
        and last.question == question
    )


def _urgent(engine: Engine, before: Place, facts: Sequence[Fact], turn: Turn) -> bool:
    """Say whether to ask would stand between a person and an urgent alert."""
    if any(isinstance(fact, EmergencyShown) for fact in turn.facts):
        return True
    after = engine.place((*facts, *turn.facts))
    if _HIGHEST in {before.cursor.level, after.cursor.level}:
        return True
    was = engine.screens.alert(before.cursor, before.standing)
    becomes = engine.screens.alert(after.cursor, after.standing)
    return was != Urgency.URGENT and becomes == Urgency.URGENT


def _noted(turn: Turn, fact: IdentityWarned) -> Turn:
    return Turn((fact, *turn.facts), turn.replies, turn.ended, turn.place)


def _asking(
    engine: Engine,
    session: str,
    facts: Sequence[Fact],
    asks: IdentityWarned,
    told: str,
) -> Turn:
    """Return a turn that keeps nothing but that it asks, and shows the same screen."""
    standing = engine.advance(session, facts, Show())
    notice = Notice(session, "identity", f"{told} {WHAT_TO_DO}")
    replies = (notice, *standing.replies)
    return Turn((asks,), replies, standing.ended, standing.place)


def _told(found: Mapping[str, Sequence[Found]], texts: Mapping[str, str]) -> str:
    """Say what was found, line by line, without repeating it."""
    return " ".join(
        f"{label.rstrip('?.:')}: this looks like {_listed(each, texts[label])}."
        for label, each in found.items()
        if each
    )


def _listed(found: Sequence[Found], text: str) -> str:
    kinds = {one.kind for one in found}
    words = [IN_WORDS[kind] for kind in Detail if kind in kinds]
    names = [one for one in found if one.kind is Detail.NAME]
    if names:
        signs = dict.fromkeys(text[one.start].upper() for one in names)
        words[0] = f"{words[0]} ({', '.join(list(signs)[:_INITIALS])})"
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"
