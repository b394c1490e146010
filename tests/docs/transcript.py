"""The transcript in `docs/chat-json.md`: what is sent, and how it is shortened.

`rendered` runs it on a fresh store with ids that count and a clock that stands
still, so that every run gives the same lines. `python -m tests.docs` writes it into
the document between its two marks; a test compares the two.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.fakes import CountingIds, FakeClock
from tests.support.lines import a_guide, a_store, talk
from tests.support.packs import ROOT

DOCUMENT = ROOT / "docs" / "chat-json.md"
BEGINS = "<!-- transcript: begins, written by python -m tests.docs -->\n"
ENDS = "<!-- transcript: ends -->\n"

REST = "..."
LONGEST_TEXT = 72
"""Texts longer than this are cut in the document, in characters."""

FIRST: Sequence[Mapping[str, object]] = (
    {"answer": "maybe"},
    {"text": "nope"},
    {"do": "back"},
    {"answer": "no"},
    {"do": "ask", "text": "can a child under 13 consent"},
    {"answer": ["low-level"]},
    {"do": "person"},
    {"answer": "own-initiative"},
    {"answer": "not-sure"},
    {"answer": {"decision": "not-yet", "reasons": "I ask our safeguarding lead."}},
    {"do": "quit"},
)
"""Sent first; the session then waits for advice."""
SECOND: Sequence[Mapping[str, object]] = (
    {"answer": {"from-role": "Safeguarding lead, the school"}},
    {
        "answer": {
            "from-role": "Safeguarding lead, the school",
            "advice": "The purpose is to get the family help with meals.",
            "identity-withheld": "yes",
        }
    },
    {"answer": "yes"},
    {"answer": "yes"},
    {"do": "change", "question": "purpose"},
    {"answer": "yes"},
    {"answer": "yes"},
    {"answer": "no"},
    {"answer": "child"},
    {
        "answer": {
            "child-view": "too-young",
            "responsible-view": "agrees",
            "responsibility-known-from": "The school file",
        }
    },
    {"answer": "yes"},
    {
        "answer": {
            "what": "The worry about meals",
            "facts-and-opinion": "The meals are fact, the reason is opinion",
            "with-whom": "The family hub",
            "why": "It offers the help that was agreed",
            "accurate": "yes",
            "method": "phone",
            "tell-them": "told",
        }
    },
    {
        "answer": {
            "decision": "share",
            "reasons": "It was agreed, and it helps.",
            "case-reference": "CPOMS 10442",
        }
    },
)
"""Sent after `--resume`, perhaps on another day."""


def shortened(value: object) -> object:
    """Return a value as the document shows it.

    Texts are cut after so many characters, lists after their first part, and of a
    part in a list only its id is shown. ``...`` stands for what was left out, and
    nothing else is changed.
    """
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:56].rstrip()} {REST}"
    if isinstance(value, list):
        first = [_by_its_id(part) for part in value[:1]]
        return [*first, REST] if len(value) > 1 else first
    if isinstance(value, dict):
        return {key: shortened(part) for key, part in value.items()}
    return value


def _by_its_id(part: object) -> object:
    if isinstance(part, dict) and "id" in part:
        return {"id": part["id"], REST: REST}
    return shortened(part)


def fits(shown: object, real: object) -> bool:
    """Say whether a shown value is the real one, but for what ``...`` stands for."""
    if isinstance(shown, str) and isinstance(real, str):
        cut = shown.removesuffix(f" {REST}")
        return shown == real or (cut != shown and real.startswith(cut))
    if isinstance(shown, list) and isinstance(real, list):
        return _list_fits(shown, real)
    if isinstance(shown, dict) and isinstance(real, dict):
        keys = [key for key in shown if key != REST]
        left_out = set(real) - set(keys)
        return bool(left_out) == (REST in shown) and all(
            key in real and fits(shown[key], real[key]) for key in keys
        )
    return shown == real and type(shown) is type(real)


def _list_fits(shown: list[Any], real: list[Any]) -> bool:
    whole = shown[:-1] if shown and shown[-1] == REST else shown
    longer = len(real) > len(whole)
    return longer == (whole is not shown) and all(
        fits(one, other) for one, other in zip(whole, real, strict=False)
    )


def run() -> tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]:
    """Run both parts; return what came out, the first prompt before each part."""
    with tempfile.TemporaryDirectory() as folder:
        store = a_store(Path(folder))
        clock, ids = FakeClock(), CountingIds()
        one = talk(a_guide(store, clock, ids), FIRST)
        session = one.first[0]["session"]
        # Another guide, as another process would have.
        two = talk(a_guide(store, clock, ids), SECOND, resume=session)
        store.close()
    return [one.first, *one.turns], [two.first, *two.turns]


def rendered() -> str:
    """Return the transcript as it stands in the document."""
    one, two = run()
    parts = ["```console", "$ python app.py chat --json --user U1"]
    # The very first line is shown whole, so that one prompt can be seen as it is.
    parts += [f"< {_as_json(one[0][0])}", *_part(FIRST, one)[1:]]
    parts += ["$ python app.py chat --json --user U1 --resume s-0000000000001"]
    parts += _part(SECOND, two)
    return "\n".join([*parts, "```", ""])


def _part(sent: Iterable[object], said: list[list[dict[str, Any]]]) -> list[str]:
    lines = [_out(line) for line in said[0]]
    for message, turn in zip(sent, said[1:], strict=True):
        lines.append(f"> {_as_json(message)}")
        lines.extend(_out(line) for line in turn)
    return lines


def _out(line: dict[str, Any]) -> str:
    return f"< {_as_json(shortened(line))}"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def documented() -> str:
    """Return the transcript that stands in the document."""
    text = DOCUMENT.read_text()
    return text.split(BEGINS, 1)[1].split(ENDS, 1)[0]


def sent_and_said(text: str) -> list[tuple[str, list[tuple[object, list[object]]]]]:
    """Read a transcript: each command, with each line sent and the lines it gave.

    The lines that a command gave before anything was sent stand behind None.
    """
    runs: list[tuple[str, list[tuple[object, list[object]]]]] = []
    for line in text.splitlines():
        sign, _, rest = line.partition(" ")
        if sign == "$":
            runs.append((rest, [(None, [])]))
        elif sign == ">":
            runs[-1][1].append((json.loads(rest), []))
        elif sign == "<":
            runs[-1][1][-1][1].append(json.loads(rest))
    return runs


def keys_of(value: object) -> set[str]:
    """Return every key of a value, however deep."""
    if isinstance(value, list):
        return {key for part in value for key in keys_of(part)}
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in keys_of(part)}
    return set()


def in_code(text: str) -> set[str]:
    """Return what stands between back quotes in a document."""
    return set(re.findall(r"`([^`\n]+)`", text))
