"""A proof in words: what was covered, what holds, and how a rule can be broken.

Text only; whoever prints it decides where. A broken rule says its name and why
it matters, then the shortest pass that breaks it, as questions and answers, and
the lines that replay it in the dialog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.model import END, Asks
from knowledge.walks import PlainReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from knowledge.conditions import Value
    from knowledge.model import Flow, Pack, Question
    from knowledge.prove import Counterexample, Pass, Proof, Verdict

    Lines = Callable[[Pass], Sequence[str] | None]

REPLAY: Final = "python app.py chat --json --replay PACK"
"""Without ``--replay``, a pack that breaks a rule is not used at all."""
_INDENT: Final = "    "


def report(
    pack: Pack,
    proof: Proof,
    *,
    seconds: float | None = None,
    lines: Lines | None = None,
) -> str:
    """Return a proof in words, a line a rule, with what is needed for each fault.

    Args:
        pack: The pack that was proved.
        proof: Its proof.
        seconds: How long proving took; None says nothing of it.
        lines: Gives what ``chat --json`` reads to replay a pass.
    """
    return "\n".join(_report(pack, proof, seconds, lines))


def _report(
    pack: Pack, proof: Proof, seconds: float | None, lines: Lines | None
) -> Iterator[str]:
    yield f"{pack.title}, version {pack.hash[:12]}"
    yield ""
    for verdict in proof.verdicts:
        heading = verdict.heading
        state = "held  " if verdict.held else "BROKEN"
        yield f"{state} {heading.number:>4}  {heading.name} ({heading.id})"
    broken = [verdict for verdict in proof.verdicts if not verdict.held]
    for verdict in broken:
        yield ""
        yield told(pack.flow, verdict, lines)
    yield ""
    yield from _figures(proof, seconds)
    yield _summary(len(proof.verdicts), len(broken))


def _figures(proof: Proof, seconds: float | None) -> Iterator[str]:
    yield (
        f"Answer combinations covered: {proof.unadvised:,} (about"
        f" {power_of_ten(proof.unadvised)}) on one pass without recorded advice;"
        f" {proof.combinations:,} (about {power_of_ten(proof.combinations)}) with each"
        " doubt that stands advised on or not. What is typed counts once."
    )
    yield (
        f"They merge into {proof.states:,} states and {len(proof.ways):,} ways between"
        " them."
    )
    yield f"Longest path: {proof.longest} answers. Typical: {typical(proof.lengths)}."
    if seconds is not None:
        yield f"Proved in {seconds:.1f} s."


def _summary(rules: int, broken: int) -> str:
    if not broken:
        return f"All {rules} rules hold."
    verb = "is" if broken == 1 else "are"
    return f"{broken} of {rules} rules {verb} BROKEN."


def power_of_ten(number: int) -> str:
    """Return the order of magnitude, such as ``10^15``."""
    return f"10^{len(str(number)) - 1}"


def typical(lengths: Mapping[int, int]) -> int:
    """Return the median number of answers over all combinations."""
    half = (sum(lengths.values()) + 1) // 2
    seen = 0
    for length, count in sorted(lengths.items()):
        seen += count
        if seen >= half:
            return length
    return 0


def told(flow: Flow, verdict: Verdict, lines: Lines | None = None) -> str:
    """Return a broken rule in words: its name, why it matters, how it breaks."""
    heading = verdict.heading
    parts = [
        f"BROKEN: {heading.name} (rule {heading.number}, {heading.id})",
        f"Why it matters: {heading.why}",
    ]
    if verdict.broken_by:
        parts.extend(_example(flow, verdict.broken_by[0], lines))
    more = len(verdict.broken_by) - 1
    if more > 0 and not verdict.broken_by[0].passes:
        parts.extend(f"{_INDENT}{each.what}" for each in verdict.broken_by[1:])
    if verdict.confirmed is False:
        parts.append(
            f"{_INDENT}No session was found that replays this: the advice on it may"
            " not come about like this. It counts as broken all the same."
        )
    return "\n".join(parts)


def _example(flow: Flow, example: Counterexample, lines: Lines | None) -> Iterator[str]:
    yield f"{_INDENT}{example.what}"
    names = (
        ("",) if len(example.passes) == 1 else ("The lighter answer:", "The graver:")
    )
    for name, pass_ in zip(names, example.passes, strict=False):
        if name:
            yield f"{_INDENT}{name}"
        yield from (f"{_INDENT}{line}" for line in transcript(flow, pass_))
        replay = lines(pass_) if lines else None
        if replay:
            yield f"{_INDENT}To replay it, give these lines to: {REPLAY}"
            yield from (f"{_INDENT}{line}" for line in replay)


def transcript(flow: Flow, pass_: Pass) -> Iterator[str]:
    """Yield a pass in words: each question and answer, and how it ends."""
    yield from answered(flow, pass_.answers)
    if pass_.advised:
        yield f"After advice was recorded on: {', '.join(sorted(pass_.advised))}"
    yield ending(flow, pass_)


def answered(flow: Flow, answers: Mapping[str, Value]) -> Iterator[str]:
    """Yield questions with their answers, in words."""
    for name, answer in answers.items():
        question = flow.questions[name]
        yield f"Question ({name}): {question.ask}"
        for words in _words(question, answer):
            yield f"{_INDENT}Answer: {words}"


def _words(question: Question, answer: Value) -> Iterator[str]:
    if isinstance(answer, str):
        yield f"{question.choices.get(answer, answer)} [{answer}]"
    elif isinstance(answer, tuple):
        ticks = "; ".join(question.choices.get(one, one) for one in answer)
        yield f"{ticks} [{', '.join(answer)}]"
    else:
        for key, value in answer.items():
            line = question.fields[key]
            if line.asks in {Asks.TEXT, Asks.DATE}:
                continue
            parts = (value,) if isinstance(value, str) else value
            words = "; ".join(line.choices.get(part, part) for part in parts)
            yield f"{line.label}: {words} [{', '.join(parts)}]"


def ending(flow: Flow, pass_: Pass) -> str:
    """Say how a pass ends: the outcome shown last, its level and the alert."""
    stand = None
    for place, here in PlainReader(flow).moments(pass_.answers, pass_.advised):
        stand = here
        if place == pass_.place:
            break
    if stand is None:  # pragma: no cover - a pass always has its first moment
        return ""
    at = "the end" if pass_.place == END else pass_.place
    shown = "no outcome was shown"
    if stand.outcome is not None:
        shown = f"the outcome shown last is {stand.outcome}, level {stand.level}"
    return f"At {at}: {shown}; the alert is {stand.alert.value}."
