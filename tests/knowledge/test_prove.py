"""What a proof says, and that it says the same as brute force."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from dialogs.agreement import Replays, disagreements
from knowledge.ground import Ground
from knowledge.load import load
from knowledge.model import END
from knowledge.moments import both, opposite
from knowledge.pairs import PairExploration
from knowledge.paths import Exploration, Loops, Sight, TooLarge, Watch, journey
from knowledge.prove import Proof, proof_stamp, prove, prove_alone
from knowledge.rule_reader import core_rules_text, read_rules, rules_hash
from knowledge.rules import MomentRule
from knowledge.slices import Slice
from knowledge.stamps import Stamp, ensure_proved, keep
from knowledge.survey import Surveyor
from knowledge.transcripts import power_of_ten, report, transcript, typical
from knowledge.walks import PlainReader
from tests.support.brute_force import Brute, TooMany
from tests.support.mutations import MUTATIONS
from tests.support.packs import edited, shipped_pack
from tests.support.small_flows import HEADING, Maker

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Flow, Pack
    from knowledge.prove import Verdict

SEEDS = range(30)  # each tries every answer of a small flow; 240 were run once
NO_DANGER = "danger not sure is taken for no"
OWN_RULES = """\
rules:
  never-not-yet:
    number: 98
    name: Nobody waits
    why: It is a test.
    never: {decision.decision: not-yet}
  of-nothing:
    number: 99
    name: About nothing
    why: It is a test.
    when: [{danger: yes}, {purpose: yes}]
    always: {level: 4}
"""
ONE_RULE = """\
rules:
  decided:
    number: 9
    name: Every path is decided
    why: It is a test of stamps, and one rule is proved quickly.
    always: {answered: decision}
