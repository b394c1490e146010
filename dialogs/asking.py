"""Asks the guidance outside any session: no question stands and nothing is kept.

What is shown is what a session shows when it is asked, but for what only makes
sense inside one. Whatever speaks of danger is answered first by what to do now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dialogs.machine import DialogMachine
from dialogs.screens import Screens
from dialogs.understand import speaks_of
from knowledge.search import PassageIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from dialogs.reply import Notice
    from knowledge.model import Pack

LONGEST: Final = 400
"""Characters of a question that are looked at; the rest is a story. Ours."""
_IN_A_SESSION: Final = "record-the-danger"


class Asking:
    """Answers questions about one pack version with its own passages."""

    def __init__(self, pack: Pack, today: Callable[[], date]) -> None:
        """Take the pack; the index is built by the first question.

        Args:
            pack: The pack.
            today: The date in the organisation's time zone.
        """
        self.pack = pack
        self._screens = Screens(pack, DialogMachine(pack.flow), today)
        self._index = PassageIndex(pack)

    def answer(self, asked: str) -> tuple[Notice, ...]:
        """Return what the document says, what to do first, or whom to ask.

        Args:
            asked: As typed; only looked at, never kept or logged.
        """
        found = self._screens.found("", self._index.search(asked[:LONGEST]))
        remarks = (*self._screens.opening(), *found.remarks)
        notices = (replace(found, remarks=tuple(remarks)),)
        if not speaks_of(asked, self.pack.phrases.danger):
            return notices
        return (self._danger(), *notices)

    def _danger(self) -> Notice:
        nowhere = self._screens.machine.walk({}).cursor
        notice = self._screens.emergency("", nowhere)
        todo = tuple(each for each in notice.todo if each.id != _IN_A_SESSION)
        return replace(notice, todo=todo)
