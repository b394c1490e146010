"""Who is told, and whom to ring: people, teams, hours and numbers as plain values.

The directory is a file that administrators edit and that is checked like a pack.
Reading it, the hours of the week, who answers at a moment and what is wrong have a
module each; this package sends nothing and decides nothing about a record.
"""

from bot.directory.alarm import Alarm
from bot.directory.duty import CONFLICTS, Answering, Why, kept_out, on_duty
from bot.directory.faults import Fault, FaultKind, directory_faults, placed
from bot.directory.hours import local_day, local_midnight, next_working_day
from bot.directory.model import (
    MAIL,
    PAGE,
    Away,
    Directory,
    Number,
    Organisation,
    OutOfHours,
    Person,
    Role,
    Team,
)
from bot.directory.read import (
    Opened,
    missing_numbers,
    open_directory,
    opened_text,
    read_directory,
)

__all__ = [
    "CONFLICTS",
    "MAIL",
    "PAGE",
    "Alarm",
    "Answering",
    "Away",
    "Directory",
    "Fault",
    "FaultKind",
    "Number",
    "Opened",
    "Organisation",
    "OutOfHours",
    "Person",
    "Role",
    "Team",
    "Why",
    "directory_faults",
    "kept_out",
    "local_day",
    "local_midnight",
    "missing_numbers",
    "next_working_day",
    "on_duty",
    "open_directory",
    "opened_text",
    "placed",
    "read_directory",
]
