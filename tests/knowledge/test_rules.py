"""How safety rules are read, and what cannot be written in them."""

from __future__ import annotations

import pytest

from knowledge.problems import PackError
from knowledge.rule_reader import core_rules_text, read_rules, rules_hash
from knowledge.rules import Heading, Rules
from tests.support.packs import line_of, shipped_pack

HEADING = "    number: 99\n    name: A rule\n    why: It matters.\n"


def a_rule(body: str, name: str = "ours") -> str:
    return f"rules:\n  {name}:\n{HEADING}{body}"


def a_pair(body: str) -> str:
    return f"{body}\n    compares: [level]\n"


def an_order(answer: str, compares: str = "level") -> str:
    order = f"    never-lighter:\n      - {{answer: {answer}}}\n"
    return f"    compares: [{compares}]\n{order}"


def problems_of(safety: str) -> list[str]:
    with pytest.raises(PackError) as caught:
        read_rules(shipped_pack(), core_rules_text(), safety)
    return [str(problem) for problem in caught.value.problems]


def core() -> Rules:
    return read_rules(shipped_pack(), core_rules_text())


def headings(rules: Rules) -> list[Heading]:
    return [
        *(rule.heading for rule in rules.moments),
        *(rule.heading for rule in rules.pairs),
        *(rule.heading for rule in rules.structure),
    ]


def ids(rules: Rules) -> list[str]:
    return [heading.id for heading in headings(rules)]


def test_every_rule_of_the_specification_has_its_number() -> None:
    numbers = {heading.number for heading in headings(core())}

    assert {str(number) for number in range(1, 15)} <= numbers


def test_every_core_rule_says_why_it_matters_in_a_sentence() -> None:
    for heading in headings(core()):
        assert heading.why.endswith(".")
        assert not heading.name.endswith(".")


def test_a_pack_adds_rules_to_the_core_rules() -> None:
    added = a_rule("    always: {answered: decision}\n")

    both = read_rules(shipped_pack(), core_rules_text(), added)

    assert set(ids(both)) == {*ids(core()), "ours"}


def test_a_pack_cannot_use_the_id_of_a_core_rule() -> None:
    safety = a_rule("    always: {answered: decision}\n", name="danger-acts-at-once")

    (problem,) = problems_of(safety)

    assert problem.startswith("safety.yaml:2:")
    assert "is a core rule, which a pack cannot change" in problem


def test_a_pack_cannot_use_the_id_of_a_core_check_of_structure() -> None:
    safety = (
        "structure:\n  paths-are-short:\n"
        f"{HEADING}    check: longest-pass\n    limit: 99\n"
    )

    (problem,) = problems_of(safety)

    assert "paths-are-short is a core rule" in problem


def test_a_pack_cannot_read_what_a_core_condition_is_called() -> None:
    safety = a_rule("    when: in-danger\n    always: {answered: decision}\n")

    (problem,) = problems_of(safety)

    assert "in-danger is no condition" in problem


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    always: {answerd: decision}\n", "did you mean answered?"),
        ("    always: {says: tell-famly}\n", "did you mean tell-family?"),
        ("    always: {safety-check: evidnce}\n", "did you mean evidence?"),
        ("    always: {alert-at-least: tomorrow}\n", "is no value of alert-at-least"),
        ("    always: {alert-at-least: [today, urgent]}\n", "takes one value"),
        ("    always: {answers-at-most: few}\n", "is no value of answers-at-most"),
        ("    always: {level-at-least: 5}\n", "5 is no level"),
        ("    always: {quotes: S9-9}\n", "S9-9 is no value of quotes"),
        ("    always: {remarks: flowchart-99}\n", "is no value of remarks"),
        ("    always: {numbers: taxi}\n", "taxi is no value of numbers"),
        ("    always: {filled: decision.reason}\n", "did you mean reasons?"),
        ("    always: {filled: decisions.reasons}\n", "did you mean decision?"),
        ("    at: [outcome]\n    always: {level: 4}\n", "did you mean outcomes?"),
        ("    when: {level: 4}\n", "must say one thing"),
        ("    always: {level: 4}\n    never: {level: 3}\n", "must say one thing"),
        (a_pair("    always: {level: 4}\n    unaffected-by: [purpose]"), "one thing"),
        ("    unaffected-by: [purpose]\n", "nothing is compared"),
        ("    unaffected-by: [purposes]\n    compares: [level]\n", "did you mean"),
        (a_pair("    unaffected-by: [competence.age]"), "is no line of competence"),
        (an_order("danger, lightest-first: [no, yes]", "outcome"), "are not lighter"),
        (an_order("danger, lightest-first: [no, maybe]"), "maybe is no answer"),
        (an_order("danger, lightest-first: [unticked, ticked]"), "no boxes to tick"),
        (an_order("dangr, lightest-first: [no, yes]"), "did you mean danger?"),
        ("    sometimes: {level: 4}\n", "is not known here"),
    ],
)
def test_a_rule_that_cannot_be_read_says_what_to_write(body: str, message: str) -> None:
    problems = problems_of(a_rule(body))

    assert any(message in problem for problem in problems)
    assert all(problem.startswith("safety.yaml:") for problem in problems)


def test_a_fault_is_reported_at_its_line() -> None:
    safety = a_rule("    always:\n      - {level: 4}\n      - {says: hush}\n")

    (problem,) = problems_of(safety)

    assert problem.startswith(f"safety.yaml:{line_of(safety, 'hush')}:")


@pytest.mark.parametrize(
    ("check", "limit", "message"),
    [
        ("longest-pass", "many", "the limit must be a number"),
        ("longest-pas", "20", "did you mean longest-pass?"),
        ("starts-with", "dangr", "did you mean danger?"),
        ("asked-again", "danger, decison", "did you mean decision?"),
    ],
)
def test_a_check_of_structure_is_read_strictly(
    check: str, limit: str, message: str
) -> None:
    safety = f"structure:\n  ours:\n{HEADING}    check: {check}\n    limit: {limit}\n"

    problems = problems_of(safety)

    assert any(message in problem for problem in problems)


def test_a_core_rule_on_something_the_pack_does_not_have_is_refused() -> None:
    text = core_rules_text().replace(
        "{filled: decision.reasons}", "{filled: decision.x}"
    )

    with pytest.raises(PackError, match="x is no line of decision"):
        read_rules(shipped_pack(), text)


def test_what_is_not_yaml_is_refused() -> None:
    assert problems_of("rules: [")


def test_what_has_the_wrong_shape_is_refused() -> None:
    (problem,) = problems_of("rules: []")

    assert "mapping" in problem


def test_the_hash_tells_core_rules_and_a_packs_own_apart() -> None:
    assert rules_hash("a", "b") != rules_hash("ab", "")
    assert rules_hash("a", "b") == rules_hash("a", "b")
