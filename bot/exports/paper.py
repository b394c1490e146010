"""The copy for the child's file: a tagged PDF that a screen reader reads in order.

The page is a template of ours; what is filled in travels beside it as JSON and reaches
the page as plain strings, so no word of anybody can become markup. The PDF carries the
JSON bundle, which is exact where a printed page cannot be. Nothing is fetched: fonts
and template are on this machine.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typst

from bot.exports.literal import drawable, pieces, plain
from bot.filing import SAME, Filing, fingerprint_of, time
from knowledge.model import Pack
from knowledge.reviews import edition

_TEMPLATE: Final = Path(__file__).with_name("record.typ")
_LONDON: Final = ZoneInfo("Europe/London")
_STANDARD: Final = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tags, title, language and reading order are checked."""
_ALERTS: Final = {
    "none": "none was asked for",
    "routine": "asked for, in the usual way",
    "today": "asked for today",
    "urgent": "asked for urgently",
}


def paper(
    filing: Filing,
    bundle: str,
    now: datetime,
    *,
    organisation: str,
    told: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Return the PDF of a decision.

    Args:
        filing: the decision with what belongs to it.
        bundle: its JSON bundle, to be attached.
        now: when it is exported, UTC.
        organisation: as the directory names it.
        told: who was told and when, as label and words; empty where nobody was.
    """
    page = _page(filing, now, organisation, told)
    try:
        return _compiled(_shown(page, drawable), bundle)
    except typst.TypstError:
        # A sign that its neighbours make impossible to draw; all of them by name then.
        return _compiled(_shown(page, plain), bundle)


def _compiled(page: object, bundle: str) -> bytes:
    given = {"page": json.dumps(page), "bundle": bundle}
    made = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs=given,
        pdf_standards=[_STANDARD],
        ignore_system_fonts=True,
    )
    if not isinstance(made, bytes):  # pragma: no cover -- one document is one file
        raise TypeError
    return made


def _shown(value: object, safe: Callable[[str], str]) -> object:
    """Return values with each text as lines, and each line as runs that may break."""
    if isinstance(value, Mapping):
        return {key: _shown(part, safe) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(part, safe) for part in value]
    if isinstance(value, str):
        lines = safe(value).replace("\t", "    ").split("\n")
        return {"lines": [pieces(line) for line in lines]}
    return value


def _local(at: datetime) -> str:
    return f"{at.astimezone(_LONDON):%d %B %Y, %H:%M} UK time ({time(at)})"


def _page(
    filing: Filing, now: datetime, organisation: str, told: tuple[tuple[str, str], ...]
) -> Mapping[str, object]:
    row = filing.row
    body: Mapping[str, Any] = row.body
    decision = _pairs(body, "decision")
    return {
        "reference": row.reference,
        "summary": [
            ("Reference", row.reference),
            ("Decided", _local(row.at)),
            ("Session", _began(filing)),
            ("By", row.user),
            ("Organisation", organisation or "not named in the directory"),
            ("Document", str(body["document"])),
            ("Guidance", f"pack {body['pack']}, version {row.guidance}"),
            (
                "Signed off by",
                str(body["signed-off-by"] or "nobody yet: for trial only"),
            ),
        ],
        "indicated": [
            (
                str(one["title"]),
                f"Level {one['level']}, from 0 to 4. Alert: {_ALERTS[one['alert']]}.",
            )
            for one in body["outcomes"]
        ],
        "before": [
            f"{one['outcome']} (level {one['level']})"
            for one in body.get("indicated-before", ())
        ],
        "decision-asked": _asked(body, "decision"),
        "decision": [
            *decision,
            ("Departs from what was indicated", "yes" if row.departing else "no"),
        ],
        "corrected": _corrected(filing, ""),
        "decision-corrected": _corrected(filing, "decision"),
        "questions": [
            {
                "asked": str(one["asked"]),
                "at": _at(filing, str(one["question"])),
                "pairs": _without_repeat(str(one["asked"]), one["in-words"]),
                "corrected": _corrected(filing, str(one["question"])),
            }
            for one in body["questions"]
            if one["question"] != "decision"
        ],
        "advice": [
            [
                (name.replace("-", " ").capitalize(), str(words))
                for name, words in advice.items()
            ]
            for advice in body["advice"]
        ],
        "asked-person": bool(body["person-asked"]),
        "emergency": bool(body["emergency-shown"]),
        "alert": _alert(filing),
        "told": [list(pair) for pair in told],
        "passages": _passages(filing, body),
        "notices": _notices(filing.pack, body),
        "later": [
            {
                "at": _local(one.at),
                "what": one.what,
                "pairs": [list(p) for p in one.pairs],
            }
            for one in filing.later
        ],
        "fingerprint": fingerprint_of(filing),
        "replayed": filing.replayed,
        "entry": f"entry {filing.entry}" if filing.entry else "not in the ledger",
        "whole": filing.replayed == SAME,
        "exported": _local(now),
    }


def _alert(filing: Filing) -> str:
    """Say what was asked for: by this decision, or earlier in its session."""
    if filing.row.alert == "none" and filing.alert:
        return "not asked for by this decision, but earlier in its session"
    return _ALERTS[filing.row.alert]


def _corrected(filing: Filing, question: str) -> list[tuple[str, str]]:
    """Return what was corrected, to stand right under what it corrects."""
    return [
        (f"Corrected {_local(one.at)}, entry {one.entry} of the ledger", one.words)
        for one in filing.corrected(question)
    ]


def _began(filing: Filing) -> str:
    began = f", begun {_local(filing.session.started_at)}" if filing.session else ""
    return f"{filing.row.session}{began}"


def _at(filing: Filing, question: str) -> str:
    at = filing.answered_at.get(question)
    return _local(at) if at else ""


def _asked(body: Mapping[str, Any], question: str) -> str:
    return next(
        (str(one["asked"]) for one in body["questions"] if one["question"] == question),
        "",
    )


def _pairs(body: Mapping[str, Any], question: str) -> list[tuple[str, str]]:
    return [
        (str(label), str(words))
        for one in body["questions"]
        if one["question"] == question
        for label, words in one["in-words"]
    ]


def _without_repeat(asked: str, pairs: list[list[str]]) -> list[tuple[str, str]]:
    return [
        ("" if label == asked else str(label), str(words)) for label, words in pairs
    ]


def _passages(filing: Filing, body: Mapping[str, Any]) -> list[dict[str, str]]:
    pack = filing.pack
    # The age of the document is told as it stood on the day of the decision.
    shown = edition(pack, filing.row.at.date()) if pack else str(body["document"])
    return [
        {
            "id": str(one["id"]),
            "section": str(one["section"]),
            "edition": shown,
            "lead": pack.passages[one["id"]].lead_in if pack else "",
            "text": pack.passages[one["id"]].text if pack else "",
            "sic": pack.passages[one["id"]].sic if pack else "",
            "hash": str(one["hash"]),
        }
        for one in body["passages"]
    ]


def _notices(pack: Pack | None, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the pack says today's readers must know about the passages shown."""
    if pack is None:
        return []
    shown = {one["id"] for one in body["passages"]}
    return [
        (f"{one.id}, written {one.written}", one.text)
        for one in pack.notices.values()
        if one.kind == "currency" and shown & set(one.about)
    ]
