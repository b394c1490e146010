"""What may be quoted: the words of the source, whole, and led in as they are there.

The first tests hold for any source; those that name a passage read the shipped one.
"""

import string
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest

from knowledge.source import BlockKind, Fault, FaultKind, SourceText, fold
from knowledge.yaml_text import read_yaml

PACK = Path(__file__).parents[2] / "knowledge/packs/derby-derbyshire-2015"

GROUNDS = (
    "Sharing confidential information without consent in the public interest is "
    "normally justified;"
)
UNDERSTANDS = (
    "Can the child understand the question being asked of them? Does the child have a "
    "reasonable understanding of:"
)
UNDER_13 = (
    "All children under the age of 13 years of age must be referred to social care "
    "and/or police in line with child protection procedures."
)
SEXUAL_ACTIVITY = (
    "Sharing information in the case of sexual activity of under 16 year olds"
)
FOR_STAFF = "Overarching principles of information sharing for staff"
GOLDEN_RULES = (
    "“Seven golden rules to sharing information” (Information Sharing; advice for "
    "practitioners providing safeguarding services to children, young people, parents "
    "and carers, DfE, 2015)"
)


def yaml_of(name: str) -> dict[str, object]:
    plain = read_yaml(name, (PACK / name).read_text("utf-8")).plain()
    assert isinstance(plain, dict)
    return plain


@cache
def shipped() -> SourceText:
    source = yaml_of("pack.yaml")["source"]
    assert isinstance(source, dict)
    return SourceText.read((PACK / "source.txt").read_text("utf-8"), source["headings"])


@cache
def passages() -> dict[str, tuple[str, str | None]]:
    """Return text and lead-in of each shipped passage."""
    found: dict[str, tuple[str, str | None]] = {}
    for name, passage in yaml_of("passages.yaml").items():
        assert isinstance(passage, dict)
        found[name] = (fold(passage["text"]), passage.get("lead-in"))
    return found


def fault_of(source: SourceText, text: str, lead_in: str | None = None) -> Fault:
    fault = source.check(text, lead_in)
    assert fault is not None
    return fault


every_passage = pytest.mark.parametrize("name", sorted(passages()))


# The shipped document


def test_every_heading_of_the_document_stands_where_it_is_announced() -> None:
    assert shipped().missing_headings == ()


@every_passage
def test_a_shipped_passage_is_word_for_word_whole_and_led_in(name: str) -> None:
    assert shipped().check(*passages()[name]) is None


@every_passage
def test_one_changed_letter_anywhere_is_not_the_source(name: str) -> None:
    text, _ = passages()[name]

    still_found = [
        place
        for place, letter in enumerate(text)
        if letter.isalnum()
        for other in (_next_letter(letter), letter.swapcase())
        if other != letter
        and shipped().has(f"{text[:place]}{other}{text[place + 1 :]}")
    ]

    assert still_found == []


def _next_letter(letter: str) -> str:
    for letters in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
        if letter in letters:
            return letters[(letters.index(letter) + 1) % len(letters)]
    raise AssertionError(letter)


@every_passage
def test_one_dropped_character_anywhere_is_not_fit_to_quote(name: str) -> None:
    text, lead_in = passages()[name]
    shortened = (text[:place] + text[place + 1 :] for place in range(len(text)))

    fit = [
        short
        for short in shortened
        if shipped().has(short) and shipped().check(short, lead_in) is None
    ]

    assert fit == []


@every_passage
def test_a_passage_without_its_lead_in_is_refused(name: str) -> None:
    text, lead_in = passages()[name]
    if lead_in is None:
        assert fault_of(shipped(), text, GROUNDS).kind is FaultKind.LEAD_IN_UNCALLED_FOR
        return

    fault = fault_of(shipped(), text)

    assert fault.kind is FaultKind.LEAD_IN_MISSING
    assert fault.nearest == fold(lead_in)
    assert fold(lead_in) in fault.message


@every_passage
def test_a_passage_stands_in_a_numbered_section(name: str) -> None:
    number = {"G": "2", "S": name[1]}[name[0]]

    section = shipped().headings_above(passages()[name][0])

    assert section.startswith(f"Section {number}, ")


def test_all_shipped_passages_are_checked_within_a_tenth_of_a_second() -> None:
    source, checks = shipped(), list(passages().values())

    began = perf_counter()
    faults = [source.check(*check) for check in checks]

    assert perf_counter() - began < 0.1
    assert not any(faults)


