"""From the first page to a recorded decision, as people go there."""

import re

import pytest

from tests.journeys.conftest import DESK, NARROW, PHONE, People, Person

pytestmark = pytest.mark.journey

ZOOMED = (640, 450)
"""What is left of a desk's screen at 200 % zoom."""


def begin(person: Person) -> Person:
    person.look().press("Start a new session")
    return person.shows("Question 1").look()


def to_the_purpose(person: Person) -> Person:
    begin(person).choose("No, nobody is in danger")
    person.go_on()
    person.shows("Which of these is true?").look().choose("None of these")
    person.go_on()
    person.shows("What makes you think of sharing now?").look()
    return person


def whole_way(people: People, person: Person) -> str:
    """Go back, change, be not sure, resume elsewhere, and decide."""
    to_the_purpose(person).press("Back", exact=True)
    person.shows("Went back").look().choose("It is a low-level or emerging need")
    person.go_on()
    person.shows("What makes you think").choose("I want to share it myself")
    person.go_on()
    person.shows("legitimate purpose").look().press("Change the answer to: Which")
    person.shows("Opened again").choose("None of these")
    person.go_on()
    person.shows("legitimate purpose").choose("Not sure")
    person.go_on()
    person.shows("Get advice before you decide").look()
    assert person.focused() == "Get advice before you decide"
    person.choose("Not yet, I am waiting")
    person.write("Your reasons", "I need to ask.")
    person.go_on()
    person.shows("Your decision is recorded").look()

    other = elsewhere(people, person)
    other.write("Who advised", "Safeguarding lead")
    other.write("What they advised", "Say what it is for.")
    other.choose("Yes, no identity was given")
    other.go_on()
    other.shows("What a person advised").look().choose("Yes, I can say what it is for")
    other.go_on()
    other.shows("Could anyone be recognised").look().choose("Yes, someone can")
    other.go_on()
    other.shows("Is it confidential?").look().choose("No, it is not confidential")
    other.go_on()
    other.shows("How will you share it?").look()
    other.press("Emergency")
    other.shows("Emergency: what to do now").look()
    share(other)
    return decide(other)


def elsewhere(people: People, person: Person) -> Person:
    """Go on in a second browser, with the code that the first one shows."""
    person.press("Continue in another browser")
    person.shows("It works once").look()
    code = person.page.locator("[data-code]").inner_text()
    size = person.page.viewport_size
    assert size is not None
    other = people.person(
        f"{person.name}-elsewhere",
        (size["width"], size["height"]),
        keyboard=person.keyboard,
    )
    other.follow("Continue with a code")
    other.shows("Code from the other browser").look()
    other.write("Code from the other browser", code)
    other.go_on()
    other.shows("Go on with a session of yours").look()
    other.follow("What did the person you asked advise?")
    # The link has the words of the question, so its fields tell the pages apart.
    return other.shows("Who advised").look()


def share(person: Person) -> None:
    person.write("What you share", "The worry about meals.")
    person.write("Which of it is fact", "The meals are fact.")
    person.write("With whom", "Health visitor, the clinic")
    person.write("Why they need it", "They visit on Friday.")
    person.page.locator("#line-accurate-1").check()
    person.choose("By phone, to a published number")
    person.choose("Will be told")
    person.go_on()


def decide(person: Person) -> str:
    person.shows("What have you decided?").look()
    person.go_on()
    person.shows("There is a mistake").look()
    assert person.focused() == "There is a mistake"
    person.choose("Share it")
    person.write("Your reasons", "It helps, and nobody is harmed by it.")
    person.go_on()
    person.shows("Your decision is recorded").look()
    return str(person.page.locator("[data-shown=reference]").last.inner_text())


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_whole_way_can_be_gone_by_mouse(
    people: People, size: tuple[int, int]
) -> None:
    person = people.person(f"mouse-{size[0]}", size)

    reference = whole_way(people, person)

    assert re.fullmatch(r"R-[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", reference)


def test_the_whole_way_can_be_gone_by_keyboard_alone(people: People) -> None:
    person = people.person("keyboard", keyboard=True)

    reference = whole_way(people, person)

    assert reference.startswith("R-")


def test_danger_shows_what_to_do_before_anything_else(people: People) -> None:
    person = begin(people.person("danger", PHONE))

    person.choose("Yes, someone needs to act")
    person.go_on()

    person.shows("Act now").look()
    assert person.focused() == "Act now"
    assert person.page.get_by_role("link", name="999").count() >= 2


