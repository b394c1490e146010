"""Forms: line by line or at once, complete and valid or refused as a whole."""

import pytest

from dialogs.answers import MAX_TEXT
from dialogs.engine import Answer, Back
from tests.support.cases import CONFIDENTIAL, DANGER, HARM, SAFE, SEXUAL, adult, ticked
from tests.support.dialog import (
    HOW_TO_SHARE,
    LATER,
    WHY_NOT_REFERRED,
    Dialog,
    a_session,
    decides,
    follow,
    kinds,
    weighed,
)


def at(question: str, *answers: dict[str, object]) -> Dialog:
    """Stand at a question."""
    given: dict[str, object] = {}
    for each in answers:
        given |= each
    return a_session().follow(given, until=question)


def at_decision() -> Dialog:
    """Stand at the decision of a path without a purpose."""
    return at("decision", {**SAFE, "purpose": "no"})


def refused(dialog: Dialog, value: object) -> str:
    """Send an answer that must be refused; return the code of the refusal."""
    before = list(dialog.facts)
    dialog.do(Answer(value))
    assert dialog.facts == before
    assert dialog.refusal is not None
    assert dialog.replies[-1] is dialog.prompt
    return dialog.refusal.code


# ---- typed line by line ----------


def test_a_form_is_filled_in_line_by_line_by_typing() -> None:
    dialog = at("weigh-up", {**CONFIDENTIAL, **adult("disagrees")})

    dialog.type("Help may begin sooner.")
    assert dialog.prompt.filling == "if-not-shared"
    dialog.type("The worry may grow.")
    dialog.type("yes")

    assert dialog.answers["weigh-up"] == weighed("yes")
    assert dialog.outcomes == ["share-proportionate"]


def test_typed_lines_give_the_same_answer_as_one_form() -> None:
    typed = at("how-to-share", {**CONFIDENTIAL, "confidential": "no"})
    form = at("how-to-share", {**CONFIDENTIAL, "confidential": "no"})

    for text in (
        "Meals",
        "Fact",
        "Nurse, clinic",
        "A visit",
        "yes",
        "by phone",
        "told",
    ):
        typed.type(text)
    form.answer(
        {
            "what": "Meals",
            "facts-and-opinion": "Fact",
            "with-whom": "Nurse, clinic",
            "why": "A visit",
            "accurate": "yes",
            "method": "phone",
            "tell-them": "told",
        }
    )

    assert typed.answers == form.answers


def test_a_line_filled_in_is_marked_so() -> None:
    dialog = at("weigh-up", {**CONFIDENTIAL, **adult("disagrees")}).type("Help.")

    assert [line.id for line in dialog.prompt.fields if line.filled] == ["if-shared"]


def test_ticks_of_a_form_are_typed_too() -> None:
    dialog = at("harm-record", DANGER["danger now"].answers)  # type: ignore[arg-type]

    dialog.type("1 and 3").type("1").type("done")

    record = dialog.answers["harm-record"]
    assert record == {"grounds": ("evidence", "prevent-harm"), "asked-by": "nobody"}


def test_a_line_that_may_stay_empty_is_skipped() -> None:
    dialog = at("harm-record", HARM)  # type: ignore[arg-type]

    for typed in ("skip", "-", "", "skip", "A cousin", "skip"):
        dialog.type(typed)

    assert dialog.answers["harm-record"] == {"others-at-risk": "A cousin"}


@pytest.mark.parametrize("typed", ["skip", ""])
def test_a_line_that_is_needed_is_not_skipped(typed: str) -> None:
    dialog = at("weigh-up", {**CONFIDENTIAL, **adult("disagrees")}).type(typed)

    assert dialog.refusal is not None
    assert dialog.refusal.code == "missing-lines"
    assert dialog.prompt.filling == "if-shared"


def test_done_leaves_the_rest_empty_where_it_may_be() -> None:
    dialog = at("harm-record", HARM).type("An aunt").type("done")  # type: ignore[arg-type]

    assert dialog.answers["harm-record"] == {"partners": "An aunt"}


def test_done_is_refused_while_a_line_is_needed() -> None:
    dialog = at_decision().type("do not share it").type("done")

    assert dialog.refusal is not None
    assert dialog.refusal.code == "missing-lines"


def test_back_takes_the_last_typed_line_back() -> None:
    dialog = at("weigh-up", {**CONFIDENTIAL, **adult("disagrees")})
    dialog.type("One").type("Two")

    dialog.do(Back())

    assert dialog.prompt.filling == "if-not-shared"
    dialog.do(Back()).do(Back())
    assert dialog.asked == "consent-so-far"


def test_typed_lines_and_a_submitted_form_are_put_together() -> None:
    dialog = at("weigh-up", {**CONFIDENTIAL, **adult("disagrees")}).type("One")

    dialog.answer({"if-not-shared": "Two", "proportionate": "no"})

    assert dialog.answers["weigh-up"] == {
        "if-shared": "One",
        "if-not-shared": "Two",
        "proportionate": "no",
    }