def test_the_misspelt_name_frazer_is_kept() -> None:
    text, _ = passages()["S3-11"]

    fault = fault_of(shipped(), text.replace("Frazer", "Fraser"))

    assert "(Frazer competent)" in text
    assert fault.kind is FaultKind.NOT_IN_SOURCE
    assert "(Frazer" in fault.message
    assert "(Fraser" in fault.message
    assert fault.nearest == text


@pytest.mark.parametrize(
    ("name", "kept", "mended"),
    [
        ("S3-11-8", "reasonable consistent", "reasonably consistent"),
        ("GR7", "disclose share", "disclose"),
        ("S3-8", "recommendations recommended", "recommendations made"),
        ("S3-7", "lead, In addition", "lead. In addition"),
        ("S3-2", "child’s", "child's"),
        ("GR7", "it – whether", "it - whether"),
    ],
)
def test_what_looks_like_an_error_of_the_document_is_kept(
    name: str, kept: str, mended: str
) -> None:
    text, lead_in = passages()[name]

    fault = fault_of(shipped(), text.replace(kept, mended), lead_in)

    assert kept in text
    assert fault.kind is FaultKind.NOT_IN_SOURCE
    assert fault.nearest == text


def test_the_under_13_sentence_is_read_under_its_heading_on_sexual_activity() -> None:
    assert fault_of(shipped(), UNDER_13).nearest == SEXUAL_ACTIVITY
    assert shipped().check(UNDER_13, SEXUAL_ACTIVITY) is None


def test_a_criterion_has_the_nearest_words_that_lead_into_it() -> None:
    fault = fault_of(
        shipped(),
        "Weigh up one aspect of the situation against another?",
        "Does the child have a reasonable understanding of:",
    )

    assert fault.kind is FaultKind.LEAD_IN_WRONG
    assert fault.nearest == "Can the child or young person:"


def test_a_lead_in_may_differ_in_white_space_but_in_nothing_else() -> None:
    spread = SEXUAL_ACTIVITY.replace(" ", "\n  ")

    assert shipped().check(UNDER_13, spread) is None
    assert (
        fault_of(shipped(), UNDER_13, SEXUAL_ACTIVITY.lower()).kind
        is FaultKind.LEAD_IN_WRONG
    )


def test_grounds_for_sharing_need_no_lead_in_where_the_passage_begins_with_it() -> None:
    text, _ = passages()["S3-3"]

    assert shipped().check(text, None) is None
    assert fault_of(shipped(), text, GROUNDS).kind is FaultKind.LEAD_IN_UNCALLED_FOR


@pytest.mark.parametrize(
    "text",
    [
        GROUNDS,
        UNDERSTANDS,
        "Sharing information as part of preventative services;",
    ],
)
def test_words_that_lead_into_a_list_are_not_quoted_without_it(text: str) -> None:
    lead_in = passages()["S3-11-1"][1] if text == UNDERSTANDS else None

    fault = fault_of(shipped(), text, lead_in)

    assert fault.kind is FaultKind.CUT_AT_END
    assert fault.nearest.startswith(text)
    assert fault.nearest.endswith((".", "?"))


def test_a_golden_rule_may_be_quoted_with_or_without_its_number() -> None:
    text, lead_in = passages()["GR5"]

    assert shipped().check(f"5. {text}", lead_in) is None
    assert fault_of(shipped(), f". {text}", lead_in).kind is FaultKind.CUT_AT_START


def test_a_line_indented_after_the_golden_rules_is_not_one_of_them() -> None:
    text = (
        "Organisations and individuals should also be mindful of the revised list of "
        "7 Caldicott principles which underpin information governance across health "
        "and social care services."
    )

    assert shipped().check(text, None) is None


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("S3-1", "Section 3, Information Sharing Guidance for Practitioners"),
        ("S3-5", "Section 3, Sharing information as part of preventative services"),
        ("S3-12", "Section 3, Whose consent should be sought?"),
        ("S5-7", "Section 5, part 5, Complaints and Breaches"),
        ("GR1", f"Section 2, part 3, {FOR_STAFF}"),
    ],
)
def test_the_section_of_a_passage_is_read_off_the_headings_above_it(
    name: str, section: str
) -> None:
    assert shipped().headings_above(passages()[name][0]) == section


def test_a_section_without_a_title_of_its_own_is_named_by_its_number() -> None:
    text = "SECTION 1: Members of the Derby and Derbyshire Safeguarding Children Board"

    assert shipped().headings_above(text) == "Section 1"


