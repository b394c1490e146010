"""What is asked before details are kept, in the guide and on every surface."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.guide import Guide, Said
from bot.privacy.watch import IDENTITY
from bot.store import SqlStore
from dialogs.engine import Answer, Move, Typed
from dialogs.reply import Notice, Prompt, Recorded
from dialogs.session import IdentityWarned, decoded
from tests.bot.channels.talk import House, flat
from tests.support.lines import USER, a_guide, a_store, talk
from tests.support.stores import kept_in
from tests.support.web import served

NAMED = "Freya Hartley, born 02/04/2014, told me about it."
PLAIN = "A pupil told me about it."
TO_REASONS = ("no", ["none"], "own-initiative", "not-sure")
AT_ONCE = ("yes",)


def reasons(words: str) -> dict[str, str]:
    return {"decision": "not-yet", "reasons": words}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_store(tmp_path)
    yield opened
    opened.close()


class Person:
    """Somebody in a session, with what the store holds of it."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.guide: Guide = a_guide(store)
        self.said: Said = self.guide.start(USER)

    def does(self, *moves: Move) -> Said:
        for move in moves:
            self.said = self.guide.move(self.said.session, USER, move, self.said.facts)
        return self.said

    def answers(self, *answers: object) -> Said:
        return self.does(*(Answer(each) for each in answers))

    @property
    def asked(self) -> str:
        """What the person is asked about details; empty where they are not."""
        return next(
            (
                one.text
                for one in self.said.replies
                if isinstance(one, Notice) and one.code == IDENTITY
            ),
            "",
        )

    @property
    def warned(self) -> list[tuple[tuple[str, ...], str]]:
        """The facts about details: kinds and choice."""
        with self.store.reading() as transaction:
            facts = [
                decoded(each.kind, each.body)
                for each in transaction.facts(self.said.session)
            ]
        return [(f.kinds, f.choice) for f in facts if isinstance(f, IdentityWarned)]


@pytest.fixture
def person(store: SqlStore) -> Person:
    return Person(store)


def test_a_full_name_and_date_of_birth_are_not_kept_until_the_person_says_so(
    person: Person, tmp_path: Path
) -> None:
    person.answers(*TO_REASONS, reasons(NAMED))

    assert "a name (F) and a date of birth" in person.asked
    assert "Hartley" not in kept_in(tmp_path)
    assert "02/04/2014" not in kept_in(tmp_path)

    person.does(Answer(reasons(NAMED), kept=True))

    assert isinstance(person.said.replies[-1], Recorded)
    assert "Hartley" in kept_in(tmp_path)


def test_the_question_stands_and_what_is_asked_repeats_nothing(person: Person) -> None:
    person.answers(*TO_REASONS, reasons(NAMED))

    prompt = person.said.replies[-1]
    assert isinstance(prompt, Prompt)
    assert prompt.question == "decision"
    assert not any(word in person.asked for word in ("Freya", "Hartley", "2014"))


def test_kind_and_choice_are_recorded_and_not_the_words(person: Person) -> None:
    person.answers(*TO_REASONS, reasons(NAMED))
    person.does(Answer(reasons(NAMED), kept=True))

    kinds = ("name", "date-of-birth")
    assert person.warned == [(kinds, "asked"), (kinds, "kept")]


def test_a_change_is_recorded_as_one(person: Person) -> None:
    person.answers(*TO_REASONS, reasons(NAMED), reasons(PLAIN))

    assert person.asked == ""
    assert person.warned == [(("name", "date-of-birth"), "asked"), ((), "changed")]


def test_a_change_that_still_names_somebody_is_asked_about_again(
    person: Person,
) -> None:
    person.answers(*TO_REASONS, reasons(NAMED), reasons("Freya told me."))

    assert "a name (F)." in person.asked


def test_text_without_details_is_asked_about_by_nobody(person: Person) -> None:
    person.answers(*TO_REASONS, reasons(PLAIN))

    assert isinstance(person.said.replies[-1], Recorded)
    assert person.warned == []


def test_a_line_typed_alone_is_asked_about_and_not_again_with_its_form(
    person: Person,
) -> None:
    person.answers(*TO_REASONS)

    person.does(Typed("not yet"), Typed(NAMED))
    assert person.asked
    person.does(Typed(NAMED, kept=True), Typed("skip"), Typed("skip"))

    assert [choice for _, choice in person.warned] == ["asked", "kept"]


def test_a_warning_is_an_earlier_screen_for_whoever_did_not_see_it(
    person: Person,
) -> None:
    person.answers(*TO_REASONS)
    before = person.said.facts

    person.answers(reasons(NAMED))

    assert person.said.facts == before + 1


