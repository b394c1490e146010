"""Tables for spreadsheets: one record line by line, and an audit without identities.

A spreadsheet runs what begins like a formula, so such a text gets an apostrophe before
it; the JSON bundle is the faithful copy. The audit holds codes, counts and times, never
who somebody is and never what anybody wrote.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bot.filing import Filing, time
from bot.ports import DecisionRow

_FORMULA: Final = tuple("=+-@\t\r\n\0|%")
RECORD_COLUMNS: Final = ("reference", "part", "at", "about", "label", "words")
AUDIT_COLUMNS: Final = (
    "reference",
    "decided-at",
    "pack",
    "guidance",
    "outcome",
    "level",
    "alert",
    "decision",
    "departing",
    "person-asked",
    "emergency-shown",
    "advice-received",
    "child-view",
    "responsible-view",
    "adult-view",
    "method",
    "tell-them",
    "questions",
    "passages",
    "corrections",
)


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Source: OWASP ASVS 5, V1.2.10; and, as trying spreadsheets shows, white space and
    full-width signs before or in place of the first one.
    """
    begins = unicodedata.normalize("NFKC", text).lstrip(" \u200b\ufeff'\"")
    return f"'{text}" if begins.startswith(_FORMULA) else text


def record_table(filing: Filing) -> str:
    """Return one record as CSV, a line for each thing that was asked or shown."""
    return as_csv(RECORD_COLUMNS, _record_rows(filing))


def _record_rows(filing: Filing) -> Iterable[Sequence[str]]:
    rows = (
        *_corrected(filing, ""),
        *_indicated(filing),
        *_answers(filing),
        *_advised(filing),
        *_passages(filing),
        *_afterwards(filing),
    )
    return ((filing.row.reference, *row) for row in rows)


def _indicated(filing: Filing) -> Iterable[Sequence[str]]:
    for one in _body(filing.row)["outcomes"]:
        words = f"level {one['level']}, alert {one['alert']}"
        yield "indicated", "", one["outcome"], one["title"], words


def _answers(filing: Filing) -> Iterable[Sequence[str]]:
    for one in _body(filing.row)["questions"]:
        at = filing.answered_at.get(one["question"])
        when = time(at) if at else ""
        for label, words in one["in-words"] or [[one["asked"], ""]]:
            yield "answer", when, one["question"], str(label), str(words)
        yield from _corrected(filing, str(one["question"]))


def _corrected(filing: Filing, question: str) -> Iterable[Sequence[str]]:
    """Yield what was corrected, right under what it corrects."""
    for one in filing.corrected(question):
        entry = f"entry {one.entry}"
        yield "correction", time(one.at), question, entry, one.words


def _advised(filing: Filing) -> Iterable[Sequence[str]]:
    for advice in _body(filing.row)["advice"]:
        for name, words in advice.items():
            yield "advice", "", "advice-received", name, str(words)


def _passages(filing: Filing) -> Iterable[Sequence[str]]:
    for one in _body(filing.row)["passages"]:
        yield "passage", "", one["id"], one["section"], one["hash"]


def _afterwards(filing: Filing) -> Iterable[Sequence[str]]:
    for late in filing.later:
        for label, words in late.pairs or (("", ""),):
            yield "afterwards", time(late.at), late.what, label, words


def audit_table(
    rows: Iterable[DecisionRow], corrections: Mapping[str, int] | None = None
) -> str:
    """Return decisions as CSV without anything that says who somebody is.

    Args:
        rows: The decisions.
        corrections: How often each was corrected, by reference.
    """
    counts = corrections or {}
    found = (_audited(row, counts.get(row.reference, 0)) for row in rows)
    return as_csv(AUDIT_COLUMNS, found)


def _audited(row: DecisionRow, corrections: int) -> Sequence[str]:
    body = _body(row)
    views = _answer(body, "consent-so-far")
    how = _answer(body, "how-to-share")
    return (
        row.reference,
        time(row.at),
        str(body["pack"]),
        row.guidance[:12],
        row.outcome,
        str(row.level),
        row.alert,
        row.decision,
        _yes(row.departing),
        _yes(body["person-asked"]),
        _yes(body["emergency-shown"]),
        str(len(body["advice"])),
        *(
            str(views.get(name, ""))
            for name in ("child-view", "responsible-view", "adult-view")
        ),
        str(how.get("method", "")),
        str(how.get("tell-them", "")),
        ";".join(one["question"] for one in body["questions"]),
        ";".join(one["id"] for one in body["passages"]),
        str(corrections),
    )


def _answer(body: Mapping[str, Any], question: str) -> Mapping[str, Any]:
    for one in body["questions"]:
        if one["question"] == question and isinstance(one["answer"], Mapping):
            return one["answer"]
    return {}


def _body(row: DecisionRow) -> Mapping[str, Any]:
    return row.body


def _yes(claim: object) -> str:
    return "yes" if claim else "no"


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV, with no cell that a spreadsheet could run."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    return sink.getvalue()
