from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from bot.channels.limits import LIMITS
from dialogs.screens import EMERGENCY_OUTCOME
from knowledge.check import NO_SYLLABLES, Checked, Surroundings, check, told
from knowledge.conditions import (
    ALWAYS,
    All,
    Answered,
    Condition,
    Departing,
    DoubtIs,
    Either,
    LevelIs,
    Named,
    Not,
    OutcomeIs,
    Unsure,
)
from knowledge.sizes import Limit, Measure, sizes
from knowledge.ways import Ways, implies
from knowledge.wording import (
    MAX_SENTENCE,
    MIN_WORDS,
    Part,
    own_words,
    reading_age,
    sentences,
)
from tests.support.packs import edited, line_of, shipped_files, shipped_pack

TODAY = date(2026, 11, 23)
AROUND = Surroundings(
    today=TODAY, limits=LIMITS, at_any_time=frozenset({EMERGENCY_OUTCOME})
)
DANGER_WHY = "    why: Danger comes first."


def checked(
    files: Mapping[str, str] | None = None, around: Surroundings = AROUND
) -> Checked:
    """Check a pack, the shipped one unless another is given."""
    return check(files or shipped_files(), around)


@cache
def shipped() -> Checked:
    return checked()


def new_in(files: Mapping[str, str], around: Surroundings = AROUND) -> Checked:
    """Return only what the shipped pack has not, whatever line it stands on."""
    found = checked(files, around)
    known = {each.what for each in (*shipped().problems, *shipped().warnings)}
    return replace(
        found,
        problems=tuple(each for each in found.problems if each.what not in known),
        warnings=tuple(each for each in found.warnings if each.what not in known),
    )


def problem_of(files: Mapping[str, str]) -> str:
    """Return what the one new problem says."""
    problems = new_in(files).problems
    assert len(problems) == 1, problems
    return problems[0].what


def warnings_of(files: Mapping[str, str], around: Surroundings = AROUND) -> list[str]:
    """Return what the new warnings say, where nothing must be mended."""
    found = new_in(files, around)
    assert found.problems == ()
    return [each.what for each in found.warnings]


def with_why(words: str) -> dict[str, str]:
    """Return the shipped files with other words for why danger comes first."""
    return edited("flow.yaml", DANGER_WHY, f"    why: {words} Danger comes first.")


# ---- the shipped pack --------------------------------------------------------


def test_nothing_in_the_shipped_pack_must_be_mended() -> None:
    assert shipped().problems == ()


def test_the_shipped_pack_is_warned_of_its_labels_its_owner_and_its_sign_off() -> None:
    rest = [
        each.what
        for each in shipped().warnings
        if "Slack shows" not in each.what
        and each.what
        not in {
            "nobody owns this pack",
            "0 of 2 deputies are named",
            "it is superseded, and every quotation says so",
            "no safeguarding lead has signed this pack off",
        }
    ]

    assert rest == []


# ---- what the loader finds ---------------------------------------------------


def test_whatever_the_loader_finds_must_be_mended() -> None:
    found = checked(edited("flow.yaml", "to: act-now", "to: act-later"))

    assert found.pack is None
    assert found.problems[0].what == "act-later is no question, outcome or fork"
    assert found.warnings == ()


def test_a_missing_else_is_told() -> None:
    found = checked(edited("flow.yaml", "      - else: safety-check\n", ""))

    assert found.problems[0].what == "the last row must be else"


# ---- what can never happen ---------------------------------------------------


SPARE = """  spare:
    kind: one
    ask: Is this asked?
    why: To see.
    choices:
      left: Left
    quotes: [S3-1]
    routes:
      - else: purpose

  purpose:
"""


def test_a_question_that_nothing_leads_to_must_be_mended() -> None:
    files = edited("flow.yaml", "  purpose:\n", SPARE)

    assert problem_of(files) == "no row leads to spare"


def test_an_outcome_that_nothing_leads_to_is_placed_on_its_line() -> None:
    files = edited("flow.yaml", "to: subject-access", "to: verify-first")

    problem = next(
        each for each in new_in(files).problems if each.what.startswith("no row")
    )

    assert problem.what == "no row leads to subject-access"
    assert problem.line == line_of(files["flow.yaml"], r"^  subject-access:")


