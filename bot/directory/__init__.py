"""Who is told, and whom to ring: people, teams, hours and numbers as plain values.

The directory is a file that administrators edit and that is checked like a pack.
Reading it, the hours of the week and its faults have a module each; this package
sends nothing and decides nothing about a record.
"""

from bot.directory.model import (
    Away,
    Directory,
    Number,
    Organisation,
    OutOfHours,
    Person,
    Role,
    Team,
)
from bot.directory.read import missing_numbers, read_directory

__all__ = [
    "Away",
    "Directory",
    "Number",
    "Organisation",
    "OutOfHours",
    "Person",
    "Role",
    "Team",
    "missing_numbers",
    "read_directory",
]
