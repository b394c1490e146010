"""Sessions and decisions in the record, in words or as JSON; read, never changed.

A record is shown only to the person it belongs to, whole, and together with what
was added after the decision. Showing it also rebuilds it from the stored facts
under the kept version of the guidance, and says whether that gives the same.
All times are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from textwrap import wrap
from typing import Any, Final

from bot.filing import (
    Correction,
    Filing,
    Later,
    Reading,
    corrections_as_json,
    decision_as_json,
    gathered_for,
    time,
)
from bot.news import history
from bot.ports import Clock, DecisionRow, SessionRow, Store
from bot.roles import Action

LISTED: Final = 100
"""At most so many sessions and decisions are listed, newest first. Ours."""
UNKNOWN: Final = "a practitioner who has not chosen to be known"
_WIDTH: Final = 78
_STATES: Final = {
    "open": "not finished",
    "recorded": "finished, decision recorded",
    "cancelled": "cancelled before a final decision",
}
_ALERTS: Final = {
    "none": "none was asked for",
    "routine": "asked for, in the usual way",
    "today": "asked for today",
    "urgent": "asked for urgently",
}


def listed(store: Store, user: str, *, as_json: bool) -> str:
    """Return a person's sessions and decisions, newest first.

    Args:
        store: Where they are kept.
        user: The person.
        as_json: JSON instead of words.
    """
    with store.reading() as transaction:
        sessions = transaction.sessions(user, LISTED)
        decisions = transaction.decisions(user=user, limit=LISTED)
    if as_json:
        found = {
            "sessions": [_session(row) for row in sessions],
            "decisions": [decision_as_json(row) for row in decisions],
        }
        return json.dumps(found, ensure_ascii=False, indent=2)
    return "\n".join([*_decision_lines(decisions), "", *_session_lines(sessions)])


def shown(
    store: Store,
    reference: str,
    user: str,
    *,
    as_json: bool,
    clock: Clock | None = None,
) -> str | None:
    """Return one decision whole, or None if the person has none of that name.

    Args:
        store: Where it is kept.
        reference: As given when it was recorded; small letters are taken too.
        user: Whose it must be.
        as_json: JSON instead of words.
        clock: The time, UTC, for the ledger where it is another's; None where
            something else is asked next, and logs that.
    """
    filing = gathered_for(store, clock, ("", user), reference, Action.READ_OWN)
    if filing is None:
        return None
    return drawn(filing, as_json=as_json)


def drawn(filing: Filing, *, as_json: bool) -> str:
    """Return a decision whole, for whoever was let read it.

    Args:
        filing: The decision with what belongs to it.
        as_json: JSON instead of words.
    """
    told = history(filing.alert)
    if as_json:
        return _as_json(filing, told)
    record = _record(filing)
    return "\n".join([*record, *_alert(filing.row, told), *_read(filing.readings)])


# ---- as JSON ------------------------------------------------------------------


def _session(row: SessionRow) -> dict[str, object]:
    return {
        "session": row.id,
        "state": row.state,
        "started-at": time(row.started_at),
        "channel": row.channel,
        "pack": row.pack,
        "guidance": row.guidance,
    }


def _as_json(filing: Filing, told: Sequence[tuple[datetime, str]]) -> str:
    row = filing.row
    whole = decision_as_json(row) | {
        "record": dict(row.body),
        "later": [
            {
                "at": time(one.at),
                "what": one.what,
                "in-words": [list(pair) for pair in one.pairs],
            }
            for one in filing.later
        ],
        "corrections": corrections_as_json(filing.corrections),
        "replayed": filing.replayed,
        "told": [{"at": time(at), "what": what} for at, what in told],
        "read-by": [{"at": time(one.at), "who": one.who} for one in filing.readings],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


# ---- in words ---------------------------------------------------------------------


def _decision_lines(rows: Sequence[DecisionRow]) -> Iterable[str]:
    if not rows:
        yield "You have no decisions in the record."
        return
    yield "Your decisions, newest first. Times are UTC."
    for row in rows:
        yield ""
        yield from _said(f"{row.reference}, {time(row.at)}")
        yield from _said(f"You decided: {_decided(row)}", "  ")
        yield from _said(f"The guidance indicated: {_title(row)}", "  ")
    yield ""
    yield "To read one whole: python app.py records show REFERENCE"


def _session_lines(rows: Sequence[SessionRow]) -> Iterable[str]:
    if not rows:
        yield "You have no sessions."
        return
    yield "Your sessions, newest first. Times are UTC."
    for row in rows:
        state = _STATES.get(row.state, row.state)
        yield from _said(f"{row.id}, begun {time(row.started_at)}: {state}")
    if any(row.state == "open" for row in rows):
        yield ""
        yield "To go on with one: python app.py chat --resume SESSION"


def _record(filing: Filing) -> Iterable[str]:
    row, session = filing.row, filing.session
    began = session.started_at if session else row.at
    body: Mapping[str, Any] = row.body
    yield f"Record of decision {row.reference}"
    yield from _said(f"Session: {row.session}, begun {time(began)}")
    yield f"Decided: {time(row.at)} (times are UTC)"
    yield from _said(f"By: {row.user or UNKNOWN}")
    yield from _said(f"Document: {body['document']}")
    yield from _said(f"Guidance pack: {body['pack']}, version {row.guidance}")
    yield from _said(f"Signed off by: {body['signed-off-by'] or 'nobody yet'}")
    yield from _corrected(filing.corrected(""))
    yield from _outcomes(body)
    yield from _decision_in_words(filing)
    yield from _questions(filing)
    yield from _advice(body)
    yield from _passages(body)
    yield from _added(filing.later)
    yield ""
    yield f"Replayed: {filing.replayed}."
    yield from _said(
        "To replay it again, run: python app.py records show"
        f" {row.reference}. It rebuilds this record from the stored answers under"
        " the kept version of the guidance."
    )


def _outcomes(body: Mapping[str, Any]) -> Iterable[str]:
    yield ""
    yield "What the guidance indicated"
    for one in body["outcomes"]:
        yield from _said(f"{one['title']} (level {one['level']}, from 0 to 4)", "  ")
    for one in body.get("indicated-before", ()):
        what = f"Shown before, until an answer was changed: {one['outcome']}"
        yield from _said(f"{what} (level {one['level']})", "  ")


def _corrected(found: Sequence[Correction], indent: str = "") -> Iterable[str]:
    """Say what was corrected, beside what stood there first."""
    for one in found:
        when = f"CORRECTED {time(one.at)} (entry {one.entry})"
        stays = "what was recorded first stands too"
        yield from _said(f"{when}, {stays}: {one.words}", indent)


def _read(readings: Sequence[Reading]) -> Iterable[str]:
    yield ""
    yield "Read by others"
    if not readings:
        yield "  Nobody else has read this record here."
    for one in readings:
        yield from _said(f"{time(one.at)}: {one.who}", "  ")


def _decision_in_words(filing: Filing) -> Iterable[str]:
    row = filing.row
    yield ""
    yield "The decision"
    departs = "yes, for the reasons below" if row.departing else "no"
    yield from _pairs(_lines_of(row.body, "decision"))
    yield f"  Departs from what was indicated: {departs}"
    yield from _corrected(filing.corrected("decision"), "  ")


def _questions(filing: Filing) -> Iterable[str]:
    body: Mapping[str, Any] = filing.row.body
    yield ""
    yield "Questions as asked, with the answers"
    others = [one for one in body["questions"] if one["question"] != "decision"]
    for place, one in enumerate(others, 1):
        pairs = [(str(label), str(words)) for label, words in one["in-words"]]
        yield from _said(str(one["asked"]), f"{place:>3}. ")
        if not pairs:
            yield "     Left empty."
        elif len(pairs) == 1 and pairs[0][0] == one["asked"]:
            yield from _said(f"Answer: {pairs[0][1]}", "     ")
        else:
            yield from _pairs(pairs, "     ")
        yield from _corrected(filing.corrected(str(one["question"])), "     ")


def _advice(body: Mapping[str, Any]) -> Iterable[str]:
    yield ""
    yield "Advice received"
    if not body["advice"]:
        yield "  None."
    for advice in body["advice"]:
        yield from _pairs(
            (name.replace("-", " ").capitalize(), words)
            for name, words in advice.items()
        )
    if body["person-asked"]:
        yield "  A person was asked for during the session."
    if body["emergency-shown"]:
        yield "  The emergency instruction was shown during the session."


def _passages(body: Mapping[str, Any]) -> Iterable[str]:
    yield ""
    yield "Passages shown"
    for one in body["passages"]:
        at = ", ".join(one["at"])
        yield from _said(f"{one['id']}, {one['section']}, shown at: {at}", "  ")
        yield f"    SHA-256 {one['hash']}"


def _alert(row: DecisionRow, told: Sequence[tuple[datetime, str]]) -> Iterable[str]:
    yield ""
    earlier = "not asked for by this decision, but earlier in its session"
    asked = earlier if row.alert == "none" and told else _ALERTS[row.alert]
    yield from _said(f"Alert to a safeguarding lead: {asked}.")
    for at, what in told:
        yield from _said(f"{time(at)}: {what}", "  ")
    if row.alert != "none" and not told:
        yield "Nobody was told."


def _added(later: Sequence[Later]) -> Iterable[str]:
    yield ""
    yield "After the decision"
    if not later:
        yield "  Nothing was added."
    for one in later:
        yield from _said(f"{time(one.at)}: {one.what}", "  ")
        yield from _pairs(one.pairs, "    ")


def _lines_of(body: Mapping[str, Any], question: str) -> list[tuple[str, str]]:
    return [
        (str(label), str(words))
        for one in body["questions"]
        if one["question"] == question
        for label, words in one["in-words"]
    ]


def _decided(row: DecisionRow) -> str:
    pairs = _lines_of(row.body, "decision")
    return pairs[0][1] if pairs else row.decision


def _title(row: DecisionRow) -> str:
    body: Mapping[str, Any] = row.body
    titles = {one["outcome"]: str(one["title"]) for one in body["outcomes"]}
    return titles.get(row.outcome, row.outcome)


def _pairs(pairs: Iterable[tuple[str, str]], indent: str = "  ") -> Iterable[str]:
    for label, words in pairs:
        yield from _said(f"{label}: {words}", indent)


def _said(text: str, indent: str = "") -> list[str]:
    """Fold text to the width; line breaks that people wrote are kept."""
    lines: list[str] = []
    for part in text.splitlines():
        lines += wrap(
            part,
            _WIDTH,
            initial_indent=indent if not lines else " " * len(indent),
            subsequent_indent=" " * len(indent),
            break_on_hyphens=False,
        )
    return lines
