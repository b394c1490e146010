"""Asks about details in what is written about an alert, before it is kept or sent.

What leads write, and why a practitioner disagrees, goes to somebody else and into the
record. Where it holds a detail, whoever wrote it is asked first, and only the kind of
detail and the choice are kept. Nothing stands between a person and an urgent alert:
there the words go on as they are.
"""

from enum import StrEnum
from typing import Final

from bot import climb
from bot.climb import Doing, Happened
from bot.ports import AlertRow
from bot.privacy.details import Detail
from bot.privacy.guard import IdentityGuard
from bot.privacy.watch import ASKED, CHANGED, KEPT, PASSED
from knowledge.model import Urgency


class Written(StrEnum):
    """What is written about an alert; the values are stored and never reused."""

    ADVICE = "advice"
    HANDOVER = "handover"
    CLOSING = "closing"
    DISAGREEMENT = "disagreement"


_WAITED_FOR: Final = frozenset({Written.ADVICE, Written.HANDOVER, Written.DISAGREEMENT})
"""What somebody waits for: who closes an alert keeps nobody waiting."""


class AlertWatch:
    """Looks at what is written about alerts."""

    def __init__(self, guard: IdentityGuard) -> None:
        """Take the guard of an organisation."""
        self._guard = guard

    def over(  # noqa: PLR0913 -- what is written, by whom, about what
        self,
        doing: Doing,
        alert: AlertRow,
        who: str,
        written: Written,
        words: str,
        *,
        keep: bool,
    ) -> tuple[Detail, ...]:
        """Return the kinds that have to be asked about; nothing where it can go on.

        Either way the alert keeps, with the rest of the transaction, which kinds were
        found and what became of them. Where kinds are returned, nothing else may be
        done in it.

        Args:
            doing: The transaction in which the words would be kept.
            alert: What they are about.
            who: Id of the lead who wrote them; empty for the practitioner.
            written: What they are.
            words: The words; nothing of them is kept here.
            keep: Whether their writer was asked, and wants them as they are.
        """
        kinds = self._guard.kinds((words,))
        if not kinds:
            if _was_asked(doing, alert, who, written):
                _note(doing, alert, who, written, (), CHANGED)
            return ()
        waits = alert.urgency == Urgency.URGENT and written in _WAITED_FOR
        choice = KEPT if keep else PASSED if waits else ASKED
        _note(doing, alert, who, written, kinds, choice)
        return kinds if choice == ASKED else ()


def _note(  # noqa: PLR0913, PLR0917 -- one each of what is kept
    doing: Doing,
    alert: AlertRow,
    who: str,
    written: Written,
    kinds: tuple[Detail, ...],
    choice: str,
) -> None:
    body: dict[str, object] = {
        "written": written.value,
        "kinds": [kind.value for kind in kinds],
        "choice": choice,
    }
    climb.note(doing, alert, Happened.IDENTITY_WARNED, who, body)


def _was_asked(doing: Doing, alert: AlertRow, who: str, written: Written) -> bool:
    """Say whether such words of theirs were asked about, and nothing came of it yet."""
    last = ""
    for one in doing.transaction.alert_events(alert.id):
        mine = one.kind == Happened.IDENTITY_WARNED and one.who == who
        if mine and one.body.get("written") == written:
            last = str(one.body.get("choice"))
    return last == ASKED