def test_a_typed_choice_that_is_not_clear_is_not_guessed() -> None:
    dialog = at_decision().type("whatever they say")

    assert dialog.refusal is not None
    assert dialog.refusal.code == "not-understood"
    assert dialog.prompt.filling == "decision"


def test_the_last_typed_line_submits_the_screen() -> None:
    dialog = at("advice-received", {**SAFE, "purpose": "not-sure"})
    dialog.follow({"purpose": "not-sure"})

    for typed in ("The lead", "Wait.", "yes"):
        dialog.type(typed)

    assert kinds(dialog.facts)[-1] == "Answered"
    assert dialog.asked == "purpose"


def test_words_of_danger_in_the_last_typed_line_reach_the_alert() -> None:
    dialog = at("advice-received", {**SAFE, "purpose": "no"})
    dialog = at_decision().type("do not share it").type("He has a knife.")

    assert dialog.replies[0] is dialog.notices["emergency"]
    dialog.type("done")
    assert dialog.recorded is not None
    assert dialog.recorded.alert == "urgent"


# ---- conditional and fixed lines ----------


def test_a_conditional_line_is_asked_where_it_applies() -> None:
    dialog = at_decision()

    dialog.type("share it")

    assert dialog.prompt.filling == "departing-because"


def test_a_conditional_line_is_not_asked_where_it_does_not() -> None:
    dialog = at_decision().type("do not share it")

    assert dialog.prompt.filling == "reasons"


def test_a_line_that_was_sent_but_is_not_asked_is_said_not_to_be_kept() -> None:
    dialog = at_decision()

    dialog.answer(decides("do-not-share", **{"departing-because": "Nothing."}))

    assert "departing-because" in dialog.notices["not-asked"].text
    assert dialog.answers["decision"] == decides("do-not-share")


def test_a_fixed_line_is_filled_in_by_itself_and_not_asked() -> None:
    dialog = at("how-to-share", {**HARM, "safe-to-tell": "no"})

    for text in ("Meals", "Fact", "Nurse, clinic", "A visit", "yes", "by phone"):
        dialog.type(text)

    assert dialog.asked == "decision"
    record = dialog.answers["how-to-share"]
    assert isinstance(record, dict)
    assert record["tell-them"] == "not-told"


def test_a_fixed_line_may_be_sent_as_it_is_fixed_and_not_otherwise() -> None:
    dialog = at("how-to-share", {**HARM, "safe-to-tell": "no"})

    assert refused(dialog, {**HOW_TO_SHARE, "tell-them": "told"}) == "fixed"
    dialog.answer({**HOW_TO_SHARE, "tell-them": "not-told"})
    assert dialog.asked == "decision"


# ---- what is refused ----------


def test_an_unknown_line_is_refused_with_the_nearest_one() -> None:
    dialog = at_decision()

    assert refused(dialog, {"decison": "share", "reasons": "x"}) == "unknown-line"
    assert dialog.refusal is not None
    assert "decision" in dialog.refusal.text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("share", "not-a-form"),
        (["share"], "not-a-form"),
        (None, "not-a-form"),
        (7, "not-a-form"),
        ({"decision": 7, "reasons": "x"}, "not-a-choice"),
        ({"decision": ["share"], "reasons": "x"}, "not-a-choice"),
        ({"decision": "shared", "reasons": "x"}, "not-a-choice"),
        ({"decision": "do-not-share", "reasons": 7}, "not-text"),
        ({"decision": "do-not-share", "reasons": ["x"]}, "not-text"),
        ({"decision": "do-not-share", "reasons": ""}, "missing-lines"),
        ({"decision": "do-not-share", "reasons": "   "}, "missing-lines"),
        ({"decision": "do-not-share", "reasons": None}, "missing-lines"),
        ({"decision": "do-not-share", "reasons": "a\x00b"}, "control-characters"),
        ({"decision": "do-not-share", "reasons": "a\x1bb"}, "control-characters"),
        ({"decision": "do-not-share", "reasons": "a\ud800"}, "control-characters"),
        ({"decision": "do-not-share", "reasons": "a" * 20_001}, "too-long"),
        ({**decides("do-not-share"), "review-date": "soon"}, "not-a-date"),
        ({**decides("do-not-share"), "review-date": 20261201}, "not-text"),
        ({**decides("do-not-share"), "review-date": "2026-02-30"}, "not-a-date"),
        ({**decides("do-not-share"), "review-date": "2026-11-22"}, "past-date"),
    ],
)
def test_a_wrong_form_is_refused_as_a_whole(value: object, code: str) -> None:
    assert refused(at_decision(), value) == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "not-a-choice"),
        (True, "not-a-choice"),
        ({"danger": "yes"}, "not-a-choice"),
        ("", "not-a-choice"),
        ("YES", "not-a-choice"),
        ("yess", "not-a-choice"),
    ],
)
def test_a_wrong_choice_is_refused(value: object, code: str) -> None:
    assert refused(a_session(), value) == code


