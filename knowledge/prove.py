"""Proves a pack's safety rules over every combination of answers.

Rules about single moments are looked at together, in batches that need few
bits more than routing does; rules about two passes one by one. A flow too large
for the stated bound is refused, never sampled.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.ground import BOUND, Ground
from knowledge.model import END
from knowledge.moments import both, opposite, tells_places_apart
from knowledge.pairs import PairExploration
from knowledge.paths import Exploration, Loops, Sight, Watch, journey
from knowledge.rule_reader import read_rules
from knowledge.slices import Slice
from knowledge.structure import faults
from knowledge.survey import Survey, Surveyor
from knowledge.walks import PlainReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from knowledge.conditions import Condition, Value
    from knowledge.model import Pack
    from knowledge.paths import Step, Turn
    from knowledge.rules import Heading, MomentRule, PairRule, Rules, StructureRule

PROVER: Final = "1"
"""Raised whenever the prover's reading of a flow or a rule changes."""
MOST_EXTRA: Final = 20
"""Most bits that a batch of rules may add to what routing keeps at a question."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass, or the beginning of one, that shows something.

    Attributes:
        answers: Whole answers by question, in the order they were given.
        advised: Doubts that a person has advised on.
        place: The moment it shows: a question, an outcome or ``end``.
    """

    answers: Mapping[str, Value]
    advised: frozenset[str]
    place: str


