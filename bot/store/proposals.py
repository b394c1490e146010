"""Proposals of pack versions, and what was said of them; added to and never changed.

Neither holds anything about a child or a family: the words in them are those of an
administrator about guidance that everybody may read, so they are not sealed. Each is
vouched for by an entry of the ledger, which whoever adds it writes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from bot.ports import ProposalRow, Proposed, Ruled, RulingRow
from bot.store import tables
from bot.store.rows import Rows
from bot.store.text import body_as_text, body_from_text, time_as_text, time_from_text

TOLD = "lines"


class Proposals(Rows):
    """Which versions of packs were proposed, approved and sent back."""

    def add_proposal(self, row: ProposalRow) -> None:
        """Add a proposal."""
        self._change(
            insert(tables.proposal),
            {
                "pack": row.pack,
                "name": row.name,
                "guidance": row.guidance,
                "against": row.against,
                "reason": row.reason,
                "author": row.author,
                "channel": row.channel,
                "user": row.user,
                "at": time_as_text(row.at),
                "from_at": _text(row.from_at),
                "stamp": row.stamp,
                "changes_safety": row.changes_safety,
                "told": body_as_text({TOLD: list(row.told)}),
            },
        )

    def add_ruling(self, row: RulingRow) -> None:
        """Add what was said of a proposal."""
        self._change(
            insert(tables.ruling),
            {
                "pack": row.pack,
                "n": row.n,
                "name": row.name,
                "ruled": row.ruled.value,
                "at": time_as_text(row.at),
                "in_force_at": _text(row.in_force_at),
                "person": row.person,
                "channel": row.channel,
                "user": row.user,
                "why": row.why,
                "reviewed": row.reviewed,
            },
        )

    def last_ruling(self, pack: str) -> int:
        """Return the place of the last ruling of a pack."""
        columns = tables.ruling.c
        last = select(func.max(columns.n)).where(columns.pack == pack)
        return int(self._rows(last)[0][0] or 0)

    def proposals(self, pack: str, limit: int) -> tuple[Proposed, ...]:
        """Return the newest proposals of a pack, with what was said of them."""
        asked, said = tables.proposal, tables.ruling
        both = (asked.c.pack == said.c.pack) & (asked.c.name == said.c.name)
        newest = (
            select(asked, *(column.label(f"r_{column.name}") for column in said.c))
            .outerjoin(said, both)
            .where(asked.c.pack == pack)
            .order_by(asked.c.at.desc(), asked.c.name.desc())
            .limit(limit)
        )
        return tuple(_proposed(row) for row in self._rows(newest))


def _proposed(row: Row[*tuple[Any, ...]]) -> Proposed:
    proposal = ProposalRow(
        pack=row.pack,
        name=row.name,
        guidance=row.guidance,
        against=row.against,
        reason=row.reason,
        author=row.author,
        channel=row.channel,
        user=row.user,
        at=time_from_text(row.at),
        from_at=_time(row.from_at),
        stamp=row.stamp,
        changes_safety=row.changes_safety,
        told=tuple(body_from_text(row.told)[TOLD]),
    )
    if row.r_n is None:
        return Proposed(proposal, None)
    ruling = RulingRow(
        pack=row.r_pack,
        n=row.r_n,
        name=row.r_name,
        ruled=Ruled(row.r_ruled),
        at=time_from_text(row.r_at),
        in_force_at=_time(row.r_in_force_at),
        person=row.r_person,
        channel=row.r_channel,
        user=row.r_user,
        why=row.r_why,
        reviewed=row.r_reviewed,
    )
    return Proposed(proposal, ruling)


def _text(at: datetime | None) -> str:
    return time_as_text(at) if at else ""


def _time(text: str) -> datetime | None:
    return time_from_text(text) if text else None
