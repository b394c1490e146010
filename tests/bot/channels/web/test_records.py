"""On the page a practitioner reads and corrects their record, and a lead searches."""

import pytest

from bot.ports import Audit
from tests.bot.channels.web.test_leads import a_lead
from tests.support.web import Browser, Served

NAMED = "It was Amelia Thornbury, born 3/4/2015."
TO_THE_DECISION = ("no", ["none"], "own-initiative", "not-sure")
REASON = "I must ask somebody first."


def a_decision(page: Served) -> tuple[Browser, str]:
    browser = page.browser().open("/").press("Start a new session")
    for answer in (*TO_THE_DECISION, {"decision": "not-yet", "reasons": REASON}):
        browser.answer(answer)
    with page.store.reading() as transaction:
        (row,) = transaction.decisions()
    return browser, row.reference


def logged(page: Served, kind: Audit) -> list[dict[str, object]]:
    with page.store.reading() as transaction:
        return [dict(one.body or {}) for one in transaction.logged(kind=kind)]


def test_a_practitioner_reads_their_record_from_where_it_was_recorded(
    page: Served,
) -> None:
    browser, reference = a_decision(page)
    link = next(
        one.get("href")
        for one in browser.page.every("a")
        if one.get("href").startswith("/records/")
    )

    browser.open(link)

    assert f"Record of decision {reference}" in browser.text
    assert REASON in browser.text
    assert "Nobody else has read this record here." in browser.text


def test_a_practitioner_finds_their_decisions_on_the_first_page(page: Served) -> None:
    browser, reference = a_decision(page)

    assert reference in browser.open("/").text
    assert reference not in page.browser().open("/").text


def test_a_correction_stands_beside_the_answer_it_is_about(page: Served) -> None:
    browser, reference = a_decision(page)

    browser.open(f"/records/{reference}").press(
        "Add the correction", about="decision", right="A teacher asked for it."
    )

    assert browser.status == 200
    assert browser.text.count("A teacher asked for it.") == 2
    first, _, _ = browser.text.partition("A teacher asked for it.")
    assert REASON in first
    assert "What was recorded first stands too." in browser.text


def test_a_name_in_a_correction_is_asked_about_and_not_lost(page: Served) -> None:
    browser, reference = a_decision(page)

    browser.open(f"/records/{reference}").press("Add the correction", right=NAMED)

    assert browser.status == 422
    assert "This looks like a name and a date of birth." in browser.text
    assert browser.page.first("textarea", id="words").raw.strip() == NAMED
    assert logged(page, Audit.RECORD_CORRECTED) == []
    browser.press("Keep it as it is")
    assert [one["words"] for one in logged(page, Audit.RECORD_CORRECTED)] == [NAMED]


def test_nothing_written_is_no_correction(page: Served) -> None:
    browser, reference = a_decision(page)

    browser.open(f"/records/{reference}").press("Add the correction", right=" ")

    assert (browser.status, "Write what is right." in browser.text) == (422, True)


def test_another_browser_finds_no_record_and_none_that_is_not_there(
    page: Served,
) -> None:
    _, reference = a_decision(page)
    other = page.browser()

    theirs = other.open(f"/records/{reference}").html
    nobodys = other.open("/records/R-9999-9999-99").html

    assert (other.status, theirs) == (404, nobodys)


def test_a_lead_searches_and_opens_and_the_practitioner_sees_it(page: Served) -> None:
    browser, reference = a_decision(page)
    lead = a_lead(page).open("/leads/records").press("Search", team="early-help")
    assert reference in lead.text

    lead.press("Open the record")

    assert "a practitioner who has not chosen to be known" in lead.text
    assert "Morgan Ellery read this record" in lead.text
    assert "Correct it" not in lead.text
    browser.open(f"/records/{reference}")
    assert "Morgan Ellery" in browser.text
    assert [one["who"] for one in logged(page, Audit.RECORD_READ)] == ["morgan-ellery"]


@pytest.mark.parametrize("person", ["farida-penhaligon", "bettany-frost", "jo-harker"])
def test_who_leads_another_team_or_none_finds_and_opens_nothing(
    page: Served, person: str
) -> None:
    _, reference = a_decision(page)
    other = a_lead(page, person).open("/leads/records").press("Search")
    assert reference not in other.text

    other.send(f"/leads/records/{reference}", {})

    assert other.status == 404
    assert logged(page, Audit.RECORD_READ) == []


def test_a_day_that_is_none_is_told_and_words_are_no_code(page: Served) -> None:
    a_decision(page)
    lead = a_lead(page).open("/leads/records")

    assert "Write each day as year" in lead.press("Search", since="soon").text
    assert lead.press("Search", since="", passage="Amelia T").status == 422
    assert logged(page, Audit.RECORDS_SEARCHED) == []


def test_whoever_is_nobody_is_asked_who_they_are_first(page: Served) -> None:
    browser = page.browser().open("/leads/records")

    assert "Choose who you are first" in browser.text
    assert browser.send("/leads/records", {"team": ""}).address == "/leads"
    assert browser.send("/leads/records/R-1", {}).address == "/leads"


def test_a_form_with_other_fields_is_none_of_ours(page: Served) -> None:
    browser, reference = a_decision(page)

    assert browser.send(f"/records/{reference}", {"user": "x"}).status == 400
