"""Reads and checks a directory file, like a pack.

Starting never fails for want of a number: emergency guidance must not fall
silent, so whoever starts may go on without and say so.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.directory.model import Directory, Number
from knowledge.load import read_file
from knowledge.problems import PackError, Problem, did_you_mean
from knowledge.shape import DirectoryShape, shaped
from knowledge.yaml_text import read_yaml


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
