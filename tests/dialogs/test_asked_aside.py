"""Help asked for early is followed by who must not be told of it (flow, rule 14)."""

import pytest

from dialogs.engine import AdviceRead, Back, Change, Emergency, Move, Person
from tests.support.cases import SAFE
from tests.support.dialog import Dialog, a_session, ids

HELP = pytest.mark.parametrize("help_", [Person(), Emergency()], ids=["person", "999"])


def numbers(dialog: Dialog) -> set[str]:
    """Return every number of the words on talking to a person."""
    todo = dialog.notices["person"].todo
    return {number for one in todo for number in one.numbers}


@HELP
@pytest.mark.parametrize("answers", [[], ["no"]], ids=["danger", "safety-check"])
def test_help_before_the_question_on_harm_asks_who_must_not_be_told(
    help_: Move, answers: list[str]
) -> None:
    dialog = a_session()
    for one in answers:
        dialog.answer(one)
    here = dialog.asked

    dialog.do(help_)

    assert dialog.asked == "conflict"
    assert {"lead", "deputy", "none"} <= set(ids(dialog.prompt.choices))
    dialog.answer(["lead"])
    assert dialog.asked == here


@HELP
def test_whom_to_ring_is_said_again_without_whoever_was_named(help_: Move) -> None:
    dialog = a_session().do(help_).answer(["lead"])

    assert numbers(dialog) == {"deputy", "manager", "designated-officer", "emergency"}


def test_going_back_passes_it_over_and_takes_no_answer_away() -> None:
    dialog = a_session().answer("no").do(Person()).do(Back())

    assert dialog.asked == "safety-check"
    assert dialog.answers == {"danger": "no"}


@HELP
def test_it_is_not_asked_where_the_question_on_harm_was_answered(help_: Move) -> None:
    dialog = a_session().answer("no").answer(["none"]).do(help_)

    assert dialog.asked == "prompted-by"


def test_it_is_not_asked_twice_by_asking_for_help_twice() -> None:
    dialog = a_session().do(Person()).answer(["none"]).do(Emergency())

    assert dialog.asked == "danger"


def test_danger_does_not_ask_again_who_must_not_be_told() -> None:
    dialog = a_session().do(Person()).answer(["lead"]).answer("yes")

    assert dialog.outcomes == ["act-now"]
    assert dialog.asked == "safe-to-tell"


def test_a_worry_about_a_professional_asks_again_and_forgets_nobody() -> None:
    dialog = a_session().do(Person()).answer(["lead"]).answer("no")

    dialog.answer(["professional-or-lead"])

    assert dialog.asked == "conflict"
    assert "lead" not in numbers(dialog.do(Person()))


def test_that_nobody_must_be_kept_out_counts_no_more_where_it_is_asked_again() -> None:
    dialog = a_session().do(Person()).answer(["none"]).answer("no")

    dialog.answer(["professional-or-lead", "evidence"])

    assert dialog.asked == "conflict"
    # As if it had never been asked: until it is answered the usual people stay out.
    assert not {"lead", "deputy", "duty-manager"} & numbers(dialog.do(Person()))


def test_it_can_be_changed_like_any_answer() -> None:
    dialog = a_session().do(Person()).answer(["none"]).answer("no")
    assert "conflict" in [one.question for one in dialog.prompt.answered]

    dialog.do(Change("conflict")).answer(["deputy"])

    assert dialog.asked == "safety-check"
    assert "deputy" not in numbers(dialog)


def test_opening_another_answer_leaves_it_unasked() -> None:
    dialog = a_session().answer("no").do(Person()).do(Change("danger"))

    assert dialog.asked == "danger"


def test_advice_that_arrives_meanwhile_leaves_it_standing() -> None:
    dialog = a_session().do(Person()).do(AdviceRead("Lead", "Refer now."))

    assert dialog.asked == "conflict"


def test_the_record_holds_the_way_and_nothing_is_asked_of_it() -> None:
    dialog = a_session().do(Person()).answer(["none"])

    dialog.follow({**SAFE, "purpose": "no"})

    assert dialog.recorded is not None
    assert "conflict" not in dialog.answers
