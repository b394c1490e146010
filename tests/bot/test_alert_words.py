"""An alert says how urgent, what kind, when and what next; never who or what."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alert_words import (
    CATEGORIES,
    NAMES_NOBODY,
    AlertFacts,
    clock,
    opaque,
    words_of,
)
from tests.support.people import wall

FACTS = AlertFacts(
    urgency="urgent",
    category="harm",
    reference="a-7k3mq2",
    raised_at=wall("2026-11-23 10:00"),
    next_at=wall("2026-11-23 10:15"),
    role="lead",
    next_role="deputy",
)


NEXT = (
    "What happens next: if nobody has acknowledged it by 10:15 on Monday 23 November,"
    " the deputy safeguarding lead is told."
)


def test_an_alert_says_everything_a_lead_needs_and_nothing_else() -> None:
    words = words_of(FACTS)

    assert words.title == "Urgent: safeguarding alert a-7k3mq2"
    assert words.lines == (
        "Somebody may not be safe. Please answer at once.",
        "What it is about: a child may be harmed, or somebody seriously.",
        "Reference: a-7k3mq2. Raised at 10:00 on Monday 23 November.",
        "You are told as the safeguarding lead.",
        NEXT,
        NAMES_NOBODY,
    )


def test_the_last_person_learns_that_they_are_told_again() -> None:
    said = " ".join(words_of(replace(FACTS, last=True)).lines)

    assert "you are told again at 10:15" in said


def test_whoever_stands_in_is_told_so_without_a_name() -> None:
    body = {"covers": "morgan-ellery", "role": "lead", "urgency": "today"}
    body |= {"category": "advice", "alert": "a-1", "raised_at": "2026-11-23T10:00Z"}

    said = " ".join(words_of(AlertFacts.of(body)).lines)

    assert "standing in for somebody who is away" in said
    assert "morgan" not in said


def test_somebody_who_is_told_later_learns_that_nobody_answered() -> None:
    assert "nobody has answered" in " ".join(words_of(replace(FACTS, again=1)).lines)


def test_an_alert_that_came_back_says_so() -> None:
    said = " ".join(words_of(replace(FACTS, reopened=True)).lines)

    assert "acknowledged once" in said


def test_a_drill_cannot_be_taken_for_a_child_at_risk() -> None:
    words = words_of(replace(FACTS, category="drill"))

    assert words.title.startswith("DRILL, nobody is at risk")
    assert "Somebody may not be safe" not in " ".join(words.lines)


def test_an_urgency_that_is_not_known_counts_as_the_gravest() -> None:
    assert words_of(replace(FACTS, urgency="soon")).title.startswith("Urgent:")


def test_a_clock_shows_local_time_in_summer_too() -> None:
    assert clock(wall("2026-07-06 10:00")) == "10:00 on Monday 6 July"


def test_what_a_promise_carries_is_read() -> None:
    body = {
        "alert": "a-7k3mq2",
        "urgency": "urgent",
        "category": "harm",
        "raised_at": "2026-11-23T10:00:00+00:00",
        "next_at": "2026-11-23T10:15:00+00:00",
        "role": "lead",
        "next_role": "deputy",
        "told": 1,
        "covers": "",
        "reopened": False,
    }

    assert AlertFacts.of(body) == FACTS


def test_a_promise_that_is_no_alert_is_refused() -> None:
    with pytest.raises(KeyError):
        AlertFacts.of({"alert": "a-1"})


HOSTILE = st.text(max_size=60)


@given(code=HOSTILE, reference=HOSTILE, role=HOSTILE)
def test_no_word_of_a_promise_goes_out_but_its_reference(
    code: str, reference: str, role: str
) -> None:
    plain = words_of(replace(FACTS, category="other", reference="", role=""))

    said = words_of(
        replace(FACTS, category=f"?{code}", reference=reference, role=f"?{role}")
    )

    shown = opaque(reference)
    assert "\n" not in said.title
    assert said.title == plain.title + shown
    assert said.lines[1:2] == plain.lines[1:2]
    assert len(said.lines) == len(plain.lines)


def test_every_category_reads_on_in_a_sentence() -> None:
    for words in CATEGORIES.values():
        assert words[0].islower()
        assert not words.endswith(".")
