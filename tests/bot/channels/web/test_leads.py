"""A newcomer is a practitioner in one browser and each lead in another."""

import pytest

from bot.channels.web.pages import Pages
from bot.climb import Happened
from bot.store import SqlStore
from tests.support.fakes import START
from tests.support.packs import shipped_pack
from tests.support.people import ringing
from tests.support.web import Browser, Served, shipped_directory, shown

HARM = ("no", ["evidence"])


def a_session(page: Served, *answers: object) -> Browser:
    browser = page.browser().open("/").press("Start a new session")
    for answer in answers or HARM:
        browser.answer(answer)
    return browser


def a_lead(page: Served, person: str = "morgan-ellery") -> Browser:
    browser = page.browser().open("/leads")
    return browser.press("Be this person", person=person)


def moved(lead: Browser, words: str) -> Browser:
    return lead.open("/leads").press(words)


def the_alert(lead: Browser) -> Browser:
    link = next(
        one.get("href")
        for one in lead.page.every("a")
        if one.get("href").startswith("/leads/A-")
    )
    return lead.open(link.removesuffix("#now"))


def test_nobody_has_to_sign_in_but_only_invented_people_can_be_chosen(
    page: Served,
) -> None:
    browser = page.browser().open("/leads")

    assert "Morgan Ellery: safeguarding lead, Early help" in browser.text
    assert browser.send("/leads", {"person": "somebody-real"}).status == 400


def test_an_alert_stands_in_the_leads_queue_and_in_nobody_elses(page: Served) -> None:
    a_session(page)
    lead = moved(a_lead(page), "1 minute on")

    other = a_lead(page, "farida-penhaligon")

    assert "Urgent: safeguarding alert A-" in lead.text
    assert "An alert: A-" in lead.text
    assert "Nothing waits for Farida Penhaligon" in other.text


def test_a_newcomer_can_watch_an_unanswered_alert_climb(page: Served) -> None:
    session = a_session(page)
    lead = moved(a_lead(page), "1 minute on")
    assert "An alert: A-" in lead.text

    moved(lead, "15 minutes on")

    deputy = a_lead(page, "tamsin-okoro")
    assert "OVERDUE" in deputy.text
    assert "An alert: A-" in deputy.text
    session.open(f"/sessions/{session.session}")
    assert "Nobody has answered" in session.text
    assert "Children's social care, referrals" in session.text


def test_who_has_seen_it_comes_back_to_the_practitioner(page: Served) -> None:
    session = a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))

    lead.press("Acknowledge")

    assert "Acknowledged by Morgan Ellery" in lead.text
    session.open(f"/sessions/{session.session}")
    assert "Seen by Morgan Ellery, the safeguarding lead at 09:01" in session.text


def test_advice_is_read_and_goes_into_the_record(page: Served) -> None:
    session = a_session(page, "no", ["not-sure"])
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    lead.press("Send the advice", advice="Ring the nursery first.", passage="GR1")

    session.open(f"/sessions/{session.session}")
    assert "Ring the nursery first." in session.text
    session.press("I have read it")

    assert session.question == "safety-check"
    assert "What a person advised" in session.text
    lead.open(lead.address)
    assert "The practitioner has read the advice" in lead.text


def test_advice_without_words_is_not_taken_and_nothing_typed_is_lost(
    page: Served,
) -> None:
    a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))

    lead.press("Send the advice", advice="", passage="GR1")

    assert lead.status == 422
    assert "Write your advice." in lead.text
    assert lead.page.first("input", id="passage").get("value") == "GR1"


NAMED = "It was Amelia Thornbury, born 3/4/2015."
ASKED = "This looks like a name and a date of birth."


def ledger(page: Served) -> str:
    with page.store.reading() as transaction:
        return repr(transaction.logged())


@pytest.mark.parametrize(
    ("button", "filled"),
    [
        ("Send the advice", {"advice": NAMED}),
        ("Ask them to take it over", {"to": "tamsin-okoro", "note": NAMED}),
        ("Close the alert", {"outcome": "spoken-to", "closing": NAMED}),
    ],
)
def test_a_name_that_a_lead_writes_is_asked_about_before_it_is_kept(
    page: Served, button: str, filled: dict[str, str]
) -> None:
    a_session(page, "no", ["not-sure"])
    lead = the_alert(moved(a_lead(page), "1 minute on"))

    lead.press(button, **filled)

    assert lead.status == 422
    assert ASKED in lead.text
    [link] = [one for one in lead.page.every("a") if "you wrote" in one.text]
    box = lead.page.first("textarea", id=link.get("href").removeprefix("#"))
    assert box.raw.strip() == NAMED
    assert "Amelia" not in ledger(page)

    lead.press("Keep it as it is", **filled)

    assert lead.status == 200
    assert "Amelia" in ledger(page)


