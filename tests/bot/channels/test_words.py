"""What is drawn: sources, quotation marks, width, and what is told only once."""

import re
from functools import cache

import pytest

from bot.channels.words import KEYS, TEXT_KEYS, TYPICAL, WIDTH, Words, expects_text
from bot.directory import Directory, Number
from bot.news import NOBODY_TOLD
from dialogs.engine import Engine
from dialogs.reply import (
    Advice,
    Choice,
    Line,
    Notice,
    Prompt,
    Quote,
    Recorded,
    Refusal,
    Remark,
    Reply,
    ToDo,
)
from knowledge.conditions import Value
from knowledge.model import END, Asks, Urgency
from tests.bot.channels.talk import flat, the_directory
from tests.support.fakes import START, CountingIds
from tests.support.packs import shipped_edition, shipped_pack

PACK = shipped_pack()


@cache
def an_engine() -> Engine:
    ids = CountingIds()
    return Engine(
        PACK,
        new_reference=ids.reference,
        today=START.date,
        search=lambda _: (),
    )


NOBODY = Remark("alert-nobody", NOBODY_TOLD.title, NOBODY_TOLD.text)


def a_quote(passage: str = "S3-1") -> Quote:
    return an_engine().screens.quote(passage)


def every_remark() -> tuple[Remark, ...]:
    return an_engine().screens.remarks(PACK.notices)


def a_remark(name: str = "golden-rules-2024") -> Remark:
    return an_engine().screens.remark(PACK.notices[name])


def a_prompt(
    *,
    question: str = "danger",
    fields: tuple[Line, ...] = (),
    quotes: tuple[Quote, ...] = (),
    remarks: tuple[Remark, ...] = (),
    outcome: str = "",
) -> Prompt:
    return Prompt(
        session="s-1",
        question=question,
        ask="Is anyone in danger?",
        why="Danger comes first.",
        help="For example missing.",
        asks=Asks.FORM if fields else Asks.ONE,
        choices=() if fields else (Choice("yes", "Yes"), Choice("no", "No")),
        fields=fields,
        quotes=quotes,
        remarks=remarks,
        todo=(ToDo("one", "Do not tell the family yet."),),
        outcome=outcome,
        level=None,
        alert=Urgency.NONE,
        answered=(),
        step=5,
        filling=next((line.id for line in fields if not line.filled), ""),
        first=False,
    )


def a_line(
    name: str = "why",
    asks: Asks = Asks.TEXT,
    *,
    required: bool = True,
    filled: bool = False,
    fixed: str = "",
) -> Line:
    choices = (Choice("told", "Told"), Choice("not-told", "Not told"))
    return Line(
        id=name,
        asks=asks,
        label="Why they need it",
        hint="Use roles.",
        choices=choices if asks == Asks.ONE else (),
        required=required,
        conditional=False,
        fixed=fixed,
        fixed_because="It is unsafe." if fixed else "",
        filled=filled,
        quotes=(),
    )


def an_advice(
    quotes: tuple[Quote, ...] = (), remarks: tuple[Remark, ...] = ()
) -> Advice:
    return Advice(
        session="s-1",
        outcome="refer-now",
        title="Refer now",
        text="Refer to children's social care today.",
        level=4,
        alert=Urgency.URGENT,
        indicates="Refer to children's social care",
        quotes=quotes,
        remarks=remarks,
        todo=(ToDo("ring", "Ring them.", ("social-care", "legal", "no-such")),),
    )


def a_recorded(*, departing: bool = False, added: bool = False) -> Recorded:
    return Recorded(
        session="s-1",
        reference="R-0000-0000-01",
        decision="refer",
        decision_label="Refer",
        outcome="refer-now",
        level=4,
        alert=Urgency.URGENT,
        departing=departing,
        waiting=False,
        added=added,
        unfinished="",
        remarks=(Remark("what-now", "Next", "Keep the reference."), NOBODY),
    )


def drawn(*replies: Reply, width: int = WIDTH) -> list[str]:
    words = Words(the_directory(), width)
    return [line for reply in replies for line in words.drawn(reply)]


def text(*replies: Reply) -> str:
    return flat(" ".join(drawn(*replies)))


def everything() -> tuple[Reply, ...]:
    quotes = tuple(a_quote(passage) for passage in PACK.passages)
    fields = (a_line(), a_line("how", Asks.ONE, fixed="not-told"))
    return (
        a_prompt(quotes=quotes, remarks=every_remark()),
        a_prompt(question="how-to-share", fields=fields),
        an_advice(quotes, every_remark()),
        Notice("s-1", "found", "The document says this.", quotes, (), every_remark()),
        Refusal("s-1", "not-a-date", "This is not a date.", "a date"),
        a_recorded(departing=True),
    )