@pytest.mark.parametrize(
    "way",
    [
        (*AT_ONCE, ["none-of-these"]),
        ("no", ["evidence"], "own-initiative", "yes"),
    ],
    ids=["act now", "refer now"],
)
def test_nothing_stands_between_a_person_and_an_urgent_alert(
    person: Person, way: tuple[object, ...]
) -> None:
    person.answers(*way)
    while (prompt := person.said.replies[-1]) and isinstance(prompt, Prompt):
        person.answers(_named_everywhere(prompt))
        assert person.asked == "", prompt.question

    assert isinstance(person.said.replies[-1], Recorded)
    assert {choice for _, choice in person.warned} == {"passed"}


def _named_everywhere(prompt: Prompt) -> object:
    """Return an answer that names somebody wherever something can be written."""
    if not prompt.fields:
        ids = [choice.id for choice in prompt.choices]
        return ids[0] if prompt.asks.value == "one" else ids[:1]
    lines: dict[str, object] = {}
    for line in prompt.fields:
        if line.fixed or line.id == "case-reference":
            continue
        if line.choices:
            first = line.choices[0].id
            lines[line.id] = first if line.asks.value == "one" else [first]
        elif line.asks.value == "date":
            lines[line.id] = "2199-12-31"
        else:
            lines[line.id] = NAMED
    if prompt.question == "decision":
        lines["decision"] = "refer"
    return lines


def test_words_of_danger_are_answered_at_once_whoever_they_name(
    person: Person,
) -> None:
    person.answers(*TO_REASONS, reasons("Freya Hartley is outside with a knife"))

    codes = [one.code for one in person.said.replies if isinstance(one, Notice)]
    assert codes[0] == "emergency"
    assert person.asked == ""
    assert [choice for _, choice in person.warned] == ["passed"]


# ---- every surface -------------------------------------------------------------------


def test_lines_of_json_ask_and_keep_what_was_sent(
    store: SqlStore, tmp_path: Path
) -> None:
    guide = a_guide(store)
    to_reasons = [{"answer": each} for each in TO_REASONS]
    asking = talk(guide, [*to_reasons, {"answer": reasons(NAMED)}])

    assert [line.get("code") for line in asking.turns[-1]] == ["identity", None]
    assert asking.last["question"] == "decision"
    assert "Hartley" not in kept_in(tmp_path)

    kept = talk(
        guide,
        [*to_reasons, {"answer": reasons(NAMED)}, {"do": "keep"}],
        user="U2",
    )
    assert kept.last["kind"] == "recorded"


def test_lines_of_json_keep_nothing_that_was_not_warned_about(store: SqlStore) -> None:
    said = talk(a_guide(store), [{"do": "keep"}])

    assert said.turns[0][0]["code"] == "nothing-to-keep"


def test_a_terminal_asks_and_keeps_what_was_typed(
    store: SqlStore, tmp_path: Path
) -> None:
    house = House(store)
    typed = ("no", "none", "1", "not sure", "not yet", NAMED)

    said = flat(house.said(*typed))

    assert "a name (F) and a date of birth" in said
    assert "Write it again without that, or type: keep" in said
    assert "Hartley" not in kept_in(tmp_path)

    house.said(*typed, "keep", "skip", "skip", user="ben")

    with store.reading() as transaction:
        (row,) = transaction.decisions(user="ben")
    assert _reasons(row.body) == NAMED


def test_a_page_asks_and_keeps_what_was_filled_in(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        browser = page.browser().open("/").press("Start a new session")
        for answer in TO_REASONS:
            browser.answer(answer)

        browser.answer(reasons(NAMED))

        assert "Does this say who somebody is?" in browser.text
        assert browser.page.first("textarea", name="line.reasons").raw.strip() == NAMED
        assert "Hartley" not in kept_in(tmp_path)

        browser.press("Keep it as it is")

        with page.store.reading() as transaction:
            (row,) = transaction.decisions()
        assert _reasons(row.body) == NAMED
        assert "Kept the details all the same" in browser.facts


def test_a_page_takes_what_was_changed(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        browser = page.browser().open("/").press("Start a new session")
        for answer in (*TO_REASONS, reasons(NAMED)):
            browser.answer(answer)

        browser.press("Continue with my change", line__reasons=PLAIN)

        assert "Changed what was written" in browser.facts
        assert "Hartley" not in kept_in(tmp_path)


def test_what_was_warned_about_is_gone_when_a_page_is_opened_again(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as page:
        browser = page.browser().open("/").press("Start a new session")
        for answer in (*TO_REASONS, reasons(NAMED)):
            browser.answer(answer)

        browser.open(browser.address)

        assert "Hartley" not in browser.html
        assert "Keep it as it is" not in browser.html


def _reasons(body: Mapping[str, Any]) -> str:
    (decision,) = [one for one in body["questions"] if one["question"] == "decision"]
    words: str = decision["answer"]["reasons"]
    return words
