"""The shipped flow is broken on purpose, and each fault is caught by name."""

from __future__ import annotations

import pytest

from knowledge.load import load
from knowledge.problems import PackError
from knowledge.prove import Verdict, prove_alone
from knowledge.rule_reader import core_rules_text
from tests.support.mutations import MUTATIONS, Mutation
from tests.support.packs import edited

LOADER = "loader: "


def verdict_on(mutation: Mutation) -> Verdict:
    """Prove one rule only: the others have nothing to say about the fault."""
    pack = load(edited("flow.yaml", mutation.old, mutation.new))
    return prove_alone(pack, core_rules_text(), mutation.caught_by)


def by_name(mutations: tuple[Mutation, ...]) -> dict[str, Mutation]:
    return {mutation.name: mutation for mutation in mutations}


BY_RULES = by_name(tuple(m for m in MUTATIONS if not m.caught_by.startswith(LOADER)))
BY_LOADER = by_name(tuple(m for m in MUTATIONS if m.caught_by.startswith(LOADER)))


@pytest.mark.parametrize("name", BY_RULES)
def test_a_broken_flow_is_caught_by_the_rule_that_is_meant_to(name: str) -> None:
    verdict = verdict_on(BY_RULES[name])

    assert verdict.heading.id == BY_RULES[name].caught_by
    assert not verdict.held


@pytest.mark.parametrize("name", BY_LOADER)
def test_a_flow_that_cannot_mean_anything_is_caught_by_the_loader(name: str) -> None:
    mutation = BY_LOADER[name]

    with pytest.raises(PackError) as caught:
        load(edited("flow.yaml", mutation.old, mutation.new))

    message = mutation.caught_by.removeprefix(LOADER)
    assert any(message in str(problem) for problem in caught.value.problems)


def test_every_name_in_the_table_is_used_once() -> None:
    names = [mutation.name for mutation in MUTATIONS]

    assert len(names) >= 30
    assert len(set(names)) == len(names)


def test_every_edit_in_the_table_changes_the_shipped_flow() -> None:
    for mutation in MUTATIONS:
        assert mutation.old != mutation.new
        edited("flow.yaml", mutation.old, mutation.new)
