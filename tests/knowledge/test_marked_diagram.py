"""What has changed since another version, marked in outline, Mermaid and picture."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from knowledge.diagram import Mark, compared, mermaid, outline
from knowledge.drawing import svg
from knowledge.load import load
from knowledge.model import Outcome, Pack
from tests.support.packs import edited, shipped_pack

NAMES = {"svg": "http://www.w3.org/2000/svg"}
EVIDENCE_ROW = "      - if: {safety-check: evidence}\n        to: refer-now\n"
OTHER_ROW = "      - if: {safety-check: low-level}\n        to: refer-now\n"


@pytest.fixture(scope="module")
def draft() -> Pack:
    """A copy with other words, a row gone, a row put in and a name redefined."""
    files = edited("flow.yaml", "Does a child, or anyone,", "Does anybody")
    for old, new in (
        (EVIDENCE_ROW, OTHER_ROW),
        ("in-danger: {danger: [yes, not-sure]}", "in-danger: {danger: yes}"),
    ):
        files["flow.yaml"] = files["flow.yaml"].replace(old, new, 1)
    return load(files)


def test_the_same_pack_has_no_marks() -> None:
    chart = compared(shipped_pack(), shipped_pack())

    assert {spot.mark for spot in chart.spots.values()} == {Mark.NONE}
    assert {arrow.mark for arrow in chart.arrows} == {Mark.NONE}


def test_the_outline_says_in_words_what_was_added_removed_and_changed(
    draft: Pack,
) -> None:
    told = outline(draft, shipped_pack())

    assert "1. CHANGED: Does anybody need someone to act" in told
    assert "- ADDED: if safety check: low level: go to outcome" in told
    assert "- REMOVED: if safety check: evidence: go to outcome" in told


def test_an_arrow_whose_words_mean_something_else_now_is_changed(draft: Pack) -> None:
    assert "- CHANGED: if in danger: go to outcome" in outline(draft, shipped_pack())


def test_a_place_that_only_one_version_has_is_added_or_removed() -> None:
    old = shipped_pack()
    outcomes = dict(old.flow.outcomes)
    gone = outcomes.pop("subject-access")
    fewer = replaced(old, outcomes)

    assert compared(fewer, old).spots[gone.id].mark == Mark.REMOVED
    assert compared(old, fewer).spots[gone.id].mark == Mark.ADDED


def replaced(pack: Pack, outcomes: dict[str, Outcome]) -> Pack:
    return replace(pack, flow=replace(pack.flow, outcomes=outcomes))


def test_mermaid_marks_by_word_and_by_line(draft: Pack) -> None:
    text = mermaid(draft, shipped_pack())

    assert 'place_danger("* changed<br/>1. Does anybody' in text
    assert 'place_harm ==>|"added: safety check: low level"| place_refer_now' in text
    assert 'place_harm -.->|"removed: safety check: evidence"| place_refer_now' in text


def test_the_picture_marks_by_shape_and_by_word(draft: Pack) -> None:
    # The text is our own, made a line above: nothing foreign is parsed.
    picture = ET.fromstring(svg(draft, shipped_pack()))  # noqa: S314

    danger = picture.find(".//svg:g[@id='place-danger']", NAMES)
    assert danger is not None
    assert danger.find("svg:path[@class='flow-changed']", NAMES) is not None
    assert "changed" in "".join(danger.itertext())
    words = "".join(picture.itertext())
    assert "a plus is added, a cross is" in words
