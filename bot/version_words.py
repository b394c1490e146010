"""What is said of a version of the guidance, the same in Slack, in Teams and by mail.

Who proposed it and why, what it changes, and where it stands. The words are those of
administrators about guidance that everybody may read; nothing about a child or a family
comes in. Pure; nothing is read, looked up or sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.alert_words import clock
from bot.ports import Ruled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.ports import ProposalRow, Proposed, RulingRow

    NameOf = Callable[[str], str]
    """Returns somebody's name by their id in the directory."""

TITLE: Final = "Guidance"
"""Heads what is shown at once about a version."""
NOTIFIED: Final = "A version of the guidance waits for you, or has changed."
"""What a locked phone shows."""
WHERE: Final = "Open the bot in Slack or Teams to approve it or to send it back."
MOST_WHY: Final = 1_000
"""Characters of a reason to send a version back, in a chat. Ours: it is shown to
everybody who was asked."""


@dataclass(frozen=True, slots=True)
class VersionWords:
    """A message about a version or a review.

    Attributes:
        title: One line; fit for a subject or a heading.
        lines: The rest, in the order to be read.
    """

    title: str
    lines: tuple[str, ...]

    def body(self) -> dict[str, object]:
        """Return them as a promise carries them."""
        return {"title": self.title, "lines": list(self.lines)}

    @classmethod
    def of(cls, body: Mapping[str, object]) -> VersionWords:
        """Read what a promise carries; what is missing is left unsaid."""
        lines = body.get("lines")
        said = [str(line) for line in lines] if isinstance(lines, list) else []
        return cls(str(body.get("title") or TITLE), tuple(said))


def to_approve(row: ProposalRow, name_of: NameOf) -> VersionWords:
    """Return what an administrator is asked with."""
    begins = (
        f"It is to be in force from {clock(row.from_at)}."
        if row.from_at
        else "It is to be in force as soon as it is approved."
    )
    return VersionWords(
        f"Guidance to approve: version {row.name}",
        (
            f"Pack: {row.pack}. Proposed by {name_of(row.author)} at {clock(row.at)}.",
            f"Why: {row.reason}",
            *row.told,
            begins,
        ),
    )


def state(found: Proposed, name_of: NameOf) -> str:
    """Say where a proposal stands."""
    ruling = found.ruling
    if ruling is None:
        return "It waits for an administrator who did not propose it."
    by, at = name_of(ruling.person), clock(ruling.at)
    if ruling.ruled == Ruled.SENT_BACK:
        return f"Sent back by {by} at {at}: {ruling.why}"
    return f"Approved by {by} at {at}. {_in_force(ruling)}"


def _in_force(ruling: RulingRow) -> str:
    begins = ruling.in_force_at or ruling.at
    return f"In force from {clock(begins)}." if begins > ruling.at else "In force."


def answered(found: Proposed, name_of: NameOf) -> VersionWords:
    """Return what its author hears of a proposal."""
    sent_back = found.ruling is not None and found.ruling.ruled == Ruled.SENT_BACK
    what = "was sent back" if sent_back else "is approved"
    return VersionWords(
        f"Your version {found.row.name} {what}", (state(found, name_of),)
    )


def published(row: ProposalRow, ruling: RulingRow) -> VersionWords:
    """Return what leads hear of a version that is in force."""
    begins = clock(ruling.in_force_at or ruling.at)
    title = f"The guidance changed: version {row.name}, in force from {begins}"
    return VersionWords(title, row.told)


def to_review(pack: str, lines: Sequence[str]) -> VersionWords:
    """Return what those hear who have to see to a review."""
    return VersionWords(
        f"Guidance to review: {pack}",
        (*lines, "What to do: python app.py knowledge review"),
    )