def bars(lines: list[str]) -> str:
    """Return the words behind the bars, white space folded."""
    return flat(" ".join(line[4:] for line in lines if line.startswith("  | ")))


@pytest.mark.parametrize("passage", sorted(PACK.passages))
def test_a_quotation_is_the_packs_text_white_space_apart(passage: str) -> None:
    words = PACK.passages[passage]
    lead_in = f"“{flat(words.lead_in)}” [...] " if words.lead_in else ""

    quoted = bars(drawn(an_advice((a_quote(passage),))))

    assert quoted == f"{lead_in}“{flat(words.text)}”"


@pytest.mark.parametrize("passage", sorted(PACK.passages))
def test_a_quotation_never_stands_without_its_source(passage: str) -> None:
    lines = drawn(a_prompt(quotes=(a_quote(passage),)))
    first = next(n for n, line in enumerate(lines) if line.startswith("  | "))

    above = flat(" ".join(lines[:first]))

    assert PACK.document.title in above
    where = f"{passage}, {PACK.passages[passage].section}, {shipped_edition()}"
    assert above.endswith(f"The document says ({where}):")


def test_a_note_on_the_wording_stands_outside_the_quotation() -> None:
    lines = drawn(an_advice((a_quote("S3-11"),)))

    assert "Our note on the wording of S3-11: Frazer" in flat(" ".join(lines))
    assert "Our note" not in bars(lines)


def test_words_of_ours_never_carry_quotation_marks() -> None:
    ours = [line for line in drawn(*everything()) if not line.startswith("  | ")]

    assert not re.findall(r"[“”\"]", " ".join(ours))


@pytest.mark.parametrize("width", [40, 60, WIDTH])
def test_no_line_is_wider_than_the_width(width: int) -> None:
    lines = [
        line
        for line in drawn(*everything(), width=width)
        if line not in {KEYS, *TEXT_KEYS}
    ]

    assert max(len(line) for line in lines) <= width


def test_the_lines_of_keys_fit_the_width() -> None:
    assert all(len(line) <= WIDTH for line in (KEYS, *TEXT_KEYS))


def test_no_line_has_colour_or_control_characters() -> None:
    assert all(line.isprintable() for line in drawn(*everything()))


def test_every_note_is_labelled_as_ours() -> None:
    shown = text(an_advice(remarks=every_remark()))

    for remark in every_remark():
        body = flat(remark.text)
        if remark.id != "trial":
            label = f"{remark.label}, {remark.id}: "
            assert label + body[:1].upper() + body[1:] in shown


def test_advice_says_first_what_is_indicated_then_what_to_do_then_why() -> None:
    shown = text(an_advice((a_quote(),), (a_remark(),)))

    assert shown.startswith("What the guidance indicates: Refer now")
    todo = shown.index("1. Ring them.")
    assert todo < shown.index("The document says") < shown.index("What has changed")


def test_a_number_says_when_it_is_answered_and_that_it_is_fictional() -> None:
    expected = (
        "Children's social care, referrals: 01632 960101 (fictional, for trying;"
        " Monday to Friday, 09:00 to 17:00)"
    )

    assert expected in text(an_advice())


def test_a_number_that_is_missing_says_so() -> None:
    assert "No such: no number. The directory has no number." in text(an_advice())


def test_a_number_of_its_own_needs_no_brackets() -> None:
    number = Number("social-care", "Social care", "0115", "", "", fictional=False)
    directory = Directory("Ours", {"social-care": number})

    lines = Words(directory).drawn(an_advice())

    assert "   - Social care: 0115" in lines


def test_a_note_is_told_in_full_once_and_named_after_that() -> None:
    shown = text(
        a_prompt(remarks=(a_remark(),)),
        a_prompt(question="next", remarks=(a_remark(),)),
    )

    assert shown.count(flat(a_remark().text)) == 1
    assert shown.count("Note on this, shown before: golden-rules-2024") == 1


def test_that_nobody_was_told_is_said_in_full_every_time() -> None:
    shown = text(a_recorded(), a_recorded())

    assert shown.count(NOBODY.text) == 2


def test_the_trial_notice_is_said_in_full_every_time() -> None:
    trial = Remark("trial", "For trial and training only", "Do not use it.")

    shown = text(
        a_prompt(remarks=(trial,)), a_prompt(question="next", remarks=(trial,))
    )

    assert shown.count("For trial and training only: Do not use it.") == 2


