"""Whole dialogs at a keyboard, against a real store."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from bot.channels.terminal import LONGEST, Terminal
from bot.ports import Store, StoreUnavailable, Transaction
from tests.bot.channels.talk import CONSENT, WHOLE, House, flat, the_directory

FIRST = "Does a child, or anyone, need someone to act in the next hours to be safe?"
SECOND = "Which of these is true? Tick all that apply."
THIRD = "What makes you think of sharing now?"
FIRST_SESSION = "s-0000000000001"
UP_TO_WHOSE = CONSENT[:8]


class Screen(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class BrokenStore:
    """A store in which nothing can be written any more; reading still works."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.broken = False

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        if self.broken:
            raise StoreUnavailable("OperationalError", "SQLITE_FULL")
        with self._store.begin() as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._store.reading() as transaction:
            yield transaction


class Elsewhere(StringIO):
    """Types a line, but another terminal answers the same question before it."""

    def __init__(self, house: House) -> None:
        super().__init__("none\n")
        self._house = house

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed: text streams share a base with bytes
        if self.tell() == 0:
            self._house.said("no", resume=FIRST_SESSION)
        return super().readline(-1 if size is None else size)


def count_of(sentence: str, text: str) -> int:
    return flat(text).count(sentence)


def test_the_first_screen_says_what_this_is_and_when_to_ring_999(house: House) -> None:
    screen = flat(house.said())

    assert screen.startswith("If anyone may be in danger, ring 999 now.")
    assert "It never decides: you do." in screen
    assert "Do not write names" in screen
    assert "Recorded are your answers" in screen
    assert "For trial and training only" in screen
    assert FIRST in screen


def test_the_question_and_its_choices_stand_last_above_the_keys(house: House) -> None:
    lines = house.said("no").split("Everything you answered")[0].rstrip().splitlines()

    assert lines[-1] == "! emergency  p person  b back  c change  a ask  ? why  q quit"
    assert lines[-4].strip() == "11. Not sure"


def test_danger_shows_whom_to_ring_before_it_asks_anything_else(house: House) -> None:
    screen = flat(house.said("yes"))

    advice = screen.index("What the guidance indicates: Act now")
    number = screen.index("Emergency services: 999 (Day and night)")
    following = screen.index("Question 2.")

    assert advice < number < following


def test_the_danger_path_reaches_the_record(house: House) -> None:
    typed = ("yes", "none", "yes", *[""] * 8, *[""] * 7, "refer", "told 999", "", "")

    code, screen = house.ran(*typed)

    assert code == 0
    assert "Reference: R-0000-0000-01" in screen
    assert "Nobody has been told of this. Ring yourself" in flat(screen)


def test_the_way_through_agreement_reaches_the_record(house: House) -> None:
    code, screen = house.ran(*WHOLE, "q")

    assert code == 0
    assert "Reference: R-0000-0000-01" in screen
    assert "You decided: Share it" in screen
    assert "n start another  q quit" in screen
    assert screen.rstrip().endswith("If anyone may be in danger, ring 999 now.")


def test_after_the_record_another_session_can_be_started(house: House) -> None:
    screen = house.said(*WHOLE, "n")

    assert count_of(FIRST, screen) == 2


def test_a_word_that_is_no_choice_changes_nothing_and_is_asked_again(
    house: House,
) -> None:
    screen = house.said("perhaps tomorrow")

    assert "I did not understand that, and I do not guess." in flat(screen)
    assert count_of(FIRST, screen) == 2


def test_a_pause_says_how_to_go_on_and_offers_to_go_on_now(house: House) -> None:
    waits = (
        *UP_TO_WHOSE,
        "agrees",
        "agrees",
        "",
        "no",
        "not yet",
        "I must ask",
        "",
        "",
    )

    screen = house.said(*waits, "g")

    assert f"python app.py chat --resume {FIRST_SESSION}" in screen
    assert "g go on now  n start another  q quit" in screen
    after = screen.split("g go on now")[1]
    assert "What do they say about sharing it, so far?" in after


def test_back_takes_the_last_answer_back(house: House) -> None:
    screen = house.said("no", "b")

    assert count_of(FIRST, screen) == 2


def test_c_lists_the_answers_and_opens_the_one_that_is_picked(house: House) -> None:
    screen = house.said("no", "none", "c", "2")

    assert "You answered: No, nobody is in danger in the next hours" in flat(screen)
    assert count_of(SECOND, screen) == 3


