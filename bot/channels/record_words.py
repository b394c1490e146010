"""What is said where decisions are corrected and searched, the same on every surface.

Words of ours alone. What somebody wrote in a record is drawn by each surface in a
place that only its reader sees, and never comes through here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.finding import Hit
from bot.ports import DecisionRow
from knowledge.model import Pack

CORRECT: Final = "Correct it"
ADDS: Final = (
    "What was recorded is never changed. Your correction is added, and shown beside it"
    " from now on."
)
ABOUT: Final = "What is it about?"
WHOLE: Final = "The record as a whole"
RIGHT: Final = "What is right"
NO_NAMES: Final = "Write no names. Use roles, such as: the aunt."
ADD: Final = "Add the correction"
KEEP: Final = "Keep it as it is"
"""Keeps details that were asked about."""
WHOSE: Final = "Does this say who somebody is?"
"""Heads what asks about details."""
NOT_THERE: Final = "There is no such record for you."
NO_DECISIONS: Final = "You have no decisions in the record."

SEARCH: Final = "Search decisions"
SEARCH_IS_KEPT: Final = (
    "Decisions of the teams that you lead. That you searched, and each record you open,"
    " is kept; whoever decided can see it."
)
LABELS: Final = {
    "reference": "Reference",
    "since": "From this day",
    "until": "To this day",
    "team": "Team",
    "outcome": "What was indicated",
    "passage": "A passage that was shown",
}
"""What can be searched for, by the names of `bot.finding.Wanted`, in this order."""
ANY_TEAM: Final = "Every team you lead"
ANY_OUTCOME: Final = "Any outcome"
PASSAGE: Final = "Its name, such as GR1 or S3-7."
FOUND: Final = "What was found"
NOTHING: Final = "Nothing was found that you may see."
MORE: Final = "There is more. Narrow the dates."
NO_TEAM: Final = (
    "You lead no team, so there is nothing to search. That you asked is kept."
)
TOO_LONG: Final = (
    "There is too much to look through at once, so nothing is shown. Narrow the dates,"
    " and search again."
)
BUSY: Final = (
    "Somebody else is searching just now, so nothing is shown. Search again in a"
    " moment."
)
READ_IS_KEPT: Final = (
    "That you read this record is in the ledger, and whoever decided can see it."
)


def outcomes(pack: Pack) -> tuple[tuple[str, str], ...]:
    """Return what can be indicated, and so searched for, as id and title."""
    return tuple((id_, one.title) for id_, one in pack.flow.outcomes.items())


def corrected(entry: int) -> str:
    """Say that a correction was taken.

    Args:
        entry: Its place in the ledger.
    """
    return (
        f"Your correction is entry {entry} of the ledger. What was recorded stays, and"
        " the correction is shown beside it from now on."
    )


def named(found: DecisionRow | Hit) -> str:
    """Return the reference and the moment of a decision: nothing of what is in it."""
    return f"{found.reference}, {found.at:%Y-%m-%d %H:%M} UTC"


def hit(found: Hit) -> tuple[str, str]:
    """Return what names a decision that was found, and what became of it."""
    since = ", corrected since" if found.corrected else ""
    departs = ", which departs from it" if found.departing else ""
    decided = found.decision.replace("-", " ")
    return (
        f"{named(found)}{since}",
        f"Indicated: {found.title}. Decided: {decided}{departs}.",
    )


def own(row: DecisionRow) -> str:
    """Name one of somebody's own decisions."""
    state = "waits for something" if row.decision == "not-yet" else "decided"
    return f"{named(row)}: {state}"


def asked(row: DecisionRow) -> Sequence[tuple[str, str]]:
    """Return what a correction can be about: ids and questions, as they were asked."""
    return [
        (str(one["question"]), str(one["asked"])) for one in _parts(row, "questions")
    ]


def answered(row: DecisionRow, question: str) -> Sequence[str]:
    """Return the words of an answer; of a question that can be written freely, too."""
    found = [
        one["in-words"]
        for one in _parts(row, "questions")
        if one["question"] == question
    ]
    return [str(text) for pairs in found for _, text in pairs]


def indicated(row: DecisionRow) -> Sequence[str]:
    """Return what was indicated, in words of the guidance and in order."""
    return [str(one["title"]) for one in _parts(row, "outcomes")]


def passages(row: DecisionRow) -> Sequence[str]:
    """Return the names of the passages that were shown."""
    return [str(one["id"]) for one in _parts(row, "passages")]


def _parts(row: DecisionRow, name: str) -> Sequence[Mapping[str, Any]]:
    found = row.body[name]
    assert isinstance(found, list)  # noqa: S101 -- the record's own form
    return found
