"""Notes to information governance: a breach, a complaint, or sharing onwards.

A note is a text to check and send by your own secure way. It carries reference, times
and codes, and never what anybody wrote: whoever may read the record looks it up.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from bot.directory import Directory
from bot.filing import Filing, time

GOVERNANCE: Final = "information-governance"


class Note(StrEnum):
    """What a note is about."""

    BREACH = "breach"
    COMPLAINT = "complaint"
    ONWARD = "onward"


_TITLES: Final[Mapping[Note, str]] = {
    Note.BREACH: "A possible breach of confidence",
    Note.COMPLAINT: "A complaint about how information was used",
    Note.ONWARD: "A request to share information onwards",
}
_PASSAGES: Final[Mapping[Note, tuple[str, ...]]] = {
    Note.BREACH: ("S5-7",),
    Note.COMPLAINT: ("S5-7", "S5-8"),
    Note.ONWARD: ("S5-10", "S5-9"),
}
_TO_FILL_IN: Final[Mapping[Note, tuple[str, ...]]] = {
    Note.BREACH: (
        "When it was noticed (the 72 hours of UK GDPR Article 33 count from then)",
        "What kind of information, and of how many people",
        "Who may have seen it, and what has been done",
        "Whether anyone could come to harm by it",
    ),
    Note.COMPLAINT: (
        "When and how the complaint came, without the complainer's name",
        "What they ask for",
        "Whether a child could be at risk from the answer",
    ),
    Note.ONWARD: (
        "Who wants to pass it on, and to whom (roles and organisations)",
        "For which purpose",
        "Whether the agency it came from agrees; if not, why it cannot wait",
    ),
}


def note(filing: Filing, what: Note, directory: Directory) -> str:
    """Return a note as text.

    Args:
        filing: the decision it is about.
        what: which note.
        directory: where information governance is reached.
    """
    row = filing.row
    lines = [
        f"NOTE TO INFORMATION GOVERNANCE: {_TITLES[what]}",
        "",
        f"Record: {row.reference}, decided {time(row.at)}",
        f"Decision: {row.decision}; indicated: {row.outcome}, level {row.level}",
        f"Shared by: {_method(row.body)}",
        f"Document: {filing.row.body['document']}",
        f"Guidance version: {row.guidance}",
        "",
        "Please fill in. Write no names here; the record has what is needed.",
        *(f"- {line}:" for line in _TO_FILL_IN[what]),
        "",
        *_quoted(filing, what),
        "Whom to ring:",
        *(
            f"- {one.label}: {one.number or 'no number in the directory'} ({one.hours})"
            for one in directory.ring((GOVERNANCE,))
        ),
        "",
        "If a child may be in danger, ring 999 now. A note never comes first.",
    ]
    return "\n".join(lines) + "\n"


def _quoted(filing: Filing, what: Note) -> list[str]:
    if filing.pack is None:
        return []
    lines: list[str] = []
    for name in _PASSAGES[what]:
        passage = filing.pack.passages.get(name)
        if passage:
            lines += [
                f"The document says ({passage.id}, {passage.section}):",
                *([f"  “{passage.lead_in}”"] if passage.lead_in else []),
                f"  “{passage.text}”",
                "",
            ]
    return lines


def _method(body: Mapping[str, Any]) -> str:
    for one in body["questions"]:
        if one["question"] == "how-to-share" and isinstance(one["answer"], Mapping):
            return str(one["answer"].get("method", "not said"))
    return "nothing was shared, as far as the record says"
