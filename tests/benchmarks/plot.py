"""Draws p50 and p99 of some groups as an SVG, with nothing but text."""

from collections.abc import Iterator, Sequence
from typing import Final

WIDE, HIGH, LEFT, BASE, TOP = 640, 320, 40, 262, 60
BAR, BESIDE, GROUP = 50, 70, 195
COLOURS: Final = ("#5b6770", "#1d70b8")


def drawn(
    title: str,
    names: Sequence[str],
    groups: Sequence[tuple[str, Sequence[tuple[float, float]]]],
) -> str:
    """Return a plot: p50 as bars with their figures, p99 as lines above them.

    Args:
        title: What it shows.
        names: Of the bars of each group; two at most.
        groups: The name of each, and p50 and p99 of each of its bars.
    """
    most = max(each for _, bars in groups for bar in bars for each in bar)
    parts = [_text(LEFT, 22, f"{title}; p50 as bars, p99 as lines, in ms")]
    for number, name in enumerate(names):
        x = LEFT + number * 150
        parts.append(_box(x, 34, 12, 12, COLOURS[number]))
        parts.append(_text(x + 18, 45, name))
    parts.append(_line(f"M{LEFT} {BASE}H{WIDE - 20}", "#0b0c0c"))
    for place, (name, bars) in enumerate(groups):
        left = LEFT + 20 + place * GROUP
        parts.append(_text(left, BASE + 40, name))
        for number, bar in enumerate(bars):
            heights = [each / most * (BASE - TOP) for each in bar]
            parts += _bar(left + number * BESIDE, bar[0], heights, COLOURS[number])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}"'
        ' role="img" font-family="sans-serif" font-size="13">'
    )
    paper = _box(0, 0, WIDE, HIGH, "#ffffff")
    return "\n".join([head, f"<title>{title}</title>", paper, *parts, "</svg>", ""])


def _bar(
    left: float, figure: float, heights: Sequence[float], colour: str
) -> Iterator[str]:
    p50, p99 = heights
    middle = left + BAR / 2
    yield _box(left, BASE - p50, BAR, p50, colour)
    way = f"M{middle} {BASE - p50:.1f}V{BASE - p99:.1f}"
    yield _line(f"{way}M{middle - 15} {BASE - p99:.1f}h30", colour)
    yield _text(left + 10, BASE + 18, f"{figure:.1f}")


def _box(x: float, y: float, wide: float, high: float, colour: str) -> str:
    size = f'width="{wide}" height="{high:.1f}"'
    return f'<rect x="{x}" y="{y:.1f}" {size} fill="{colour}"/>'


def _line(way: str, colour: str) -> str:
    return f'<path d="{way}" stroke="{colour}" stroke-width="2" fill="none"/>'


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x}" y="{y}">{words}</text>'