@pytest.mark.parametrize(
    ("name", "size"), [("narrow", NARROW), ("zoomed", ZOOMED)], ids=["320px", "200%"]
)
def test_nothing_is_lost_on_a_narrow_or_zoomed_screen(
    people: People, name: str, size: tuple[int, int]
) -> None:
    person = to_the_purpose(people.person(name, size, keyboard=True))

    person.press("Talk to a person")

    person.shows("You need no finished answers for that").look()


def test_every_screen_can_be_read_in_the_dark(people: People) -> None:
    person = people.person("dark", color_scheme="dark")

    to_the_purpose(person).press("Emergency")

    person.shows("Emergency: what to do now").look()


def test_a_worksheet_of_many_lines_is_usable(people: People) -> None:
    person = begin(people.person("worksheet", PHONE))
    person.choose("No, nobody is in danger")
    person.go_on()
    person.shows("Which of these is true?").choose("There is sexual activity")
    person.go_on()
    person.shows("How old is the youngest").look().choose("13 to 15")
    person.go_on()

    person.shows("Is any of these a concern?").look().go_on()

    person.shows("There is a mistake").look()
    assert person.page.locator(".mistakes li").count() >= 14


def test_two_presses_of_escape_blank_the_page_and_lose_nothing(people: People) -> None:
    person = begin(people.person("hiding"))
    person.write("Ask the guidance", "can I tell the school")
    person.choose("Not sure")

    person.escape_twice()

    assert person.page.title() == "Blank page"
    assert person.page.locator("#page").is_hidden()
    assert person.page.inner_text("body").split() == ["Blank", "page", "Show"]
    person.look().press("Show", exact=True)
    person.look().press("Yes, show it")
    assert person.page.title().startswith("Question 1")
    assert person.field("Not sure").is_checked()
    assert person.field("Ask the guidance").input_value() == ("can I tell the school")


@pytest.mark.parametrize(
    ("moments", "hidden"),
    [
        ((1,), False),
        ((1, 100), True),
        ((1, 900), False),
        ((1, 900, 1000), True),
    ],
    ids=["once at once", "twice at once", "too slowly", "slowly, then twice"],
)
def test_only_two_presses_of_escape_close_together_blank_the_page(
    people: People, moments: tuple[int, ...], *, hidden: bool
) -> None:
    person = people.person("escape")

    person.escape_at(*moments)

    assert person.page.locator("#page").is_hidden() == hidden


def test_a_hidden_page_stays_hidden_when_it_is_loaded_again(people: People) -> None:
    person = begin(people.person("hidden"))
    person.follow("Hide this page")
    person.titled("Blank page")

    person.page.reload()

    person.titled("Blank page")
    assert person.page.locator("#page").is_hidden()


def test_asking_keeps_what_was_typed_elsewhere(people: People) -> None:
    person = begin(people.person("asking"))
    person.choose("Not sure")
    person.write("Ask the guidance", "share without consent")

    person.press("Ask", exact=True)

    person.shows("What the document says").look()
    assert person.field("Not sure").is_checked()


def test_what_is_new_is_announced_and_takes_the_focus(people: People) -> None:
    person = begin(people.person("announced"))
    person.choose("No, nobody is in danger")

    person.go_on()

    person.shows("Question 2")
    assert person.page.inner_text("#announce") == (
        "Recorded. The next question is shown."
    )
    assert person.focused() == "Which of these is true? Tick all that apply."


def test_enter_in_a_field_sends_the_answer_and_nothing_else(people: People) -> None:
    person = to_the_purpose(people.person("enter"))
    person.field("I want to share it myself").check()

    person.page.keyboard.press("Enter")

    person.shows("legitimate purpose")
    assert person.page.get_by_text("Emergency instruction shown").count() == 0


def test_it_all_works_with_scripts_switched_off(people: People) -> None:
    person = people.person("plain", java_script_enabled=False)
    person.press("Start a new session")
    person.choose("Not sure")
    person.go_on()

    person.shows("Act now")
    person.press("Emergency")

    person.shows("Emergency: what to do now")
    person.follow("Hide this page")
    person.titled("Blank page")


def test_a_picture_shows_where_somebody_is(people: People) -> None:
    person = to_the_purpose(people.person("picture"))

    person.page.get_by_text("Where you are in the flow").click()

    image = person.page.locator(".drawing img")
    image.scroll_into_view_if_needed()
    image.evaluate("image => image.decode()")
    person.look()


def test_a_server_that_stops_is_said_and_nothing_typed_is_lost(people: People) -> None:
    person = begin(people.person("stopped"))
    person.choose("Not sure")
    person.context.set_offline(offline=True)

    person.press("Continue", exact=True)

    person.shows("That was not saved, and nothing has changed.")
    assert person.field("Not sure").is_checked()
