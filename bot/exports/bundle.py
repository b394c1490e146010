"""One decision as a JSON bundle that anybody can verify without our database.

It holds the record, the facts and the very files of the guidance, so the decision can
be rebuilt from it. Verifying shows that the parts agree with one another and with a
fingerprint from elsewhere, such as the printed copy; that nobody made up the whole is
shown by the ledger, whose place the bundle names where there is one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.filing import (
    Filing,
    corrections_as_json,
    decision_as_json,
    facts_as_json,
    fingerprint,
    fingerprint_of,
    time,
)
from bot.guide import differing
from bot.ports import DecisionRow, StoredFact
from dialogs.session import UnknownFact
from knowledge.load import content_hash, load
from knowledge.problems import PackError

FORMAT: Final = "share-advice-bundle/1"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Largest bundle read, in bytes. Ours; one is about 300 kB."""


def bundle(filing: Filing, now: datetime) -> str:
    """Return the bundle of a decision.

    Args:
        filing: the decision with what belongs to it.
        now: when it is exported, UTC.
    """
    row = filing.row
    whole = {
        "format": FORMAT,
        "exported-at": time(now),
        "fingerprint": fingerprint_of(filing),
        "decision": decision_as_json(row),
        "decided-at-fact": row.n,
        "ledger-entry": filing.entry or None,
        "record": dict(row.body),
        "facts": facts_as_json(filing.facts),
        "later": [
            {
                "at": time(one.at),
                "what": one.what,
                "in-words": [list(p) for p in one.pairs],
            }
            for one in filing.later
        ],
        "corrections": corrections_as_json(filing.corrections),
        "replayed": filing.replayed,
        "guidance": {
            "pack": filing.guidance.pack,
            "hash": filing.guidance.hash,
            "files": dict(filing.guidance.files),
        }
        if filing.guidance
        else None,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a bundle found.

    Attributes:
        fingerprint: as computed from what the bundle holds; empty where it cannot be.
        wrong: what does not agree, a sentence each; none where all does.
    """

    reference: str
    fingerprint: str
    wrong: tuple[str, ...]


class NoBundle(Exception):
    """The file is no bundle of this format; carries nothing of what is in it."""


def verify(text: str) -> Verified:
    """Check a bundle against itself and against the guidance it holds.

    Raises:
        NoBundle: It is not a bundle of this version.
    """
    try:
        whole = json.loads(text)
        if whole["format"] != FORMAT:
            raise NoBundle
        return _verified(whole)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoBundle from None


def _verified(whole: Mapping[str, Any]) -> Verified:
    decision, record, facts = whole["decision"], whole["record"], whole["facts"]
    n = int(whole["decided-at-fact"])
    computed = fingerprint(decision, record, facts[:n])
    wrong: list[str] = []
    if computed != whole["fingerprint"]:
        wrong.append("The fingerprint is not that of the decision, record and facts.")
    numbers = [each["n"] for each in facts]
    if numbers != list(range(1, len(facts) + 1)) or n > len(facts):
        wrong.append("The facts are not numbered from 1 without a gap.")
    else:
        wrong += _rebuilt(whole, n)
    return Verified(str(decision["reference"]), computed, tuple(wrong))


def _rebuilt(whole: Mapping[str, Any], n: int) -> list[str]:
    """Say what differs when the decision is rebuilt under the bundle's guidance."""
    guidance = whole["guidance"]
    if guidance is None:
        return ["The guidance is not in the bundle, so the decision is not rebuilt."]
    files = {str(name): str(content) for name, content in guidance["files"].items()}
    if content_hash(files) != guidance["hash"]:
        return ["The guidance is not what its hash says."]
    row = _row(whole["decision"], whole["record"], n)
    if row.guidance != guidance["hash"]:
        return ["The decision was made under other guidance than the bundle holds."]
    stored = tuple(
        StoredFact(
            each["n"], datetime.fromisoformat(each["at"]), each["kind"], each["body"]
        )
        for each in whole["facts"]
    )
    try:
        apart = differing(load(files), stored, row)
    except PackError:
        return ["This version of the bot cannot read the guidance."]
    except UnknownFact:
        return ["This version of the bot does not know one of the facts."]
    return (
        [f"Rebuilt from its facts, the record differs in: {', '.join(apart)}."]
        if apart
        else []
    )


def _row(decision: Mapping[str, Any], record: Mapping[str, Any], n: int) -> DecisionRow:
    return DecisionRow(
        reference=str(decision["reference"]),
        session=str(decision["session"]),
        n=n,
        at=datetime.fromisoformat(decision["at"]),
        user=str(decision["user"]),
        outcome=str(decision["outcome"]),
        level=str(decision["level"]),
        alert=str(decision["alert"]),
        decision=str(decision["decision"]),
        departing=bool(decision["departing"]),
        guidance=str(decision["guidance"]),
        body=record,
    )