def test_c_and_enter_leaves_every_answer_as_it_is(house: House) -> None:
    screen = house.said("no", "none", "c", "")

    assert "Nothing is changed." in screen
    assert count_of(THIRD, screen) == 2


@pytest.mark.parametrize("key", ["c", "a"])
def test_emergency_is_understood_while_something_else_is_asked(
    house: House, key: str
) -> None:
    screen = house.said("no", key, "999")

    assert "1. Ring 999 now if anyone is in danger." in flat(screen)


def test_a_looks_for_words_in_the_document(house: House) -> None:
    screen = flat(house.said("a", "consent"))

    assert "The document says this." in screen
    assert "consent" in screen.split("The document says this.")[1]


def test_a_question_mark_says_why_it_is_asked(house: House) -> None:
    screen = house.said("?")

    assert count_of("Danger comes first.", screen) == 2


@pytest.mark.parametrize("key", ["q", "b", "p", "c", "a", "?", "n"])
def test_a_letter_is_an_answer_where_words_are_expected(house: House, key: str) -> None:
    before = (*UP_TO_WHOSE, "agrees", "agrees")

    screen = flat(house.said(*before, key).split("How you know that they have")[1])

    assert "cover what is shared" in screen


def test_a_key_with_a_slash_works_where_words_are_expected(house: House) -> None:
    before = (*UP_TO_WHOSE, "agrees", "agrees")

    quits = house.said(*before, "/q", "never read")
    backs = house.said(*before, "/b")
    asks = flat(house.said(*before, "/ask consent"))

    assert quits.count("Everything you answered is saved.") == 1
    assert backs.count("A person with parental responsibility (required)") == 2
    assert "The document says this." in asks


@pytest.mark.parametrize("word", ["!", "999", "112", "emergency"])
def test_emergency_words_hold_even_where_words_are_expected(
    house: House, word: str
) -> None:
    screen = flat(house.said(*UP_TO_WHOSE, "agrees", "agrees", word))

    assert "1. Ring 999 now if anyone is in danger." in screen


def test_a_passage_named_only_by_its_id_can_be_read_again(house: House) -> None:
    screen = house.said("no", "quote s3-1")

    assert "Passages shown before: S3-1" in flat(screen)
    assert screen.count("| “In all situations the overriding") == 2
    assert "The question above still stands." in screen


def test_a_note_gives_its_date_and_source_when_asked(house: House) -> None:
    screen = flat(house.said("note past-review"))

    assert "Written 2026-11-22 by:" in screen


def test_a_note_that_was_not_shown_is_not_made_up(house: House) -> None:
    assert "Nothing of that name was shown here yet." in house.said("quote S9-9")


def test_the_end_of_the_input_is_no_mistake_and_says_how_to_go_on(house: House) -> None:
    code, screen = house.ran("no")

    assert code == 0
    assert f"python app.py chat --resume {FIRST_SESSION}" in screen


def test_another_terminal_goes_on_where_the_first_stopped(house: House) -> None:
    house.said("no", "none")

    screen = house.said(resume=FIRST_SESSION)

    assert THIRD in screen
    assert "Question 3." in screen


def test_half_a_form_is_still_there_after_the_end_of_the_input(house: House) -> None:
    house.said(*UP_TO_WHOSE, "agrees")

    screen = house.said(resume=FIRST_SESSION)

    assert "A person with parental responsibility (required)" in flat(screen)


@pytest.mark.parametrize("session", [FIRST_SESSION, "s-9999999999999"])
def test_somebody_elses_session_and_none_are_refused_alike(
    house: House, session: str
) -> None:
    house.said("no", user="ana")

    code, screen = house.ran("no", user="ben", resume=session)

    assert code == 1
    assert screen == (
        "You have no session of that name.\n"
        "To list yours: python app.py records list\n"
        "If anyone may be in danger, ring 999 now.\n"
    )


def test_sessions_left_open_are_listed_at_the_start(house: House) -> None:
    house.said("no", "none", user="ana")
    house.said(user="ana")

    mine, theirs = house.said(user="ana"), house.said(user="ben")

    assert f"It stands at: {THIRD}" in flat(mine)
    assert f"--resume {FIRST_SESSION}" in mine
    assert "--resume s-0000000000002" not in mine
    assert "Not finished, begun" not in theirs


def test_no_more_than_three_open_sessions_are_listed(house: House) -> None:
    for _ in range(5):
        house.said("no")

    assert house.said().count("Not finished, begun") == 3


