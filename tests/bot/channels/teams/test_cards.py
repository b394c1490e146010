"""Every card is one that Teams takes, and holds nothing that a person wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.channels.teams.cards import Cards, size
from bot.channels.teams.parts import AROUND, ROW, Card
from bot.guide import Said
from dialogs.engine import Answer, Ask, Back, Cancel, Emergency, Move, Person, Typed
from dialogs.reply import Advice, Notice
from tests.support.cases import CASES, HARM, SEXUAL
from tests.support.check_adaptive import complaints
from tests.support.dialog import Dialog, a_session
from tests.support.json_schema import Json
from tests.support.packs import shipped_pack
from tests.support.web import shipped_directory

CARDS: Final = Cards(shipped_directory())
MARKDOWN: Final = "*bold* [link](https://evil.example) <at>all</at> `code`"
SESSION: Final = "s-7k3mq2xd9p4tv"


class Recorder(Dialog):
    """A dialog that draws a card for everything it shows."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.turns: list[list[Card]] = []
        super().__init__(a_session().engine)

    def do(self, move: Move) -> Dialog:
        super().do(move)
        typed = isinstance(move, Typed)
        said = Said(SESSION, self.replies, self.ended, len(self.facts))
        self.turns.append(CARDS.turn(said, typed=typed))
        self.cards += self.turns[-1]
        return self


def elements(node: Json) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from elements(each)


def buttons(card: Card) -> list[dict[str, Any]]:
    return [one for one in elements(card) if one.get("type") == "Action.Execute"]


@pytest.mark.parametrize("name", CASES)
def test_every_card_of_every_case_is_one_that_teams_takes(name: str) -> None:
    dialog = Recorder()
    dialog.follow(CASES[name].answers)

    found = {each for card in dialog.cards for each in complaints(card)}

    assert found == set()


@pytest.mark.parametrize(
    "move",
    [
        Emergency(),
        Person(),
        Ask("without consent"),
        Ask("parking"),
        Typed("he is outside with a knife"),
        Typed("help"),
        Typed("banana"),
        Answer("no such answer"),
        Back(),
        Cancel(),
    ],
    ids=lambda move: repr(move)[:40],
)
def test_what_answers_any_move_is_a_card_that_teams_takes(move: Move) -> None:
    dialog = Recorder()

    dialog.do(move)

    assert [complaints(card) for card in dialog.turns[-1]] == [[]]


def test_advice_has_a_card_of_its_own_and_the_question_stands_on_the_last() -> None:
    dialog = Recorder()
    dialog.follow(HARM)
    turn = next(each for each in dialog.turns if len(each) > 1)

    *advice, question = turn

    assert len(advice) == 1
    assert "Input." not in json.dumps(advice)
    assert "Input.ChoiceSet" in json.dumps(question)


def test_a_reply_too_large_for_one_card_is_parted_and_nothing_is_lost() -> None:
    dialog = Recorder()
    dialog.follow(CASES["no purpose"].answers, until="purpose")
    prompt = dialog.prompt
    large = prompt.quotes * 40
    said = Said(
        SESSION,
        (Notice(SESSION, "found", "Found.", large), prompt),
        ended=False,
        facts=3,
    )

    cards = CARDS.turn(said)

    assert len(cards) > 1
    assert prompt.ask in json.dumps(cards[-1], ensure_ascii=False)


def test_a_form_that_is_typed_goes_on_line_by_line() -> None:
    dialog = Recorder()
    dialog.follow(SEXUAL, until="bichard-factors")
    whole = dialog.cards[-1]

    dialog.type("no")

    line = dialog.cards[-1]
    assert len([one for one in elements(whole) if _is_input(one)]) > 10
    assert len([one for one in elements(line) if _is_input(one)]) == 1
    assert complaints(line) == []


def _is_input(element: dict[str, Any]) -> bool:
    return str(element.get("type", "")).startswith("Input.") and "label" in element


def test_what_a_person_wrote_is_on_no_card_that_follows() -> None:
    dialog = Recorder()
    dialog.follow(SEXUAL, until="why-not-referred")
    dialog.do(Answer({"why-not-referred": MARKDOWN, "review-date": "2026-12-01"}))
    dialog.do(Back())
    dialog.do(Typed(MARKDOWN))
    dialog.do(Typed("2026-12-01"))

    assert dialog.refusal is None
    assert "evil.example" not in json.dumps(dialog.cards)