def test_a_fork_that_nothing_leads_to_must_be_mended() -> None:
    files = edited(
        "flow.yaml",
        "forks:\n",
        "forks:\n  spare:\n    about: Nothing.\n    routes:\n      - else: purpose\n",
    )

    assert problem_of(files) == "no row leads to spare"


def test_the_screen_for_advice_is_unreached_once_no_outcome_waits_for_advice() -> None:
    files = edited("flow.yaml", "      advice: yes\n", "      advice: no\n")

    assert problem_of(files) == "no row leads to advice-received"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "      - if: {purpose: yes}\n",
            (
                "      - if: {purpose: yes}\n        to: identifiable\n"
                "      - if: [{purpose: yes}, {danger: no}]\n"
            ),
            "purpose, row 2 can never be taken: row 1 is taken wherever it would be",
        ),
        (
            "      - if: {purpose: yes}\n",
            (
                "      - if: {weigh-up.proportionate: yes}\n        to: identifiable\n"
                "      - if: {purpose: yes}\n"
            ),
            "purpose, row 1 can never be taken: its condition cannot hold here",
        ),
        (
            "      - if: {purpose: yes}\n",
            (
                "      - if: [{danger: yes}, {danger: no}]\n        to: identifiable\n"
                "      - if: {purpose: yes}\n"
            ),
            "purpose, row 1 can never be taken: its condition cannot hold here",
        ),
        (
            "      - if: {provider: [no, agrees]}\n",
            (
                "      - if: {provider: no}\n        to: whose-information\n"
                "      - if: {provider: agrees}\n        to: whose-information\n"
                "      - if: {any: [{provider: agrees}, {provider: no}]}\n"
            ),
            (
                "provider, row 3 can never be taken:"
                " the rows above take every answer that it is for"
            ),
        ),
    ],
    ids=["an earlier row wins", "not asked yet", "two answers", "all answers taken"],
)
def test_a_row_that_can_never_be_taken_must_be_mended(
    old: str, new: str, what: str
) -> None:
    assert problem_of(edited("flow.yaml", old, new)) == what


def test_a_row_that_is_taken_for_some_answers_is_not_dead() -> None:
    files = edited(
        "flow.yaml",
        "      - if: {provider: [no, agrees]}\n",
        "      - if: {provider: no}\n        to: whose-information\n"
        "      - if: {provider: [no, agrees]}\n",
    )

    assert new_in(files).problems == ()


def test_an_instruction_that_can_never_apply_must_be_mended() -> None:
    files = edited(
        "flow.yaml",
        "    at: [share-proportionate]\n    if: {not: telling-unsafe}\n",
        "    at: [share-proportionate]\n    if: {answered: advice-received}\n",
    )

    assert problem_of(files) == "the instruction tell-the-person can never apply"


def test_an_instruction_that_never_applies_at_one_of_its_places_is_a_warning() -> None:
    files = edited(
        "flow.yaml", "    at: [weigh-up]\n", "    at: [weigh-up, confidential]\n"
    )

    assert warnings_of(files) == [
        "the instruction tell-do-not-ask can never apply at confidential"
    ]


def test_an_instruction_for_every_outcome_need_not_apply_at_each() -> None:
    files = edited(
        "flow.yaml",
        "    if: early-help\n",
        "    if: [early-help, {weigh-up.proportionate: yes}]\n",
    )

    assert new_in(files).problems == ()
    assert new_in(files).warnings == ()


def test_an_alert_that_can_never_apply_must_be_mended() -> None:
    files = edited(
        "flow.yaml",
        "  - if: professional-involved\n    urgency: urgent\n",
        "  - if: {answered: advice-received}\n    urgency: urgent\n",
    )

    assert problem_of(files) == "alert 1 can never apply"


def test_passages_that_can_never_be_shown_must_be_mended() -> None:
    files = edited(
        "flow.yaml",
        "  - at: [share-legal-duty]\n",
        "  - at: [share-legal-duty]\n    if: {answered: weigh-up}\n",
    )

    assert problem_of(files).endswith(" of shown-with can never apply")


