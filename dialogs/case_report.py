"""What running a pack's cases found, as values, as text and for JSON.

Plain values only: cases are run in :mod:`dialogs.case_runs`. Nothing here
repeats what a case answers, only what differs from what it expects.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What running one case found.

    Attributes:
        line: Where the case stands in its table, from 1.
        differs: What differs from the case, in words; empty where it holds.
    """

    case: str
    line: int
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """What the cases of a pack touched, of one kind of thing.

    Attributes:
        kind: Such as *routes*.
        total: How many there are.
        missed: What no case touches, in words, in the pack's order.
    """

    kind: str
    total: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseReport:
    """The results of all cases, and what they touched together."""

    results: tuple[CaseResult, ...]
    touched: tuple[Touched, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that differ."""
        return tuple(result for result in self.results if result.differs)


def told(report: CaseReport, table: str) -> str:
    """Return a report as lines of text.

    Args:
        report: What running the cases found.
        table: How the administrator knows the file of cases.
    """
    lines = []
    for result in report.results:
        if not result.differs:
            lines.append(f"ok       {result.case}")
            continue
        lines.append(f"DIFFERS  {result.case} ({table}:{result.line})")
        lines.extend(f"           {words}" for words in result.differs)
    for touched in report.touched:
        lines.extend(
            f"no case touches, of the {touched.kind}: {words}"
            for words in touched.missed
        )
    lines.append(_sum(report))
    return "\n".join(lines)


def _sum(report: CaseReport) -> str:
    failed, total = len(report.failed), len(report.results)
    parts = [
        f"{each.total - len(each.missed)} of {each.total} {each.kind}"
        for each in report.touched
    ]
    differ = f"{failed or 'none'} differ{'' if failed > 1 else 's'}"
    touch = f" They touch {', '.join(parts)}." if parts else ""
    return f"{total} cases, {differ}.{touch}"


def plain(report: CaseReport) -> dict[str, object]:
    """Return a report as plain values, ready for JSON."""
    return {
        "cases": [
            {
                "case": result.case,
                "line": result.line,
                "ok": not result.differs,
                "differs": list(result.differs),
            }
            for result in report.results
        ],
        "touched": [
            {"kind": each.kind, "total": each.total, "missed": list(each.missed)}
            for each in report.touched
        ],
    }
