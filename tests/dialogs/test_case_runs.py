from dataclasses import replace
from functools import cache

import pytest

from dialogs.case_report import CaseReport, CaseResult, Touched, plain, told
from dialogs.case_runs import run_cases
from knowledge.cases import COLUMNS, read_cases
from knowledge.load import load
from knowledge.model import Case, Pack
from knowledge.problems import Problem
from knowledge.search import PassageIndex
from tests.support.packs import edited, shipped_pack

HEADER = ",".join(COLUMNS)
EARLY_HELP = (
    "danger: no | safety-check: low-level | prompted-by: own-initiative"
    " | purpose: yes | identifiable: yes | confidential: yes | provider: no"
    " | whose-information: child"
    " | consent-so-far: child-view=agrees, responsible-view=agrees"
)
REFER = "danger: no | safety-check: evidence | prompted-by: own-initiative"


def run(pack: Pack) -> CaseReport:
    """Run the cases of a pack."""
    return run_cases(pack, PassageIndex(pack).search)


@cache
def shipped_report() -> CaseReport:
    return run(shipped_pack())


def a_case(
    answers: str,
    outcome: str = "share-with-consent",
    *,
    level: int = 0,
    alert: str = "none",
    passages: str = "",
) -> Case:
    """Return one case, read from a table."""
    row = f'A case,,"{answers}",{outcome},{level},{alert},{passages}'
    pack = shipped_pack()
    problems: list[Problem] = []
    found = read_cases("", f"{HEADER}\n{row}\n", pack.flow, pack.passages, problems)
    assert problems == []
    return found[0]


def differs(case: Case, pack: Pack | None = None) -> tuple[str, ...]:
    """Run one case, on the shipped flow or another, and say what differs."""
    return run(replace(pack or shipped_pack(), cases=(case,))).results[0].differs


# ---- the shipped cases -------------------------------------------------------


def test_every_case_of_the_shipped_pack_holds() -> None:
    assert [(each.case, each.differs) for each in shipped_report().failed] == []


def test_no_route_outcome_instruction_or_passage_is_without_a_case() -> None:
    missed = {each.kind: each.missed for each in shipped_report().touched}

    assert missed == {
        "routes": (),
        "outcomes": (),
        "instructions": (),
        "passages": (),
    }


def test_every_route_of_the_flow_is_counted_but_the_one_never_left_by() -> None:
    flow = shipped_pack().flow
    places = (*flow.questions, *flow.outcomes, *flow.forks)
    rows = sum(len(flow.place(place).routes) for place in places)

    routes = shipped_report().touched[0]

    assert routes.total == rows - len(flow.questions["advice-received"].routes)


# ---- a case that holds -------------------------------------------------------


def test_texts_and_the_screens_after_the_outcome_are_filled_in() -> None:
    assert differs(a_case(f"{EARLY_HELP} | covers-this: yes")) == ()


def test_a_departing_decision_is_given_its_reason() -> None:
    case = a_case(
        f"{EARLY_HELP} | covers-this: yes | decision: decision=do-not-share",
        alert="today",
    )

    assert differs(case) == ()


def test_advice_is_filled_in_and_what_stays_unsure_is_asked_again() -> None:
    case = a_case(
        "danger: no | safety-check: not-sure | prompted-by: own-initiative"
        " | advice | safety-check: evidence | safe-to-tell: yes",
        "refer-now",
        level=4,
        alert="urgent",
    )

    assert differs(case) == ()


def test_a_session_left_waiting_is_a_whole_case() -> None:
    case = a_case(
        "danger: no | safety-check: none | prompted-by: not-sure",
        "verify-first",
        level=1,
        alert="routine",
    )

    assert differs(case) == ()


def test_a_day_in_a_case_never_goes_by() -> None:
    case = a_case(f"{EARLY_HELP} | covers-this: yes | decision: review-date=2001-01-01")

    assert differs(case) == ()


# ---- a case that differs -----------------------------------------------------


def test_a_wrong_expectation_says_what_was_expected_and_what_came() -> None:
    case = a_case(
        f"{EARLY_HELP} | covers-this: yes", "do-not-share", level=2, alert="today"
    )

    assert differs(case) == (
        "outcome: expected do-not-share, got share-with-consent",
        "level: expected 2, got 0",
        "alert: expected today, got none",
    )


def test_a_passage_that_is_not_shown_is_named_beside_those_that_are() -> None:
    case = a_case(
        f"{REFER} | safe-to-tell: yes",
        "refer-now",
        level=4,
        alert="urgent",
        passages="S3-1 S5-7",
    )

    only = differs(case)

    assert len(only) == 1
    assert only[0].startswith("passages: expected S5-7 as well, got GR2 GR5 ")


def test_a_question_without_an_answer_is_named() -> None:
    assert differs(a_case(EARLY_HELP)) == (
        "the question covers-this was asked and the case has no answer",
    )