def test_what_the_emergency_screen_shows_may_come_after_any_answer() -> None:
    without = replace(AROUND, at_any_time=frozenset())
    files = edited("flow.yaml", "    fixed: yes\n", "    fixed: no\n")

    found = new_in(files, without).warnings

    assert "the instruction give-nothing can never apply at act-now" in [
        each.what for each in found
    ]
    assert new_in(files).warnings == ()


# ---- what nobody uses --------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "name"),
    [
        (
            "flow.yaml",
            "  in-danger: {danger",
            "  spare: {danger: no}\n  in-danger: {danger",
            "spare",
        ),
        (
            "flow.yaml",
            "doubts:\n",
            "doubts:\n  spare:\n    question: danger\n    when: {danger: not-sure}\n",
            "spare",
        ),
        ("flow.yaml", "    notices: [flowchart-5]\n", "", "flowchart-5"),
        ("flow.yaml", "    notices: [under-13-scope]\n", "", ""),
    ],
    ids=["condition", "doubt", "notice", "a notice that follows its passage"],
)
def test_what_nothing_uses_is_a_warning(
    file: str, old: str, new: str, name: str
) -> None:
    wanted = [f"nothing in the flow uses {name}"] if name else []

    assert warnings_of(edited(file, old, new)) == wanted


def test_a_passage_that_is_neither_quoted_nor_asked_for_is_a_warning() -> None:
    files = shipped_files()
    begin = files["passages.yaml"].index("S2-14:")
    asked = files["passages.yaml"].index("  asked-as:", begin)
    end = files["passages.yaml"].index("\n\n", asked)
    files["passages.yaml"] = (
        files["passages.yaml"][:asked] + files["passages.yaml"][end + 1 :]
    )

    assert warnings_of(files) == ["nothing in the flow uses S2-14"]


@pytest.mark.parametrize("where", ["safety.yaml", "the core rules"])
def test_a_condition_that_a_safety_rule_uses_is_used(where: str) -> None:
    files = edited(
        "flow.yaml",
        "  in-danger: {danger",
        "  spare: {danger: no}\n  in-danger: {danger",
    )
    rules = "rules:\n  - when: spare\n"
    around = AROUND
    if where == "safety.yaml":
        # Only its words are looked at here; its shape is the proof's business.
        pack = checked(files).pack
        assert pack is not None
        files["safety.yaml"] = rules
    else:
        around = replace(AROUND, rules=rules)

    assert warnings_of(files, around) == []


# ---- sizes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "      yes: Yes, someone needs to act in the next hours\n",
            f"      yes: Yes. {'So it is. ' * 9}\n",
            (
                "questions.danger.choices.yes: the label of a choice is 94;"
                " Slack shows 75 (text of an option or a button)"
            ),
        ),
        (
            "    title: Act now\n",
            f"    title: Act. {'Now. ' * 32}\n",
            (
                "outcomes.act-now.title: a heading is 164;"
                " Slack shows 150 (text of a header)"
            ),
        ),
        (
            "      left: Left\n",
            "".join(f"      c{number}: C\n" for number in range(10)),
            (
                "spare: the choices of one question is 11;"
                " Slack shows 10 (options of checkboxes or radio buttons)"
            ),
        ),
    ],
    ids=["a label", "a heading", "choices"],
)
def test_over_a_limit_that_has_another_way_is_a_warning(
    old: str, new: str, what: str
) -> None:
    files = edited("flow.yaml", "  purpose:\n", SPARE)
    files["flow.yaml"] = files["flow.yaml"].replace(old, new, 1)
    files["flow.yaml"] = files["flow.yaml"].replace(
        "        to: identifiable\n", "        to: spare\n", 1
    )
    files["flow.yaml"] = files["flow.yaml"].replace(
        "      - else: purpose\n\n", "      - else: identifiable\n\n", 1
    )

    assert warnings_of(files) == [what]


def test_over_a_limit_without_another_way_must_be_mended() -> None:
    found = new_in(with_why("Long. " * 600))

    assert [each.what for each in found.problems] == [
        "questions.danger.why: a text is 3733;"
        " Slack shows 3000 (text of a section)".replace("3733", _length())
    ]


def _length() -> str:
    files = with_why("Long. " * 600)
    pack = checked(files, replace(AROUND, limits=())).pack
    assert pack is not None
    return str(len(pack.flow.questions["danger"].why))


