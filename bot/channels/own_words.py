"""What practitioners read about advice: to disagree with it, and to be known to leads.

The same on every surface, and words of ours alone. Why somebody disagrees is never
here: each surface takes it in a place of its own and shows it to nobody in a message.
"""

from typing import Final

DISAGREE: Final = "I disagree"
IF_YOU_DISAGREE: Final = "If you disagree with the advice"
STAGES: Final = (
    "You still decide. Asked once, whoever advised looks again; asked again, the next"
    " person does; after that you are told whom to ring outside this service."
)
WHY: Final = "Why you disagree"
EMPTY: Final = "You may leave it empty."
ASK: Final = "Ask them to look again"
"""Asks for advice to be looked at again; short enough to send a form in Slack."""
DISAGREED: Final = "You disagreed"
NOBODY_ADVISED: Final = (
    "Nobody has advised you in this session, so there is nothing to disagree with."
    " Talk to a person at any time."
)

HIDDEN: Final = "Leads are not shown who you are."
BE_KNOWN: Final = "Let them see who I am"
SURE: Final = (
    "Leads who open your record will see who you are, now and later. That cannot be"
    " taken back."
)
"""What is asked before it counts."""
KNOWN: Final = "Leads who open your record are shown who you are."
WHO_YOU_ARE: Final = "Who you are"
