"""Every turn that the named cases lead to, as a chat platform has to draw it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from dialogs.engine import Ask, Emergency, Person, Typed
from dialogs.reply import Advice, Prompt, Recorded
from tests.support.cases import CASES
from tests.support.dialog import Dialog, the_engine

if TYPE_CHECKING:
    from dialogs.engine import Move
    from dialogs.reply import Reply


class Watched(Dialog):
    """A session that keeps what each turn showed, besides everything else."""

    def __init__(self) -> None:
        self.turns: list[tuple[Reply, ...]] = []
        super().__init__(the_engine())

    def do(self, move: Move) -> Watched:
        super().do(move)
        self.turns.append(self.replies)
        return self


@cache
def every_turn() -> tuple[tuple[Reply, ...], ...]:
    """Return the replies of every different turn of any case, and of help after it."""
    found: dict[tuple[Reply, ...], None] = {}
    for case in CASES.values():
        dialog = Watched()
        dialog.follow(case.answers)
        for move in (Emergency(), Person(), Ask("without consent"), Typed("xyzzy")):
            dialog.do(move)
        found |= dict.fromkeys(dialog.turns)
    return tuple(found)


LOOKED_AT: Final = (
    *("danger", "safety-check", "competence", "bichard-factors", "consent-so-far"),
    *("weigh-up", "refer-now", "seek-advice", "do-not-share", "decision", "recorded"),
)
"""Questions and outcomes whose screens people look at on each platform."""


def longest_turn(place: str) -> tuple[Reply, ...]:
    """Return the longest turn that shows one of those, alone where it can be."""
    return max((one for one in every_turn() if _shows(one, place)), key=_length)


def _shows(replies: tuple[Reply, ...], place: str) -> bool:
    last = replies[-1]
    if place == "recorded":
        return isinstance(last, Recorded)
    if isinstance(last, Prompt) and last.question == place:
        return len(replies) == 1
    return any(isinstance(one, Advice) and one.outcome == place for one in replies)


def _length(replies: tuple[Reply, ...]) -> int:
    return len(repr(replies))