def test_a_mistyped_choice_is_answered_with_the_nearest_one() -> None:
    dialog = at("provider", CONFIDENTIAL)  # type: ignore[arg-type]

    refused(dialog, "refuse")

    assert dialog.refusal is not None
    assert "refused" in dialog.refusal.text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "not-ticks"),
        ({"evidence": True}, "not-ticks"),
        ([], "nothing-ticked"),
        (["evidence", "none"], "excluded"),
        (["evidence", 3], "not-a-choice"),
        (["evidence", ["none"]], "not-a-choice"),
    ],
)
def test_wrong_ticks_are_refused(value: object, code: str) -> None:
    assert refused(a_session().answer("no"), value) == code


def test_no_tick_at_all_is_never_taken_for_nobody() -> None:
    dialog = a_session().answer("yes").do(Answer([]))

    assert "conflict" not in dialog.answers
    assert dialog.asked == "conflict"


def test_one_tick_may_be_sent_without_a_list() -> None:
    assert a_session().answer("no").answer("none").asked == "prompted-by"


def test_a_screen_of_one_line_takes_the_line_alone() -> None:
    dialog = at("if-not-shared", {**SAFE, "purpose": "no"}).answer("Nothing.")

    assert dialog.answers["if-not-shared"] == {"if-not-shared": "Nothing."}


def test_ticks_and_an_empty_list_on_a_form_count_as_left_empty() -> None:
    dialog = at("harm-record", DANGER["danger now"].answers)  # type: ignore[arg-type]

    dialog.answer({"grounds": [], "views": ""})

    assert dialog.answers["harm-record"] == {}


def test_text_of_the_greatest_length_is_kept_with_its_lines() -> None:
    long = "a\nb\t" + "c" * (MAX_TEXT - 4)
    dialog = at_decision().answer(decides("do-not-share", reasons=long))

    record = dialog.answers["decision"]
    assert isinstance(record, dict)
    assert record["reasons"] == long


def test_line_ends_of_other_systems_become_ours() -> None:
    dialog = at_decision().answer(decides("do-not-share", reasons="a\r\nb\rc"))

    record = dialog.answers["decision"]
    assert isinstance(record, dict)
    assert record["reasons"] == "a\nb\nc"


@pytest.mark.parametrize(
    "given",
    ["Jenny Smith", "jenny", "Jenny Smith 2014", "no digits", "R2#4", "x" * 39 + "12"],
)
def test_a_reference_that_may_be_a_name_is_refused(given: str) -> None:
    value = decides("do-not-share", **{"case-reference": given})

    assert refused(at_decision(), value) == "may-be-a-name"


@pytest.mark.parametrize("given", ["CPOMS 10442", "10442", "SC/2026-11", "a1.b2_c3"])
def test_an_opaque_reference_is_kept(given: str) -> None:
    dialog = at_decision().answer(decides("do-not-share", **{"case-reference": given}))

    assert dialog.ended


def test_a_refusal_never_repeats_what_was_written() -> None:
    dialog = at_decision()

    dialog.do(Answer(decides("do-not-share", **{"case-reference": "Zebedee Smith"})))

    assert "zebedee" not in repr(dialog.replies).lower()


@pytest.mark.parametrize("day", ["2026-11-23", LATER])
def test_today_and_later_are_days_to_look_again(day: str) -> None:
    dialog = at_decision().answer(decides("do-not-share", **{"review-date": day}))

    assert dialog.ended


@pytest.mark.parametrize(
    ("typed", "code"), [("2026-11-22", "past-date"), ("next week", "not-a-date")]
)
def test_a_typed_day_is_checked_too(typed: str, code: str) -> None:
    dialog = at("why-not-referred", SEXUAL)  # type: ignore[arg-type]

    dialog.type("None of them is a concern.").type(typed)

    assert dialog.refusal is not None
    assert dialog.refusal.code == code
    dialog.type(LATER)
    assert dialog.asked == "prompted-by"
    assert dialog.answers["why-not-referred"] == {
        **WHY_NOT_REFERRED,
        "why-not-referred": "None of them is a concern.",
    }


def test_words_of_danger_where_a_day_is_asked_are_answered_first() -> None:
    dialog = at("why-not-referred", SEXUAL)  # type: ignore[arg-type]

    dialog.type("None.").type("she's not breathing")

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert dialog.refusal is not None
    assert dialog.prompt.filling == "review-date"


def test_a_worksheet_line_may_be_not_sure() -> None:
    dialog = follow(CONFIDENTIAL, adult("disagrees"), {"weigh-up": weighed("not-sure")})

    assert dialog.outcomes == ["seek-advice"]


def test_a_form_of_record_takes_no_not_sure() -> None:
    value = decides("not-sure")

    assert refused(at_decision(), value) == "not-a-choice"


def test_a_risk_takes_the_line_on_safe_to_ask_away() -> None:
    dialog = a_session().follow(
        {**CONFIDENTIAL, **ticked("risk-if-shared"), **adult("agrees")},
        until="seek-advice",
    )

    assert dialog.outcomes == ["seek-advice"]
