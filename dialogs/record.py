"""What a decision's record holds, so that it stands on its own years later.

The record repeats the questions as they were asked, the answers as ids and in
words, what was indicated, and the passages shown with their hashes, beside the
pack version's hash. Replaying the session's facts under that version gives the
same record again; a test holds us to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from dialogs.answers import labels
from dialogs.session import Indicated, listed
from knowledge.reviews import edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.engine import Engine
    from dialogs.machine import Cursor
    from dialogs.place import Place
    from dialogs.session import Fact


_TOO_YOUNG: Final = (
    ("consent-so-far", "child-view", "too-young"),
    ("competence", "understands-question", "no"),
    ("competence", "conclusion", "not-competent"),
)
"""A child too young to understand the question at all, and what that means for
the competence screen, which is then not asked (flow, question 13)."""


def _indicated_before(facts: Sequence[Fact], place: Place) -> list[dict[str, object]]:
    """Return outcomes that were shown and that later answers took away."""
    standing = {(shown.outcome, shown.level) for shown in place.walk.shown}
    gone = {
        (fact.outcome, fact.level): fact
        for fact in facts
        if isinstance(fact, Indicated) and (fact.outcome, fact.level) not in standing
    }
    return [
        {"outcome": fact.outcome, "level": fact.level, "alert": fact.alert}
        for fact in gone.values()
    ]


def _follows(place: Place) -> list[dict[str, str]]:
    """Return what follows from an answer without a screen of its own."""
    (question, line, value), *rest = _TOO_YOUNG
    answer = place.standing.answers.get(question)
    if isinstance(answer, Mapping) and answer.get(line) == value:
        return [
            {"question": asked, "line": each, "answer": given}
            for asked, each, given in rest
        ]
    return []


def record_of(engine: Engine, facts: Sequence[Fact]) -> dict[str, object]:
    """Return the record of a session as its facts stand.

    Returns:
        Plain values, ready for JSON: the pack and document, the questions with
        their answers, the outcomes, the passages shown, the advice received.
    """
    place = engine.place(facts)
    pack = engine.pack
    questions: list[dict[str, object]] = []
    passages: dict[str, list[str]] = {}

    def visit(here: str, cursor: Cursor) -> None:
        for passage in engine.screens.passages_at(here, cursor):
            passages.setdefault(passage, []).append(here)
        if here in place.standing.answers and here in pack.flow.questions:
            question = pack.flow.questions[here]
            answer = place.standing.answers[here]
            questions.append(
                {
                    "question": here,
                    "asked": question.ask,
                    "answer": listed(answer),
                    "in-words": [list(pair) for pair in labels(question, answer)],
                }
            )

    engine.machine.walk(place.standing.answers, place.standing.advised, visit)
    decided = place.standing.decided[-1] if place.standing.decided else None
    return {
        "pack": pack.id,
        "guidance": pack.hash,
        "document": f"{pack.document.title}, {edition(pack, engine.today())}",
        "signed-off-by": pack.signed_off_by,
        "questions": questions,
        "outcomes": [
            {
                "outcome": shown.outcome,
                "title": pack.flow.outcomes[shown.outcome].title,
                "level": shown.level,
                "alert": shown.alert.value,
                "after": shown.after,
            }
            for shown in place.walk.shown
        ],
        "passages": [
            {
                "id": passage,
                "hash": pack.passages[passage].hash,
                "section": pack.passages[passage].section,
                "at": places,
            }
            for passage, places in passages.items()
        ],
        "indicated-before": _indicated_before(facts, place),
        "follows": _follows(place),
        "advised-on": sorted(place.standing.advised),
        "advice": [listed(advice) for advice in place.standing.advice],
        "person-asked": place.standing.person_asked,
        "emergency-shown": place.standing.emergency,
        "departing": decided.departing if decided else False,
    }
