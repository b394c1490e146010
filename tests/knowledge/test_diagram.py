import re

import pytest

from knowledge.diagram import GOES_ON, Kind, chart_of, mermaid, outline
from knowledge.load import load
from knowledge.model import ADVICE_RECEIVED, END
from tests.support.packs import edited, shipped_pack

PACK = shipped_pack()
CHART = chart_of(PACK)
PLACES = (*PACK.flow.questions, *PACK.flow.forks, *PACK.flow.outcomes)


def test_the_chart_has_every_place_once_numbered_in_the_order_of_the_pack() -> None:
    assert tuple(CHART.spots) == (*PLACES, END)
    numbers = [spot.number for spot in CHART.spots.values()]
    assert numbers == list(range(1, len(PLACES) + 2))


@pytest.mark.parametrize("place", [name for name in PLACES if name != ADVICE_RECEIVED])
def test_every_row_is_an_arrow_in_the_order_in_which_it_is_tried(place: str) -> None:
    rows = PACK.flow.place(place).routes

    arrows = [arrow for arrow in CHART.leaving(place) if not arrow.paused]

    assert [arrow.target for arrow in arrows] == [row.to for row in rows]
    assert all(arrow.words for arrow in arrows) or len(rows) == 1


def test_the_question_outside_the_routes_says_that_it_goes_on_where_it_stopped() -> (
    None
):
    assert CHART.leaving(ADVICE_RECEIVED) == []
    assert CHART.spots[ADVICE_RECEIVED].note == GOES_ON


def test_a_pause_has_an_arrow_to_everything_that_it_may_go_on_with() -> None:
    for outcome in PACK.flow.outcomes.values():
        later = {arrow.target for arrow in CHART.leaving(outcome.id) if arrow.paused}
        wanted = {again.id for again in outcome.again}
        assert later == wanted | ({ADVICE_RECEIVED} if outcome.advice else set())


def test_conditions_are_said_in_words_that_a_person_can_read() -> None:
    for arrow in CHART.arrows:
        assert not re.search(r"[-_{}\[\]]", arrow.words), arrow.words


def test_every_kind_of_condition_has_words() -> None:
    files = edited(
        "flow.yaml",
        "conditions:\n",
        "conditions:\n"
        "  high-level: {level: [4, 3]}\n"
        "  acting: {outcome: [refer-now, act-now]}\n"
        "  in-doubt: anything-not-sure\n"
        "  leaving-it: departing\n",
    )

    meanings = chart_of(load(files)).meanings

    assert meanings["high level"] == "level 3 or 4"
    assert meanings["acting"] == "outcome: act now or refer now"
    assert meanings["in doubt"] == "not sure of anything"
    assert meanings["leaving it"] == "departing from what is indicated"


# ---- the outline ----------------------------------------------------------------


def test_the_outline_numbers_every_place_in_order() -> None:
    numbers = re.findall(r"(?m)^(\d+)\. .*\(([a-z0-9-]+)\)$", outline(PACK))

    expected = [(str(spot.number), spot.id) for spot in CHART.spots.values()]
    assert numbers == expected


def test_the_outline_says_where_every_row_goes_by_number_and_words() -> None:
    sections = re.split(r"(?m)^(?=\d+\. )", outline(PACK))[1:]

    for spot, section in zip(CHART.spots.values(), sections, strict=True):
        targets = [int(number) for number in re.findall(r": go to \w+ (\d+),", section)]
        expected = [CHART.spots[each.target].number for each in CHART.leaving(spot.id)]
        assert targets == expected, spot.id


def test_the_outline_names_every_answer_level_doubt_and_short_name() -> None:
    text = outline(PACK)

    for question in PACK.flow.questions.values():
        assert all(label in text for label in question.choices.values())
    for spot in CHART.spots.values():
        assert spot.level_words in text
    assert text.count("stops for advice.") == len(PACK.flow.doubts)
    for name in PACK.flow.conditions:
        assert f"- {name.replace('-', ' ')}: " in text


def test_the_outline_needs_no_position_to_be_understood() -> None:
    for line in outline(PACK).splitlines():
        assert "\t" not in line
        assert line == line.rstrip()


# ---- Mermaid ----------------------------------------------------------------


NODE = re.compile(
    r'^  (place_[a-z0-9_]+)(\("|\{"|\{\{"|\(\[")([^"]*)("\)|"\}|"\}\}|"\]\))$'
)
EDGE = re.compile(
    r'^  (place_[a-z0-9_]+) (-->|-\.->)(?:\|"([^"]*)"\|)? (place_[a-z0-9_]+)$'
)


def test_every_line_of_mermaid_is_a_heading_a_place_or_an_arrow() -> None:
    first, title, *lines = mermaid(PACK).splitlines()

    assert first == "flowchart TD"
    assert title.startswith("  accTitle: ")
    nodes = [found.group(1) for line in lines if (found := NODE.match(line))]
    edges = [found.groups() for line in lines if (found := EDGE.match(line))]
    assert len(nodes) + len(edges) == len(lines)
    assert nodes == [f"place_{name.replace('-', '_')}" for name in CHART.spots]
    assert len(edges) == len(CHART.arrows)
    assert {end for edge in edges for end in (edge[0], edge[3])} <= set(nodes)
    for arrow, edge in zip(CHART.arrows, edges, strict=True):
        assert edge[0].endswith(arrow.source.replace("-", "_"))
        assert edge[3].endswith(arrow.target.replace("-", "_"))
        assert edge[1] == ("-.->" if arrow.paused else "-->")
        assert (edge[2] or "") == arrow.words


def test_words_of_a_pack_cannot_break_out_of_mermaid() -> None:
    ask = "ask: Is it confidential?"
    files = edited("flow.yaml", ask, "ask: 'Is \"it\"] --> x #1 <b>?'")

    drawn = mermaid(load(files))

    line = next(line for line in drawn.splitlines() if "place_confidential(" in line)
    assert NODE.match(line)
    assert "#quot;it#quot;" in line
    assert "<b>" not in line


def test_levels_are_said_the_highest_first() -> None:
    spot = CHART.spots["seek-advice"]

    assert spot.kind == Kind.OUTCOME
    assert spot.level_words == "Level 2 or 1 of 4"
