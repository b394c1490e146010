"""What chat platforms tell a lead about an alert, in the same words on each.

The words of the alert itself are in `bot.alert_words`; here stand those around it.
The page says more of what happened, and has words of its own.
"""

from collections.abc import Sequence
from typing import Final

from bot.alert_words import NEXT, AlertWords
from bot.alerts import LIVE, ClosedAs
from bot.climb import Happened
from bot.ports import AlertRow

HOW_IT_ENDED: Final = {
    ClosedAs.ADVISED: "I advised, and they decide",
    ClosedAs.REFERRED: "It has been referred",
    ClosedAs.SPOKEN_TO: "I spoke with them",
    ClosedAs.PASSED_ON: "Somebody else deals with it",
    ClosedAs.NO_ACTION: "Nothing more is needed",
}
"""How an alert can end, in the words of whoever ends it."""
STATES: Final = {
    "open": "Nobody has acknowledged it yet.",
    "acknowledged": "It has been acknowledged.",
    "closed": "It is closed.",
}
HAPPENED: Final = {
    Happened.RAISED: "raised",
    Happened.URGENCY_RAISED: "raised higher",
    Happened.TOLD: "told",
    Happened.UNREACHABLE: "could not be reached",
    Happened.ACKNOWLEDGED: "acknowledged",
    Happened.CLAIMED: "took it on",
    Happened.ADVISED: "advised",
    Happened.READ: "the advice was read",
    Happened.OFFERED: "asked somebody to take it over",
    Happened.ACCEPTED: "took it over",
    Happened.CLOSED: "closed",
    Happened.REOPENED: "opened again",
    Happened.RECORD_OPENED: "opened the record",
    Happened.DISAGREED: "the practitioner disagreed",
    Happened.IDENTITY_SHOWN: "the practitioner let leads see who they are",
    Happened.LEFT_UNDECIDED: "nothing was decided",
}
EVENTS_SHOWN: Final = 6
"""Events shown in a message, the newest. Ours."""
HELD: Final = (
    "nothing, until somebody who runs the bot lets it go. It is held since a backup was"
    " put back. Ring whoever may not have been told."
)
"""What happens next to an alert that was put back, in words that follow `NEXT`."""


def is_held(row: AlertRow) -> bool:
    """Say whether nothing happens to an alert by itself that otherwise would."""
    return row.held and row.state in LIVE


def lines_of(told: AlertWords, row: AlertRow) -> Sequence[str]:
    """Return what an alert says where it stands now.

    Args:
        told: What it said when it was promised.
        row: The alert.
    """
    if is_held(row):
        # Whoever would be told next is not: the promise was made before the backup.
        kept = [line for line in told.lines if not line.startswith(NEXT)]
        return [*kept, f"{NEXT}: {HELD}"]
    return told.lines if row.state == "open" else told.lines[1:3]


def state_of(row: AlertRow) -> str:
    """Say where an alert stands, and that it is held where it is."""
    text = STATES.get(row.state, "It is not open.")
    return f"HELD since a backup was put back. {text}" if is_held(row) else text
