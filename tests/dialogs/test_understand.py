"""What people type is understood where it is clear, and never guessed."""

import pytest

from dialogs.understand import command, folded, is_done, is_skip, many, one, speaks_of
from tests.support.cases import CASES, CONFIDENTIAL, SAFE, adult, walked
from tests.support.dialog import Dialog, a_session, ids
from tests.support.packs import shipped_pack

PHRASES = shipped_pack().phrases
DANGER = shipped_pack().flow.questions["danger"].choices
PROVIDER = shipped_pack().flow.questions["provider"].choices
TICKS = shipped_pack().flow.questions["safety-check"].choices
CALLS_FOR_HELP = [
    "he is outside with a knife",
    "she's not breathing",
    "She’s NOT   breathing!",
    "mum has taken a lot of tablets and is unconscious",
    "he says he will kill himself tonight",
    "dad is hitting her",
    "no, she has gone missing",
    "please call the police",
    "the boy was stabbed",
]
QUIET = [
    "he is often late for school",
    "they moved house in spring",
    "the breathing exercises help",
    "a worry about meals",
]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("yes", "yes"),
        ("YES!", "yes"),
        ("y", "yes"),
        ("yeah", "yes"),
        ("yep.", "yes"),
        ("  yes   please ", "yes"),
        ("1", "yes"),
        ("1.", "yes"),
        ("Yes, someone needs to act", "yes"),
        ("no", "no"),
        ("n", "no"),
        ("nope", "no"),
        ("2", "no"),
        ("2)", "no"),
        ("no it isn’t", "no"),
        ("no, nobody", "no"),
        ("not sure", "not-sure"),
        ("not-sure", "not-sure"),
        ("no idea", "not-sure"),
        ("i've no idea", "not-sure"),
        ("maybe", "not-sure"),
        ("dunno", "not-sure"),
        ("don’t know", "not-sure"),
        ("?", "not-sure"),
        ("3", "not-sure"),
    ],
)
def test_a_clear_answer_is_understood(typed: str, answer: str) -> None:
    assert one(typed, DANGER, PHRASES) == answer


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "0",
        "4",
        "12",
        "99",
        "yes and no",
        "yes but not now",
        "no or maybe",
        "not really",
        "she said no",
        "ok",
        "12345",
        "²",
    ],
)
def test_what_could_be_two_answers_or_none_is_never_guessed(typed: str) -> None:
    assert one(typed, DANGER, PHRASES) is None


def test_the_start_that_two_labels_share_is_not_understood() -> None:
    assert one("it did", PROVIDER, PHRASES) is None
    assert one("it did, and whoever", PROVIDER, PHRASES) == "agrees"


def test_yes_is_not_understood_where_no_choice_means_yes() -> None:
    assert one("yes", PROVIDER, PHRASES) is None


def test_a_whole_label_is_understood() -> None:
    assert one(PROVIDER["refused"], PROVIDER, PHRASES) == "refused"


@pytest.mark.parametrize(
    ("typed", "ticks"),
    [
        ("1, 3", ("evidence", "prevent-harm")),
        ("1 3", ("evidence", "prevent-harm")),
        ("1 and 3", ("evidence", "prevent-harm")),
        ("1; 3", ("evidence", "prevent-harm")),
        ("evidence + risk-if-shared", ("evidence", "risk-if-shared")),
        ("none", ("none",)),
        ("None of these", ("none",)),
        ("no idea", ("not-sure",)),
        ("2 & not sure", ("reasonable-cause", "not-sure")),
    ],
)
def test_several_ticks_are_understood(typed: str, ticks: tuple[str, ...]) -> None:
    assert many(typed, TICKS, PHRASES) == ticks


@pytest.mark.parametrize("typed", ["", ",", "1, 99", "1, perhaps two", "there are"])
def test_one_unclear_tick_makes_the_whole_answer_unclear(typed: str) -> None:
    assert many(typed, TICKS, PHRASES) is None


