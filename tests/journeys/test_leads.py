"""An alert, from the practitioner's answer to the lead's advice and back."""

import pytest

from tests.journeys.conftest import DESK, PHONE, People, Person

pytestmark = pytest.mark.journey


def a_practitioner(people: People, size: tuple[int, int]) -> Person:
    person = people.person("asks", size)
    person.press("Start a new session")
    person.shows("Question 1").choose("No, nobody is in danger")
    person.go_on()
    person.shows("Which of these is true?").choose("Not sure")
    person.go_on()
    return person.shows("Alert A-").look()


def a_lead(people: People, size: tuple[int, int], name: str, who: str) -> Person:
    lead = people.person(name, size)
    lead.follow("Alerts")
    lead.shows("Who are you?")
    lead.page.get_by_label("Who are you?").select_option(who)
    lead.press("Be this person")
    return lead.shows("What arrived for").look()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_alert_comes_to_a_lead_and_their_advice_comes_back(
    people: People, size: tuple[int, int]
) -> None:
    asks = a_practitioner(people, size)
    lead = a_lead(people, size, "lead", "morgan-ellery")

    lead.follow("For today: safeguarding alert")
    lead.shows("Nobody has acknowledged it").look()
    lead.press("Acknowledge", exact=True)
    lead.shows("Acknowledged by Morgan Ellery").look()
    lead.write("Your advice, in your own words", "Talk to the nursery first.")
    lead.write("A passage to quote", "GR1")
    lead.press("Send the advice")
    lead.shows("Advised by Morgan Ellery").look()

    asks.page.reload()
    asks.shows("A lead has advised you").look()
    asks.press("I have read it")
    asks.shows("What a person advised").look()

    for person in (asks, lead):
        assert person.violations == []
        assert person.troubles == []


def test_an_alert_that_nobody_answers_climbs_while_a_newcomer_watches(
    people: People,
) -> None:
    asks = a_practitioner(people, DESK)
    lead = a_lead(people, DESK, "lead", "morgan-ellery")

    lead.press("1 hour on")
    lead.press("1 hour on")
    lead.shows("OVERDUE").look()

    deputy = a_lead(people, DESK, "deputy", "tamsin-okoro")
    deputy.shows("An alert: A-").look()
    asks.page.reload()
    asks.shows("Nobody has answered").look()
    for person in (asks, lead, deputy):
        assert person.violations == []
        assert person.troubles == []


def test_a_lead_works_with_the_keyboard_alone(people: People) -> None:
    a_practitioner(people, DESK)
    lead = a_lead(people, DESK, "lead", "morgan-ellery")
    lead.keyboard = True

    lead.follow("For today: safeguarding alert")
    lead.press("Acknowledge", exact=True)

    lead.shows("Acknowledged by Morgan Ellery")
    assert lead.troubles == []
