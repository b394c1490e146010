"""The dialog by plain forms, from the first page to a decision in the record."""

from datetime import timedelta

import pytest

from tests.support.dialog import ADVISED, HOW_TO_SHARE
from tests.support.web import Browser, Served, shown

REASON = "Said so to the teacher."


def started(browser: Browser) -> Browser:
    return browser.open("/").press("Start a new session")


def answering(browser: Browser, *answers: object) -> Browser:
    for answer in answers:
        browser.answer(answer)
    return browser


def to_a_prompted_question(browser: Browser) -> Browser:
    return answering(started(browser), "no", ["none"], "own-initiative")


def paused(browser: Browser) -> Browser:
    """Come to a decision of *not yet*, for want of advice."""
    to_a_prompted_question(browser).answer("not-sure")
    return browser.answer({"decision": "not-yet", "reasons": REASON})


def test_a_whole_dialog_needs_no_script(page: Served, browser: Browser) -> None:
    answering(started(browser), "no", ["none"], "own-initiative", "yes", "yes", "no")

    browser.answer(HOW_TO_SHARE).answer({"decision": "share", "reasons": REASON})

    with page.store.reading() as record:
        (row,) = record.decisions()
    assert shown(browser.page, "reference") == [row.reference]
    assert row.decision == "share"
    assert row.outcome == "share-not-confidential"


def test_the_first_page_begins_at_the_first_question(browser: Browser) -> None:
    started(browser)

    assert browser.status == 200
    assert browser.question == "danger"
    assert browser.facts == ["Session started"]


def test_what_is_recorded_fills_as_answers_are_given(browser: Browser) -> None:
    answering(started(browser), "no", ["evidence"])

    assert [fact.partition(":")[0] for fact in browser.facts] == [
        "Session started",
        "Does a child, or anyone, need someone to act in the next hours to be safe?",
        "Which of these is true? Tick all that apply.",
        "Indicated",
    ]


def test_an_invented_example_is_told_and_stays_beside_the_questions(
    browser: Browser,
) -> None:
    browser.open("/").press("Start with this example: An injury").answer("not-sure")

    assert "Nobody in it exists" in browser.text
    assert browser.question == "conflict"


def test_advice_is_shown_before_the_next_question(browser: Browser) -> None:
    answering(started(browser), "yes")

    assert shown(browser.page, "title") == ["Act now"]
    assert browser.question == "conflict"


def test_it_is_said_who_will_be_told_of_an_alert_and_by_when(browser: Browser) -> None:
    answering(started(browser), "yes")

    assert "A lead will be told in two minutes" in browser.text


def test_emergency_is_one_press_away_at_any_step(browser: Browser) -> None:
    to_a_prompted_question(browser).press("Emergency")

    assert "Emergency: what to do now" in browser.text
    assert browser.question == "purpose"
    assert browser.facts[-1] == "Emergency instruction shown"


def test_asking_for_the_emergency_loses_nothing_typed(browser: Browser) -> None:
    answering(started(browser), "no", ["none"], "own-initiative", "no")

    browser.press("Emergency", **{"line__if-not-shared": "Half a sentence"})

    assert "Half a sentence" in browser.page.first("textarea").raw
    assert "Emergency: what to do now" in browser.text


def test_a_person_to_ring_is_one_press_away(browser: Browser) -> None:
    started(browser).press("Talk to a person")

    assert "Safeguarding lead" in browser.text
    assert browser.facts[-1] == "Asked to talk to a person"


def test_a_person_asked_for_early_is_kept_from_whoever_is_named(
    browser: Browser,
) -> None:
    started(browser).press("Talk to a person")
    assert "A lead will be told in two minutes" in browser.text
    assert browser.question == "conflict"

    browser.answer(["lead"])

    assert browser.question == "danger"
    assert "Designated officer" in browser.text
    assert "Who must not be alerted" in browser.text


def test_who_must_not_be_told_is_passed_over_by_going_back(browser: Browser) -> None:
    started(browser).press("Talk to a person").press("Back")

    assert browser.question == "danger"


def test_back_takes_the_last_answer_back(browser: Browser) -> None:
    answering(started(browser), "no", ["none"]).press("Back")

    assert browser.question == "safety-check"
    assert browser.facts[-1] == "Went back"


def test_an_earlier_answer_can_be_changed(browser: Browser) -> None:
    to_a_prompted_question(browser)

    browser.press("Change the answer to: Which of these").answer(["evidence"])

    assert shown(browser.page, "title") == ["Refer now"]


def test_not_sure_leads_to_a_person_and_the_dialog_goes_on_with_advice(
    browser: Browser,
) -> None:
    paused(browser)
    at_pause = browser.question

    browser.answer(ADVISED)

    assert at_pause == "advice-received"
    assert browser.question == "purpose"
    assert "What a person advised" in browser.text


def test_a_decision_of_not_yet_says_so_and_asks_what_is_waited_for(
    browser: Browser,
) -> None:
    paused(browser)

    assert "Not yet, I am waiting for something" in browser.text
    assert len(shown(browser.page, "reference")) == 1