# Cuts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("you must weigh up what might happen", FaultKind.CUT_AT_START),
        ("never compromise the safety or welfare of a child.", FaultKind.CUT_AT_START),
        ("Good practice indicates that obtaining parental", FaultKind.CUT_AT_END),
        ("Good practice indicates that obtaining paren", FaultKind.CUT_AT_END),
    ],
)
def test_a_cut_in_mid_sentence_is_refused(text: str, kind: FaultKind) -> None:
    fault = fault_of(shipped(), text)

    assert fault.kind is kind
    assert text in fault.nearest
    assert fault.nearest[0].isupper()
    assert fault.nearest.endswith(".")


def test_i_e_does_not_end_a_sentence() -> None:
    whole, lead_in = passages()["S3-5"]
    cut = whole[: whole.index("i.e.") + len("i.e.")]

    fault = fault_of(shipped(), cut, lead_in)

    assert fault.kind is FaultKind.CUT_AT_END
    assert fault.nearest == whole


def test_a_sentence_in_the_middle_of_a_list_item_still_needs_the_lead_in() -> None:
    text = "You will need to base your judgement on the facts of the case."

    assert fault_of(shipped(), text).kind is FaultKind.LEAD_IN_MISSING
    assert shipped().check(text, GOLDEN_RULES) is None


def test_a_cut_says_where_to_begin_and_where_to_go_on_to() -> None:
    text = "obtaining parental, or where appropriate the child’s consent"

    message = fault_of(shipped(), text).message

    assert 'Begin at "Good practice indicates that' in message
    assert (
        'Go on to "… compromise the safety or welfare of a child."'
        in fault_of(shipped(), f"Good practice indicates that {text}").message
    )


# Words that are not there


@pytest.mark.slow
def test_a_chapter_pasted_in_with_a_slip_is_answered_within_seconds() -> None:
    chapter = shipped().folded.replace("of", "off")

    began = perf_counter()
    fault = fault_of(shipped(), chapter)

    assert perf_counter() - began < 10
    assert fault.kind is FaultKind.NOT_IN_SOURCE


def test_the_first_difference_is_pointed_at_with_the_words_around_it() -> None:
    text, lead_in = passages()["GR3"]

    fault = fault_of(shipped(), text.replace("any doubt", "some doubt"), lead_in)

    assert fault.kind is FaultKind.NOT_IN_SOURCE
    assert fault.nearest == text
    assert (
        'The source has "…are in any doubt about…" where you have '
        '"…are in some doubt about…".'
    ) in fault.message


def test_characters_that_look_alike_are_named() -> None:
    text, _ = passages()["S3-2"]

    fault = fault_of(shipped(), text.replace("’", "'"))

    assert "right single quotation mark, not apostrophe" in fault.message


def test_left_out_words_are_named_as_a_difference() -> None:
    text, lead_in = passages()["S3-9"]

    fault = fault_of(shipped(), text.replace("and/or police ", ""), lead_in)

    assert fault.nearest == text
    assert "and/or police" in fault.message


def test_words_made_from_nothing_are_not_compared_with_the_source() -> None:
    fault = fault_of(shipped(), "Qu'ils mangent de la brioche.")

    assert fault.kind is FaultKind.NOT_IN_SOURCE
    assert "Nothing in the source is much like it." in fault.message


def test_words_that_only_stand_side_by_side_elsewhere_are_not_in_the_source() -> None:
    one, other = passages()["S3-4"][0], passages()["S3-9"][0]

    assert fault_of(shipped(), f"{one} {other}").kind is FaultKind.NOT_IN_SOURCE


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_passage_is_not_in_the_source(text: str) -> None:
    assert fault_of(shipped(), text).kind is FaultKind.NOT_IN_SOURCE


def test_a_source_without_words_holds_no_passage() -> None:
    source = SourceText.read(" \n", ["SECTION 1: Aims"])

    assert source.missing_headings == ("SECTION 1: Aims",)
    assert fault_of(source, "Share.").nearest == ""
    assert source.headings_above("Share.") == ""


# How any source is cut

LISTS = """SECTION 1: Aims
We aim to share.

Be kind. Ask whether:
 it is safe. Say why.
 it is wanted
by the child.
 any of these holds:
  the child agrees.
  a parent agrees.
It follows that

nothing else counts: that is all.

The rules are these:
1. Ask first.
2. Share if:
 the child agrees.
 it is lawful.
3. Record it.
 A page turned here.

SECTION 2: Rules
and reasons
Share when
it helps (“Do.”) It may. "Often." 12 years is young. This is so:
SECTION 3:

Ends
"""


