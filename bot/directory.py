"""Whom to ring: the numbers behind the ids that packs use.

The directory is a file that administrators edit. It is checked like a pack, and
starting never fails for want of a number: emergency guidance must not fall
silent, so a missing number is shown as missing. People, roles, hours and cover
join this file when alerts are delivered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.load import read_file
from knowledge.problems import PackError, Problem, did_you_mean
from knowledge.shape import DirectoryShape, shaped
from knowledge.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class Number:
    """One number to ring.

    Attributes:
        number: As it is dialled in the United Kingdom; empty where the
            directory has none.
        hours: When somebody answers, in words, local time.
        fictional: Whether it reaches nobody and is for trying only.
    """

    id: str
    label: str
    number: str
    hours: str
    note: str
    fictional: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """The numbers of one organisation."""

    organisation: str
    numbers: Mapping[str, Number]

    def ring(self, ids: Iterable[str]) -> tuple[Number, ...]:
        """Return the numbers with these ids; a missing one says that it is."""
        return tuple(self.numbers.get(each) or _missing(each) for each in ids)


def _missing(number: str) -> Number:
    label = number.replace("-", " ").capitalize()
    note = "The directory has no number. Ask your administrator, or use your own list."
    return Number(number, label, "", "", note, fictional=False)


def read_directory(path: Path) -> Directory:
    """Read and check a directory file.

    Raises:
        PackError: It cannot be read or is wrong; every problem with its line.
    """
    problems: list[Problem] = []
    text = read_file(path, problems)
    if text is None:
        raise PackError(problems)
    shape = shaped(DirectoryShape, str(path), read_yaml(str(path), text), problems)
    if shape is None:
        raise PackError(problems)
    return Directory(
        shape.organisation,
        {
            key: Number(
                key,
                entry.label,
                entry.number,
                entry.hours,
                entry.note,
                fictional=entry.fictional == "yes",
            )
            for key, entry in shape.numbers.items()
        },
    )


def missing_numbers(
    wanted: Mapping[str, Iterable[str]], directory: Directory
) -> tuple[str, ...]:
    """Say which numbers a pack's instructions name and the directory lacks.

    Args:
        wanted: Number ids by the instruction that names them.
        directory: The directory to look in.
    """
    return tuple(
        f"{instruction} names the number {number};"
        f" {did_you_mean(number, directory.numbers)}"
        for instruction, numbers in wanted.items()
        for number in numbers
        if number not in directory.numbers
    )
