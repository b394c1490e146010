import re
from pathlib import Path

import pytest

from knowledge.cases import COLUMNS, read_cases
from knowledge.load import content_hash, load, read_files
from knowledge.model import Case, Does, Step, Urgency
from knowledge.problems import PackError, Problem
from knowledge.yaml_text import MAX_BYTES
from tests.support.packs import ROOT, problems_of, shipped_files, shipped_pack

HEADER = ",".join(COLUMNS)
PLAIN = "A case,S3-9,danger: no,refer-now,4,urgent,S3-1"


def read(text: str) -> tuple[tuple[Case, ...], list[Problem]]:
    """Read a table for the shipped flow."""
    pack = shipped_pack()
    problems: list[Problem] = []
    found = read_cases("cases.csv", text, pack.flow, pack.passages, problems)
    return found, problems


def with_answers(answers: str) -> str:
    """Return a table of one case that answers so."""
    return f'{HEADER}\nA case,,"{answers}",refer-now,4,urgent,\n'


def steps_of(answers: str) -> tuple[Step, ...]:
    """Return the steps of a case that answers so, or fail."""
    cases, problems = read(with_answers(answers))
    assert problems == []
    return cases[0].steps


def problem_of(answers: str) -> Problem:
    """Return the one problem of a case that answers so."""
    _, problems = read(with_answers(answers))
    assert len(problems) == 1, problems
    return problems[0]


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


# ---- what a case may say ---------------------------------------------------------


def test_a_case_is_read_whole() -> None:
    cases, problems = read(f"{HEADER}\n{PLAIN}\n")

    assert problems == []
    assert cases == (
        Case(
            name="A case",
            duties=("S3-9",),
            steps=(Step(Does.ANSWER, "danger", "no"),),
            outcome="refer-now",
            level=4,
            alert=Urgency.URGENT,
            passages=("S3-1",),
            line=2,
        ),
    )


def test_ticks_are_joined_by_plus() -> None:
    assert steps_of("safety-check: low-level + sexual-activity") == (
        Step(Does.ANSWER, "safety-check", ("low-level", "sexual-activity")),
    )


def test_lines_of_a_form_are_parted_by_commas() -> None:
    step = steps_of("consent-so-far: child-view=agrees, responsible-view=disagrees")[0]

    assert step.value == {"child-view": "agrees", "responsible-view": "disagrees"}


def test_all_answers_each_line_that_has_the_answer_and_a_later_line_overrides() -> None:
    value = steps_of("competence: all yes, weighs-up=no, conclusion=unclear")[0].value

    assert isinstance(value, dict)
    assert value["clear-view"] == "yes"
    assert value["weighs-up"] == "no"
    assert value["conclusion"] == "unclear"
    assert "age-band" not in value


def test_ticks_on_a_line_are_joined_by_plus_too() -> None:
    step = steps_of("harm-record: grounds=evidence + prevent-harm")[0]

    assert step.value == {"grounds": ("evidence", "prevent-harm")}


def test_the_line_of_a_screen_with_one_line_needs_no_name() -> None:
    assert steps_of("if-not-shared: Nothing that we can see")[0].value == {
        "if-not-shared": "Nothing that we can see"
    }


@pytest.mark.parametrize("answers", ["if-not-shared", "if-not-shared:"])
def test_a_line_of_text_may_be_left_out(answers: str) -> None:
    assert steps_of(answers)[0].value == {}


@pytest.mark.parametrize(
    ("answers", "step"),
    [
        ("advice", Step(Does.ADVICE, "", "")),
        ("resume", Step(Does.RESUME, "", "")),
        ("type: gdpr stops me", Step(Does.TYPE, "", "gdpr stops me")),
        ("ask: who decides", Step(Does.ASK, "", "who decides")),
    ],
)
def test_a_step_may_be_more_than_an_answer(answers: str, step: Step) -> None:
    assert steps_of(answers) == (step,)


def test_a_stray_bar_between_steps_is_no_step() -> None:
    assert len(steps_of("danger: no | | safety-check: none |")) == 2


def test_duties_and_passages_are_parted_by_spaces_or_commas() -> None:
    row = 'A case,"S3-9, GR5",danger: no,refer-now,4,urgent,S3-1 S3-2'

    cases, _ = read(f"{HEADER}\n{row}\n")

    assert cases[0].duties == ("S3-9", "GR5")
    assert cases[0].passages == ("S3-1", "S3-2")


@pytest.mark.parametrize("begin", ["=1+1", "+44", "-1", "@SUM(A1)"])
def test_what_a_spreadsheet_might_work_out_is_only_text_here(begin: str) -> None:
    row = PLAIN.replace("A case", begin)

    cases, problems = read(f"{HEADER}\n{row}\n")

    assert problems == []
    assert cases[0].name == begin