@pytest.mark.parametrize(
    ("typed", "do"),
    [
        ("back", "back"),
        ("/back", "back"),
        ("Go back.", "back"),
        ("emergency", "emergency"),
        ("999", "emergency"),
        ("!", "emergency"),
        ("talk to a person", "person"),
        ("p", "person"),
        ("cancel", "cancel"),
        ("/q", "quit"),
        ("why", "help"),
    ],
)
def test_a_command_is_understood(typed: str, do: str) -> None:
    found = command(typed, free_text=False)

    assert found is not None
    assert found.do == do


@pytest.mark.parametrize("typed", ["change purpose", "/change purpose"])
def test_change_names_a_question(typed: str) -> None:
    found = command(typed, free_text=False)

    assert found is not None
    assert (found.do, found.about) == ("change", "purpose")


@pytest.mark.parametrize("typed", ["change", "asking", "go", "yes"])
def test_other_words_are_no_command(typed: str) -> None:
    assert command(typed, free_text=False) is None


@pytest.mark.parametrize("typed", ["back", "cancel", "person", "why", "ask them"])
def test_in_free_text_a_plain_word_is_no_command(typed: str) -> None:
    assert command(typed, free_text=True) is None


@pytest.mark.parametrize("typed", ["/back", "999", "!", "talk to a person"])
def test_in_free_text_a_slash_and_the_emergency_words_are_commands(typed: str) -> None:
    assert command(typed, free_text=True) is not None


@pytest.mark.parametrize("typed", CALLS_FOR_HELP)
def test_words_of_danger_are_heard(typed: str) -> None:
    assert speaks_of(typed, PHRASES.danger)


@pytest.mark.parametrize("typed", QUIET)
def test_quiet_words_are_not_taken_for_danger(typed: str) -> None:
    assert not speaks_of(typed, PHRASES.danger)


def test_a_phrase_is_not_heard_across_too_many_words() -> None:
    phrases = [("not", "breathing")]

    assert speaks_of("not really quite breathing", phrases)
    assert not speaks_of("not at all sure about breathing", phrases)


@pytest.mark.parametrize("typed", ["", "-", "skip", "/skip", "Skip."])
def test_a_line_is_skipped(typed: str) -> None:
    assert is_skip(typed)


@pytest.mark.parametrize("typed", ["done", "/done", "that is all", "Finish"])
def test_the_rest_of_a_screen_is_left(typed: str) -> None:
    assert is_done(typed)


def test_typed_words_are_folded_alike() -> None:
    assert folded("  I  DON’T\tknow ") == "i don't know"


# ---- in a session ------------------------------------------------------------------


def every_question() -> list[tuple[str, str]]:
    """Return each question with a case that asks it."""
    found: dict[str, str] = {}
    for name in CASES:
        for prompt in walked(name).prompts:
            found.setdefault(prompt.question, name)
    return sorted(found.items())


def standing_at(question: str, name: str) -> Dialog:
    """Stand at a question of a case, even one that is asked on resuming."""
    answers = CASES[name].answers
    return a_session().follow(answers, until=question)


@pytest.mark.parametrize(("question", "name"), every_question())
def test_a_call_for_help_is_answered_at_every_question(
    question: str, name: str
) -> None:
    dialog = standing_at(question, name)

    dialog.type("he is outside with a knife")

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert "EmergencyShown" in [type(fact).__name__ for fact in dialog.facts]
    assert dialog.alert == "urgent"


@pytest.mark.parametrize(("question", "name"), every_question())
def test_data_protection_stops_me_is_answered_with_golden_rule_1_at_every_question(
    question: str, name: str
) -> None:
    dialog = standing_at(question, name)

    dialog.type("data protection stops me")

    assert "GR1" in ids(dialog.notices["data-protection"].quotes)
    assert dialog.prompt is dialog.replies[-1] or dialog.advice_seen


def test_after_data_protection_the_question_stands() -> None:
    dialog = a_session().type("GDPR says I am not allowed to share")

    assert dialog.asked == "danger"
    assert dialog.replies[-1] is dialog.prompt
    assert [type(fact).__name__ for fact in dialog.facts] == ["Started"]


