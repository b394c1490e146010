"""Lines nobody should send: each is answered, none changes an answer."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.engine import Answer, Typed
from dialogs.session import Answered, Decided, Fact, Filled, Started
from tests.support.cases import CASES
from tests.support.dialog import follow, the_engine
from tests.support.lines import Process, answers, stored
from tests.support.packs import shipped_pack
from tests.support.stores import a_database

LINES = 10_000
LONG = 100
"""How many of them hold a text of a megabyte."""

BIDI = "\u202e\u2066\u200f\ufeff\u0000\u001b[2J\u0007"
TO_A_FORM: list[object] = [
    {"answer": {}},
    {"answer": "yes"},
    {"answer": "not-sure"},
    {"answer": {"age-band": "under-12"}},
    {"answer": {"why-not-referred": "The lines say so.", "review-date": "2001-01-01"}},
    {"answer": {"why-not-referred": 7, "review-date": "2199-01-01"}},
    {"answer": {"why-not-referred": "w" * 20_001, "review-date": "2199-01-01"}},
    {"answer": {"why-not-referred": "a\x00b", "review-date": "2199-01-01"}},
    {"answer": {"why-not-referred": "\ud800", "review-date": "2199-01-01"}},
    {"answer": {"why-not-referred": "x", "review-date": "2199-13-45"}},
    {"answer": {"why-not-referred": "x", "review-date": ["2199-01-01"]}},
    {"answer": {"why-not-referred": ["x"], "review-date": "2199-01-01"}},
    {"answer": {"danger": "yes"}},
]
"""Answers that look right where a form asks for a text and a date, and are not."""


def _number(dice: random.Random) -> object:
    return dice.choice([0, -1, 1e308, 10**400, -(10**30), 0.1, True, False, None])


def _word(dice: random.Random) -> str:
    ids = ["danger", "yess", "under-13 ", "EVIDENCE", "decision", "__class__", "1e3"]
    letters = [chr(dice.choice([7, 27, 0x202E, 0x1F600, 65, 0xD83D])) for _ in "123456"]
    return dice.choice([*ids, BIDI, "".join(letters), "' OR 1=1 --", "{{7*7}}"])


def _value(dice: random.Random, depth: int = 0) -> object:
    if depth > 3:
        return _number(dice)
    match dice.randrange(5):
        case 0:
            return _number(dice)
        case 1:
            return _word(dice)
        case 2:
            return [_value(dice, depth + 1) for _ in range(dice.randrange(4))]
        case 3:
            return {_word(dice): _value(dice, depth + 1) for _ in range(2)}
        case _:
            return {"answer": _value(dice, depth + 1)}


def _as_json(line: object) -> bytes:
    return json.dumps(line).encode()


def _an_answer(dice: random.Random) -> bytes:
    return _as_json({"answer": [_value(dice)]})


def _a_form(dice: random.Random) -> bytes:
    return _as_json(dice.choice(TO_A_FORM))


def _a_wrong_message(dice: random.Random) -> bytes:
    key = dice.choice(["Answer", "do", "question", "kind", _word(dice)])
    value = _value(dice)
    return _as_json({key: value if key != "do" else [value], "x": _value(dice)})


def _a_wrong_do(dice: random.Random) -> bytes:
    message = {"do": dice.choice(["change", "ask", "Back", "delete", "answer", ""])}
    return _as_json(message | {"question": _value(dice, 3)})


def _half_a_line(dice: random.Random) -> bytes:
    line = _as_json({"answer": {"why-not-referred": _word(dice)}})
    return line[: dice.randrange(1, len(line) - 1)]


def _noise(dice: random.Random) -> bytes:
    return b"\x00" + dice.randbytes(dice.randrange(1, 60)).replace(b"\n", b"")


def _text_that_cannot_be_kept(dice: random.Random) -> bytes:
    return _as_json({"text": dice.choice(["\x00x", "\ud800", "a\x1bb", 7, None, []])})


def _nested(dice: random.Random) -> bytes:
    depth = dice.choice([50, 900, 5_000, 100_000])
    return b'{"answer":' + b"[" * depth + b"]" * depth + b"}"


def _odd_json(dice: random.Random) -> bytes:
    odd = [
        b'{"answer":"yes","answer":"no"}',
        b'{"answer":NaN}',
        b'{"answer":-Infinity}',
        b'{"answer":1' + b"0" * 5_000 + b"}",
        b'\xef\xbb\xbf{"answer":"yes"}',
        b'{"answer":"yes"}}',
        b'{"answer":"yes"} {"answer":"no"}',
        b"null",
        b"[]",
        b'"yes"',
        b"{}",
        b"{'answer': 'yes'}",
        b'{"answer":"\xff\xfe"}',
    ]
    return dice.choice(odd)


def _a_long_line(dice: random.Random) -> bytes:
    megabyte = dice.choice(["x", "\u202e", " ", '"']) * 1_000_000
    return _as_json({dice.choice(["answer", "text", "do"]): megabyte})


KINDS: list[Callable[[random.Random], bytes]] = [
    *[_an_answer, _a_form, _a_wrong_message, _a_wrong_do, _half_a_line, _noise],
    *[_text_that_cannot_be_kept, _odd_json],
]


def hostile_lines(seed: int) -> Iterator[bytes]:
    """Yield the lines; none of them is an answer to the form `why-not-referred`."""
    dice = random.Random(seed)  # noqa: S311 -- the same lines on every run
    for number in range(LINES):
        if number % (LINES // LONG) == 0:
            yield _a_long_line(dice)
        elif number % 50 == 1:
            yield _nested(dice)
        else:
            yield dice.choice(KINDS)(dice)


TO_THE_FORM: list[object] = [
    "no",
    ["sexual-activity"],
    "13-to-15",
]


def _at_the_form(database: str) -> tuple[Process, dict[str, Any]]:
    """Start a process, and answer up to a form with a text and a date."""
    process = Process(database)
    process.turn()
    for answer in TO_THE_FORM:
        process.send({"answer": answer})
        prompt = process.turn()[-1]
    lines = {field["id"]: "no" for field in prompt["fields"] if field["choices"]}
    process.send({"answer": lines})
    return process, process.turn()[-1]


@pytest.mark.slow
def test_ten_thousand_hostile_lines_are_each_answered_and_change_no_answer(
    tmp_path: Path,
) -> None:
    database = a_database(tmp_path)
    process, prompt = _at_the_form(database)
    before = answers(stored(database, prompt["session"]))
    lines = list(hostile_lines(seed=20_151))

    def send() -> None:
        for line in lines:
            process.send(line + b"\n")

    sender = threading.Thread(target=send)
    sender.start()
    turns = [process.turn() for _ in lines]
    sender.join()
    code, errors = process.close()

    assert (code, errors) == (0, "")
    assert {turn[-1]["question"] for turn in turns} == {"why-not-referred"}
    assert all(len(turn) > 1 for turn in turns)
    assert len(before) == 4
    assert answers(stored(database, prompt["session"])) == before


@pytest.mark.slow
def test_what_a_refused_line_said_is_repeated_nowhere(tmp_path: Path) -> None:
    marked = "Zebedee"
    database = a_database(tmp_path)
    process, _ = _at_the_form(database)
    said = []
    for line in (
        {"answer": marked},
        {"answer": {marked: marked}},
        {"answer": {"why-not-referred": marked}},
        {"answer": {"why-not-referred": f"{marked}\x00", "review-date": marked}},
        {"do": marked},
        {"do": "change", "question": marked},
        {marked: marked},
        f'{{"answer": "{marked}"'.encode() + b"\n",
    ):
        process.send(line)
        said.extend(process.turn())
    _, errors = process.close()

    assert marked not in json.dumps(said) + errors


ENGINE = the_engine()
ANY_TEXT = st.text(st.characters(), max_size=30)
IDS = sorted(
    {
        *shipped_pack().flow.questions,
        *(
            each
            for question in shipped_pack().flow.questions.values()
            for each in [*question.fields, *question.choices]
        ),
        "not-sure",
        "none",
    }
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.sampled_from(IDS)
)
VALUES = st.recursive(
    SCALARS,
    lambda part: (
        st.lists(part, max_size=4)
        | st.dictionaries(ANY_TEXT | st.sampled_from(IDS), part, max_size=4)
    ),
    max_leaves=8,
)


@cache
def _ways() -> dict[str, list[Fact]]:
    """Return facts after which a question is asked, for each question."""
    found: dict[str, list[Fact]] = {}
    for case in CASES.values():
        facts = follow(case.answers).facts
        for end, fact in enumerate(facts, 1):
            if isinstance(fact, Started | Answered | Decided):
                place = ENGINE.place(facts[:end])
                found.setdefault(place.position, facts[:end])
    return found


@pytest.mark.parametrize("question", sorted(shipped_pack().flow.questions))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=VALUES)
def test_any_json_value_as_an_answer_is_taken_whole_or_changes_nothing(
    question: str, value: object
) -> None:
    facts = _ways()[question]
    before = ENGINE.place(facts)
    assert before.position == question

    turn = ENGINE.advance("s", facts, Answer(value))

    taken = [fact for fact in turn.facts if isinstance(fact, Answered)]
    if not taken:
        assert turn.facts == ()
        assert turn.replies[-1] == ENGINE.advance("s", facts, Typed(7)).replies[-1]
        return
    # What was taken is taken again in the same way, so it was valid and whole.
    again = ENGINE.advance("s", facts, Answer(taken[0].value))
    assert [fact for fact in again.facts if isinstance(fact, Answered)] == taken


@pytest.mark.parametrize("question", sorted(shipped_pack().flow.questions))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(typed=ANY_TEXT | st.sampled_from(IDS))
def test_any_text_as_typed_is_answered_without_an_exception(
    question: str, typed: str
) -> None:
    facts = _ways()[question]

    turn = ENGINE.advance("s", facts, Typed(typed))

    assert turn.replies
    kept = [fact for fact in turn.facts if isinstance(fact, Answered | Filled)]
    assert all(fact.question == question for fact in kept)