def test_a_passage_is_quoted_once_at_questions_and_always_in_advice() -> None:
    prompt, advice = a_prompt(quotes=(a_quote(),)), an_advice((a_quote(),))

    at_questions = text(prompt, a_prompt(question="next", quotes=(a_quote(),)))
    with_advice = text(prompt, advice, advice)

    assert at_questions.count("The document says") == 1
    assert "Passages shown before: S3-1" in at_questions
    assert with_advice.count("The document says") == 3


def test_what_was_shown_before_can_be_shown_again_whole() -> None:
    words = Words(the_directory())
    words.drawn(a_prompt(quotes=(a_quote(),), remarks=(a_remark(),)))

    passage = words.again("s3-1")
    note = words.again("golden-rules-2024")

    assert passage is not None
    assert bars(list(passage)) == f"“{a_quote().text}”"
    assert note is not None
    assert "Written 2026-11-22" in flat(" ".join(note))
    assert words.again("S9-9") is None


def test_choices_are_numbered_from_one() -> None:
    lines = drawn(a_prompt())

    assert lines[-5:-1] == [" 1. Yes", " 2. No", "Type a number.", ""]


def test_progress_is_typical_only_while_nothing_is_indicated() -> None:
    assert f"Question 5. Typically {TYPICAL}." in drawn(a_prompt())
    assert "Question 5." in drawn(a_prompt(outcome="refer-now"))


def test_the_typical_number_is_that_of_the_way_through_agreement() -> None:
    agreed = {"child-view": "agrees", "responsible-view": "cannot-ask"}
    answers: dict[str, Value] = {
        "danger": "no",
        "safety-check": ("none",),
        "prompted-by": "own-initiative",
        "purpose": "yes",
        "identifiable": "yes",
        "confidential": "yes",
        "provider": "no",
        "whose-information": "child",
        "consent-so-far": agreed,
        "competence": {"conclusion": "competent"},
        "covers-this": "yes",
        "how-to-share": {"what": "the worry"},
        "decision": {"decision": "share"},
    }

    walk = an_engine().machine.walk(answers)

    assert walk.position == END
    assert len(walk.asked) == TYPICAL


def test_a_form_asks_one_line_and_says_whether_it_is_needed() -> None:
    needed = drawn(a_prompt(fields=(a_line(), a_line("other"))))
    free = drawn(a_prompt(fields=(a_line(required=False),)))

    assert "Line 1 of at most 2." in needed
    assert "Why they need it (required)" in needed
    assert "Use roles." in needed
    assert "Why they need it (you may leave it empty: press Enter)" in free


def test_a_settled_line_says_what_it_is_and_why() -> None:
    fields = (a_line(), a_line("how", Asks.ONE, fixed="not-told"))

    assert "Why they need it: Not told. It is unsafe." in text(a_prompt(fields=fields))


def test_a_form_that_is_filled_in_says_how_to_send_it() -> None:
    prompt = a_prompt(fields=(a_line(filled=True),))

    assert "Press Enter to send them." in text(prompt)
    assert not expects_text(prompt)


def test_keys_need_a_slash_only_where_words_are_expected() -> None:
    words, choice = (
        a_prompt(fields=(a_line(),)),
        a_prompt(fields=(a_line("a", Asks.ONE),)),
    )

    assert expects_text(words)
    assert drawn(words)[-2:] == list(TEXT_KEYS)
    assert not expects_text(choice)
    assert drawn(choice)[-1] == KEYS
    assert not expects_text(None)


def test_the_same_question_again_is_short() -> None:
    prompt = a_prompt(quotes=(a_quote(),), remarks=(a_remark(),))
    words = Words(the_directory())

    first, again = words.drawn(prompt), words.drawn(prompt)

    assert "Danger comes first." in flat(" ".join(first))
    assert again[:2] == ("Question 5. Typically 13.", "Is anyone in danger?")


def test_a_refusal_says_what_to_send() -> None:
    refusal = Refusal("s-1", "not-a-date", "This is not a date.", "a date")

    assert drawn(refusal) == ["This is not a date.", "Send: a date."]


def test_choices_listed_below_are_not_listed_in_the_refusal_too() -> None:
    refusal = Refusal("s-1", "not-understood", "No.", "a number: 1 Yes; 2 No")

    assert drawn(refusal) == ["No.", "Send: a number."]


def test_what_is_recorded_says_reference_decision_and_departure() -> None:
    shown = text(an_advice(), a_recorded(departing=True))

    assert "Reference: R-0000-0000-01" in shown
    assert "You decided: Refer" in shown
    assert "The guidance indicated: Refer now" in shown
    assert "This departs from what was indicated" in shown


def test_an_addition_is_not_called_a_new_decision() -> None:
    shown = text(a_recorded(added=True))

    assert shown.startswith("Added to the record of this decision.")
    assert "departs" not in shown
