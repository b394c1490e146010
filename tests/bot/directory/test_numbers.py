"""Numbers to ring are checked, and a missing one says that it is missing."""

import re
from pathlib import Path

import pytest

from bot.directory import Directory, Number, missing_numbers, read_directory
from knowledge.problems import PackError
from tests.support.packs import ROOT, shipped_pack

SHIPPED = ROOT / "knowledge" / "directory.yaml"
DRAMA = re.compile(r"01632 960\d{3}")
"""Numbers that reach nobody. Source: Ofcom, telephone numbers for use in TV and
radio drama programmes, read November 2026."""


def test_the_shipped_directory_can_be_read() -> None:
    directory = read_directory(SHIPPED)

    assert directory.numbers["emergency"].number == "999"
    assert not directory.numbers["emergency"].fictional


def test_every_invented_number_is_marked_and_reaches_nobody() -> None:
    for number in read_directory(SHIPPED).numbers.values():
        assert number.fictional == bool(DRAMA.fullmatch(number.number))
        assert number.fictional or number.number in {"999", "101"}


def test_the_shipped_directory_has_every_number_the_pack_names() -> None:
    flow = shipped_pack().flow
    wanted = {one.id: one.numbers for one in flow.instructions.values()}

    assert missing_numbers(wanted, read_directory(SHIPPED)) == ()


def test_a_number_the_directory_lacks_is_named_with_a_likely_one() -> None:
    number = Number("legal", "Legal", "0115", "", "", fictional=False)

    found = missing_numbers({"ask": ("legl",)}, Directory("Ours", {"legal": number}))

    assert len(found) == 1
    assert found[0].startswith("ask names the number legl; did you mean")


def test_a_missing_number_is_shown_as_missing_and_not_left_out() -> None:
    (missing,) = Directory("", {}).ring(["social-care"])

    assert missing.label == "Social care"
    assert missing.number == ""
    assert "Ask your administrator" in missing.note


def test_numbers_come_in_the_order_they_are_named() -> None:
    directory = read_directory(SHIPPED)

    found = directory.ring(["police", "emergency"])

    assert [number.id for number in found] == ["police", "emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "organisation: Ours\nnumbers:\n  lead:\n    numbr: 1\n",
        "organisation: [\n",
        "",
    ],
)
def test_a_wrong_directory_names_its_file_and_says_what_is_wrong(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "numbers.yaml"
    path.write_text(text)

    with pytest.raises(PackError) as error:
        read_directory(path)

    assert str(path) in str(error.value)


def test_a_directory_that_is_not_there_is_a_problem_in_words(tmp_path: Path) -> None:
    with pytest.raises(PackError):
        read_directory(tmp_path / "none.yaml")
