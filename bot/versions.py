"""Tells administrators of versions: what was proposed, what is in force, going back.

Pure: rows in, lines out. Whoever draws them decides where; the lines stand alone, so
that they can be read aloud.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.directory.hours import ZONE
from bot.ports import Proposed, Ruled
from bot.shelf import in_force
from knowledge.compare import Comparison
from knowledge.comparison_report import told

NOBODY_ASKED = (
    "Nobody could be asked: no other administrator in the directory is reached in Slack"
    " or Teams from here."
)


def proposed(found: Proposed, asked: Sequence[str] = ()) -> str:
    """Tell what has become of a proposal that was just made.

    Args:
        found: The proposal.
        asked: Names of the administrators who were asked to approve it.
    """
    row, ruling = found.row, found.ruling
    lines = [*row.told, ""]
    if ruling is None:
        lines.append(f"Proposed as {row.name}. It is not in force.")
        lines.append(
            "Another administrator approves it, or sends it back, in Slack or Teams."
        )
        lines.append(f"Asked: {', '.join(asked)}." if asked else NOBODY_ASKED)
    else:
        lines.append(f"{row.name} is in force{_from(ruling.in_force_at, ruling.at)}.")
        if not ruling.reviewed:
            lines.append("Nobody else has seen it, and every screen says so.")
        lines.append("To undo it: python app.py knowledge rollback")
    return "\n".join(lines)


def rolling_back(comparison: Comparison) -> str:
    """Tell what going back would change, and how to do it."""
    return "\n".join(
        (
            "Going back would change this. Nothing has been done.",
            "",
            told(comparison),
            "To do it: python app.py knowledge rollback --reason WORDS",
        )
    )


def history(found: Sequence[Proposed], now: datetime, *, as_json: bool) -> str:
    """Tell every proposal of a pack, newest first.

    Args:
        found: The proposals.
        now: The present moment, time zone aware.
        as_json: JSON instead of words.
    """
    current = in_force(found, now)
    name = current.row.name if current else ""
    if as_json:
        values = [_plain(each, in_force=each.row.name == name) for each in found]
        return json.dumps(values, ensure_ascii=False, indent=2)
    if not found:
        return "No version was proposed yet: the pack in the folder is in use."
    return "\n".join(_lines(found, name, now))


def _lines(found: Sequence[Proposed], name: str, now: datetime) -> Iterable[str]:
    if not name:
        yield "No version is in force: the pack in the folder is in use."
    for each in found:
        row = each.row
        yield f"{row.name}, version {row.guidance[:12]}: {_state(each, name, now)}"
        yield f"  proposed {_moment(row.at)} by {row.author}: {row.reason}"
        if each.ruling is not None:
            yield f"  {_ruled(each)}"


def _state(each: Proposed, name: str, now: datetime) -> str:
    ruling = each.ruling
    if each.row.name == name:
        return "IN FORCE" if ruling and ruling.reviewed else "IN FORCE, not reviewed"
    if ruling is None:
        return "waits for approval"
    if ruling.in_force_at is None:
        return "sent back"
    if ruling.in_force_at > now:
        return f"approved, in force from {_moment(ruling.in_force_at)}"
    return "was in force"


def _ruled(each: Proposed) -> str:
    ruling = each.ruling
    if ruling is None:
        return ""
    what = "sent back" if ruling.ruled == Ruled.SENT_BACK else "approved"
    if ruling.ruled == Ruled.APPROVED and not ruling.reviewed:
        what = "put in force without review"
    why = f": {ruling.why}" if ruling.why else ""
    return f"{what} {_moment(ruling.at)} by {ruling.person}{why}"


def _from(begins: datetime | None, at: datetime) -> str:
    later = begins is not None and begins > at
    return f" from {_moment(begins)}" if later and begins else ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _plain(each: Proposed, *, in_force: bool) -> dict[str, Any]:
    row, ruling = each.row, each.ruling
    return {
        "name": row.name,
        "guidance": row.guidance,
        "in_force": in_force,
        "proposed_at": row.at.isoformat(),
        "author": row.author,
        "reason": row.reason,
        "changes_safety": row.changes_safety,
        "told": list(row.told),
        "ruling": None
        if ruling is None
        else {
            "ruled": ruling.ruled.value,
            "at": ruling.at.isoformat(),
            "person": ruling.person,
            "why": ruling.why,
            "reviewed": ruling.reviewed,
            "in_force_at": ruling.in_force_at.isoformat()
            if ruling.in_force_at
            else None,
        },
    }
