from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

from knowledge.conditions import ALWAYS, All, Answered, Condition
from knowledge.load import load
from knowledge.lockstep import Lockstep, Result, TwoFlows, asked_otherwise
from knowledge.model import END, Asks, Flow, Row, Rung
from knowledge.paths import TooLarge
from tests.support.brute_force import TooMany
from tests.support.packs import edited, shipped_pack
from tests.support.small_flows import Maker, a_question, an_outcome
from tests.support.two_flows import BruteTwo, changed

NO_DOUBT = "in-danger: {danger: yes}"
SEEDS = range(220)


class Sample:
    """A small flow with a change, and every pass through both."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - a seed must give the same change again
        self.old = Maker(seed, loops=False).flow()
        self.new = changed(self.old, random)
        if random.random() < 0.4:
            self.new = changed(self.new, random)
        self.brute = BruteTwo(self.old, self.new)
        self.flows = TwoFlows(self.old, self.new).settled()

    def found(self) -> set[tuple[Result, Result]]:
        lockstep = Lockstep(self.flows, self.flows.results())
        return {(each.old, each.new) for each in lockstep.run()}


@cache
def samples() -> tuple[tuple[int, Sample], ...]:
    return tuple(some_samples())


def some_samples() -> Iterator[tuple[int, Sample]]:
    for seed in SEEDS:
        try:
            yield seed, Sample(seed)
        except TooMany:
            continue


@pytest.mark.slow
def test_lockstep_finds_what_brute_force_finds_and_nothing_else() -> None:
    met = 0

    for seed, sample in samples():
        expected = sample.brute.results()
        met += bool(expected)
        assert sample.found() == expected, f"seed {seed}"

    assert met > 25, "too few of the random changes change anything"


@pytest.mark.slow
def test_lockstep_finds_the_questions_that_brute_force_finds() -> None:
    for seed, sample in samples():
        for question in {**sample.old.questions, **sample.new.questions}:
            differences = asked_otherwise(sample.flows, question)
            found = {(each.old, each.new) for each in differences}

            assert found == sample.brute.asked(question), f"seed {seed}, {question}"


def test_a_flow_comes_to_the_same_as_itself() -> None:
    flow: Flow = Maker(5, loops=False).flow()
    flows = TwoFlows(flow, flow).settled()

    assert Lockstep(flows, flows.results()).run() == ()


def in_order(first: str, second: str, **levels: str) -> Flow:
    """Ask two questions in an order, and give a level where both are *a*."""
    both = All((is_a("left"), is_a("right")))
    rungs = (Rung(both, levels.get("both", "4")), Rung(ALWAYS, "1"))
    onward = {first: second, second: "told"}
    return Flow(
        start=first,
        questions={
            name: a_question(
                name,
                Asks.ONE,
                {"a": "a", "b": "b"},
                "",
                {},
                (Row(ALWAYS, onward[name], is_else=True),),
            )
            for name in (first, second)
        },
        outcomes={
            "told": an_outcome(
                "told",
                rungs,
                (Rung(ALWAYS, "none"),),
                "share",
                (Row(ALWAYS, END, is_else=True),),
            )
        },
        forks={},
        conditions={},
        doubts={},
        instructions={},
        alerts=(),
        shown_with=(),
    )


def is_a(question: str) -> Condition:
    return Answered(question, None, frozenset({"a"}))


def test_questions_in_another_order_get_the_same_answers() -> None:
    flows = TwoFlows(in_order("left", "right"), in_order("right", "left")).settled()

    assert Lockstep(flows, flows.results()).run() == ()


def test_a_change_behind_another_order_is_found_once() -> None:
    new = in_order("right", "left", both="0")
    flows = TwoFlows(in_order("left", "right"), new).settled()

    found = Lockstep(flows, flows.results()).run()

    assert [(each.old.level, each.new.level) for each in found] == [(4, 0)]


def test_flows_that_need_too_much_are_refused_by_the_question_that_does() -> None:
    old = shipped_pack().flow
    new = load(edited("flow.yaml", "in-danger: {danger: [yes, not-sure]}", NO_DOUBT))
    flows = TwoFlows(old, new.flow, bound=300).settled()

    with pytest.raises(TooLarge, match="too large"):
        Lockstep(flows, flows.results()).run()
