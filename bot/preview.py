"""Walks a draft as people would, on a store that is thrown away.

The version says on every screen that it is a preview. What a lead would be told is
handed to whoever walks it, in the words that an alert has on every surface; nothing
is sent to anybody. Where the store lies, and that it goes, is the caller's affair.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.alert_words import AlertFacts, words_of
from bot.guide import Also, Guide, Said, Version
from dialogs.engine import Move
from knowledge.model import Caution

WAITS = "It waits until it is known who must not be told, at most two minutes."
OPENS = "They open the record only once it is known who must not see it."


def as_preview(version: Version, day: date) -> Version:
    """Return a draft that says on every screen what it is.

    Args:
        version: The draft.
        day: The day as of which it is walked.
    """
    text = (
        f"This is a draft as it would read on {day.isoformat()}. Nothing is kept and"
        " nobody is told. Do not use it for a real child."
    )
    caution = Caution("preview", "Preview", text)
    return Version(replace(version.pack, cautions=(caution,)), version.files)


class PreviewGuide(Guide):
    """A guide that lets whoever walks a draft overhear what a lead would be told."""

    overhear: Callable[[tuple[str, ...]], None] | None = None
    """Takes the lines that a lead would be told; None for a practitioner's view."""

    def move(  # noqa: PLR0913 -- as the guide's own
        self,
        session: str,
        user: str,
        move: Move,
        seen: int | None = None,
        *,
        key: str | None = None,
        also: Also | None = None,
        brief: bool = False,
    ) -> Said:
        """Take one move; see :meth:`bot.guide.Guide.move`."""
        before = self._alert(session)
        said = super().move(session, user, move, seen, key=key, also=also, brief=brief)
        after = self._alert(session)
        if self.overhear is not None and after and after != before:
            self.overhear(after)
        return said

    def _alert(self, session: str) -> tuple[str, ...]:
        """Return what a lead would be told of a session, if anything."""
        with self._store.reading() as transaction:
            row = transaction.alert_of(session)
        if row is None:
            return ()
        facts = AlertFacts(
            row.urgency, row.category, row.id, row.raised_at, role="lead"
        )
        words = words_of(facts)
        waits = (WAITS,) if row.state == "waiting" else ()
        return (words.title, *words.lines, *waits, OPENS)
