"""The way so far, told from facts alone."""

from __future__ import annotations

import pytest

from dialogs.engine import Ask, Back, Cancel, Change, Emergency, Person
from dialogs.reply import Advice
from dialogs.story import Story, Told, story_of
from tests.support.cases import CASES
from tests.support.dialog import ADVISED, Dialog, a_session


def story(dialog: Dialog) -> Story:
    return story_of(dialog.engine, "s-1", dialog.facts)


def told(dialog: Dialog) -> list[str]:
    """Return questions and outcomes in the order they are told."""
    return [
        part.question if isinstance(part, Told) else part.outcome
        for part in story(dialog).parts
    ]


def to_the_purpose() -> Dialog:
    return a_session().answer("no").answer(["none"]).answer("own-initiative")


def paused() -> Dialog:
    dialog = to_the_purpose().answer("not-sure")
    return dialog.answer({"decision": "not-yet", "reasons": "I need to ask."})


def test_nothing_is_told_at_the_start() -> None:
    assert story(a_session()) == Story((), (), (), ("danger",))


def test_answers_and_outcomes_are_told_in_the_order_of_the_way() -> None:
    dialog = a_session().answer("no").answer(["evidence"])

    assert told(dialog) == ["danger", "safety-check", "refer-now"]


def test_an_answer_is_told_in_words() -> None:
    part = story(a_session().answer("no")).parts[0]

    assert isinstance(part, Told)
    assert part.words == ((part.ask, "No, nobody is in danger in the next hours"),)


def test_an_answer_that_was_taken_back_is_told_no_more() -> None:
    dialog = a_session().answer("no").answer(["none"]).do(Back())

    assert told(dialog) == ["danger"]


def test_an_outcome_is_told_as_it_was_shown() -> None:
    dialog = a_session().answer("yes")

    (advice,) = (part for part in story(dialog).parts if isinstance(part, Advice))

    assert advice.outcome == dialog.advice.outcome
    assert advice.quotes == dialog.advice.quotes
    assert advice.todo == dialog.advice.todo


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_outcome_on_the_way_is_told_once(name: str) -> None:
    dialog = a_session().follow(CASES[name].answers)

    outcomes = [one for one in told(dialog) if one in dialog.engine.pack.flow.outcomes]

    walk = dialog.engine.place(dialog.facts).walk
    assert outcomes == [shown.outcome for shown in walk.shown]


def test_where_somebody_waits_is_where_the_path_ends() -> None:
    assert story(paused()).path[-1] == "advice-received"


def test_what_a_person_advised_is_told_in_words() -> None:
    (advice,) = story(paused().answer(ADVISED)).advice

    assert ("What they advised", "Go on with care.") in advice


def may_change(dialog: Dialog) -> dict[str, bool]:
    return {
        part.question: part.may_change
        for part in story(dialog).parts
        if isinstance(part, Told)
    }


def test_before_a_decision_every_answer_may_be_changed() -> None:
    assert all(may_change(to_the_purpose()).values())


def test_after_a_decision_no_answer_may_be_changed() -> None:
    dialog = a_session().follow(CASES["no purpose"].answers)

    assert not any(may_change(dialog).values())


def test_while_waiting_all_but_the_decision_may_be_changed() -> None:
    changes = may_change(paused())

    assert not changes.pop("decision")
    assert all(changes.values())


def test_in_a_cancelled_session_nothing_may_be_changed() -> None:
    assert not any(may_change(to_the_purpose().do(Cancel())).values())


@pytest.mark.parametrize("dialog", [to_the_purpose(), paused()], ids=["open", "waits"])
def test_what_may_be_changed_is_what_the_dialog_opens_again(dialog: Dialog) -> None:
    for question, allowed in may_change(dialog).items():
        turn = dialog.engine.advance("s-1", dialog.facts, Change(question))

        assert bool(turn.facts) == allowed


def test_the_emergency_instruction_that_was_asked_for_is_told_again() -> None:
    dialog = to_the_purpose().do(Emergency())

    (notice,) = story(dialog).notices

    assert notice == dialog.notices["emergency"]


def test_whom_to_ring_is_told_again() -> None:
    dialog = to_the_purpose().do(Person())

    (notice,) = story(dialog).notices

    assert notice == dialog.notices["person"]


def test_words_of_danger_in_an_answer_are_told_again() -> None:
    dialog = to_the_purpose().answer("no").answer("He is outside with a knife")

    assert [notice.code for notice in story(dialog).notices] == ["emergency"]


@pytest.mark.parametrize("asked", [Emergency(), Person()])
def test_what_was_asked_for_is_not_told_after_the_next_answer(
    asked: Emergency | Person,
) -> None:
    dialog = to_the_purpose().do(asked).answer("yes")

    assert story(dialog).notices == ()


def test_asking_the_guidance_is_no_part_of_the_story() -> None:
    before = to_the_purpose()
    after = to_the_purpose().do(Ask("without consent"))

    assert story(after) == story(before)
