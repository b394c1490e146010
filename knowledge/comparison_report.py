"""Tells a comparison of two pack versions: as plain text, and as plain values.

Old and new stand one under the other, each with its name, so that a screen
reader reads them in order; nothing depends on colour or on where a line stands.
What gets less protection comes first. Text only; whoever prints it decides where.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from knowledge.compare import Gets, Part
from knowledge.model import Urgency
from knowledge.transcripts import answered, ending

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.changed_words import Changed
    from knowledge.compare import Comparison, Example, OtherResult
    from knowledge.conditions import Value
    from knowledge.lockstep import Result
    from knowledge.model import Flow
    from knowledge.prove import Pass

WIDTH: Final = 78
"""Longest line, in characters; a terminal is 80 wide by old custom. Ours."""
_HEADINGS: Final = {
    Gets.LIGHTER: "LESS protection: answers that now come to something lighter",
    Gets.GRAVER: "More protection: answers that now come to something graver",
    Gets.OTHER: "As much protection, by another outcome",
}


def told(comparison: Comparison, *, seconds: float | None = None) -> str:
    """Return everything that is not the same, in words.

    Args:
        comparison: What was found.
        seconds: How long it took; None says nothing of it.
    """
    return "\n".join(_told(comparison, seconds))


def in_five_lines(comparison: Comparison) -> tuple[str, ...]:
    """Return what changed, for the people who lead: five lines, in counts and names."""
    new = comparison.new
    lighter, graver, other = (
        sum(found.gets == each for found in comparison.results) for each in Gets
    )
    parts = {each: set[str]() for each in Part}
    for found in comparison.parts:
        parts[found.part].add(found.id)
    shown = ", ".join(f"{len(ids)} {part}s" for part, ids in parts.items() if ids)
    return (
        f"{new.title}: version {comparison.old.hash[:12]} became {new.hash[:12]}.",
        f"Words: {_some(len(comparison.words), 'text')} changed.",
        f"Answers: {_some(lighter, 'class', 'classes')} get less protection, {graver}"
        f" more, {other} another outcome of the same weight."
        if comparison.results
        else "Answers: all of them come to the same outcome, level and alert.",
        f"Shown: {shown} stand elsewhere." if shown else "Shown: as before.",
        f"Signed off by {new.signed_off_by} on {new.signed_off_on}."
        if new.signed_off_by
        else "Signed off by nobody: for trial and training only.",
    )


def _some(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}s'}"


# ---- in words ---------------------------------------------------------------


def _told(comparison: Comparison, seconds: float | None) -> Iterator[str]:
    old, new = comparison.old, comparison.new
    yield f"old: {old.title}, version {old.hash[:12]}"
    yield f"new: {new.title}, version {new.hash[:12]}"
    if comparison.same:
        yield ""
        yield "Nothing that anybody reads or is led by is different."
    else:
        yield from _results(comparison)
        yield from _questions(comparison)
        yield from _parts(comparison)
        yield from _listed("What is said of the pack", comparison.head)
        yield from _listed("Words on screen", comparison.words)
        yield from _listed("Rows and marks", comparison.rows)
    yield ""
    if seconds is not None:
        yield f"Compared over every combination of answers in {seconds:.1f} s."


def _results(comparison: Comparison) -> Iterator[str]:
    if not comparison.results:
        yield ""
        yield "No answers come to another outcome, level or alert."
    for gets, heading in _HEADINGS.items():
        found = [each for each in comparison.results if each.gets == gets]
        if found:
            yield ""
            yield f"== {heading} ({len(found)})"
        for each in found:
            yield ""
            yield f"old: {_result(each.old)}"
            yield f"new: {_result(each.new)}"
            yield "example:"
            yield from _example(comparison, each.example)


def _result(result: Result) -> str:
    if not result.outcome:
        return f"no outcome; {_alert(result)}"
    before = [name for name in result.shown if name != result.outcome]
    after = f", after {', '.join(before)}" if before else ""
    return f"{result.outcome}{after}, level {result.level}; {_alert(result)}"


def _alert(result: Result) -> str:
    return "no alert" if result.alert == Urgency.NONE else f"alert {result.alert}"


def _questions(comparison: Comparison) -> Iterator[str]:
    for asked, heading in (
        (True, "Questions that are asked where they were not before"),
        (False, "Questions that are no longer asked where they were"),
    ):
        names = [each.question for each in comparison.questions if each.asked == asked]
        if names:
            yield ""
            yield f"== {heading}, by some answers ({len(names)})"
            yield from wrap(", ".join(names), WIDTH, break_on_hyphens=False)


def _parts(comparison: Comparison) -> Iterator[str]:
    for shown, heading in (
        (False, "No longer shown, by some answers"),
        (True, "Shown where it was not before, by some answers"),
    ):
        found = [each for each in comparison.parts if each.shown == shown]
        if found:
            yield ""
            yield f"== {heading} ({len(found)})"
        for each in found:
            yield ""
            yield f"{each.part} {each.id}, at {each.place}; example:"
            yield from _example(comparison, each.example)


def _example(comparison: Comparison, example: Example) -> Iterator[str]:
    old, new = example.old, example.new
    flows = (comparison.old.flow, comparison.new.flow)
    if old is None or new is None:
        flow, only = (flows[0], old) if new is None else (flows[1], new)
        if only is not None:
            yield from (f"  {line}" for line in _answers(flow, only, only.answers))
            yield from _advised(only)
        return
    both = {
        name: answer
        for name, answer in new.answers.items()
        if old.answers.get(name) == answer
    }
    yield from (f"  {line}" for line in _answers(flows[1], new, both))
    yield from _advised(new)
    for name, flow, pass_ in (("old", flows[0], old), ("new", flows[1], new)):
        rest = {key: given for key, given in pass_.answers.items() if key not in both}
        if rest:
            yield f"  only in the {name} one:"
            yield from (f"    {line}" for line in _answers(flow, pass_, rest))
        yield f"  {name}: {ending(flow, pass_)}"


def _answers(flow: Flow, pass_: Pass, kept: Mapping[str, Value]) -> Iterator[str]:
    given = {key: answer for key, answer in pass_.answers.items() if key in kept}
    yield from answered(flow, given)


def _advised(pass_: Pass) -> Iterator[str]:
    if pass_.advised:
        yield f"  After advice was recorded on: {', '.join(sorted(pass_.advised))}"


def _listed(heading: str, found: Sequence[Changed]) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield f"== {heading} ({len(found)})"
    for each in found:
        yield ""
        yield each.name
        yield from _beside("old", each.old)
        yield from _beside("new", each.new)


def _beside(label: str, text: str | None) -> Iterator[str]:
    begin = f"  {label}: "
    yield from wrap(
        "(not there)" if text is None else " ".join(text.split()),
        WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_on_hyphens=False,
        break_long_words=False,
    )


# ---- for scripts ------------------------------------------------------------


def plain(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as values that JSON can hold."""
    old, new = comparison.old, comparison.new
    return {
        "old": {"pack": old.id, "guidance": old.hash},
        "new": {"pack": new.id, "guidance": new.hash},
        "same": comparison.same,
        "changes_safety": comparison.changes_safety,
        "pack": [_changed(each) for each in comparison.head],
        "words": [_changed(each) for each in comparison.words],
        "rows": [_changed(each) for each in comparison.rows],
        "results": [_other(each) for each in comparison.results],
        "questions": [
            {"question": each.question, "asked": each.asked, **_passes(each.example)}
            for each in comparison.questions
        ],
        "parts": [
            {
                "part": each.part.value,
                "id": each.id,
                "place": each.place,
                "shown": each.shown,
                **_passes(each.example),
            }
            for each in comparison.parts
        ],
        "in_five_lines": list(in_five_lines(comparison)),
    }