# ---- how spreadsheets write it ---------------------------------------------------


def test_a_table_as_a_spreadsheet_writes_it_reads_the_same() -> None:
    as_text, _ = read(f"{HEADER}\n{PLAIN}\n")
    table = f"{HEADER}\n{PLAIN}\n".replace(",", ";").replace("\n", "\r\n")

    as_spreadsheet, problems = read("\ufeff" + table)

    assert problems == []
    assert as_spreadsheet == as_text


@pytest.mark.parametrize(
    "table",
    [
        f"{HEADER}\n{PLAIN}\n".replace(",", "\t"),
        "sep=;\n" + f"{HEADER}\n{PLAIN}\n".replace(",", ";"),
        f"{HEADER}\r{PLAIN}\r",
        f"{HEADER}\n{PLAIN}",
        f"{HEADER},,\n{PLAIN},,\n,,,,,,,,\n",
        f"\n\n{HEADER}\n\n{PLAIN}\n",
        f"{HEADER.upper()}\n{PLAIN}\n",
    ],
    ids=["tabs", "sep", "old-mac", "no-end", "empty-columns", "gaps", "capitals"],
)
def test_other_ways_of_writing_it_are_understood(table: str) -> None:
    cases, problems = read(table)

    assert problems == []
    assert [case.name for case in cases] == ["A case"]


def test_the_order_of_the_columns_is_free() -> None:
    header = ",".join(reversed(COLUMNS))
    row = ",".join(reversed(PLAIN.split(",")))

    cases, problems = read(f"{header}\n{row}\n")

    assert problems == []
    assert cases[0].outcome == "refer-now"


def test_a_row_with_one_cell_that_begins_with_a_hash_heads_the_rows_below() -> None:
    cases, problems = read(f"{HEADER}\n# Danger,,,,,,\n{PLAIN}\n")

    assert problems == []
    assert [case.line for case in cases] == [3]


def test_line_breaks_inside_a_cell_are_white_space() -> None:
    steps = steps_of("danger: no |\n safety-check: none")

    assert [step.question for step in steps] == ["danger", "safety-check"]


# ---- what is refused, where, and what to write -----------------------------------


@pytest.mark.parametrize(
    ("answers", "what", "write"),
    [
        ("dangr: no", "dangr is no question", "did you mean danger?"),
        ("danger: nope", "nope is no answer to danger", "did you mean no?"),
        ("danger:", "nothing is no answer to danger", "one of"),
        (
            "safety-check: evidense",
            "evidense is no answer to safety-check",
            "did you mean evidence?",
        ),
        (
            "competence: conclusion=competant",
            "competant is no answer to competence.conclusion",
            "did you mean competent?",
        ),
        (
            "consent-so-far: childview=agrees",
            "childview is no line of consent-so-far",
            "did you mean child-view?",
        ),
        (
            "harm-record: grounds=evidense",
            "evidense is no answer to harm-record.grounds",
            "did you mean evidence?",
        ),
        (
            "bichard-factors: all maybe",
            "maybe is no answer to bichard-factors",
            "one of",
        ),
        (
            "competence: weighs-up=yes, weighs-up=no",
            "weighs-up=no answers a line a second time",
            "remove it",
        ),
        ("advice: from the lead", "advice takes no words", "write advice alone"),
        ("type", "type needs words", "type: the words"),
        ("", "the case answers nothing", "write danger: no"),
    ],
)
def test_a_fault_in_the_answers_is_named_with_what_to_write(
    answers: str, what: str, write: str
) -> None:
    problem = problem_of(answers)

    assert problem.what == what
    assert write in problem.write


def test_a_fault_is_placed_at_the_very_word() -> None:
    row = "A case,,danger: no | safety-check: evidense,refer-now,4,urgent,"

    problem = only(read(f"{HEADER}\n{row}\n")[1])

    assert (problem.file, problem.line) == ("cases.csv", 2)
    assert row[problem.column - 1 :].startswith("evidense")


def test_a_fault_in_a_quoted_cell_is_placed_at_the_very_word() -> None:
    row = '"A case, named",,"danger: no | safety-check: evidense",refer-now,4,urgent,'

    problem = only(read(f"{HEADER}\n{row}\n")[1])

    assert row[problem.column - 1 :].startswith("evidense")


