"""Tells what was erased from what is still there to be read."""

from typing import Final

from sqlalchemy import Column, ColumnElement, exists

from bot.store import tables

ERASED: Final = "erased"
"""State of a session of which nothing is left to read."""


def not_erased(session: Column[str]) -> ColumnElement[bool]:
    """Say that the session which a row names was not erased.

    Each row asks by the key of its own session. To compare with a list of all that
    were erased, a database would look at every session there is, each time that
    anything is sent.

    Args:
        session: The column that names it; a row that names none was not erased.
    """
    there = tables.session.c
    return ~exists().where(there.id == session, there.state == ERASED)
