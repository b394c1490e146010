"""Makes one export of a decision, by what was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.climb import Happened
from bot.exports.bundle import bundle
from bot.exports.paper import paper
from bot.exports.subject_access import pack_for_subject
from bot.exports.table import record_table
from bot.filing import Filing, time
from bot.privacy.guard import IdentityGuard


class Export(StrEnum):
    """A kind of copy, named by the ending of its file."""

    PDF = "pdf"
    JSON = "json"
    CSV = "csv"
    SUBJECT_ACCESS = "zip"


_TOLD: Final = {
    Happened.TOLD: "Told by the bot",
    Happened.UNREACHABLE: "Could not be reached",
    Happened.NOBODY: "Nobody could be told",
    Happened.ACKNOWLEDGED: "Acknowledged",
    Happened.ADVISED: "Advised",
    Happened.READ: "The practitioner confirmed reading the advice",
    Happened.CLOSED: "Closed",
}
"""What a child's file needs of an alert; all of it stands in the ledger."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What exports need besides the record.

    Attributes:
        organisation: as the directory names it.
        guard: finds details of others in a subject access pack.
        now: the present moment, UTC.
        names: names of people by their id in the directory.
    """

    organisation: str
    guard: IdentityGuard
    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)

    def made(self, filing: Filing, what: Export) -> bytes:
        """Return the content of one export."""
        exact = bundle(filing, self.now)
        if what is Export.JSON:
            return exact.encode()
        if what is Export.CSV:
            # The mark tells spreadsheets that it is UTF-8.
            return b"\xef\xbb\xbf" + record_table(filing).encode()
        pdf = paper(
            filing,
            exact,
            self.now,
            organisation=self.organisation,
            told=self._told(filing),
        )
        if what is Export.PDF:
            return pdf
        return pack_for_subject(filing, self.guard, pdf, exact)

    def _told(self, filing: Filing) -> tuple[tuple[str, str], ...]:
        """Return what happened to the alert, as label and words, in order."""
        found = []
        for event in filing.alert:
            label = _TOLD.get(Happened(event.kind))
            if label is not None:
                who = self.names.get(event.who, event.who)
                channel = event.body.get("channel")
                parts = (who, f"by {channel}" if channel else "", time(event.at))
                found.append((label, ", ".join(part for part in parts if part)))
        return tuple(found)
