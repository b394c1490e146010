"""Every quotation on every page is the pack's, letter by letter."""

from collections.abc import Iterator

import pytest

from dialogs.session import Answered
from tests.support.cases import CASES
from tests.support.dialog import a_session
from tests.support.packs import shipped_edition, shipped_pack
from tests.support.web import Browser, Element, Served, shown

PACK = shipped_pack()


def wrong_quotations(page: Element) -> Iterator[str]:
    """Name the quotations that are not what the pack holds under their id."""
    for figure in page.every("figure", **{"class": "quote"}):
        passage = PACK.passages[figure.get("data-quote")]
        lead_in = "".join(shown(figure, "lead-in"))
        section = "".join(shown(figure, "section"))
        edition = "".join(shown(figure, "edition"))
        if (
            shown(figure, "passage") != [passage.text]
            or lead_in != passage.lead_in
            or section != passage.section
            or edition != shipped_edition()
        ):
            yield passage.id


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES)[::4])
def test_every_quotation_on_the_way_is_the_packs(page: Served, name: str) -> None:
    dialog = a_session()
    browser = Answering(page.browser().open("/").press("Start a new session"))

    dialog.follow(CASES[name].answers)
    for fact in dialog.facts:
        browser.repeat(fact)

    assert browser.wrong == []
    assert browser.quotations > 5


class Answering:
    """Gives the answers of a finished session to the page, and looks at each page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.wrong: list[str] = []
        self.quotations = 0
        self.look()

    def look(self) -> None:
        self.wrong += wrong_quotations(self.browser.page)
        self.quotations += len(list(self.browser.page.every("figure")))

    def repeat(self, fact: object) -> None:
        if isinstance(fact, Answered):
            assert self.browser.question == fact.question
            value = list(fact.value) if isinstance(fact.value, tuple) else fact.value
            self.browser.answer(value)
            assert self.browser.status == 200
            self.look()


def test_no_quotation_stands_outside_its_mark(browser: Browser) -> None:
    browser.open("/").press("Start a new session").answer("yes")

    quoted = list(browser.page.every("blockquote"))

    assert quoted
    assert all(one.within("figure") is not None for one in quoted)


def test_words_of_ours_are_never_drawn_as_a_quotation(browser: Browser) -> None:
    browser.open("/").press("Start a new session").answer("yes")

    ours = list(browser.page.every("div", **{"class": "ours"}))

    assert ours
    assert all(one.within("figure") is None for one in ours)
    assert all(not list(one.every("blockquote")) for one in ours)
    assert all(shown(one, "label") for one in ours)


def test_a_fictional_number_is_never_a_link_to_ring(browser: Browser) -> None:
    browser.open("/").press("Start a new session").answer("yes")

    numbers = list(browser.page.every("li", **{"class": "number fictional"}))
    links = {one.get("href") for one in browser.page.every("a", data_shown="number")}

    assert numbers
    assert all("reaches nobody" in one.text for one in numbers)
    assert all(not list(one.every("a")) for one in numbers)
    assert links == {"tel:999"}


def test_every_page_tells_the_documents_age_and_that_it_is_for_trial(
    browser: Browser,
) -> None:
    pages = [
        browser.open("/").html,
        browser.press("Start a new session").html,
        browser.open("/nowhere").html,
    ]

    assert all("For trial and training only" in page for page in pages)
    assert all("Its review was due in November 2018" in page for page in pages)
    assert all("ring 999" in page for page in pages)