def test_a_screen_that_is_too_large_for_a_card_is_a_warning() -> None:
    small = Limit("Teams", "a card", Measure.SCREEN_BYTES, 1024, "a test", fails=False)

    found = checked(around=replace(AROUND, limits=(small,))).warnings

    assert any("competence: the bytes of one screen is " in each.what for each in found)


@pytest.mark.parametrize("measure", list(Measure))
def test_every_kind_of_limit_is_measured_somewhere(measure: Measure) -> None:
    assert any(size.measure == measure for size in sizes(shipped_pack()))


def test_the_pieces_of_a_screen_count_what_may_stand_on_it() -> None:
    found = {
        size.name: size.size
        for size in sizes(shipped_pack())
        if size.measure == Measure.MESSAGE_BLOCKS
    }

    assert found["refer-now"] > found["share-not-identifiable"] > 5


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.part)
def test_every_limit_names_its_source(limit: Limit) -> None:
    assert limit.source.startswith("https://")
    assert "read November 2026" in limit.source
    assert limit.at_most > 0


# ---- our own words -----------------------------------------------------------


def test_a_quotation_mark_in_our_own_words_must_be_mended() -> None:
    files = with_why("The document says “always”.")

    assert problem_of(files) == "our own words carry a quotation mark"


@pytest.mark.parametrize("part", list(Part))
def test_every_kind_of_our_words_is_looked_at(part: Part) -> None:
    assert any(words.part == part and words.text for words in own_words(shipped_pack()))


def test_a_long_sentence_is_a_warning_on_its_line() -> None:
    files = with_why(f"{'Word ' * MAX_SENTENCE}more.")

    warning = new_in(files).warnings[0]

    assert warning.what == "a sentence of 26 words: Word Word Word Word Word Word ..."
    assert warning.line == line_of(files["flow.yaml"], "^    why: Word")


def test_a_quotation_may_be_as_long_as_the_document_has_it() -> None:
    passage = shipped_pack().passages["S3-2"].text

    assert len(passage.split()) > MAX_SENTENCE
    assert passage not in {words.text for words in own_words(shipped_pack())}


def test_a_long_line_of_a_worksheet_is_placed_on_that_line() -> None:
    files = edited(
        "flow.yaml", "      age-gap: There", f"      age-gap: {'Word ' * 26}There"
    )

    warning = next(
        each for each in new_in(files).warnings if each.what.startswith("a sentence")
    )

    assert warning.line == line_of(files["flow.yaml"], "^      age-gap: Word")


def test_a_screen_of_text_without_a_label_of_its_own_is_looked_at_once() -> None:
    label = "\n    label: What might happen if it is not shared\n"
    files = edited("flow.yaml", label, "\n")
    files["flow.yaml"] = files["flow.yaml"].replace(
        "    ask: In one line,", f"    ask: {'Word ' * 26} in one line,", 1
    )

    warned = [each for each in new_in(files).warnings if "a sentence" in each.what]

    assert len(warned) == 1


def test_the_choices_of_a_decision_are_looked_at() -> None:
    assert ("questions", "decision", "fields", "decision", "choices", "share") in {
        words.path for words in own_words(shipped_pack())
    }


@pytest.mark.parametrize(
    ("words", "what", "write"),
    [
        ("Their behavior.", "behavior is American", "write behaviour"),
        ("We organize it.", "organize is American", "write organise"),
        ("We analyzed it.", "analyzed is American", "write analysed"),
        ("Her mom knows.", "mom is American", "write mum"),
    ],
)
def test_an_american_word_is_a_warning(words: str, what: str, write: str) -> None:
    warning = new_in(with_why(words)).warnings[0]

    assert (warning.what, warning.write) == (what, write)


@pytest.mark.parametrize("words", ["The size of it.", "A prize.", "Seize it."])
def test_an_english_word_that_only_looks_american_is_none(words: str) -> None:
    assert warnings_of(with_why(words)) == []


def test_a_word_the_pack_avoids_is_a_warning_that_says_what_to_write() -> None:
    warning = new_in(with_why("It was a Lifestyle choice.")).warnings[0]

    assert warning.what == "lifestyle choice is on this pack's list to avoid"
    assert warning.write == "write what happened, in plain words"


