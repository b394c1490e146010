"""Makes one export of a decision, by what was asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.exports.bundle import bundle
from bot.exports.paper import paper
from bot.exports.subject_access import pack_for_subject
from bot.exports.table import record_table
from bot.filing import Filing
from bot.privacy.guard import IdentityGuard


class Export(StrEnum):
    """A kind of copy, named by the ending of its file."""

    PDF = "pdf"
    JSON = "json"
    CSV = "csv"
    SUBJECT_ACCESS = "zip"


@dataclass(frozen=True, slots=True)
class Maker:
    """What exports need besides the record.

    Attributes:
        organisation: as the directory names it.
        guard: finds details of others in a subject access pack.
        now: the present moment, UTC.
    """

    organisation: str
    guard: IdentityGuard
    now: datetime

    def made(self, filing: Filing, what: Export) -> bytes:
        """Return the content of one export."""
        exact = bundle(filing, self.now)
        if what is Export.JSON:
            return exact.encode()
        if what is Export.CSV:
            # The mark tells spreadsheets that it is UTF-8.
            return b"\xef\xbb\xbf" + record_table(filing).encode()
        pdf = paper(filing, exact, self.now, organisation=self.organisation)
        if what is Export.PDF:
            return pdf
        return pack_for_subject(filing, self.guard, pdf, exact)