def test_a_name_in_a_disagreement_is_asked_about_before_it_is_kept(
    page: Served,
) -> None:
    session = a_session(page, "no", ["not-sure"])
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    lead.press("Send the advice", advice="Ring the nursery first.")
    session.open(f"/sessions/{session.session}")

    session.press("Ask them to look again", words=NAMED)

    assert session.status == 422
    assert ASKED in session.text
    assert "Amelia" not in ledger(page)

    session.press("Ask them to look again", words="It cannot wait.")

    assert session.status == 200
    assert "It cannot wait." in ledger(page)


def test_a_disagreement_that_names_somebody_is_kept_if_it_has_to_be(
    page: Served,
) -> None:
    session = a_session(page, "no", ["not-sure"])
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    lead.press("Send the advice", advice="Ring the nursery first.")
    session.open(f"/sessions/{session.session}")
    session.press("Ask them to look again", words=NAMED)

    session.press("Keep it as it is")

    assert session.status == 200
    assert "Amelia" in ledger(page)


def test_the_record_is_opened_by_a_step_of_its_own_and_names_nobody(
    page: Served,
) -> None:
    session = a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    assert "The record behind it" not in lead.text

    lead.press("Open the record")

    assert "a practitioner who has not chosen to be known" in lead.text
    with page.store.reading() as transaction:
        alert = transaction.alert_of(session.session)
        assert alert is not None
        kinds = [one.kind for one in transaction.alert_events(alert.id)]
    assert Happened.RECORD_OPENED in kinds


def test_a_practitioner_can_choose_to_be_known(page: Served) -> None:
    session = a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    session.open(f"/sessions/{session.session}").press("Let them see who I am")

    lead.press("Open the record")

    assert "not chosen to be known" not in lead.text


def test_not_me_takes_the_alert_out_of_sight(page: Served) -> None:
    a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))

    lead.press("Not me: a conflict")

    assert "Nothing waits for Morgan Ellery" in lead.text


def test_a_held_alert_says_so_and_names_no_year_out_of_reach(page: Served) -> None:
    a_session(page)
    lead = moved(a_lead(page), "1 minute on")
    assert isinstance(page.store, SqlStore)
    with page.store.begin() as transaction:
        transaction.hold()

    the_alert(lead)

    assert "held since a backup was put back" in lead.text
    assert "9026" not in lead.text


def test_handing_over_asks_the_other_first(page: Served) -> None:
    a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    lead.press("Ask them to take it over", to="tamsin-okoro", note="Off at noon.")

    deputy = a_lead(page, "tamsin-okoro")
    the_alert(deputy).press("Take it over")

    assert "Claimed by Tamsin Okoro" in deputy.text


def test_closing_asks_how_it_ended(page: Served) -> None:
    session = a_session(page)
    lead = the_alert(moved(a_lead(page), "1 minute on"))
    lead.press("Close the alert")
    assert lead.status == 422

    lead.press("Close the alert", outcome="spoken-to")

    assert "Closed: Spoke with the practitioner" in lead.text
    session.open(f"/sessions/{session.session}")
    assert "A lead has dealt with it" in session.text


def test_who_is_named_in_conflict_finds_nothing_here(page: Served) -> None:
    """Flow, rule 11."""
    a_session(page, "no", ["professional-or-lead"], ["lead"])

    lead = moved(a_lead(page), "1 minute on")

    assert "Nothing waits for Morgan Ellery" in lead.text
    assert "An alert: A-" not in lead.text


@pytest.mark.parametrize("minutes", ["-1", "0", "100000", "x", ""])
def test_the_clock_goes_forward_by_the_offered_steps_alone(
    page: Served, minutes: str
) -> None:
    browser = page.browser().open("/leads")

    assert browser.send("/clock", {"minutes": minutes}).status == 400


def test_a_form_from_another_page_moves_no_clock(page: Served) -> None:
    browser = page.browser().open("/leads")

    sent = browser.send("/clock", {"minutes": "15"}, Origin="http://evil.example")

    assert sent.status == 403


def test_an_alert_that_is_not_there_looks_like_one_that_is_not_yours(
    page: Served,
) -> None:
    a_session(page)
    lead = moved(a_lead(page), "1 minute on")
    alert = the_alert(lead).address
    other = a_lead(page, "farida-penhaligon")

    theirs = other.open(alert).html
    nobodys = other.open("/leads/A-9999-9999-99").html

    assert theirs == nobodys


def test_the_numbers_to_ring_stand_with_the_alert(page: Served) -> None:
    session = a_session(page)

    session.open(f"/sessions/{session.session}")

    assert "01632 960107" in shown(session.page, "number")


def test_a_directory_with_a_fault_is_loud_on_every_page() -> None:
    loud = Pages(
        shipped_directory(), shipped_pack, START.date, leads=True, alarm=ringing()
    )

    for drawn in (loud.front(()), loud.away(), loud.trouble("Oh", "No.")):
        said = "A lead may not be told of an alert." in drawn
        assert said == ("Blank page" not in drawn.partition("</title>")[0])
    assert "01632 960101 (fictional)" in loud.front(())