def test_a_word_to_avoid_is_only_found_as_a_whole_word() -> None:
    assert warnings_of(with_why("Keep on shopping. The usernames.")) == []


def test_other_words_for_a_question_are_looked_at_too() -> None:
    files = edited("flow.yaml", "        why: For early help,", "        ask: Mom?\n")

    assert checked(files).problems
    files = edited(
        "flow.yaml",
        "      - if: early-help\n        why:",
        "      - if: early-help\n        ask: Has the mom agreed?\n        why:",
    )
    assert warnings_of(files) == ["mom is American"]


# ---- reading age -------------------------------------------------------------


def vowels(word: str) -> int:
    """Count vowels, which is near enough for a test."""
    return sum(letter in "aeiouy" for letter in word.lower())


def test_without_a_library_to_count_syllables_the_check_says_that_it_is_skipped() -> (
    None
):
    assert shipped().skipped == (NO_SYLLABLES,)
    assert told(shipped()).endswith(NO_SYLLABLES)


def test_a_text_that_is_hard_to_read_is_a_warning() -> None:
    around = replace(AROUND, syllables=lambda word: max(1, vowels(word) - 1))
    hard = "Proportionality necessitates multidisciplinary consideration. " * 4

    found = [each for each in warnings_of(with_why(hard), around) if "reads" in each]

    assert any("Proportionality necessitates" in each for each in found)


def test_a_short_text_or_a_label_has_no_reading_age() -> None:
    around = replace(AROUND, syllables=lambda _word: 9)

    warned = {
        each.line for each in checked(around=around).warnings if "reads" in each.what
    }

    flow = shipped_files()["flow.yaml"]
    assert warned
    assert line_of(flow, "^      evidence: I have") not in warned
    assert line_of(flow, "^    title: Act now") not in warned


def test_the_reading_age_is_the_school_grade_plus_five() -> None:
    age = reading_age("The cat sat on the mat. It was a sunny day.", lambda _w: 1)

    grade = 0.39 * 11 / 2 + 11.8 * 1 - 15.59
    assert age == pytest.approx(grade + 5)


def test_a_text_without_words_has_some_reading_age_and_breaks_nothing() -> None:
    assert reading_age("", lambda _w: 1) < MIN_WORDS


def test_sentences_end_where_a_capital_or_digit_follows() -> None:
    assert sentences("Ring 999. Do not wait, e.g. for a reply. 2 people?") == [
        "Ring 999.",
        "Do not wait, e.g. for a reply.",
        "2 people?",
    ]


# ---- who answers for the pack ------------------------------------------------


def test_a_pack_without_an_owner_or_a_sign_off_is_a_warning() -> None:
    found = {each.what for each in shipped().warnings}

    assert "nobody owns this pack" in found
    assert "no safeguarding lead has signed this pack off" in found


def test_a_pack_with_an_owner_and_a_sign_off_is_not_warned_of_them() -> None:
    files = edited("pack.yaml", "owner: Not yet named", "owner: A Lead")
    files["pack.yaml"] = files["pack.yaml"].replace(
        'signed-off-by: ""', "signed-off-by: A Lead"
    )

    found = {each.what for each in checked(files).warnings}

    assert not {each for each in found if "pack" in each and "list" not in each}


def test_a_review_that_is_overdue_is_a_warning() -> None:
    later = replace(AROUND, today=date(2027, 3, 1))

    found = {each.what for each in checked(around=later).warnings}

    assert "the review was due on 2027-02-28" in found
    assert "checking new-duty-2026 was due on 2027-01-31" in found
    assert "checking boards-replaced was due on 2027-11-22" not in found


def test_a_review_on_the_very_day_is_not_overdue() -> None:
    day = replace(AROUND, today=date(2027, 2, 28))

    found = {each.what for each in checked(around=day).warnings}

    assert "the review was due on 2027-02-28" not in found


def test_a_day_that_is_no_date_must_be_mended() -> None:
    files = edited("pack.yaml", "review-due: 2027-02-28", "review-due: next spring")

    assert problem_of(files) == "next spring is no date"


def test_a_pack_without_cases_is_a_warning() -> None:
    files = shipped_files()
    del files["cases.csv"]

    assert warnings_of(files) == ["the pack has no cases"]