def test_what_is_not_understood_is_refused_without_repeating_it() -> None:
    dialog = a_session().type("Zebedee went to the shop")

    assert dialog.refusal is not None
    assert dialog.refusal.code == "not-understood"
    assert "zebedee" not in repr(dialog.replies).lower()
    assert dialog.asked == "danger"


def test_typed_answers_lead_where_structured_ones_do() -> None:
    dialog = a_session()

    for typed in ("no", "10", "1", "yeah", "nobody can", "no, nobody can"):
        dialog.type(typed)

    assert dialog.outcomes == ["share-not-identifiable"]


def test_a_typed_call_for_help_is_not_taken_for_an_answer() -> None:
    dialog = a_session().type("no she is bleeding badly")

    assert "danger" not in dialog.answers
    assert "emergency" in dialog.notices


def test_help_says_why_it_asks_and_what_can_be_typed() -> None:
    dialog = a_session().type("why")

    assert dialog.prompt.why in dialog.notices["help"].text
    assert "emergency" in dialog.notices["help"].text


@pytest.mark.parametrize("given", [None, 3, ["yes"], {"text": "yes"}])
def test_what_is_not_text_is_refused(given: object) -> None:
    dialog = a_session()

    dialog.type(given)  # type: ignore[arg-type]  # what a channel may send by mistake

    assert dialog.refusal is not None
    assert dialog.refusal.code == "not-text"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("back", "identifiable"),
        ("change prompted by", "prompted-by"),
        ("/change prompted-by", "prompted-by"),
        ("person", "confidential"),
        ("emergency", "confidential"),
        ("ask may a parent see it", "confidential"),
    ],
)
def test_a_typed_command_is_obeyed(typed: str, asked: str) -> None:
    dialog = a_session().follow(CONFIDENTIAL, until="confidential")

    dialog.type(typed)

    assert dialog.refusal is None
    assert dialog.asked == asked


def test_a_session_is_cancelled_by_typing() -> None:
    assert a_session().type("cancel").ended


def test_the_guidance_answers_a_typed_question() -> None:
    dialog = a_session().type("ask about consent of the child")

    assert dialog.notices["found"].quotes


def test_an_ask_that_finds_nothing_says_so_and_names_a_person() -> None:
    dialog = a_session().type("ask xylophone")

    assert dialog.notices["nothing-found"].todo[0].numbers


def test_words_of_danger_in_an_ask_are_answered_first() -> None:
    dialog = a_session().type("ask what if he has a knife")

    assert dialog.replies[0] is dialog.notices["emergency"]


def test_in_a_text_a_plain_word_is_the_answer() -> None:
    dialog = a_session().follow({**SAFE, "purpose": "no"}, until="if-not-shared")

    dialog.type("back")

    assert dialog.answers["if-not-shared"] == {"if-not-shared": "back"}


def test_words_of_danger_in_a_text_are_answered_and_the_text_is_kept() -> None:
    dialog = a_session().follow({**SAFE, "purpose": "no"}, until="if-not-shared")

    dialog.type("he will kill her")

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert dialog.answers["if-not-shared"] == {"if-not-shared": "he will kill her"}


def test_words_of_danger_in_a_submitted_form_are_answered_first() -> None:
    dialog = a_session().follow(
        {**CONFIDENTIAL, **adult("disagrees")}, until="weigh-up"
    )

    dialog.answer(
        {
            "if-shared": "He has a knife.",
            "if-not-shared": "The law stops me.",
            "proportionate": "yes",
        }
    )

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert "data-protection" in dialog.notices
    assert dialog.alert == "urgent"
    assert dialog.outcomes == ["share-proportionate"]


def test_words_of_danger_in_a_refused_form_are_answered_all_the_same() -> None:
    dialog = a_session().follow(
        {**CONFIDENTIAL, **adult("disagrees")}, until="weigh-up"
    )

    with pytest.raises(AssertionError, match="missing-lines"):
        dialog.answer({"if-not-shared": "She is not breathing."})

    assert dialog.replies[0] is dialog.notices["emergency"]
    assert dialog.asked == "weigh-up"
