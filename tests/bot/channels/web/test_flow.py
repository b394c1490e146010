"""The drawing of the flow, with where somebody is marked on it."""

import re

import pytest

from bot.channels.web.flow import ACROSS, DOWN, HERE, PASSED, Drawings, around, marked
from tests.support.packs import shipped_pack
from tests.support.web import Browser

FRAME = 'class="shape" fill="#fff" stroke="#000" stroke-width="1.4"'
DRAWING = f"""<svg xmlns="x" viewBox="0 0 3000 2000" width="3000" height="2000">
<g transform="translate(100.0,50.0)">
<g id="place-danger" class="q"><rect x="0.0" y="0.0" width="100.0" height="40.0" rx="9"
 {FRAME}/></g>
<g id="place-act-now" class="o"><polygon points="1400.0,900.0 1500.0,900.0 1450.0,940.0"
 {FRAME}/></g>
<g id="place-end" class="e"><rect x="2800.0" y="1900.0" width="80.0" height="30.0"
 rx="9" {FRAME}/></g>
</g></svg>"""


def widths(drawing: str) -> dict[str, str]:
    found = re.findall(
        r'<g id="place-([^"]*)".*?stroke-width="([^"]*)"', drawing, re.DOTALL
    )
    return dict(found)


def view(drawing: str) -> list[float]:
    found = re.search(r'viewBox="([^"]*)"', drawing)
    assert found is not None
    return [float(part) for part in found[1].split()]


def test_the_way_is_marked_and_where_somebody_is_most() -> None:
    drawing = marked(DRAWING, ("danger", "act-now"))

    assert widths(drawing) == {"danger": PASSED, "act-now": HERE, "end": "1.4"}


def test_a_place_that_is_not_drawn_marks_nothing() -> None:
    assert marked(DRAWING, ("nowhere",)) == DRAWING


def test_what_is_near_is_cut_out_around_the_middle_of_a_place() -> None:
    left, top, across, down = view(around(DRAWING, "act-now"))

    assert (across, down) == (ACROSS, DOWN)
    assert (left + across / 2, top + down / 2) == (1550, 970)


@pytest.mark.parametrize(
    ("place", "corner"), [("danger", (0, 0)), ("end", (2000, 1380))]
)
def test_what_is_cut_out_never_leaves_the_drawing(
    place: str, corner: tuple[float, float]
) -> None:
    left, top, *_ = view(around(DRAWING, place))

    assert (left, top) == corner


def test_the_whole_drawing_is_shown_for_a_place_that_is_not_on_it() -> None:
    assert around(DRAWING, "nowhere") == DRAWING


@pytest.mark.slow
def test_every_place_of_the_pack_can_be_marked_and_found() -> None:
    pack = shipped_pack()
    drawing = Drawings().of(pack)

    for place in (*pack.flow.questions, *pack.flow.outcomes):
        assert widths(marked(drawing, (place,)))[place] == HERE
        assert view(around(drawing, place))[2:] == [ACROSS, DOWN]


@pytest.mark.slow
def test_the_page_shows_the_drawing_of_ones_own_session(browser: Browser) -> None:
    browser.open("/").press("Start a new session")
    (image,) = browser.page.every("img")

    browser.open(image.get("src"))

    assert browser.headers["Content-Type"].startswith("image/svg+xml")
    assert widths(browser.html)["danger"] == HERE
