"""Every turn that the named cases lead to, as a chat platform has to draw it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dialogs.engine import Ask, Emergency, Person, Typed
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
