import resource

import pytest

from knowledge.problems import PackError
from knowledge.yaml_text import MAX_BYTES, MAX_DEPTH, read_yaml


def refusal(text: str) -> str:
    with pytest.raises(PackError) as error:
        read_yaml("pack.yaml", text)
    return str(error.value)


def test_yes_no_numbers_dates_and_times_stay_the_words_that_were_typed() -> None:
    node = read_yaml("x", "a: yes\nb: no\nc: 12:30:45\nd: 2015-11-01\ne: ~\nyes: on\n")

    assert node.plain() == {
        "a": "yes",
        "b": "no",
        "c": "12:30:45",
        "d": "2015-11-01",
        "e": "~",
        "yes": "on",
    }


def test_every_key_and_item_knows_its_line_and_column() -> None:
    node = read_yaml("x", "a:\n  - one\n  - b: two\n")

    assert node.position("a", 1, "b") == (3, 5)
    assert node.at("a", 0).line == 2
    assert node.position("a", "missing") == (2, 3)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a: 1\na: 2\n", "pack.yaml:2:1", "a stands twice (first on line 1)"),
        ("a: &x 1\n", "pack.yaml:1:4", "an anchor"),
        ("a: 1\nb: *x\n", "pack.yaml:2:4", "an alias"),
        ("a: !!python/object:os.system 1\n", "pack.yaml:1:4", "a tag"),
        ("a: !custom 1\n", "pack.yaml:1:4", "a tag"),
        ("<<: {a: 1}\n", "pack.yaml:1:1", "merging"),
        ("a: 1\n---\nb: 2\n", "pack.yaml:2:1", "a second document"),
        ("a: [1\n", "pack.yaml:2:1", "not readable as YAML"),
        ("a: b: c\n", "pack.yaml:1:5", "not readable as YAML"),
        ("? [a, b]\n: c\n", "pack.yaml:1:3", "a key must be a word"),
        ("a: \x00\n", "pack.yaml:1:1", "not readable as YAML"),
        ("", "pack.yaml:1:1", "the file is empty"),
    ],
)
def test_what_is_refused_names_its_line_and_column(
    text: str, place: str, what: str
) -> None:
    message = refusal(text)

    assert message.startswith(place)
    assert what in message


def test_an_alias_bomb_is_refused_at_its_first_alias() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    assert "pack.yaml:2:8: an alias" in refusal(bomb)


def test_twenty_thousand_brackets_are_refused_without_recursion() -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal("[" * 20_000)


def test_a_ten_megabyte_file_is_refused_before_it_is_read() -> None:
    text = "a: " + "x" * 10_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    message = refusal(text)

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert f"at most {MAX_BYTES} are read" in message
    assert grown < 64 * 1024, "kilobytes; the text itself is 10,000"


def test_all_duplicate_keys_are_named_at_once() -> None:
    message = refusal("a: 1\na: 2\nb: 1\nb: 2\n")

    assert message.count("stands twice") == 2