def _changed(found: Changed) -> dict[str, str | None]:
    return {"name": found.name, "old": found.old, "new": found.new}


def _other(found: OtherResult) -> dict[str, Any]:
    return {
        "gets": found.gets.value,
        "old": _plain_result(found.old),
        "new": _plain_result(found.new),
        **_passes(found.example),
    }


def _plain_result(result: Result) -> dict[str, Any]:
    return {
        "outcome": result.outcome or None,
        "level": None if result.level < 0 else result.level,
        "alert": result.alert.value,
        "shown": list(result.shown),
    }


def _passes(example: Example) -> dict[str, Any]:
    return {
        "example": {"old": _plain_pass(example.old), "new": _plain_pass(example.new)}
    }


def _plain_pass(pass_: Pass | None) -> dict[str, Any] | None:
    if pass_ is None:
        return None
    return {
        "answers": {
            name: list(each) if isinstance(each, tuple) else _copied(each)
            for name, each in pass_.answers.items()
        },
        "advised": sorted(pass_.advised),
        "at": pass_.place,
    }


def _copied(answer: Value) -> Any:  # noqa: ANN401 - what JSON can hold
    if isinstance(answer, str | tuple):
        return answer
    return {
        line: list(each) if isinstance(each, tuple) else each
        for line, each in answer.items()
    }
