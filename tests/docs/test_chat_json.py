import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.channels.jsonl import MAX_LINE
from dialogs.answers import MAX_TEXT
from tests.docs.transcript import (
    DOCUMENT,
    FIRST,
    REST,
    SECOND,
    documented,
    fits,
    in_code,
    keys_of,
    rendered,
    run,
    sent_and_said,
    shortened,
)
from tests.support.packs import ROOT, shipped_pack

CODE_IS_FIRST = {"NotAnAnswer", "BadLineError"}
CODE_IS_SECOND = {"Refusal", "Notice"}
"""Where a stable code stands among the arguments of what carries one."""


@cache
def _ran() -> tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]:
    return run()


def _calls() -> Iterator[tuple[Path, str, ast.Call]]:
    others = ("bot/channels/jsonl.py", "bot/privacy/watch.py")
    for path in [*ROOT.glob("dialogs/*.py"), *(ROOT / name for name in others)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path, node.func.id, node


def _code_in(name: str, call: ast.Call) -> ast.expr | None:
    if name not in CODE_IS_FIRST | CODE_IS_SECOND:
        return None
    by_name = [word.value for word in call.keywords if word.arg == "code"]
    place = 0 if name in CODE_IS_FIRST else 1
    given = [*by_name, *call.args[place : place + 1]]
    return given[0] if given else None


def codes() -> set[str]:
    """Return every code that stands in the code as a word."""
    found = [_code_in(name, call) for _, name, call in _calls()]
    return {
        str(code.value)
        for code in found
        if isinstance(code, ast.Constant) and isinstance(code.value, str)
    }


def test_the_transcript_in_the_document_is_what_happens() -> None:
    assert documented() == rendered(), "run: python -m tests.docs"


def test_replaying_the_documented_lines_gives_the_documented_answers() -> None:
    runs = sent_and_said(documented())

    assert [turn[0] for turn in runs[0][1][1:]] == list(FIRST)
    assert [turn[0] for turn in runs[1][1][1:]] == list(SECOND)
    for (_, shown), real in zip(runs, _ran(), strict=True):
        assert len(shown) == len(real)
        for (_, lines), said in zip(shown, real, strict=True):
            assert len(lines) == len(said)
            assert all(fits(one, other) for one, other in zip(lines, said, strict=True))


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ("a ...", "b and more"),
        ("a", "a and more"),
        ([REST], []),
        (["a"], ["a", "b"]),
        (["a", REST], ["a"]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, REST: REST}, {"a": 1}),
        ({"a": 1, REST: REST}, {"b": 2}),
        (1, True),
        (None, ""),
    ],
)
def test_a_shown_value_fits_no_other_than_the_one_it_was_made_of(
    shown: object, real: object
) -> None:
    assert not fits(shown, real)


def test_a_shortened_line_fits_the_line_it_was_made_of() -> None:
    for part in _ran():
        for line in (line for turn in part for line in turn):
            assert fits(shortened(line), line)


def test_the_transcript_shows_what_the_protocol_has() -> None:
    one, two = _ran()
    lines = [line for turn in [*one, *two] for line in turn]
    done = {str(message.get("do")) for message in [*FIRST, *SECOND]}

    assert {line["kind"] for line in lines} == {
        *("prompt", "advice", "recorded", "notice", "error")
    }
    assert done >= {"back", "ask", "person", "change", "quit"}
    assert two[0][0]["question"] == "advice-received"
    assert lines[-1]["kind"] == "recorded"
    assert lines[-1]["waiting"] is False


def test_every_key_that_comes_out_is_documented() -> None:
    known = in_code(DOCUMENT.read_text().replace(documented(), ""))

    assert keys_of(_ran()) - known == set()


def test_every_code_is_documented_and_no_other() -> None:
    text = DOCUMENT.read_text()
    tables = text.split("### Codes of errors", 1)[1].split("## A whole session", 1)[0]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", tables, re.MULTILINE)

    assert sorted(rows) == sorted(codes())


def test_every_kind_do_and_limit_is_documented() -> None:
    text = DOCUMENT.read_text()
    known = in_code(text)

    assert known >= {"prompt", "advice", "recorded", "notice", "error"}
    for do in ("back", "person", "emergency", "cancel", "quit", "show", "start"):
        assert f'{{"do": "{do}"}}' in known
    assert f"{MAX_LINE:,} bytes" in text
    assert f"{MAX_TEXT:,} characters" in text


def test_quotations_in_the_transcript_are_word_for_word_and_the_lead_in_apart() -> None:
    first = json.loads(
        next(line for line in documented().splitlines() if line.startswith("< "))[2:]
    )

    for quote in first["quotes"]:
        passage = shipped_pack().passages[quote["id"]]
        assert (quote["text"], quote["lead_in"] or "") == (
            passage.text,
            passage.lead_in,
        )
