import csv
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from knowledge.load import load
from knowledge.model import Pack
from knowledge.search import FOUND, PassageIndex
from tests.support.packs import edited, shipped_pack

QUESTIONS = Path(__file__).with_name("questions.csv")


class Asked(NamedTuple):
    set: str
    who: str
    asked: str
    passage: str


def questions() -> Iterator[Asked]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from (Asked(*row) for row in rows)


@pytest.fixture(scope="module")
def index() -> PassageIndex:
    return PassageIndex(shipped_pack())


@pytest.fixture(scope="module")
def right(index: PassageIndex) -> Counter[tuple[str, bool]]:
    """Count right answers by set and by whether the document covers them."""
    counts: Counter[tuple[str, bool]] = Counter()
    for each in questions():
        found = index.search(each.asked)
        counts[each.set, bool(each.passage)] += (
            each.passage in found if each.passage else not found
        )
    return counts


def test_the_questions_are_as_many_as_promised_and_name_real_passages() -> None:
    asked = list(questions())
    counts = Counter((each.set, bool(each.passage)) for each in asked)

    assert counts["first", True] == 40
    assert counts["first", False] == 10
    assert counts["held-out", True] >= 20
    assert len({each.asked for each in asked}) == len(asked)
    named = {each.passage for each in asked} - {""}
    assert named <= set(shipped_pack().passages)


def test_the_right_passage_is_among_the_first_three_for_34_of_40_questions(
    right: Counter[tuple[str, bool]],
) -> None:
    """Written before any tuning; the untuned index had 20, this one has 38."""
    assert right["first", True] >= 34


def test_nothing_is_found_for_8_of_10_questions_the_document_does_not_cover(
    right: Counter[tuple[str, bool]],
) -> None:
    """Written before any tuning; the untuned index had 6, this one has 10."""
    assert right["first", False] >= 8


def test_questions_that_nobody_tuned_for_are_answered_less_often(
    right: Counter[tuple[str, bool]],
) -> None:
    """Tell the honest figures, and keep them from getting worse.

    Each set was written after tuning on those before it, and was tuned on only
    once it had been counted. When first counted: the second set 10 of 25 and 10
    of 10 not covered; the third 13 of 25 and 3 of 6; the held-out set 15 of 25
    and 5 of 6. That last count showed two faults that had nothing to do with its
    words (a spelling taken for another, filler taken for a topic); with those
    mended and no word added for it, it is 18 of 25 and 5 of 6. So expect about
    seven of ten in three passages, and otherwise mostly a near passage.
    """
    assert right["held-out", True] >= 18
    assert right["held-out", False] >= 5
    assert right["second", True] + right["third", True] >= 38
    assert right["second", False] + right["third", False] >= 13


@pytest.mark.parametrize(
    ("asked", "passage"),
    [
        ("do I have to write down my decision", "S3-14"),
        ("the parents refuse consent", "S3-13"),
        ("she is 12 and sexually active", "S3-9"),
        ("data protection", "GR1"),
        ("gillick competance", "S3-11"),
        ("May I use WHATSAPP?", "GR6"),
    ],
)
def test_what_shares_words_with_the_question_is_among_the_first(
    index: PassageIndex, asked: str, passage: str
) -> None:
    assert passage in index.search(asked)


def test_words_that_the_document_does_not_have_find_nothing(
    index: PassageIndex,
) -> None:
    assert index.search("parking permits for bicycles") == []


@pytest.mark.parametrize(
    "asked",
    ["", "   ", "the of and", "???", '"', "* OR NEAR(", "child", "'; drop table"],
)
def test_nothing_to_look_for_finds_nothing_and_breaks_nothing(
    index: PassageIndex, asked: str
) -> None:
    assert index.search(asked) == []


def test_a_long_story_is_cut_and_does_no_harm(index: PassageIndex) -> None:
    assert len(index.search("consent and refusal and nothing else " * 500)) <= FOUND


def test_a_list_is_found_whole_and_its_items_are_never_found_beside_it(
    index: PassageIndex,
) -> None:
    found = {name for each in questions() for name in index.search(each.asked)}

    assert {"S3-3", "S3-11"} <= found
    assert not {name for name in found if name.startswith(("S3-3a", "S3-11-"))}
    assert "S3-3b" not in index.search("reasonable cause to believe")
    assert index.search("reasonable cause to believe")[0] == "S3-3"


def test_words_of_ours_lead_to_a_passage_and_are_not_part_of_it() -> None:
    files = edited(
        "passages.yaml",
        "  asked-as:\n    - what comes first",
        "  asked-as:\n    - zebra crossings\n    - what comes first",
    )
    pack = load(files)
    passage = pack.passages["S3-1"]

    assert PassageIndex(pack).search("zebra crossing") == ["S3-1"]
    assert "zebra" not in f"{passage.text} {passage.lead_in} {passage.sic}"
    assert passage.hash == shipped_pack().passages["S3-1"].hash


def test_the_same_question_is_answered_the_same_from_many_threads() -> None:
    fresh = PassageIndex(shipped_pack())
    asked = [each.asked for each in questions()]

    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(fresh.search, asked))

    assert at_once == [fresh.search(each) for each in asked]


def test_every_passage_can_be_found_by_its_own_words(index: PassageIndex) -> None:
    pack: Pack = shipped_pack()
    wholes = [name for name in pack.passages if not name.startswith(("S3-3", "S3-11"))]

    lost = [
        name for name in wholes if name not in index.search(pack.passages[name].text)
    ]

    assert lost == []