def lists() -> SourceText:
    return SourceText.read(LISTS, ["SECTION 1: Aims", "SECTION 2: Rules and reasons"])


@pytest.mark.parametrize(
    ("text", "lead_in"),
    [
        ("We aim to share.", None),
        ("it is safe.", "Be kind. Ask whether:"),
        ("Say why.", "Be kind. Ask whether:"),
        ("it is wanted by the child.", "Be kind. Ask whether:"),
        ("any of these holds: the child agrees.", "Be kind. Ask whether:"),
        ("Ask first.", "The rules are these:"),
        ("Share if: the child agrees.", "The rules are these:"),
        ("it is lawful.", "Share if:"),
        ("Record it.", "The rules are these:"),
        ("A page turned here.", None),
    ],
)
def test_an_item_is_led_in_by_the_nearest_colon_else_by_what_stands_above_the_list(
    text: str, lead_in: str | None
) -> None:
    assert lists().check(text, lead_in) is None


def test_a_list_inside_a_list_is_led_in_by_its_own_item() -> None:
    text = "a parent agrees. It follows that nothing else counts: that is all."

    assert lists().check(text, "any of these holds:") is None


@pytest.mark.parametrize(
    "text",
    ["Share when it helps (“Do.”)", "It may.", '"Often."', "12 years is young."],
)
def test_a_sentence_ends_before_a_capital_a_digit_or_an_opening_quote(
    text: str,
) -> None:
    assert lists().check(text, None) is None


def test_a_sentence_before_the_words_that_lead_into_a_list_stands_alone() -> None:
    assert lists().check("Be kind.", None) is None
    assert fault_of(lists(), "Ask whether:").kind is FaultKind.CUT_AT_END


def test_a_colon_with_no_list_behind_it_leads_nowhere() -> None:
    assert lists().check("This is so: SECTION 3: Ends", None) is None


def test_a_blank_line_inside_an_unfinished_item_does_not_end_it() -> None:
    source = SourceText.read("1. Share\n\nsafely.\n\nThen stop.", [])

    assert source.check("Share safely.", None) is None
    assert fault_of(source, "safely.").kind is FaultKind.CUT_AT_START
    assert source.blocks[-1].kind is BlockKind.PARAGRAPH


def test_a_heading_is_never_part_of_the_paragraph_below_it() -> None:
    source = SourceText.read("Consent?\nAsk the child.", ["Consent?"])

    assert source.check("Ask the child.", None) is None
    assert source.headings_above("Ask the child.") == "Consent?"


@pytest.mark.parametrize(
    "heading",
    [
        "Aims",
        "We aim",
        "section 1: aims",
        "We aim to share. Be kind.",
        "We aim to share. Be kind. Ask whether:",
        "and reasons Share when it",
        "SECTION 3: Ends",
        "Ends well",
    ],
)
def test_a_heading_without_lines_of_its_own_is_reported(heading: str) -> None:
    source = SourceText.read(LISTS, ["SECTION 1: Aims", heading, "and reasons"])

    assert source.missing_headings == (heading,)


def test_a_heading_that_comes_out_of_order_is_reported() -> None:
    source = SourceText.read(
        LISTS, ["SECTION 2: Rules and reasons", "SECTION 1: Aims", "Ends"]
    )

    assert source.missing_headings == ("SECTION 1: Aims",)


def test_the_occurrence_that_is_whole_is_the_one_that_counts() -> None:
    source = SourceText.read(
        "One\nWe say: share it. Do.\n\nTwo\nshare it.", ["One", "Two"]
    )

    assert source.check("share it.", None) is None
    assert source.headings_above("share it.") == "Two"
    assert source.headings_above("say: share") == "One"


def test_of_several_faulty_occurrences_a_missing_lead_in_is_named_before_a_cut() -> (
    None
):
    source = SourceText.read("Then we share it. So.\n\nWhen safe:\n share it.", [])

    assert fault_of(source, "share it.").kind is FaultKind.LEAD_IN_MISSING


def test_white_space_is_free_and_nothing_else_is() -> None:
    assert lists().check("We\u00a0aim\tto\n\nshare.", None) is None
    assert not lists().has("We aim to share .")
    assert not lists().has("we aim to share.")
