"""What chat platforms tell a lead about an alert, in the same words on each.

The words of the alert itself are in `bot.alert_words`; here stand those around it.
The page says more of what happened, and has words of its own.
"""

from typing import Final

from bot.alerts import ClosedAs
from bot.climb import Happened

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
    Happened.LEFT_UNDECIDED: "nothing was decided",
}
EVENTS_SHOWN: Final = 6
"""Events shown in a message, the newest. Ours."""