def test_a_fault_below_a_line_break_in_a_cell_is_placed_on_its_line() -> None:
    table = f'{HEADER}\nA case,,"danger: no |\n  dangr: no",refer-now,4,urgent,\n'

    problem = only(read(table)[1])

    assert (problem.line, problem.column) == (3, 3)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("refer-now", "refer", "refer is no outcome"),
        (",4,", ",5,", "5 is no level"),
        (",4,", ",,", "nothing is no level"),
        ("urgent", "soon", "soon is no alert"),
        ("S3-1", "S3-99", "S3-99 is no passage"),
        ("S3-9,", "S9-1,", "S9-1 is no duty of the document"),
        ("A case", "", "this case has no name"),
        ("S3-1", "S3-1,more", "this cell stands outside the columns"),
    ],
)
def test_a_fault_in_another_cell_is_named(old: str, new: str, what: str) -> None:
    row = PLAIN.replace(old, new, 1)

    assert only(read(f"{HEADER}\n{row}\n")[1]).what == what


def test_two_cases_never_share_a_name() -> None:
    _, problems = read(f"{HEADER}\n{PLAIN}\n{PLAIN.replace('A case', 'a  CASE')}\n")

    assert only(problems).what == "the name stands twice (first on line 2)"


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("", "the table is empty"),
        (HEADER.replace("level", "levle"), "levle is no column"),
        (HEADER.replace(",level", ""), "the table has no column level"),
        (f"{HEADER},case", "the column case stands twice"),
        (
            f'{HEADER}\n"A case"x,,,,,,\n',
            "a quotation mark in or after this row is not closed as it must be",
        ),
    ],
)
def test_a_table_that_cannot_be_read_says_why(table: str, what: str) -> None:
    assert what in [problem.what for problem in read(table)[1]]


def test_every_fault_of_a_table_is_told_at_once() -> None:
    rows = [
        PLAIN.replace("danger: no", "dangr: no"),
        PLAIN.replace("A case", "Another").replace("urgent", "soon"),
    ]

    _, problems = read("\n".join([HEADER, *rows]))

    assert [problem.line for problem in problems] == [2, 3]


def test_a_table_made_to_hurt_is_refused_by_its_size() -> None:
    _, problems = read("x" * (MAX_BYTES + 1))

    assert only(problems).what == f"the file is larger than {MAX_BYTES} bytes"


# ---- in a pack -------------------------------------------------------------------


def test_a_pack_with_a_stale_case_does_not_load() -> None:
    files = {**shipped_files(), "cases.csv": with_answers("danger: nope")}

    problem = problems_of(files)[0]

    assert str(problem).startswith("cases.csv:2:")


def test_a_pack_needs_no_cases() -> None:
    files = shipped_files()
    del files["cases.csv"]

    assert load(files).cases == ()


def test_the_cases_are_part_of_the_version() -> None:
    files = shipped_files()

    changed = {**files, "cases.csv": files["cases.csv"] + "# More,,,,,,\n"}

    assert load(changed).hash != load(files).hash
    assert load(changed).hash == content_hash(changed)


def test_another_table_in_the_folder_is_refused() -> None:
    files = {**shipped_files(), "case.csv": ""}

    assert problems_of(files)[0].write == "did you mean cases.csv?"


def test_a_table_that_a_spreadsheet_did_not_save_as_utf_8_is_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "cases.csv").write_bytes("caf\u00e9".encode("cp1252"))

    with pytest.raises(PackError) as caught:
        read_files(tmp_path)

    assert caught.value.problems[0].what == "is not UTF-8 text"


# ---- what the shipped cases and the page on the duties promise -------------------


DUTIES = [
    *(f"S2-{number}" for number in range(1, 16)),
    *(f"GR{number}" for number in range(1, 8)),
    *(f"S3-{number}" for number in range(1, 15)),
    *(f"S5-{number}" for number in range(1, 12)),
]


def coverage_rows() -> dict[str, str]:
    """Return the rows of the page on the duties, by duty."""
    page = (ROOT / "docs" / "guidance-coverage.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (S\d-\d+|GR\d) \| (.*) \|$", page)
    assert len(rows) == len(dict(rows)), "a duty stands twice"
    return dict(rows)


def test_the_page_on_the_duties_has_every_duty_of_the_document() -> None:
    assert list(coverage_rows()) == ["S1-1", *DUTIES]


def test_every_duty_is_honoured_or_says_why_not_or_that_it_is_to_come() -> None:
    silent = [
        duty
        for duty, row in coverage_rows().items()
        if not re.search(r"\*|`|to come|not a matter for software", row, re.IGNORECASE)
    ]

    assert silent == []


def test_every_case_that_the_page_names_exists() -> None:
    names = {case.name for case in shipped_pack().cases}
    named = re.findall(r"\*([^*]+)\*", " ".join(coverage_rows().values()))

    assert named
    assert set(named) <= names


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", " ".join(coverage_rows().values())))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }

    assert named - written == set()


def test_every_duty_on_practice_is_shown_by_a_case() -> None:
    shown = {duty for case in shipped_pack().cases for duty in case.duties}

    wanted = {duty for duty in DUTIES if duty.startswith(("S3-", "GR"))}

    assert wanted - shown == set()