def test_what_is_not_saved_is_said_and_asked_again(house: House) -> None:
    store = BrokenStore(house.store)
    guide = house.guide(store)
    said = guide.start("ana")
    store.broken = True

    code, screen = house.ran("no", resume=said.session, guide=guide)

    assert code == 0
    assert "That was not saved, and nothing has changed." in flat(screen)
    assert count_of(FIRST, screen) == 2


def test_an_answer_meant_for_an_earlier_screen_is_not_taken(house: House) -> None:
    house.said("no", "b")
    sink = StringIO()
    terminal = Terminal(house.guide(), the_directory(), Elsewhere(house), sink)

    terminal.run("ana", FIRST_SESSION)

    screen = flat(sink.getvalue())
    assert "gone on somewhere else, so that was not taken" in screen
    assert SECOND in screen


def test_an_overlong_line_is_refused_and_none_of_it_is_taken(house: House) -> None:
    screen = house.said("no " * LONGEST, "no")

    assert "longer than 20000 characters" in flat(screen)
    assert count_of(SECOND, screen) == 1


def test_a_line_of_the_longest_length_is_taken_whole(house: House) -> None:
    before = (*UP_TO_WHOSE, "agrees", "agrees")

    screen = house.said(*before, "x" * LONGEST)

    assert "longer than" not in screen
    assert "cover what is shared" in flat(screen)


def test_an_empty_line_at_a_choice_only_says_what_to_type(house: House) -> None:
    screen = house.said("")

    assert "Type a number from 1 to 3, or one of the keys" in flat(screen)
    assert count_of(FIRST, screen) == 1


def test_cancelling_ends_the_session_and_emergency_still_answers(house: House) -> None:
    screen = flat(house.said("no", "cancel", "!", "n"))

    after = screen.split("Cancelled. No decision is recorded")[1]
    assert "If anyone may be in danger, ring 999 now." in after
    assert "n start another q quit" in after
    assert FIRST in after


def test_bytes_that_are_no_text_are_refused_in_words(house: House) -> None:
    typed = "\n".join((*UP_TO_WHOSE, "agrees", "agrees")).encode() + b"\n\xff\xfe\n"
    source = TextIOWrapper(BytesIO(typed), encoding="utf-8")
    out = BytesIO()
    sink = TextIOWrapper(out, encoding="utf-8")

    code = Terminal(house.guide(), the_directory(), source, sink).run("ana", "")

    assert code == 0
    assert "control characters" in flat(out.getvalue().decode())


def test_a_terminal_without_curly_quotes_does_not_end_the_dialog(house: House) -> None:
    source = TextIOWrapper(BytesIO(b"no\n"), encoding="utf-8")
    out = BytesIO()
    sink = TextIOWrapper(out, encoding="ascii")

    code = Terminal(house.guide(), the_directory(), source, sink).run("ana", "")

    assert code == 0
    assert SECOND.encode() in out.getvalue()


def test_nothing_but_the_dialog_is_written_where_nobody_watches(house: House) -> None:
    lines = house.said("no", "yes").splitlines()

    assert not any(line.startswith(">") for line in lines)
    assert "Read this first" not in flat(" ".join(lines))


def test_advice_waits_to_be_read_where_somebody_watches(house: House) -> None:
    sink = Screen()
    source = Screen("yes\n\nnone\n")

    Terminal(house.guide(), the_directory(), source, sink).run("ana", "")

    screen = flat(sink.getvalue())
    assert screen.index("Indicated: Act now. Read this first;") < screen.index(
        "Question 2."
    )


def test_quitting_while_advice_waits_quits(house: House) -> None:
    sink = Screen()
    source = Screen("yes\nq\nnone\n")

    Terminal(house.guide(), the_directory(), source, sink).run("ana", "")

    assert "Question 3." not in sink.getvalue()
    assert "Everything you answered is saved." in sink.getvalue()


def test_a_recorded_decision_can_be_finished_later(house: House) -> None:
    typed = ("yes", "none", "yes", *[""] * 8, *[""] * 7, "refer", "told 999", "", "")

    screen = house.said(*typed, "f")

    assert "f finish how it was shared  n start another  q quit" in screen
    assert "How will you share it?" in screen.split("f finish how it was shared")[1]


def test_help_asked_for_early_asks_who_must_not_be_told(house: House) -> None:
    text = flat(house.said("person", "lead", "q"))

    asked = text.index("Who must not be alerted, and must not see this record?")
    assert FIRST in text[asked:]
    assert "Designated officer" in text[asked:]