def test_a_recorded_decision_cannot_be_changed(browser: Browser) -> None:
    answering(started(browser), "no", ["none"], "own-initiative", "no", "Nothing.")
    browser.answer({"decision": "do-not-share", "reasons": REASON})

    changes = [one.text for one in browser.page.every("button") if "Change" in one.text]

    assert changes == []


def test_a_session_can_be_ended_without_a_decision(browser: Browser) -> None:
    started(browser).press("End this session")

    assert "No decision is recorded" in browser.text
    assert browser.facts[-1] == "Cancelled, with no decision"


def test_what_is_missing_is_named_and_what_was_filled_in_is_kept(
    browser: Browser,
) -> None:
    answering(started(browser), "no", ["none"], "own-initiative", "no", "Nothing.")

    browser.answer({"reasons": REASON})

    assert browser.status == 422
    assert browser.page.first("div", role="alert").first("a").text == (
        "Fill in: Your decision"
    )
    assert [area.raw.strip() for area in browser.page.every("textarea")].count(
        REASON
    ) == 1


@pytest.mark.parametrize(
    ("answers", "given", "says"),
    [
        ((), "", "Choose one of the answers."),
        (("no",), [], "Tick at least one box."),
        (("no",), ["none", "evidence"], "None of these was ticked together"),
    ],
)
def test_a_choice_that_was_not_made_is_asked_for_in_plain_words(
    browser: Browser, answers: tuple[str, ...], given: object, says: str
) -> None:
    answering(started(browser), *answers)
    before = len(browser.facts)

    browser.answer(given)

    assert browser.page.first("div", role="alert").first("li").text.startswith(says)
    assert browser.page.first("title").text.startswith("Error: ")
    assert len(browser.facts) == before


def test_the_same_form_sent_twice_gives_one_answer(browser: Browser) -> None:
    started(browser)
    twice = {"do": "answer", "seen": "1", "select": "one", "answer": "no"}
    path = f"/sessions/{browser.session}"

    browser.send(path, twice).send(path, twice)

    assert browser.status == 409
    assert "This is where things stand" in browser.text
    assert browser.question == "safety-check"
    assert len(browser.facts) == 2


def test_a_page_that_has_grown_old_changes_nothing(
    page: Served, browser: Browser
) -> None:
    answering(started(browser), "no")
    old, session = dict.fromkeys(("seen",), "1"), browser.session

    browser.send(f"/sessions/{session}", {"do": "back", **old})

    assert browser.question == "safety-check"
    with page.store.reading() as record:
        assert len(record.facts(session)) == 2


def test_a_session_is_found_again_on_the_first_page(browser: Browser) -> None:
    answering(started(browser), "no")
    session = browser.session

    browser.open("/")

    links = [one.get("href") for one in browser.page.every("a")]
    assert f"/sessions/{session}#now" in links


def test_a_code_lets_another_browser_go_on(page: Served, browser: Browser) -> None:
    answering(started(browser), "no").press("Continue in another browser")
    code = browser.page.first("strong", **{"data-code": ""}).text
    other = page.browser()

    other.open("/continue").press("Continue", code=code)
    other.open(f"/sessions/{browser.session}")

    assert other.status == 200
    assert other.question == "safety-check"


def test_a_code_works_once(page: Served, browser: Browser) -> None:
    started(browser).press("Continue in another browser")
    code = browser.page.first("strong", **{"data-code": ""}).text
    page.browser().open("/continue").press("Continue", code=code)

    late = page.browser().open("/continue").press("Continue", code=code)

    assert late.status == 422
    assert "That code does not work" in late.text


def test_a_code_ages(page: Served, browser: Browser) -> None:
    started(browser).press("Continue in another browser")
    code = browser.page.first("strong", **{"data-code": ""}).text
    page.clock.move(timedelta(minutes=16))

    late = page.browser().open("/continue").press("Continue", code=code)

    assert late.status == 422


def test_asking_finds_the_documents_own_words(browser: Browser) -> None:
    started(browser).press("Ask", ask="share without consent")

    assert "What the document says" in browser.text
    assert browser.question == "danger"


def test_nothing_found_names_whom_to_ask(browser: Browser) -> None:
    started(browser).press("Ask", ask="parking permits for the swimming pool")

    assert "Nothing found" in browser.text
    assert "Information governance" in browser.text


def test_words_of_danger_show_the_emergency_whatever_else_they_answer(
    browser: Browser,
) -> None:
    answering(started(browser), "no", ["none"], "own-initiative", "no")

    browser.answer("He is outside with a knife")

    assert "Emergency: what to do now" in browser.text
    assert browser.question == "decision"


def test_where_somebody_is_in_the_flow_is_told_in_words(browser: Browser) -> None:
    to_a_prompted_question(browser)

    way = browser.page.first("ol", **{"class": "way"})
    here = [one.text for one in way.every("li", aria_current="step")]

    assert here == [
        "Question, you are here Is there a clear and legitimate purpose for sharing it?"
    ]
    assert len(list(way.every("li"))) == 4
