"""Whatever is drawn for Slack is something that Slack takes, within every limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from bot.channels.slack import blocks, modals, parts
from bot.channels.slack.render import Drawing, Message
from dialogs.reply import Advice, Prompt
from tests.support.block_kit import complaints, every_object, every_text
from tests.support.dialog import HOW_TO_SHARE, a_session, decides
from tests.support.turns import Watched, every_turn
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.reply import Reply

DRAWING: Final = Drawing(shipped_directory())
PLANTED: Final = "Zebedee of Quarndon said so"
WRITTEN: Final = {
    "danger": "yes",
    "conflict": ["none"],
    "safe-to-tell": "no",
    "harm-record": dict.fromkeys(
        ("partners", "views", "if-shared", "others-at-risk"), PLANTED
    ),
    "how-to-share": {
        **{line: each for line, each in HOW_TO_SHARE.items() if line != "tell-them"},
        **dict.fromkeys(("what", "why", "why-not-told"), PLANTED),
    },
    "decision": decides("refer", reasons=PLANTED),
}


def payload(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": list(message.blocks)}


def opened(replies: tuple[Reply, ...]) -> Iterator[dict[str, object]]:
    """Yield every modal that a turn's buttons open."""
    for reply in replies:
        if isinstance(reply, Prompt):
            if reply.fields:
                yield modals.form(reply, 7)
            if reply.answered:
                yield modals.answers(reply, 7)
        if isinstance(reply, Prompt | Advice):
            yield modals.notes(reply.quotes, reply.remarks)


def test_every_message_is_taken_and_inside_every_limit() -> None:
    for replies in every_turn():
        message = payload(DRAWING.message(replies, 7))

        assert complaints(message) == []


def test_every_modal_is_taken_and_inside_every_limit() -> None:
    drawn = {repr(one): one for each in every_turn() for one in opened(each)}

    for modal in drawn.values():
        assert complaints(modal) == []


def test_the_longest_message_still_has_room() -> None:
    lengths = [
        blocks.length(DRAWING.message(replies, 7).blocks) for replies in every_turn()
    ]

    assert max(lengths) <= 10_500


def test_what_stands_alone_tells_nothing_of_the_case() -> None:
    texts = {DRAWING.message(replies, 7).text for replies in every_turn()}

    assert len(texts) <= 6
    assert not any(word in text for text in texts for word in ("refer", "child", "R-"))


def test_what_was_written_is_told_by_its_length_only() -> None:
    dialog = Watched()
    dialog.follow(WRITTEN)

    shown = [
        text
        for replies in dialog.turns
        for drawn in (payload(DRAWING.message(replies, 7)), *opened(replies))
        for text in (*every_text(drawn), repr(drawn))
    ]

    assert dialog.recorded
    assert not any(PLANTED in text for text in shown)
    assert any(f"written, {len(PLANTED)} characters" in text for text in shown)


@pytest.mark.parametrize(
    "hostile",
    [
        "<!channel> <@U1> <!subteam^S1>",
        "*bold* _slant_ ~gone~ `code` [a](http://b) <http://b|a>",
        ":skull: &amp; &lt;",
    ],
)
def test_words_of_people_are_drawn_as_literal_text(hostile: str) -> None:
    drawn = [modals.told(hostile, hostile), modals.record("Record", [hostile])]

    for view in drawn:
        assert hostile in "".join(every_text(view["blocks"]))
        assert all(one["type"] != "mrkdwn" for one in every_object(view))
        assert all(not one.get("emoji") for one in every_object(view))


def test_what_turns_letters_round_or_hides_is_shown_by_its_number() -> None:
    hostile = "pay \u202eelif\u202c, \u200bhid\u2066den\u2069\x1b[31m \ufeff"

    shown = blocks.literal(hostile)

    assert shown == (
        "pay [U+202E]elif[U+202C], [U+200B]hid[U+2066]den[U+2069][U+001B][31m [U+FEFF]"
    )


def test_ordinary_writing_in_any_script_is_left_as_it_is() -> None:
    for text in ("Zoë’s aunt – “said”", "नमस्ते क\u200dष", "line\nbreak", "👩\u200d👧"):
        assert blocks.literal(text) == text


def test_words_too_long_for_their_box_go_on_below_or_stand_in_full_above() -> None:
    dialog = a_session()
    dialog.answer("no")

    listed = list(every_text(parts.in_full(dialog.prompt.choices)))
    options = parts.options(dialog.prompt.choices)

    assert listed == ["In full: ", f"1. {dialog.prompt.choices[0].label}"]
    assert options[0]["text"]["text"].endswith("…")
    assert options[1]["description"]["text"] == "so"


def test_a_long_answer_is_shortened_by_whole_lines_with_how_many_there_are() -> None:
    dialog = Watched()
    dialog.follow(WRITTEN)
    told = [
        text
        for replies in dialog.turns
        for text in every_text(payload(DRAWING.message(replies, 7)))
        if text.startswith("You answered:")
    ]

    assert any(text.endswith(" more, in the answers so far") for text in told)
    assert not any("…" in text for text in told)
