"""The report on practice as one page: each measure as a chart and as a table.

One file that needs nothing else: no script, no font, no address. Charts are bars of
ours in SVG, and every one of them says the same as the table under it.
"""

from collections.abc import Iterable
from html import escape
from typing import Final

from bot.exports.figures import COVERED, HIDDEN, Measure

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
caption { text-align: left; color: #444; white-space: nowrap; }
table { border-collapse: collapse; margin: .6rem 0; }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #ccc; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 14px system-ui, sans-serif; fill: #1a1a1a; }
.bar { fill: #1d5fa6; } .hidden { fill: none; stroke: #767676; stroke-dasharray: 4 3; }
.small { color: #444; font-size: .9rem; }
@media print { section { break-inside: avoid; } }
"""
_ROW: Final = 28
_LABEL: Final = 300
_BARS: Final = 380
_WIDE: Final = 800


def report(found: Iterable[Measure], *, title: str, made: str, document: str) -> str:
    """Return the page.

    Args:
        found: the measures.
        title: the heading, with the time looked at.
        made: when it was made, in words.
        document: the document that practice is measured against.
    """
    sections = "".join(_section(measure) for measure in found)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n"
        f"<p>Made {escape(made)}. Guidance: {escape(document)}.</p>\n"
        "<p>It names nobody. A count from 1 to 4 is not given, and where that alone"
        " would give it away, another is hidden too. Figures say what was recorded, not"
        " whether it was right: read them together with records.</p>\n"
        f"{sections}</main>\n</body>\n</html>\n"
    )


def _section(measure: Measure) -> str:
    name = escape(measure.id)
    title = f'<h2 id="{name}">{escape(measure.title)}</h2>'
    head = f'<section aria-labelledby="{name}">\n{title}\n'
    if not measure.counts:
        return f"{head}<p>None.</p>\n</section>\n"
    return f"{head}{_chart(measure)}{_table(measure)}</section>\n"


def _chart(measure: Measure) -> str:
    shown = measure.shown()
    most = max((int(n) for n in shown.values() if n.isdecimal()), default=1) or 1
    bars = []
    for place, (group, said) in enumerate(shown.items()):
        top = place * _ROW + 4
        label = escape(_cut(group))
        text = (
            f'<text x="{_LABEL - 10}" y="{top + 15}" text-anchor="end">{label}</text>'
        )
        # A hidden count has the same bar whatever it is.
        known = said.isdecimal()
        width = round(int(said) / most * _BARS) if known else 24
        kind = "bar" if known else "hidden"
        box = f'x="{_LABEL}" y="{top}" width="{width}" height="20"'
        bar = f'<rect class="{kind}" {box}/>'
        value = f'<text x="{_LABEL + width + 8}" y="{top + 15}">{escape(said)}</text>'
        bars.append(text + bar + value)
    high = len(shown) * _ROW + 6
    label = f"Chart: {measure.title}. The table below says the same."
    return (
        f'<svg viewBox="0 0 {_WIDE} {high}" width="{_WIDE}" height="{high}" role="img"'
        f' aria-label="{escape(label)}">{"".join(bars)}</svg>\n'
    )


def _cut(group: str) -> str:
    """Return what fits beside a bar; the table has it whole."""
    most = 40
    return group if len(group) <= most else f"{group[: most - 1]}\u2026"


def _table(measure: Measure) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(group)}</th>'
        f'<td class="n">{escape(said)}</td></tr>\n'
        for group, said in measure.shown().items()
    )
    why = {HIDDEN, COVERED} & set(measure.shown().values())
    note = '<p class="small">Small numbers are hidden.</p>\n' if why else ""
    return (
        f"<table>\n<caption>{escape(measure.title)}</caption>\n<thead><tr>"
        '<th scope="col">Group</th><th scope="col">Count</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n{note}"
    )