"""


@cache
def shipped_proof() -> Proof:
    return prove(shipped_pack(), core_rules_text())


@cache
def spoilt(name: str) -> Pack:
    """Return the shipped pack with one fault of the table in it."""
    mutation = next(each for each in MUTATIONS if each.name == name)
    return load(edited("flow.yaml", mutation.old, mutation.new))


@cache
def spoilt_proof(name: str) -> Proof:
    """Return its proof, with counterexamples that the real dialog replays."""
    pack = spoilt(name)
    return prove(pack, core_rules_text(), confirm=Replays(pack).confirm)


@cache
def never_replayed() -> Proof:
    """Return a proof of a spoilt pack of which no counterexample can be replayed."""
    return prove(spoilt(NO_DANGER), core_rules_text(), confirm=lambda _: False)


@cache
def with_rules_of_its_own() -> Proof:
    """Return the proof of a pack that adds two rules which it does not keep."""
    return prove(shipped_pack(), core_rules_text(), OWN_RULES)


def proved_alone(name: str, rule: str) -> Verdict:
    """Prove one rule of a spoilt pack; the others have nothing to say about it."""
    pack = spoilt(name)
    return prove_alone(pack, core_rules_text(), rule, confirm=Replays(pack).confirm)


def verdict(proof: Proof, rule: str) -> Verdict:
    return next(each for each in proof.verdicts if each.heading.id == rule)


# ---- the shipped pack ----------------------------------------------


def test_the_shipped_pack_holds_every_rule() -> None:
    broken = [each.heading.id for each in shipped_proof().verdicts if not each.held]

    assert broken == []


def test_the_fourteen_rules_of_the_specification_are_all_proved() -> None:
    numbers = {each.heading.number for each in shipped_proof().verdicts}

    assert {str(number) for number in range(1, 15)} <= numbers


def test_more_combinations_are_covered_than_anybody_could_try() -> None:
    proof = shipped_proof()

    assert proof.unadvised > 10**11
    assert proof.combinations > proof.unadvised
    assert sum(proof.lengths.values()) == proof.unadvised


def test_no_path_of_the_shipped_pack_is_longer_than_twenty_answers() -> None:
    assert shipped_proof().longest <= 20


def test_the_machine_goes_every_merged_way_as_the_prover_reads_it() -> None:
    assert list(disagreements(shipped_pack(), shipped_proof())) == []


def test_a_machine_that_reads_another_flow_is_noticed() -> None:
    proof = shipped_proof()

    found = list(disagreements(spoilt("evidence is only shared"), proof))

    assert found
    assert any("refer-now" in each for each in found)


def test_a_pack_may_add_a_rule_that_it_breaks_itself() -> None:
    proof = with_rules_of_its_own()

    assert [each.heading.id for each in proof.verdicts if not each.held] == [
        "never-not-yet",
        "of-nothing",
    ]


def test_a_rule_that_never_comes_up_counts_as_broken() -> None:
    found = verdict(with_rules_of_its_own(), "of-nothing")

    assert not found.held
    assert "No answers lead to a moment" in found.broken_by[0].what


# ---- counterexamples -----------------------------------------------


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (NO_DANGER, "danger-acts-at-once"),
        ("evidence is only shared", "evidence-is-referred"),
        (
            "a second not sure of age counts as over 13",
            "a-second-not-sure-of-age-is-under-13",
        ),
        (
            "a second not sure of harm counts as nothing",
            "a-second-not-sure-of-harm-is-a-ground",
        ),
        ("tell the person although it is unsafe", "unsafe-telling-is-never-advised"),
        ("reasons may be left out", "decisions-have-reasons"),
        ("an adult is left out of consent", "sharing-with-consent-has-consent"),
        ("not sure about harm is alerted by routine", "not-sure-on-safety-alerts"),
    ],
)
def test_a_counterexample_breaks_its_rule_when_the_real_dialog_replays_it(
    fault: str, rule: str
) -> None:
    pack = spoilt(fault)
    replays = Replays(pack)
    rules = read_rules(pack, core_rules_text())

    found = proved_alone(fault, rule)

    (way,) = found.broken_by[0].passes
    assert found.confirmed
    assert replays.lines(way)
    (broken,) = [each for each in rules.moments if each.heading.id == rule]
    at = PlainReader(pack.flow).breaks(broken, way.answers, way.advised)
    assert at == way.place


def test_the_shortest_counterexample_comes_first() -> None:
    proof = spoilt_proof(NO_DANGER)

    (way,) = verdict(proof, "danger-acts-at-once").broken_by[0].passes

    assert dict(way.answers) == {"danger": "not-sure"}


@pytest.mark.parametrize(
    "rule",
    ["danger-acts-at-once", "heavier-answers-alert-no-later", "no-path-comes-back"],
)
def test_a_rule_that_is_proved_alone_gets_the_verdict_it_gets_among_all(
    rule: str,
) -> None:
    assert proved_alone(NO_DANGER, rule) == verdict(spoilt_proof(NO_DANGER), rule)


def test_a_flow_that_goes_round_has_no_verdict_but_that() -> None:
    fault = "the dialog goes round"

    assert not proved_alone(fault, "no-path-comes-back").held
    with pytest.raises(Loops):
        proved_alone(fault, "heavier-answers-alert-no-later")


def test_a_rule_that_is_not_there_cannot_be_proved_alone() -> None:
    with pytest.raises(KeyError):
        proved_alone(NO_DANGER, "no-such-rule")


def test_two_passes_that_end_in_the_wrong_order_are_both_replayed() -> None:
    fault = "a risk loses its alert once advised on"

    found = proved_alone(fault, "heavier-answers-alert-no-later")
    lower, upper = found.broken_by[0].passes
    assert found.confirmed
    assert upper.advised == {"risk-if-shared"}
    assert "risk-if-shared" not in lower.answers["safety-check"]
    lines = Replays(spoilt(fault)).lines(upper)
    assert lines is not None
    given = [json.loads(line)["answer"] for line in lines]
    assert {"decision": "not-yet", "reasons": "Recorded."} in given


def test_a_counterexample_that_cannot_be_replayed_still_counts() -> None:
    found = verdict(never_replayed(), "danger-acts-at-once")

    assert not found.held
    assert found.confirmed is False


def test_a_loop_is_reported_with_the_answers_that_go_round() -> None:
    proof = prove(spoilt("the dialog goes round"), core_rules_text())

    (found,) = proof.verdicts
    (way,) = found.broken_by[0].passes
    assert found.heading.id == "no-path-comes-back"
    assert "decision" in way.answers


# ---- the report ----------------------------------------------------


def test_the_report_has_a_line_for_each_rule_and_the_figures() -> None:
    proof = shipped_proof()

    text = report(shipped_pack(), proof, seconds=1.25)

    assert text.count("\nheld ") == len(proof.verdicts)
    assert f"{proof.unadvised:,} (about 10^" in text
    assert "Longest path: 20 answers." in text
    assert "Proved in 1.2 s." in text
    assert text.endswith(f"All {len(proof.verdicts)} rules hold.")


def test_a_broken_rule_prints_its_name_why_it_matters_and_how_to_replay_it() -> None:
    pack = spoilt(NO_DANGER)
    proof = spoilt_proof(NO_DANGER)

    text = report(pack, proof, lines=Replays(pack).lines)

    assert "BROKEN: Danger, or not being sure of it, shows act now" in text
    assert "Why it matters: Somebody may be hurt in the next hours" in text
    assert "    Answer: Not sure [not-sure]" in text
    assert '    {"answer": "not-sure"}' in text
    assert text.endswith(f"2 of {len(proof.verdicts)} rules are BROKEN.")


def test_a_fault_without_a_pass_is_told_in_a_sentence() -> None:
    fault = "the dialog starts with the safety check"

    text = report(spoilt(fault), spoilt_proof(fault))

    assert "The first question is safety-check." in text


def test_what_could_not_be_replayed_is_said() -> None:
    text = report(spoilt(NO_DANGER), never_replayed())

    assert "No session was found that replays this" in text


def test_both_passes_of_a_pair_are_told() -> None:
    fault = "a risk loses its alert once advised on"

    text = report(spoilt(fault), spoilt_proof(fault))

    assert "The lighter answer:" in text
    assert "After advice was recorded on: risk-if-shared" in text


def test_a_transcript_leaves_out_what_was_typed() -> None:
    fault = "reasons may be left out"
    found = proved_alone(fault, "decisions-have-reasons")

    lines = "\n".join(transcript(spoilt(fault).flow, found.broken_by[0].passes[0]))

    assert "Your decision: " in lines
    assert "Recorded." not in lines


def test_figures_are_said_in_words() -> None:
    assert power_of_ten(1) == "10^0"
    assert power_of_ten(9_999) == "10^3"
    assert typical({3: 1, 5: 2, 9: 1}) == 5
    assert typical({}) == 0


# ---- stamps --------------------------------------------------------


def test_a_pack_is_proved_once_and_then_known_by_its_stamp(tmp_path: Path) -> None:
    cache_file = tmp_path / "proved.json"

    first = ensure_proved(shipped_pack(), ONE_RULE, cache_file)
    second = ensure_proved(shipped_pack(), ONE_RULE, cache_file)

    assert isinstance(first, Proof)
    assert second == Stamp(first.stamp)
    assert stat.S_IMODE(cache_file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["proved.json"]  # noqa: PTH208 - names are enough


def test_a_proof_made_elsewhere_is_kept_only_where_it_held(tmp_path: Path) -> None:
    cache_file = tmp_path / "proved.json"
    held = prove(shipped_pack(), ONE_RULE)

    keep(held, cache_file)
    keep(with_rules_of_its_own(), cache_file)

    assert json.loads(cache_file.read_text("utf-8")) == {"proved": [held.stamp]}
    assert ensure_proved(shipped_pack(), ONE_RULE, cache_file) == Stamp(held.stamp)


def test_without_a_cache_every_start_proves() -> None:
    assert isinstance(ensure_proved(shipped_pack(), ONE_RULE, None), Proof)


@pytest.mark.parametrize("content", ["", "[]", '{"proved": "all"}', '{"proved": [1]}'])
def test_a_cache_that_cannot_be_read_counts_as_nothing(
    content: str, tmp_path: Path
) -> None:
    cache_file = tmp_path / "proved.json"
    cache_file.write_text(content, encoding="utf-8")

    found = ensure_proved(shipped_pack(), ONE_RULE, cache_file)

    assert isinstance(found, Proof)


def test_a_stamp_for_another_pack_is_not_trusted(tmp_path: Path) -> None:
    cache_file = tmp_path / "proved.json"
    core = ONE_RULE
    other = proof_stamp("another pack", rules_hash(core, ""))
    cache_file.write_text(json.dumps({"proved": [other]}), encoding="utf-8")

    found = ensure_proved(shipped_pack(), core, cache_file)

    assert isinstance(found, Proof)
    kept = json.loads(cache_file.read_text(encoding="utf-8"))["proved"]
    assert sorted(kept) == sorted([other, found.stamp])


def test_a_broken_pack_leaves_no_stamp(tmp_path: Path) -> None:
    cache_file = tmp_path / "proved.json"
    pack = spoilt("a pass ends in the harm record")

    found = ensure_proved(pack, ONE_RULE, cache_file)

    assert isinstance(found, Proof)
    assert not found.held
    assert not cache_file.exists()


def test_pack_rules_and_prover_each_change_the_stamp() -> None:
    stamps = {
        proof_stamp("pack", "rules"),
        proof_stamp("other", "rules"),
        proof_stamp("pack", "other"),
        proof_stamp("pack", "rules", prover="other"),
    }

    assert len(stamps) == 4


# ---- the bound -----------------------------------------------------


def test_a_flow_beyond_the_bound_is_refused_by_the_question_that_makes_it_large() -> (
    None
):
    with pytest.raises(TooLarge) as refused:
        prove(shipped_pack(), core_rules_text(), bound=1000)

    assert refused.value.question in shipped_pack().flow.questions
    assert refused.value.question in str(refused.value)


# ---- against brute force -------------------------------------------


class Small:
    """A small random flow with rules, explored in both ways."""

    def __init__(self, seed: int) -> None:
        self._make(seed)
        self.moments = [
            replace(
                self.maker.moment_rule(self.flow),
                heading=replace(HEADING, id=str(number)),
            )
            for number in range(4)
        ]
        self.pairs = [self.maker.pair_rule(self.flow) for _ in range(2)]
        self.ground = Ground(self.flow)
        self.sights = {r.heading.id: self._sights(r) for r in self.moments}
        self.whens = [self.ground.bits(rule.when, END) for rule in self.pairs]
        self.ground.settled()

    def _make(self, seed: int) -> None:
        """Make a flow; where it is too large for brute force, another."""
        while True:
            self.maker = Maker(seed, loops=seed % 3 == 0)
            self.flow: Flow = self.maker.flow()
            self.brute = Brute(self.flow)
            try:
                self.passes = self.brute.passes()
            except TooMany:
                seed += 1000
            else:
                return

    def _sights(self, rule: MomentRule) -> dict[str, Sight]:
        broken = both((rule.when, opposite(rule.holds)))
        return {
            place: Sight(
                self.ground.bits(rule.when, place), self.ground.bits(broken, place)
            )
            for place in rule.at
        }

    def explored(self, rules: list[str]) -> Watch:
        watch = Watch({rule: self.sights[rule] for rule in rules})
        Exploration(self.ground, Slice(self.ground, watch.reads()), watch).run()
        return watch


@cache
def small_flow(seed: int) -> Small:
    return Small(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_prover_and_brute_force_agree_on_a_small_random_flow(seed: int) -> None:
    small = small_flow(seed)

    survey = Surveyor(small.ground).run()

    assert survey.lengths == small.brute.lengths(small.passes, advised=True)
    assert survey.plain == small.brute.lengths(small.passes, advised=False)
    alone, together = small.explored(["0"]), small.explored(list(small.sights))
    for rule in small.moments:
        name = rule.heading.id
        met, least = small.brute.shortest(rule, small.passes)
        for watch in (alone, together) if name == "0" else (together,):
            found = watch.found.get(name)
            assert (name in watch.met) == met
            assert (len(journey(found[0].step)) if found else None) == least


@pytest.mark.parametrize("seed", SEEDS)
def test_two_copies_in_step_agree_with_comparing_all_passes(seed: int) -> None:
    small = small_flow(seed)

    for rule, when in zip(small.pairs, small.whens, strict=True):
        search = PairExploration(small.ground, rule, when)
        search.run()

        assert bool(search.found) == small.brute.pair_breaks(rule, small.passes)
