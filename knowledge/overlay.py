"""Lays an organisation's own words over a pack: its team, thresholds and links.

An overlay names the pack it lies over and says, piece by piece, which words stand
there and what is written instead. It is joined into a pack of its own, with a report
of every piece; where the pack below has changed under a piece, that piece is not
guessed at but reported. The document's own words cannot be touched: what is quoted
stays what it is, and the safety rules are proved on the joined pack as on any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.load import content_hash
from knowledge.problems import PackError, Problem, did_you_mean
from knowledge.shape import EditShape, OverlayShape, shaped
from knowledge.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.yaml_text import Node

FILE: Final = "overlay.yaml"
THE_DOCUMENTS: Final = frozenset({"source.txt", "passages.yaml"})
"""Files that hold the document's own words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an overlay, and what became of it.

    Attributes:
        why: Why it is there, in the organisation's words.
        wrong: What keeps it from fitting; empty where it was put in.
    """

    name: str
    file: str
    why: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A pack with an overlay laid over it.

    Attributes:
        files: The joined pack: text by file name; not to be used where anything
            does not fit.
        moved_on: Whether the pack below is not the one the overlay was written for.
    """

    files: Mapping[str, str]
    pieces: tuple[Piece, ...]
    moved_on: bool

    @property
    def fits(self) -> bool:
        """Whether every piece was put in."""
        return not any(piece.wrong for piece in self.pieces)


def read_overlay(text: str, *, where: str = "") -> tuple[OverlayShape, Node]:
    """Read ``overlay.yaml``.

    Args:
        text: The file.
        where: Put before its name in problems, such as the folder.

    Raises:
        PackError: Its shape is wrong.
    """
    problems: list[Problem] = []
    node = read_yaml(where + FILE, text)
    shape = shaped(OverlayShape, where + FILE, node, problems)
    if shape is None or problems:
        raise PackError(problems)
    return shape, node


def joined(below: Mapping[str, str], overlay: OverlayShape) -> Joined:
    """Lay an overlay over a pack.

    Args:
        below: The pack's files.
        overlay: What is laid over them.
    """
    files = dict(below)
    pieces = []
    for name, edit in overlay.edits.items():
        wrong = _wrong(files, edit)
        if not wrong:
            files[edit.file] = files[edit.file].replace(edit.was, edit.write, 1)
        pieces.append(Piece(name, edit.file, edit.why, wrong))
    return Joined(files, tuple(pieces), content_hash(below) != overlay.written_for)


def _wrong(files: Mapping[str, str], edit: EditShape) -> str:
    """Say why an edit does not fit; empty where it does."""
    if edit.file in THE_DOCUMENTS:
        return "the document's own words cannot be changed by an overlay"
    if edit.file not in files:
        return f"the pack has no {edit.file}; {did_you_mean(edit.file, files)}"
    found = files[edit.file].count(edit.was)
    if found == 0:
        return "these words do not stand there any more: look at the pack, write anew"
    if found > 1:
        return f"these words stand there {found} times: take more of what is around"
    return ""


def told(result: Joined, overlay: OverlayShape) -> str:
    """Return the report of joining, a line a piece."""
    lines = [f"Laid over {overlay.over}:"]
    for piece in result.pieces:
        state = f"DOES NOT FIT: {piece.wrong}" if piece.wrong else "put in"
        lines.append(f"- {piece.name}, {piece.file} ({piece.why}): {state}")
    if result.moved_on:
        lines.append(
            f"{overlay.over} has changed since this was written. Look at each piece,"
            " then write the new version in written-for."
        )
    count = sum(1 for piece in result.pieces if piece.wrong)
    lines.append(
        f"{count} of {len(result.pieces)} pieces do not fit; nothing was written."
        if count
        else f"All {len(result.pieces)} pieces fit."
    )
    return "\n".join(lines)