def test_an_answer_to_another_question_than_the_one_asked_is_named() -> None:
    assert differs(a_case("danger: no | covers-this: yes")) == (
        (
            "the question safety-check was asked and the case has no answer;"
            " it goes on with the answer to covers-this"
        ),
    )


def test_a_choice_left_out_of_a_worksheet_is_named() -> None:
    case = a_case(EARLY_HELP.replace(", responsible-view=agrees", ""))

    assert differs(case) == (
        (
            "the question consent-so-far was asked and the case has no answer:"
            " responsible-view is missing"
        ),
    )


def test_an_answer_that_is_never_reached_is_named() -> None:
    case = a_case(f"{EARLY_HELP} | covers-this: yes | weigh-up: proportionate=yes")

    assert differs(case) == ("the answer to weigh-up was never reached",)


def test_a_step_that_is_never_reached_is_named() -> None:
    case = a_case(
        f"{EARLY_HELP} | covers-this: yes | decision: decision=share | ask: x"
    )

    assert differs(case) == ("the step ask was never reached",)


def test_an_answer_that_is_refused_says_why() -> None:
    case = a_case("danger: no | safety-check: none + evidence")

    assert differs(case) == (
        (
            "at safety-check the answer was refused: Which of these is true? Tick all"
            " that apply.: none stands beside other ticks."
        ),
    )


def test_advice_where_nothing_waits_for_it_is_named() -> None:
    case = a_case("danger: no | safety-check: none | prompted-by: not-sure | advice")

    assert differs(case) == ("the case has advice, and nothing waits for advice",)


@pytest.mark.parametrize(
    "answers",
    [
        "danger: no | safety-check: not-sure | prompted-by: own-initiative | resume",
        (
            "danger: no | safety-check: none | prompted-by: records-request"
            " | requester-verified: yes | resume"
        ),
    ],
    ids=["advice is waited for", "nothing is waited for"],
)
def test_resuming_what_does_not_wait_for_the_practitioner_is_named(
    answers: str,
) -> None:
    assert differs(a_case(answers)) == (
        "the case resumes, and there is nothing to resume",
    )


def test_a_case_that_never_ends_is_stopped() -> None:
    asked = " | ".join(["ask: consent"] * 70)

    assert differs(a_case(asked)) == ("the case does not end within 60 moves",)


def test_words_of_danger_typed_in_a_case_change_no_outcome() -> None:
    case = a_case(f"type: he has a knife | {EARLY_HELP} | covers-this: yes")

    assert differs(case) == ("alert: expected none, got urgent",)


# ---- a flow that changed under its cases -------------------------------------


def test_a_weakened_outcome_shows_up_in_the_cases_by_name() -> None:
    pack = load(edited("flow.yaml", "    level: 4\n", "    level: 3\n"))

    failed = [each.case for each in run(pack).failed]

    assert "A child needs someone to act in the next hours" in failed


def test_a_row_that_no_case_takes_is_told_in_words() -> None:
    pack = shipped_pack()
    kept = tuple(case for case in pack.cases if "newspaper" not in case.name)

    routes = run(replace(pack, cases=kept)).touched[0]

    assert (
        "identifiable, row 3: if prompted-by is outside-request, go to if-not-shared"
        in routes.missed
    )


def test_an_outcome_that_no_case_shows_is_told() -> None:
    report = run(replace(shipped_pack(), cases=()))

    assert report.results == ()
    assert "act-now" in report.touched[1].missed


# ---- telling -----------------------------------------------------------------


REPORT = CaseReport(
    (
        CaseResult("One that holds", 2, ()),
        CaseResult("One that differs", 3, ("level: expected 4, got 3",)),
    ),
    (Touched("outcomes", 3, ("act-now",)), Touched("passages", 2, ())),
)


def test_a_report_in_words_names_case_line_and_difference() -> None:
    assert told(REPORT, "cases.csv").splitlines() == [
        "ok       One that holds",
        "DIFFERS  One that differs (cases.csv:3)",
        "           level: expected 4, got 3",
        "no case touches, of the outcomes: act-now",
        "2 cases, 1 differs. They touch 2 of 3 outcomes, 2 of 2 passages.",
    ]


def test_a_report_without_a_difference_says_so() -> None:
    assert told(CaseReport((), ()), "cases.csv") == "0 cases, none differs."


def test_a_report_for_scripts_is_plain_values() -> None:
    assert plain(REPORT) == {
        "cases": [
            {"case": "One that holds", "line": 2, "ok": True, "differs": []},
            {
                "case": "One that differs",
                "line": 3,
                "ok": False,
                "differs": ["level: expected 4, got 3"],
            },
        ],
        "touched": [
            {"kind": "outcomes", "total": 3, "missed": ["act-now"]},
            {"kind": "passages", "total": 2, "missed": []},
        ],
    }
