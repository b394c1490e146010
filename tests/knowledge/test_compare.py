import json
from collections.abc import Mapping
from functools import cache

import pytest

from dialogs.agreement import Replays
from knowledge.compare import Comparison, Gets, Part, compare
from knowledge.comparison_report import in_five_lines, plain, told
from knowledge.load import load
from knowledge.model import Pack
from tests.support.mutations import MUTATIONS
from tests.support.packs import edited, shipped_files, shipped_pack

DOUBT_IS_DANGER = "in-danger: {danger: [yes, not-sure]}"
ONLY_YES = "in-danger: {danger: yes}"
LAST_SENTENCE = """. If you decide to disclose share, then record what you have
    shared, with whom and for what purpose.
"""
SAYS = "    says: [do-not-contact-home]\n"


def against(files: Mapping[str, str]) -> Comparison:
    """Compare the shipped pack with a changed copy of it."""
    return compare(shipped_pack(), load(files))


@cache
def without_doubt() -> Comparison:
    """*Not sure* about danger is taken for no."""
    return against(edited("flow.yaml", DOUBT_IS_DANGER, ONLY_YES))


def test_a_pack_is_the_same_as_itself() -> None:
    found = against(shipped_files())

    assert found.same
    assert "Nothing that anybody reads or is led by is different." in told(found)


def test_a_changed_question_is_told_old_and_new_and_changes_no_answer() -> None:
    found = against(edited("flow.yaml", "Does a child, or anyone,", "Does anybody"))

    assert [each.name for each in found.words] == ["danger: ask"]
    assert not found.changes_safety
    shown = told(found)
    assert "  old: Does a child, or anyone, need someone to act" in shown
    assert "  new: Does anybody need someone to act" in shown
    assert "No answers come to another outcome, level or alert." in shown


def test_a_changed_passage_is_told_as_words() -> None:
    files = edited("passages.yaml", LAST_SENTENCE, ".\n")

    found = against(files)

    assert [each.name for each in found.words] == ["passage GR7"]


def test_answers_that_get_less_protection_come_first_with_the_shortest_example() -> (
    None
):
    found = without_doubt()

    assert found.results[0].gets == Gets.LIGHTER
    assert found.results[0].old.outcome == "act-now"
    assert found.results[0].example.old is not None
    assert found.results[0].example.old.answers == {"danger": "not-sure"}
    assert "LESS protection" in told(found)


def test_every_class_has_an_example_that_the_real_dialog_replays() -> None:
    new = load(edited("flow.yaml", DOUBT_IS_DANGER, ONLY_YES))
    old_replays, new_replays = Replays(shipped_pack()), Replays(new)

    found = compare(shipped_pack(), new, confirm=old_replays.both(new_replays))

    for each in found.results:
        assert each.example.old is not None
        assert each.example.new is not None
        assert old_replays.lines(each.example.old) is not None
        assert new_replays.lines(each.example.new) is not None


def test_an_instruction_that_fewer_see_is_told_with_an_example() -> None:
    found = against(edited("flow.yaml", SAYS, f"{SAYS}    if: {{danger: not-sure}}\n"))

    gone = [each for each in found.parts if not each.shown]
    assert {(each.part, each.place) for each in gone} == {(Part.INSTRUCTION, "act-now")}
    assert gone[0].example.old is not None
    assert gone[0].example.new is None
    assert not found.changes_safety
    assert "== No longer shown, by some answers" in told(found)


def test_questions_that_fewer_or_more_are_asked_are_named() -> None:
    asked = {each.question for each in without_doubt().questions if each.asked}

    assert "safety-check" in asked


def test_leads_are_told_in_five_lines() -> None:
    lines = in_five_lines(without_doubt())

    assert len(lines) == 5
    assert "get less protection" in lines[2]
    assert lines[4] == "Signed off by nobody: for trial and training only."


def test_a_comparison_is_told_to_scripts() -> None:
    values = json.loads(json.dumps(plain(without_doubt())))

    assert values["changes_safety"] is True
    assert values["results"][0]["gets"] == "lighter"
    assert values["results"][0]["example"]["old"]["answers"] == {"danger": "not-sure"}


def a_change_of_flow(number: int) -> Pack | None:
    mutation = MUTATIONS[number]
    files = shipped_files()
    files["flow.yaml"] = files["flow.yaml"].replace(mutation.old, mutation.new, 1)
    return load(files) if mutation.caught_by.partition(":")[0] != "loader" else None


@pytest.mark.slow
@pytest.mark.parametrize("number", range(0, len(MUTATIONS), 9))
def test_every_fault_somebody_might_make_shows_in_the_comparison(number: int) -> None:
    new = a_change_of_flow(number)
    if new is None:
        return

    found = compare(shipped_pack(), new)

    assert not found.same
    assert told(found)
