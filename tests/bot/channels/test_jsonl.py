import io
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from bot.channels.jsonl import MAX_LINE, JsonLines
from bot.guide import Guide
from bot.ports import StoreUnavailable, Transaction
from bot.store import SqlStore
from tests.support.lines import (
    USER,
    a_guide,
    a_store,
    answers,
    as_bytes,
    ends_a_turn,
    shipped_directory,
    talk,
)
from tests.support.packs import shipped_edition, shipped_pack

NOT_YET = {"decision": "not-yet", "reasons": "I ask first."}
ADVISED = {
    "from-role": "Safeguarding lead",
    "advice": "Go on.",
    "identity-withheld": "yes",
}
TO_A_PAUSE: list[object] = [
    {"answer": "no"},
    {"answer": ["none"]},
    {"answer": "own-initiative"},
    {"answer": "not-sure"},
    {"answer": NOT_YET},
]
TO_THE_END: list[object] = [
    *TO_A_PAUSE[:3],
    {"answer": "no"},
    {"answer": "Nobody is helped."},
    {"answer": {"decision": "do-not-share", "reasons": "It serves nothing."}},
]


class FullDisk:
    """A store that reads, and cannot begin to write once its disk is full."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.full = False

    def begin(self) -> AbstractContextManager[Transaction]:
        """Begin as the store does, or fail as a full disk does."""
        if self.full:
            raise StoreUnavailable("OperationalError", "SQLITE_FULL")
        return self._store.begin()

    def reading(self) -> AbstractContextManager[Transaction]:
        """Read as the store does."""
        return self._store.reading()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def guide(store: SqlStore) -> Guide:
    return a_guide(store)


def answered(store: SqlStore, session: str) -> list[tuple[str, object]]:
    with store.reading() as transaction:
        return answers(transaction.facts(session))


def sessions(store: SqlStore, user: str = USER) -> list[str]:
    with store.reading() as transaction:
        return [row.id for row in transaction.sessions(user, 100)]


def kinds(turn: list[dict[str, Any]]) -> list[str]:
    return [line["kind"] for line in turn]


def code_of(guide: Guide, line: object) -> str:
    """Send a line that is refused; return the code of the error."""
    said = talk(guide, [line])
    assert kinds(said.turns[0]) == ["error", "prompt"]
    assert said.turns[0][1] == said.first[0]
    return str(said.turns[0][0]["code"])


# ---- first and last ---------------------------------------------------------


def test_the_first_line_out_is_the_first_prompt(guide: Guide) -> None:
    said = talk(guide, [])

    assert said.code == 0
    assert kinds(said.first) == ["prompt"]
    assert said.first[0]["question"] == "danger"
    assert "for trial and training only" in json.dumps(said.first[0]).lower()


def test_each_line_in_is_answered_and_the_last_line_ends_the_turn(
    guide: Guide,
) -> None:
    said = talk(guide, [*TO_A_PAUSE, {"do": "show"}, b"x\n", {"do": "person"}])

    assert len(said.turns) == 8
    for turn in said.turns:
        assert [ends_a_turn(line) for line in turn] == [False] * (len(turn) - 1) + [
            True
        ]


def test_a_decision_that_is_followed_by_a_question_is_a_notice_before_it(
    guide: Guide,
) -> None:
    departing = {
        "decision": "share",
        "reasons": "It helps.",
        "departing-because": "New facts.",
    }

    said = talk(guide, [*TO_THE_END[:-1], {"answer": departing}])

    recorded, prompt = said.turns[-1]
    assert (recorded["kind"], recorded["code"]) == ("notice", "recorded")
    assert recorded["reference"]
    assert recorded["departing"] is True
    assert prompt["question"] == "how-to-share"


def test_an_empty_line_is_answered_like_any_other_that_is_no_message(
    guide: Guide,
) -> None:
    said = talk(guide, [b"\n", b"  \r\n", {"answer": "no"}])

    refused = ["error", "prompt"]
    assert [kinds(turn) for turn in said.turns] == [refused, refused, ["prompt"]]


def test_a_typed_quit_stops_as_well(guide: Guide) -> None:
    said = talk(guide, [{"text": "quit"}, {"answer": "no"}])

    assert kinds(said.turns[0]) == ["notice", "prompt"]
    assert said.code == 0


def test_half_a_line_at_the_end_of_the_input_is_refused_and_the_exit_is_0(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, [{"answer": "no"}, b'{"answer": ["low-le'])

    assert said.code == 0
    assert said.turns[-1][0]["code"] == "not-json"
    assert answered(store, said.last["session"]) == [("danger", "no")]


def test_a_whole_line_without_a_line_end_is_taken_at_the_end_of_the_input(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, [b'{"answer": "no"}'])

    assert answered(store, said.last["session"]) == [("danger", "no")]


def test_quit_says_how_to_go_on_and_reads_no_further(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, [{"answer": "no"}, {"do": "quit"}, {"answer": ["none"]}])

    assert said.code == 0
    assert kinds(said.turns[-1]) == ["notice", "prompt"]
    assert said.last["session"] in said.turns[-1][0]["text"]
    assert answered(store, said.last["session"]) == [("danger", "no")]


# ---- each message -----------------------------------------------------------


def test_an_answer_by_id_by_list_and_by_form_is_taken(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, TO_A_PAUSE)

    assert answered(store, said.last["session"]) == [
        ("danger", "no"),
        ("safety-check", ["none"]),
        ("prompted-by", "own-initiative"),
        ("purpose", "not-sure"),
        ("decision", NOT_YET),
    ]


def test_text_is_understood_as_people_type(guide: Guide, store: SqlStore) -> None:
    said = talk(guide, [{"text": "nope"}, {"text": "10"}, {"text": "I want to share"}])

    assert [name for name, _ in answered(store, said.last["session"])] == [
        "danger",
        "safety-check",
        "prompted-by",
    ]


def test_a_typed_message_that_speaks_of_danger_shows_the_emergency_first(
    guide: Guide,
) -> None:
    words = {"text": "he is outside with a knife"}
    said = talk(guide, [*TO_A_PAUSE[:2], words])

    notice, prompt = said.turns[-1]
    assert (notice["kind"], notice["code"]) == ("notice", "emergency")
    assert prompt["question"] == "prompted-by"
    numbers = [one["number"] for do in notice["instructions"] for one in do["numbers"]]
    assert "999" in numbers


@pytest.mark.parametrize("do", ["person", "emergency"])
def test_help_is_shown_before_the_same_question(guide: Guide, do: str) -> None:
    said = talk(guide, [*TO_A_PAUSE[:2], {"do": do}])

    notice, prompt = said.turns[-1]
    assert notice["code"] == do
    assert prompt["question"] == "prompted-by"


def test_help_asked_for_early_asks_who_must_not_be_told(guide: Guide) -> None:
    said = talk(guide, [{"do": "person"}, {"answer": ["lead"]}])

    assert said.turns[0][-1]["question"] == "conflict"
    notice, prompt = said.turns[1]
    rung = [one["id"] for do in notice["instructions"] for one in do["numbers"]]
    assert "lead" not in rung
    assert prompt["question"] == "danger"


def test_back_and_change_ask_an_earlier_question_again(guide: Guide) -> None:
    said = talk(
        guide,
        [*TO_A_PAUSE[:3], {"do": "back"}, {"do": "change", "question": "danger"}],
    )

    assert said.turns[3][-1]["question"] == "prompted-by"
    assert said.turns[4][-1]["question"] == "danger"


def test_ask_finds_passages_word_for_word(guide: Guide) -> None:
    said = talk(guide, [{"do": "ask", "text": "sexually active under 13"}])

    found, prompt = said.turns[0]
    assert found["code"] == "found"
    assert prompt == said.first[0]
    passages = shipped_pack().passages
    assert found["quotes"]
    for quote in found["quotes"]:
        assert quote["text"] == passages[quote["id"]].text


def test_show_shows_the_same_prompt_again_and_changes_nothing(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, [{"do": "show"}])

    assert said.turns == [said.first]
    with store.reading() as transaction:
        assert len(transaction.facts(said.last["session"])) == 1


def test_cancel_ends_the_session_and_begins_a_new_one(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, [{"answer": "no"}, {"do": "cancel"}, {"answer": "no"}])

    first, second = said.first[0]["session"], said.last["session"]
    assert kinds(said.turns[1]) == ["notice", "prompt"]
    assert said.turns[1][0]["code"] == "cancelled"
    assert first != second
    assert answered(store, first) == answered(store, second) == [("danger", "no")]


def test_start_begins_another_session_and_leaves_the_first_to_be_resumed(
    guide: Guide,
) -> None:
    said = talk(guide, [{"answer": "no"}, {"do": "start"}])
    again = talk(guide, [], resume=said.first[0]["session"])

    assert said.last["question"] == "danger"
    assert again.first[0]["question"] == "safety-check"


# ---- recorded ---------------------------------------------------------------


def test_a_decision_gives_a_reference_and_what_comes_after_is_refused(
    guide: Guide, store: SqlStore
) -> None:
    said = talk(guide, [*TO_THE_END, {"answer": "no"}, {"do": "back"}, {"text": "no"}])

    recorded = said.turns[5][-1]
    assert recorded["kind"] == "recorded"
    assert recorded["reference"] == "R-0000-0000-01"
    for turn in said.turns[6:]:
        assert kinds(turn) == ["error", "recorded"]
        assert turn[0]["code"] == "recorded"
    assert len(answered(store, recorded["session"])) == 6


def test_a_pause_is_recorded_as_waiting_and_goes_on_when_resumed(
    guide: Guide,
) -> None:
    paused = talk(guide, TO_A_PAUSE).last

    said = talk(guide, [{"answer": ADVISED}], resume=paused["session"])

    assert (paused["kind"], paused["waiting"]) == ("recorded", True)
    assert said.first[0]["question"] == "advice-received"
    assert said.last["question"] == "purpose"


# ---- whose session ----------------------------------------------------------


def test_another_persons_session_is_refused_in_the_words_for_an_unknown_one(
    guide: Guide, store: SqlStore
) -> None:
    session = talk(guide, [{"answer": "no"}]).last["session"]

    theirs = talk(guide, [{"answer": "no"}], user="U2", resume=session)
    unknown = talk(guide, [{"answer": "no"}], user="U2", resume="s-unknown")

    assert theirs == unknown
    assert theirs.code == 1
    assert theirs.last["code"] == "no-such-session"
    assert sessions(store, "U2") == []


def test_a_session_that_went_on_elsewhere_takes_nothing_meant_for_an_old_prompt(
    guide: Guide, store: SqlStore
) -> None:
    class Elsewhere(io.BytesIO):
        """Input that waits for another device before its second line."""

        def readline(self, size: int | None = -1, /) -> bytes:
            """Answer elsewhere, then read on."""
            if self.tell():
                talk(guide, [{"answer": ["none"]}], resume=sessions(store)[0])
            return super().readline(size)

    lines = as_bytes({"answer": "no"}) + as_bytes({"answer": ["low-level"]})
    sink = io.BytesIO()
    JsonLines(guide, shipped_directory(), Elsewhere(lines), sink).run(USER, "")

    error, prompt = [json.loads(line) for line in sink.getvalue().splitlines()][-2:]
    assert error["code"] == "gone-on"
    assert prompt["question"] == "prompted-by"
    assert answered(store, prompt["session"])[1] == ("safety-check", ["none"])


# ---- what is no message -----------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"yes\n", "not-json"),
        (b'{"answer": "no"\n', "not-json"),
        (b'{"answer": "no"} {"answer": "no"}\n', "not-json"),
        (b"{'answer': 'no'}\n", "not-json"),
        (b"[" * 100_000 + b"\n", "not-json"),
        (b'{"answer": 1' + b"0" * 5_000 + b"}\n", "not-json"),
        (b'\xef\xbb\xbf{"answer": "no"}\n', "not-json"),
        (b'{"answer": "\xff"}\n', "not-utf-8"),
        (b"\xff\xfe{\x00}\x00\n", "not-utf-8"),
        ([], "not-an-object"),
        ("no", "not-an-object"),
        (None, "not-an-object"),
        (7, "not-an-object"),
        ({}, "unclear"),
        ({"Answer": "no"}, "unclear"),
        ({"answer": "no", "text": "no"}, "unclear"),
        ({"answer": "no", "question": "danger"}, "unclear"),
        ({"answer": "no", "do": "show"}, "unclear"),
        ({"do": "start", "answer": "no"}, "unclear"),
        ({"do": "back", "text": "no"}, "unclear"),
        ({"do": "quit", "question": "danger"}, "unclear"),
        ({"do": "dance"}, "unknown-do"),
        ({"do": ["back"]}, "unknown-do"),
        ({"do": {}}, "unknown-do"),
        ({"do": None}, "unknown-do"),
        ({"do": "change"}, "not-answered"),
        ({"do": "change", "question": ["danger"]}, "not-answered"),
        ({"do": "change", "question": "dangr"}, "not-answered"),
        ({"do": "ask"}, "not-text"),
        ({"do": "ask", "text": 7}, "not-text"),
        ({"do": "back"}, "at-the-start"),
        ({"text": 7}, "not-text"),
        ({"text": ["no"]}, "not-text"),
        ({"text": "\ud800"}, "not-understood"),
        ({"text": "blue"}, "not-understood"),
        ({"text": ""}, "not-understood"),
        (b'{"answer": NaN}\n', "not-a-choice"),
        (b'{"answer": -Infinity}\n', "not-a-choice"),
        ({"answer": "\ud800"}, "not-a-choice"),
        ({"answer": "No"}, "not-a-choice"),
        ({"answer": None}, "not-a-choice"),
        ({"answer": False}, "not-a-choice"),
        ({"answer": ["no"]}, "not-a-choice"),
        ({"answer": {"danger": "no"}}, "not-a-choice"),
        (b'{"answer": "no", "answer": "yes"}\n', "twice"),
        (b'{"answer": {"a": 1, "a": 2}}\n', "twice"),
        (b'{"answer": ' + b"[" * 900 + b"]" * 900 + b"}\n", "not-a-choice"),
    ],
)
def test_a_line_that_is_no_message_is_refused_by_name_and_changes_nothing(
    guide: Guide, store: SqlStore, line: object, code: str
) -> None:
    assert code_of(guide, line) == code
    with store.reading() as transaction:
        assert len(transaction.facts(sessions(store)[0])) == 1


def test_a_line_of_the_longest_length_is_read_and_a_longer_one_is_not(
    guide: Guide, store: SqlStore
) -> None:
    line = b'{"answer": "no"}'
    longest = line + b" " * (MAX_LINE - len(line) - 1) + b"\n"

    said = talk(guide, [b" " + longest, longest, {"answer": ["none"]}])

    assert said.turns[0][0]["code"] == "too-long"
    assert [kinds(turn) for turn in said.turns[1:]] == [["prompt"], ["prompt"]]
    assert len(answered(store, said.last["session"])) == 2


def test_a_line_of_many_megabytes_is_refused_once_and_the_next_line_is_taken(
    guide: Guide, store: SqlStore
) -> None:
    long = b'{"text": "' + b"x" * 3_000_000 + b'"}\n'

    said = talk(guide, [long, {"answer": "no"}, long[:-1]])

    assert [turn[0]["kind"] for turn in said.turns] == ["error", "prompt", "error"]
    assert said.turns[2][0]["code"] == "too-long"
    assert answered(store, said.last["session"]) == [("danger", "no")]


def test_a_line_with_a_windows_line_end_is_taken(guide: Guide) -> None:
    said = talk(guide, [b'{"answer": "no"}\r\n'])

    assert said.last["question"] == "safety-check"


def test_an_error_says_what_to_send_and_repeats_nothing(guide: Guide) -> None:
    said = talk(guide, [{"answer": "Zebedee"}, {"Zebedee": 1}, b'{"text": "Zebedee\n'])

    for turn in said.turns:
        assert turn[0]["send"]
        assert "Zebedee" not in json.dumps(turn)


def test_every_quotation_in_a_whole_dialog_is_the_packs_own_text(
    guide: Guide,
) -> None:
    said = talk(guide, [*TO_THE_END, {"do": "start"}, {"answer": "yes"}])

    quotes = [quote for turn in said.turns for line in turn for quote in _quotes(line)]
    assert quotes
    for quote in quotes:
        passage = shipped_pack().passages[quote["id"]]
        assert quote["text"] == passage.text
        assert (quote["lead_in"] or "") == passage.lead_in
        assert quote["section"]
        assert quote["edition"] == shipped_edition()


def _quotes(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield from part.get("quotes", [])
        for value in part.values():
            yield from _quotes(value)
    elif isinstance(part, list):
        for value in part:
            yield from _quotes(value)


# ---- a store that fails -----------------------------------------------------


def test_what_could_not_be_saved_is_said_and_the_same_prompt_follows(
    store: SqlStore,
) -> None:
    failing = FullDisk(store)

    class FullAfterOneLine(io.BytesIO):
        """Input whose disk fills up before the second line."""

        def readline(self, size: int | None = -1, /) -> bytes:
            """Fill the disk, then read on."""
            failing.full = self.tell() > 0
            return super().readline(size)

    lines = as_bytes({"answer": "no"}) + as_bytes({"answer": ["none"]})
    sink = io.BytesIO()
    code = JsonLines(
        a_guide(failing), shipped_directory(), FullAfterOneLine(lines), sink
    ).run(USER, "")

    out = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert code == 0
    assert kinds(out) == ["prompt", "prompt", "error", "prompt"]
    assert out[2]["code"] == "not-saved"
    assert "999" in out[2]["text"]
    assert out[3] == out[1]
    assert answered(store, out[3]["session"]) == [("danger", "no")]
