import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.details import Detail
from bot.privacy.guard import ALLOWED, IdentityGuard, read_guard
from knowledge.problems import PackError
from tests.support.identity import (
    LISTS,
    SETS,
    measured,
    milliseconds,
    shipped_guard,
    texts,
)

# Asked of the guard by whoever ordered it; what it reaches is printed by
# `python -m tests.bot`.
LEAST_PRECISION = 0.88
LEAST_RECALL = 0.80
MOST_MILLISECONDS = 1.0


def kinds(text: str, guard: IdentityGuard | None = None) -> tuple[Detail, ...]:
    return (guard or shipped_guard()).kinds((text,))


def with_allowed(tmp_path: Path, *lines: str) -> IdentityGuard:
    shutil.copytree(LISTS, tmp_path, dirs_exist_ok=True)
    with (tmp_path / ALLOWED).open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return read_guard(tmp_path, ())


def test_there_are_two_hundred_texts_and_more_of_them_without_a_detail() -> None:
    every = [each for which in SETS for each in texts(which)]
    counts = Counter(bool(each.details) for each in every)

    assert len({each.text for each in every}) == len(every) >= 200
    assert counts[True] >= 90
    assert counts[False] >= 110


@pytest.mark.parametrize("which", SETS)
def test_warnings_are_right_often_enough_and_few_details_are_missed(which: str) -> None:
    counts = measured(which)

    assert counts.precision >= LEAST_PRECISION
    assert counts.recall >= LEAST_RECALL


def test_one_text_takes_less_than_a_millisecond() -> None:
    assert milliseconds() < MOST_MILLISECONDS


@pytest.mark.parametrize("kind", Detail)
def test_every_kind_is_found_wherever_it_stands_in_the_texts(kind: Detail) -> None:
    named = [
        each
        for which in SETS
        for each in texts(which)
        if kind in each.details.split(";")
    ]
    found = [each for each in named if kind in kinds(each.text)]

    assert len(found) / len(named) >= LEAST_RECALL


@pytest.mark.parametrize(
    "text",
    [
        "999 323 7418",
        "9993237418",
        "NHS number: 999 323 7419, wrong in its last digit",
    ],
)
def test_an_nhs_number_is_found(text: str) -> None:
    assert kinds(text) == (Detail.NHS_NUMBER,)


@pytest.mark.parametrize("text", ["T831352557934", "upn t831352557934"])
def test_a_pupil_number_is_found(text: str) -> None:
    assert kinds(text) == (Detail.PUPIL_NUMBER,)


@pytest.mark.parametrize(
    "text", ["999 323 7419", "T831352557935", "log 412 of 17 November", "CPOMS 10442"]
)
def test_a_number_whose_check_digit_is_wrong_is_left_alone(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "DOB 03/11/2017",
        "d.o.b.: 3.11.17",
        "date of birth 2017-11-03",
        "born on the 3rd of November 2017",
        "her birthday is November 3, 2017",
    ],
)
def test_a_date_of_birth_is_found_by_the_words_before_it(text: str) -> None:
    assert kinds(text) == (Detail.DATE_OF_BIRTH,)


@pytest.mark.parametrize(
    "text", ["The review is on 03/11/2026", "born early", "born 34 weeks in"]
)
def test_any_other_date_is_left_alone(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.parametrize(
    "text", ["07700 900123", "+44 7700 900 456", "(01632) 960999", "+48 600 100 200"]
)
def test_a_telephone_number_is_found(text: str) -> None:
    assert kinds(text) == (Detail.TELEPHONE,)


@pytest.mark.parametrize(
    "text",
    ["0800 1111", "0300 123 4567", "0808 800 5000", "101", "999", "116 123"],
)
def test_a_number_of_an_organisation_is_left_alone(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.parametrize("text", ["01632 960101", "+44 1632 960101", "01632960101"])
def test_a_number_of_the_directory_is_left_alone(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.parametrize(
    "text", ["Mrs Oyelaran-Smythe", "a girl called Blisse", "his brother, Tarnoth"]
)
def test_a_name_nobody_has_listed_is_found_by_the_words_before_it(text: str) -> None:
    assert kinds(text) == (Detail.NAME,)


@pytest.mark.parametrize("text", ["ruby light", "Ruby slippers", "The Hope group"])
def test_a_name_that_is_a_word_needs_more_than_a_capital(text: str) -> None:
    assert kinds(text) == ()


def test_accents_and_curly_apostrophes_make_no_difference() -> None:
    assert kinds("Siobhán\u2019s mum") == kinds("Siobhan's mum") == (Detail.NAME,)


def test_an_initial_is_what_is_asked_for_and_is_left_alone() -> None:
    assert kinds("Child K. told me about J. and her aunt M.") == ()


def test_names_of_staff_and_places_are_allowed_once_they_are_listed(
    tmp_path: Path,
) -> None:
    text = "Told Aoife Brennan at DE23 8PX, 07700 900123, abrennan@school.example"
    allowed = ("Aoife Brennan", "DE23 8PX", "07700 900123", "@school.example")

    assert kinds(text)
    assert kinds(text, with_allowed(tmp_path, *allowed)) == ()


def test_an_allowed_name_does_not_let_somebody_elses_pass(tmp_path: Path) -> None:
    guard = with_allowed(tmp_path, "Aoife Brennan")

    assert kinds("Aoife Lowther told Aoife Brennan", guard) == (Detail.NAME,)


def test_a_missing_list_stops_the_start_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="given-names"):
        read_guard(tmp_path, ())


@pytest.mark.parametrize(
    "text",
    [
        "born" + " " * 20_000,
        "a.b-" * 5_000 + "@",
        "0" * 20_000,
        "07700 900" * 2_000,
        "Mrs " * 5_000,
        "A" * 20_000,
        "his name is " * 1_600,
        "é\u0301" * 10_000,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_is_so_made_that_looking_through_it_never_ends(text: str) -> None:
    # A pattern that tries every way to part a text would take hours. This is no
    # measure of speed, so it counts the work of this process and leaves ample room.
    begun = time.process_time()
    shipped_guard().find(text)

    assert time.process_time() - begun < 5


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_what_is_found_lies_within(text: str) -> None:
    for found in shipped_guard().find(text):
        assert 0 <= found.start < found.end <= len(text)