# ---- telling -----------------------------------------------------------------


def test_what_must_be_mended_is_told_before_the_warnings() -> None:
    found = checked(with_why("The “mom”."))

    lines = told(found).splitlines()

    assert lines[0].startswith("flow.yaml:")
    assert lines[1].startswith("warning: ")
    assert "1 problem." in lines


def test_nothing_to_tell_is_told_in_no_words() -> None:
    assert told(Checked(shipped_pack(), (), (), ())) == ""


# ---- what surely follows -----------------------------------------------------

YES = Answered("purpose", None, frozenset({"yes"}))
ANY = Answered("purpose", None, frozenset())
EITHER_ANSWER = Answered("purpose", None, frozenset({"yes", "no"}))
OTHER = Answered("danger", None, frozenset({"yes"}))
LOW = LevelIs(frozenset({0}))
ACT = OutcomeIs(frozenset({"act-now"}))
DOUBT = DoubtIs("purpose-not-sure", YES, open=True)


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        (YES, YES, True),
        (YES, EITHER_ANSWER, True),
        (EITHER_ANSWER, YES, False),
        (YES, ANY, True),
        (ANY, YES, False),
        (YES, OTHER, False),
        (All((YES, OTHER)), YES, True),
        (YES, All((YES, OTHER)), False),
        (All((YES, OTHER)), All((OTHER, YES)), True),
        (Either((YES, YES)), EITHER_ANSWER, True),
        (Either((YES, OTHER)), YES, False),
        (YES, Either((OTHER, EITHER_ANSWER)), True),
        (Named("a-name", YES), YES, True),
        (YES, Named("a-name", YES), True),
        (Not(EITHER_ANSWER), Not(YES), True),
        (Not(YES), Not(EITHER_ANSWER), False),
        (DOUBT, YES, True),
        (DOUBT, OTHER, False),
        (ACT, OutcomeIs(frozenset({"act-now", "refer-now"})), True),
        (LOW, LevelIs(frozenset({0, 1})), True),
        (LevelIs(frozenset({0, 1})), LOW, False),
        (Unsure(), Departing(), False),
        (YES, ALWAYS, True),
    ],
)
def test_one_condition_follows_from_another_only_where_it_is_sure(
    one: Condition, other: Condition, *, follows: bool
) -> None:
    assert implies(one, other) is follows


@pytest.mark.parametrize(
    ("condition", "place", "verdict"),
    [
        (YES, "danger", False),
        (YES, "purpose", None),
        (YES, "identifiable", None),
        (ACT, "act-now", True),
        (ACT, "refer-now", False),
        (ACT, "danger", False),
        (ACT, "conflict", None),
        (LOW, "share-with-consent", True),
        (LOW, "seek-advice", False),
        (LOW, "decision", None),
        (LevelIs(frozenset({4})), "act-now", None),
        (DOUBT, "danger", False),
        (DOUBT, "identifiable", None),
        (Departing(), "danger", False),
        (Departing(), "decision", None),
        (Unsure(), "danger", None),
        (Not(YES), "danger", True),
        (Not(YES), "identifiable", None),
        (All((ACT, Unsure())), "act-now", None),
        (All((ACT, ALWAYS)), "act-now", True),
        (Either((YES, ACT)), "act-now", True),
        (Either((YES, ACT)), "danger", False),
        (Either((YES, Unsure())), "danger", None),
        (
            All((YES, Named("no", Answered("purpose", None, frozenset({"no"}))))),
            "",
            False,
        ),
        (All((YES, EITHER_ANSWER, ANY)), "", None),
    ],
)
def test_what_surely_holds_at_a_place_is_said_and_nothing_else(
    condition: Condition, place: str, *, verdict: bool | None
) -> None:
    ways = Ways(shipped_pack().flow, frozenset())

    assert ways.verdict(condition, place) is verdict


def test_two_ticks_of_one_screen_are_no_contradiction() -> None:
    both = All(
        (
            Answered("safety-check", None, frozenset({"evidence"})),
            Answered("safety-check", None, frozenset({"prevent-harm"})),
        )
    )

    assert Ways(shipped_pack().flow, frozenset()).verdict(both, "harm") is None
