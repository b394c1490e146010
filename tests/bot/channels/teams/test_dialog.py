"""The whole dialog in a person's own chat: by buttons and by typed words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pytest

from bot.ports import Audit
from tests.support.check_adaptive import complaints
from tests.support.dialog import HOW_TO_SHARE, decides
from tests.support.microsoft import TENANT
from tests.support.teams import BOT, MAYA, Person, Served, served

WHOLE: list[object] = [
    "no",
    ["none"],
    "own-initiative",
    "yes",
    "yes",
    "no",
    dict(HOW_TO_SHARE),
    decides("share"),
]
TYPED = (
    "2",
    "10",
    "1",
    "yeah",
    "yes",
    "2",
    "The worry about meals.",
    "The meals are fact, the reason is opinion.",
    "Health visitor, the clinic",
    "They visit on Friday.",
    "1",
    "1",
    "1",
    "done",
    "1",
    "On the facts.",
    "done",
)


def begun(person: Person) -> Person:
    return person.comes().press("Start a new session")


def test_somebody_who_comes_is_welcomed_and_nothing_is_begun(person: Person) -> None:
    person.comes()

    assert person.answer.status == 200
    assert "I am a program, not a person" in person.text
    with person.served.store.reading() as transaction:
        assert transaction.sessions(MAYA, 5) == ()


def test_the_whole_way_goes_by_buttons_to_a_recorded_decision(person: Person) -> None:
    begun(person)

    for answer in WHOLE:
        person.fill(answer)

    assert "Your decision is recorded" in person.text
    assert "R-0000-0000-01" in person.text
    assert [complaints(card) for card in person.cards] == [[]] * len(person.cards)


def test_the_whole_way_goes_by_typed_words_to_a_recorded_decision(
    person: Person,
) -> None:
    person.type("start")

    for words in TYPED:
        person.type(words)
        if "Your decision is recorded" in person.text:
            break

    assert "Your decision is recorded" in person.text


def test_the_next_card_is_in_the_answer_and_nothing_else_is_sent(
    person: Person,
) -> None:
    begun(person)
    sent = len(person.served.microsoft.messages)

    person.fill("no")

    assert person.question == "Which of these is true? Tick all that apply."
    assert len(person.served.microsoft.messages) == sent


def test_advice_takes_the_cards_place_and_the_question_follows(person: Person) -> None:
    begun(person)

    person.fill("yes")

    advice = person.answer.card
    assert "Act now" in json.dumps(advice)
    assert person.served.microsoft.messages[-1].card == person.card
    assert person.card != advice


def test_back_and_change_ask_again(person: Person) -> None:
    begun(person).fill("no").fill(["none"])

    person.press("Back")
    assert person.question.startswith("Which of these is true?")

    person.press("More").press("Change that answer", change="danger")
    assert person.question.startswith("Does a child")


def test_looking_something_up_leaves_the_question(person: Person) -> None:
    begun(person).press("More")

    person.press("Look it up", ask="without consent")

    assert "What the document says" in person.text
    assert person.question.startswith("Does a child")


def test_a_session_goes_on_after_a_restart(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        person = begun(first.person()).fill("no")
        card = person.card

    with served(tmp_path) as second:
        again = second.person()
        again.type("resume")
        asked = again.question
        again.press("Continue", card, answers="none")

    assert asked == "Which of these is true? Tick all that apply."
    assert again.question == "What makes you think of sharing now?"


def test_typed_words_go_to_the_session_whose_card_was_pressed_last(
    person: Person,
) -> None:
    begun(person).fill("no").fill(["none"])
    older = person.card
    person.type("start")
    person.press("Back", older)

    person.type("10")

    assert person.question == "What makes you think of sharing now?"


def test_what_was_refused_leaves_the_card_with_what_was_written(person: Person) -> None:
    begun(person)
    before = person.card

    person.press("Continue", answer="")

    assert person.answer.words == person.said[-1]
    assert person.said[-1].startswith("Error: ")
    assert person.card == before


def test_words_of_danger_in_a_refused_form_are_answered_all_the_same(
    person: Person,
) -> None:
    begun(person)

    person.press("Continue", answer="he is outside with a knife")

    assert "Error: " in person.answer.words
    assert "Emergency: what to do now" in person.text


@pytest.mark.parametrize(
    "words", ["999", "emergency", "he is outside with a knife", "person"]
)
def test_help_comes_before_any_session(person: Person, words: str) -> None:
    person.type(words)

    heading = "Talk to a person" if words == "person" else "Emergency: what to do now"
    assert heading in person.text
    assert person.question.startswith("Who must not be alerted")

    person.fill(["lead"])

    assert "Designated officer" in person.text
    assert person.question.startswith("Does a child")


def test_words_without_a_session_are_answered_with_the_welcome(person: Person) -> None:
    person.type("hello")

    assert "What is recorded" in person.text


def test_a_picture_or_an_empty_message_is_no_answer(person: Person) -> None:
    begun(person)

    person.send(text="", attachments=[{"contentType": "image/png"}])

    assert "I can only read words and buttons" in person.text
    with person.served.store.reading() as transaction:
        [row] = transaction.sessions(MAYA, 5)
        assert row.facts == 1


def test_start_is_an_answer_where_words_are_asked_for(person: Person) -> None:
    begun(person)
    for answer in WHOLE[:6]:
        person.fill(answer)

    person.type("start")

    with person.served.store.reading() as transaction:
        assert len(transaction.sessions(MAYA, 5)) == 1


def test_a_button_that_was_passed_changes_nothing_and_shows_where_it_stands(
    person: Person,
) -> None:
    begun(person)
    old = person.card
    person.fill("no").fill(["none"])

    person.press("Continue", old, answer="yes")

    assert "That step is finished" in person.text
    assert person.question == "What makes you think of sharing now?"


def test_the_same_button_delivered_twice_counts_once(person: Person) -> None:
    begun(person)
    sent = person.served.activity(
        type="invoke",
        name="adaptiveCard/action",
        value={
            "action": {
                "type": "Action.Execute",
                "verb": "person",
                "data": {"do": "person", "s": "s-0000000000001"},
            }
        },
    )

    first, second = person.served.post(sent), person.served.post(sent)

    assert (first.status, second.status) == (200, 200)
    with person.served.store.reading() as transaction:
        assert len(transaction.facts("s-0000000000001")) == 2


def test_the_same_start_delivered_twice_begins_one_session(person: Person) -> None:
    sent = person.served.activity(text="start")

    person.served.post(sent)
    person.served.post(sent)

    with person.served.store.reading() as transaction:
        assert len(transaction.sessions(MAYA, 5)) == 1


def test_another_persons_session_is_as_if_it_were_not_there(teams: Served) -> None:
    card = begun(teams.person("maya")).card
    other = teams.person("noah")

    other.press("Continue", card, answer="no")

    assert "There is no such session of yours" in other.text
    with teams.store.reading() as transaction:
        [logged] = transaction.logged(kind=Audit.ACTION_REFUSED)
    said = logged.body or {}
    assert (said["action"], said["user"]) == ("answer", f"{TENANT}:object-noah")


def test_a_button_of_an_old_client_puts_the_next_card_in_its_place(
    person: Person,
) -> None:
    begun(person)
    data = {**person.button("Continue")["fallback"]["data"], "answer": "no"}

    person.send(text="", value=data, replyToId="m-1")

    asked = person.served.microsoft.messages[-1]
    assert (asked.method, asked.path.rpartition("/")[2]) == ("PUT", "m-1")
    assert person.question.startswith("Which of these is true?")


def test_a_card_that_cannot_be_put_in_place_is_sent_as_a_new_one(
    person: Person,
) -> None:
    begun(person)
    data = {**person.button("Continue")["fallback"]["data"], "answer": "no"}
    person.served.microsoft.fail("PUT", "m-1", 404, "ActivityNotFoundInConversation")

    person.send(text="", value=data, replyToId="m-1")

    asked = person.served.microsoft.messages[-1]
    assert (person.answer.status, asked.method) == (200, "POST")
    assert person.question.startswith("Which of these is true?")


def test_nothing_that_was_written_is_sent_to_anybody(person: Person) -> None:
    begun(person)
    for answer in WHOLE[:6]:
        person.fill(answer)
    person.fill({**HOW_TO_SHARE, "what": "Marked *secret* words"})
    person.press("Back")

    assert "secret" not in json.dumps(
        [one.body for one in person.served.microsoft.asked]
    )
    assert "secret" not in json.dumps(person.cards)


class TestWhereOthersRead:
    GROUP: ClassVar = {
        "id": "19:team@thread.tacv2",
        "conversationType": "channel",
        "isGroup": True,
    }

    def test_only_that_it_has_written_privately_is_said(self, person: Person) -> None:
        person.comes()

        person.send(text="my neighbour's child is hurt", conversation=self.GROUP)

        *_, private, public = person.served.microsoft.messages
        assert private.path.endswith("/a%3Amaya/activities") or "a:maya" in private.path
        assert private.card is not None
        assert "19:team" in public.path.replace("%3A", ":").replace("%40", "@")
        assert public.card is None
        assert public.text.startswith("I've messaged you privately.")
        assert "neighbour" not in public.text

    def test_somebody_new_is_written_to_in_a_chat_of_their_own(
        self, person: Person
    ) -> None:
        person.send(text="hello", conversation=self.GROUP)

        opened, private, public = person.served.microsoft.messages
        assert opened.path.endswith("/v3/conversations")
        assert opened.body["members"] == [{"id": "29:maya"}]
        assert private.card is not None
        assert public.text.startswith("I've messaged you privately.")

    def test_somebody_who_cannot_be_written_to_is_told_how(
        self, person: Person
    ) -> None:
        person.served.microsoft.fail("POST", "/v3/conversations", 403, "Forbidden")

        person.send(text="hello", conversation=self.GROUP)

        assert person.answer.status == 200
        assert person.said[-1].startswith("I can't message you privately yet.")

    def test_a_button_there_does_nothing(self, person: Person) -> None:
        card = begun(person).card
        action = person.button("Continue", card)
        value = {"action": {"type": "Action.Execute", "data": action["data"]}}

        person.send(
            type="invoke",
            name="adaptiveCard/action",
            value=value,
            conversation=self.GROUP,
        )

        assert person.answer.words.startswith("I can't message you privately yet.")

    def test_joining_a_group_is_not_announced(self, person: Person) -> None:
        person.send(
            type="conversationUpdate",
            membersAdded=[{"id": BOT}],
            conversation=self.GROUP,
        )

        assert person.served.microsoft.messages == []


def test_whoever_removes_the_bot_is_forgotten(person: Person) -> None:
    person.comes()

    person.send(type="installationUpdate", action="remove")

    with person.served.store.reading() as transaction:
        assert transaction.conversation("teams", MAYA) is None


NAMED = "Her name is Amelia Thornbury, born 3/4/2015."
PAUSED = {"decision": "not-yet", "reasons": NAMED}


def to_the_decision(person: Person) -> Person:
    begun(person)
    for answer in ("no", ["none"], "own-initiative", "not-sure"):
        person.fill(answer)
    return person


def reasons_kept(teams: Served) -> list[str]:
    with teams.store.reading() as transaction:
        return [str(row.body) for row in transaction.decisions()]


def test_a_name_in_the_reasons_is_asked_about_before_it_is_kept_or_shown(
    teams: Served, person: Person
) -> None:
    to_the_decision(person).fill(PAUSED)

    assert "Does this say who somebody is?" in person.text
    assert "a name (A) and a date of birth" in person.text
    assert reasons_kept(teams) == []
    assert "Amelia" not in repr(person.cards)
    with teams.store.reading() as transaction:
        [session] = transaction.sessions(MAYA, 5)
        assert "Amelia" not in repr(transaction.facts(session.id))

    person.fill({**PAUSED, "reasons": "I must ask somebody first."})

    (kept,) = reasons_kept(teams)
    assert "Amelia" not in kept


def test_a_name_that_has_to_be_there_is_kept_by_its_button(
    teams: Served, person: Person
) -> None:
    to_the_decision(person).fill(PAUSED)

    person.press("Keep it as it is")

    (kept,) = reasons_kept(teams)
    assert NAMED in kept


def test_a_typed_name_is_asked_about_and_kept_by_typing_keep(
    teams: Served, person: Person
) -> None:
    to_the_decision(person)
    for words in ("4", NAMED):
        person.type(words)
    assert "this looks like a name" in person.text

    person.type("Keep")

    with teams.store.reading() as transaction:
        [session] = transaction.sessions(MAYA, 5)
        assert NAMED in repr(transaction.facts(session.id))


def test_what_is_not_there_any_more_has_to_be_written_again(
    teams: Served, person: Person
) -> None:
    """The process that was asked has ended, or something else was done meanwhile."""
    to_the_decision(person).fill(PAUSED)
    asking = person.card
    person.press("More", asking).press("Back to the question")

    person.press("Keep it as it is", asking)

    assert "not here any more" in person.text
    assert reasons_kept(teams) == []