def test_words_stand_where_no_client_reads_them_as_markdown() -> None:
    dialog = Recorder()
    dialog.follow(CASES["no purpose"].answers)

    blocks = [
        one["text"]
        for card in dialog.cards
        for one in elements(card)
        if one.get("type") == "TextBlock"
    ]

    asks = {question.ask for question in shipped_pack().flow.questions.values()}
    titles = {outcome.title for outcome in shipped_pack().flow.outcomes.values()}
    ours = {"Your decision is recorded"}
    assert set(blocks) <= asks | titles | ours


def test_a_heading_that_markdown_could_read_becomes_rich_text() -> None:
    sheet = CARDS.note("")["body"]
    assert isinstance(sheet, list)
    dialog = Recorder()
    marked = Said(
        SESSION,
        (Advice(**{**_fields(dialog), "title": "1. Do *not* share"}),),
        ended=False,
        facts=1,
    )

    [card] = CARDS.turn(marked)

    title = next(
        one for one in elements(card) if str(one.get("id")).startswith("title-")
    )
    assert title["type"] == "RichTextBlock"


def _fields(dialog: Dialog) -> dict[str, Any]:
    dialog.follow(CASES["no purpose"].answers)
    advice = dialog.advice
    return {name: getattr(advice, name) for name in advice.__slots__}


def test_emergency_and_a_person_are_on_every_card_of_a_session() -> None:
    dialog = Recorder()
    dialog.follow(CASES["no purpose"].answers)

    lacking = [
        card
        for card in dialog.cards
        if not {"emergency", "person"} <= {one["verb"] for one in buttons(card)}
    ]

    assert lacking == []


def test_every_button_can_be_pressed_in_an_old_client_too() -> None:
    dialog = Recorder()
    dialog.follow(CASES["no purpose"].answers)

    for card in dialog.cards:
        for one in buttons(card):
            assert one["fallback"]["type"] == "Action.Submit"
            assert one["fallback"]["data"] == one["data"]
            assert one["data"]["do"] == one["verb"]


def test_an_input_that_is_needed_says_so_in_its_label() -> None:
    dialog = Recorder()
    dialog.follow(SEXUAL, until="prompted-by")

    needed = [
        one for card in dialog.cards for one in elements(card) if one.get("isRequired")
    ]

    assert needed
    assert [one for one in needed if "(required)" not in one["label"]] == []


def test_only_continue_is_held_up_by_an_input_that_is_empty() -> None:
    dialog = Recorder()
    dialog.do(Answer("no"))

    free = [
        one["verb"]
        for one in buttons(dialog.cards[-1])
        if one.get("associatedInputs") == "none"
    ]

    assert free == ["person", "emergency", "back", "more"]


def test_the_welcome_says_what_it_is_is_not_and_records() -> None:
    card = CARDS.welcome("A council", ())

    words = json.dumps(card, ensure_ascii=False)
    assert complaints(card) == []
    assert "I am a program, not a person" in words
    assert "I never decide: you do" in words
    assert "What is recorded" in words
    assert "ring 999 now" in words


def test_the_largest_card_leaves_room_below_what_teams_takes() -> None:
    sizes = []
    for case in CASES.values():
        dialog = Recorder()
        dialog.follow(case.answers)
        sizes += [size(card) for card in dialog.cards]

    assert max(sizes) <= 24 * 1024


def test_a_row_of_buttons_is_short_enough_for_a_phone() -> None:
    dialog = Recorder()
    dialog.follow(HARM)
    rows = [
        [one["title"] for one in row["actions"]]
        for card in dialog.cards
        for row in elements(card)
        if row.get("type") == "ActionSet" and len(row["actions"]) > 1
    ]

    assert rows
    assert {sum(len(title) + AROUND for title in row) <= ROW for row in rows} == {True}


def test_no_choice_can_be_read_as_a_list_of_markdown() -> None:
    dialog = Recorder()
    dialog.follow(HARM)

    choices = [
        choice["title"]
        for card in dialog.cards
        for one in elements(card)
        for choice in one.get("choices", ())
    ]

    assert choices
    assert [one for one in choices if re.match(r"\s*(?:\d+[.)]|[-+*])\s", one)] == []