@dataclass(frozen=True, slots=True)
class Counterexample:
    """How a rule can be broken.

    Attributes:
        what: What happens, in a sentence.
        passes: One pass; two, the lighter answer first, where passes are
            compared; none where the fault can be read off the flow.
    """

    what: str
    passes: tuple[Pass, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one rule.

    Attributes:
        held: Whether it holds over every combination of answers.
        broken_by: How it is broken, the shortest first.
        confirmed: Whether the first of these was replayed by the real dialog;
            None where nobody asked.
    """

    heading: Heading
    held: bool
    broken_by: tuple[Counterexample, ...] = ()
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A representative of a merged way, as the prover reads it.

    Attributes:
        before: The answers but the last one; the same object for all ways that go on
            from there with the same advice.
        path: Every place on the way, the next question or ``end`` last.
    """

    before: Mapping[str, Value]
    answers: Mapping[str, Value]
    advised: frozenset[str]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Every rule's verdict, and what the proof covers.

    Attributes:
        combinations: Number of answer combinations, with each doubt that
            stands advised on or not.
        unadvised: The same among passes without recorded advice.
        lengths: Combinations by number of answers, without recorded advice.
        longest: Answers on the longest pass.
        states: Number of states that all of them were merged into.
        ways: A representative of every merged way; see :func:`merged`.
        stamp: Names the pack, the rules and the prover.
    """

    pack: str
    verdicts: tuple[Verdict, ...]
    combinations: int
    unadvised: int
    lengths: Mapping[int, int]
    longest: int
    states: int
    ways: tuple[Turn, ...]
    stamp: str

    @property
    def held(self) -> bool:
        """Whether every rule holds."""
        return all(verdict.held for verdict in self.verdicts)


def merged(pack: Pack, proof: Proof) -> Iterator[Merged]:
    """Yield a representative of every merged way, to compare the machine with."""
    reader = PlainReader(pack.flow)
    known: dict[tuple[int, frozenset[str]], Mapping[str, Value]] = {}

    def given(step: Step | None, advised: frozenset[str]) -> Mapping[str, Value]:
        """Fill in the answers up to a step; most ways begin as others do."""
        key = (id(step), advised)
        if key not in known:
            known[key] = (
                reader.more(given(step.before, advised), step, advised) if step else {}
            )
        return known[key]

    for turn in proof.ways:
        advised = frozenset(turn.advised)
        path = (*(place for place, _ in turn.arrival.passed), turn.arrival.to)
        before = given(turn.step.before, advised)
        answers = reader.more(before, turn.step, advised)
        yield Merged(before, answers, advised, path)


def prove(
    pack: Pack,
    core: str,
    safety: str = "",
    *,
    confirm: Callable[[Counterexample], bool] | None = None,
    bound: int = BOUND,
) -> Proof:
    """Prove every rule over every combination of answers.

    Args:
        pack: The pack.
        core: The text of the core rules.
        safety: The text of the pack's own ``safety.yaml``; empty for none.
        confirm: Says whether a counterexample can be replayed by the real
            dialog; the shortest that can be is put first.
        bound: Most work in one exploration.

    Raises:
        PackError: A rule cannot be read against this pack.
        TooLarge: The flow needs more than the stated bound.
    """
    rules = read_rules(pack, core, safety)
    return Prover(pack, rules, confirm, bound=bound).prove()


def prove_alone(
    pack: Pack,
    core: str,
    rule: str,
    safety: str = "",
    *,
    confirm: Callable[[Counterexample], bool] | None = None,
) -> Verdict:
    """Prove one rule, in less time than all of them take; nothing else is counted.

    Args:
        pack: The pack.
        core: The text of the core rules.
        rule: The id of the rule.
        safety: The text of the pack's own ``safety.yaml``; empty for none.
        confirm: See :func:`prove`.

    Raises:
        KeyError: There is no such rule.
        PackError: A rule cannot be read against this pack.
        TooLarge: The flow needs more than the stated bound.
        Loops: The flow comes back to a question; ``no-loops`` says so in its verdict.
    """
    prover = Prover(pack, read_rules(pack, core, safety).alone(rule), confirm)
    return prover.prove_alone()


class Prover:
    """Proves one pack's rules."""

    def __init__(
        self,
        pack: Pack,
        rules: Rules,
        confirm: Callable[[Counterexample], bool] | None = None,
        *,
        bound: int = BOUND,
    ) -> None:
        """Take the pack and its rules, and turn both into bits."""
        self.pack = pack
        self.rules = rules
        self.confirm = confirm
        self.reader = PlainReader(pack.flow)
        self.ground = Ground(pack.flow, bound=bound)
        self.sights = {rule.heading.id: self._sights(rule) for rule in rules.moments}
        self.whens = {
            rule.heading.id: self.ground.bits(rule.when, END) for rule in rules.pairs
        }
        self.ground.settled()

    def _sights(self, rule: MomentRule) -> dict[str, Sight]:
        broken = both((rule.when, opposite(rule.holds)))
        if not (tells_places_apart(rule.when) or tells_places_apart(broken)):
            # The same wherever it is looked at, so that once is enough.
            sight = self._sight(rule.when, broken, END)
            return dict.fromkeys(rule.at, sight)
        return {place: self._sight(rule.when, broken, place) for place in rule.at}

    def _sight(self, when: Condition, broken: Condition, place: str) -> Sight:
        return Sight(self.ground.bits(when, place), self.ground.bits(broken, place))

    def prove(self) -> Proof:
        """Prove everything; a flow with a loop gets no further than that."""
        try:
            survey = Surveyor(self.ground).run()
        except Loops as loop:
            return self._looping(loop)
        reached = _reached(survey)
        verdicts = [
            *(self._structure(rule, survey) for rule in self.rules.structure),
            *self._moments(),
            *(self._pair(rule, reached) for rule in self.rules.pairs),
        ]
        return self._proof(verdicts, survey)

    def prove_alone(self) -> Verdict:
        """Prove the only rule there is; see :func:`prove_alone`."""
        if self.rules.moments:
            # What holds at a moment can be told without counting the passes.
            (verdict,) = self._moments()
            return verdict
        try:
            survey = Surveyor(self.ground).run()
        except Loops as loop:
            for verdict in self._looping(loop).verdicts:
                return verdict
            raise
        if self.rules.pairs:
            return self._pair(self.rules.pairs[0], _reached(survey))
        return self._structure(self.rules.structure[0], survey)

    def _proof(self, verdicts: Iterable[Verdict], survey: Survey) -> Proof:
        order = sorted(verdicts, key=lambda verdict: _place(verdict.heading.number))
        return Proof(
            pack=self.pack.id,
            verdicts=tuple(order),
            combinations=survey.lengths.total(),
            unadvised=survey.plain.total(),
            lengths=dict(sorted(survey.plain.items())),
            longest=max(survey.lengths, default=0),
            states=survey.states,
            ways=tuple(survey.merged),
            stamp=proof_stamp(self.pack.hash, self.rules.hash),
        )

    def _looping(self, loop: Loops) -> Proof:
        what = f"The dialog comes back to {loop.place}."
        way = self._pass(loop.step, loop.advised, loop.place)
        verdicts = [
            Verdict(rule.heading, held=False, broken_by=(Counterexample(what, (way,)),))
            for rule in self.rules.structure
            if rule.check == "no-loops"
        ]
        return self._proof(verdicts, Survey())

    # ---- structure ------------------------------------------------------------

    def _structure(self, rule: StructureRule, survey: Survey) -> Verdict:
        found = tuple(
            Counterexample(
                what, (self._pass(*way, place=END),) if way is not None else ()
            )
            for what, way in faults(self.ground, survey, rule)
        )
        return Verdict(rule.heading, held=not found, broken_by=found)

    # ---- moments ----------------------------------------------------------------

    def _moments(self) -> Iterator[Verdict]:
        for batch in self._batches():
            watch = Watch(
                {rule.heading.id: self.sights[rule.heading.id] for rule in batch}
            )
            Exploration(self.ground, Slice(self.ground, watch.reads()), watch).run()
            for rule in batch:
                yield self._moment(rule, watch)

    def _batches(self) -> Iterator[list[MomentRule]]:
        """Put rules together that keep nearly the same bits."""
        rules = {rule.heading.id: rule for rule in self.rules.moments}
        for names in batches(self.ground, self.sights, MOST_EXTRA):
            yield [rules[name] for name in names]

    def _moment(self, rule: MomentRule, watch: Watch) -> Verdict:
        name = rule.heading.id
        if name not in watch.met:
            what = "No answers lead to a moment that this rule speaks of."
            return Verdict(
                rule.heading, held=False, broken_by=(Counterexample(what, ()),)
            )
        found = [
            Counterexample(
                f"It is broken at {place}.", (self._pass(step, advised, place),)
            )
            for place, step, advised in watch.found.get(name, ())
        ]
        for each in found:
            (way,) = each.passes
            if self.reader.breaks(rule, way.answers, way.advised) is None:
                raise Disagreement(name)
        return self._verdict(rule.heading, found)

    # ---- pairs --------------------------------------------------------------------

    def _pair(self, rule: PairRule, reached: frozenset[str]) -> Verdict:
        search = PairExploration(self.ground, rule, self.whens[rule.heading.id])
        search.run()
        if not {each.question for each in rule.different} & reached:
            what = "No answers lead to a question that this rule compares."
            return Verdict(
                rule.heading, held=False, broken_by=(Counterexample(what, ()),)
            )
        found = [
            Counterexample(
                "The two end in a way that they must not: see how each ends.",
                (self._pass(*split.lower, END), self._pass(*split.upper, END)),
            )
            for split in search.found
        ]
        return self._verdict(rule.heading, found)

    # ---- what was found -----------------------------------------------------

    def _verdict(self, heading: Heading, found: list[Counterexample]) -> Verdict:
        if not found:
            return Verdict(heading, held=True)
        if self.confirm is None:
            return Verdict(heading, held=False, broken_by=tuple(found))
        # A doubt may have been taken as advised on in a way that no session
        # brings about. The rule counts as broken all the same, so that the
        # prover errs towards saying no; but what is printed first is real.
        real = next((each for each in found if self.confirm(each)), None)
        rest = [each for each in found if each is not real]
        shown = [real, *rest] if real else rest
        return Verdict(
            heading, held=False, broken_by=tuple(shown), confirmed=real is not None
        )

    def _pass(self, step: Step | None, advised: tuple[str, ...], place: str) -> Pass:
        told = frozenset(advised)
        return Pass(self.reader.whole(journey(step), told), told, place)


def batches(
    ground: Ground, sights: Mapping[str, Mapping[str, Sight]], most: int
) -> Iterator[list[str]]:
    """Put what is looked at together where it keeps nearly the same bits.

    Args:
        ground: The flow, settled.
        sights: What is looked at, by name and place.
        most: Bits that a batch may add to what routing keeps at a question.
    """
    routing = Slice(ground, {}).live
    extra = {
        name: _extra(ground, {name: each}, routing) for name, each in sights.items()
    }
    found: list[tuple[dict[str, int], list[str]]] = []
    for name in sorted(sights, key=lambda name: _total(extra[name])):
        mine = extra[name]
        for together, batch in found:
            if _fits(together, mine, most):
                batch.append(name)
                for place, bits in mine.items():
                    together[place] = together.get(place, 0) | bits
                break
        else:
            found.append((dict(mine), [name]))
    yield from (batch for _, batch in found)


def _extra(
    ground: Ground,
    sights: Mapping[str, Mapping[str, Sight]],
    routing: Mapping[str, int],
) -> dict[str, int]:
    live = Slice(ground, Watch(sights).reads()).live
    return {place: live[place] & ~routing[place] for place in ground.asks}


class Disagreement(Exception):
    """The prover found what a plain reading does not: a fault of the prover."""

    def __init__(self, rule: str) -> None:
        """Name the rule; nobody but us can repair this."""
        super().__init__(f"The prover and the plain reading differ on {rule}.")


def _reached(survey: Survey) -> frozenset[str]:
    return frozenset(place for place, _ in survey.taken)


def _place(number: str) -> tuple[int, str]:
    digits = "".join(letter for letter in number if letter.isdigit())
    return int(digits or 0), number


def _total(bits: Mapping[str, int]) -> int:
    return sum(each.bit_count() for each in bits.values())


def _fits(together: Mapping[str, int], mine: Mapping[str, int], most: int) -> bool:
    return all(
        (together.get(place, 0) | bits).bit_count() <= most
        or not bits & ~together.get(place, 0)
        for place, bits in mine.items()
    )


def proof_stamp(pack_hash: str, rules: str, prover: str = PROVER) -> str:
    """Return what names a proof: SHA-256 over pack, rules and prover."""
    text = f"proof\n{pack_hash}\n{rules}\n{prover}\n"
    return hashlib.sha256(text.encode()).hexdigest()
