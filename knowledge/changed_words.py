"""What two versions of a pack say differently, word by word and row by row.

Every text that a practitioner or an administrator reads is listed with a name
that does not depend on where it stands, so that a row put in between changes
nothing else. Rows that lead on, alerts and doubts are told in words in the same
way. What a change does to answers is worked out in :mod:`knowledge.lockstep`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.conditions import Named, in_words
from knowledge.model import Asks
from knowledge.wording import own_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from knowledge.conditions import Condition
    from knowledge.model import Field, Flow, Pack, Question, Row

    Listed = Callable[[Pack], Iterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Changed:
    """A text that is not the same in both versions.

    Attributes:
        name: What it is, such as ``danger: ask``; ids as in the files.
        old: As it was; None where it is new.
        new: As it is to be; None where it is gone.
    """

    name: str
    old: str | None
    new: str | None


def changed_words(old: Pack, new: Pack) -> tuple[Changed, ...]:
    """Return the texts on screen that are not the same, passages too."""
    return _changed(_words, old, new)


def changed_rows(old: Pack, new: Pack) -> tuple[Changed, ...]:
    """Return the questions, answers, rows and marks that are not the same."""
    return _changed(_rows, old, new)


def changed_head(old: Pack, new: Pack) -> tuple[Changed, ...]:
    """Return what is said of the pack and its document, where it is not the same."""
    return _changed(_head, old, new)


def _changed(listed: Listed, old: Pack, new: Pack) -> tuple[Changed, ...]:
    was, now = dict(listed(old)), dict(listed(new))
    names = dict.fromkeys((*now, *was))
    return tuple(
        Changed(name, was.get(name), now.get(name))
        for name in names
        if was.get(name) != now.get(name)
    )


# ---- words ------------------------------------------------------------------


def _words(pack: Pack) -> Iterator[tuple[str, str]]:
    for words in own_words(pack):
        if words.text:
            yield _name(pack, words.path), words.text
    for passage in pack.passages.values():
        lead_in = f"{passage.lead_in} | " if passage.lead_in else ""
        yield f"passage {passage.id}", f"{lead_in}{passage.text}"
        if passage.sic:
            yield f"passage {passage.id}: our note on its spelling", passage.sic
    for notice in pack.notices.values():
        told = f"{notice.kind}; {notice.confidence}; {notice.source}; by {notice.by}"
        yield f"notice {notice.id}: source", told
        yield f"notice {notice.id}: dates", f"{notice.written} to {notice.expires}"


def _name(pack: Pack, path: tuple[str | int, ...]) -> str:
    """Name a text by ids, and by its condition where it has no id."""
    kind, *rest = path
    if kind == "alerts" and isinstance(rest[0], int):
        return f"alert if {in_words(pack.flow.alerts[rest[0]].condition)}: why"
    if len(rest) > 1 and rest[1] == "variants" and isinstance(rest[2], int):
        question = pack.flow.questions[str(rest[0])]
        when = in_words(question.variants[rest[2]].condition)
        return f"{question.id}: {rest[3]} if {when}"
    names = [str(each) for each in rest if each not in {"fields", "choices"}]
    if kind in {"questions", "outcomes"}:
        return ": ".join((names[0], ", ".join(names[1:])))
    if kind == "pack.yaml" or not names:
        return str(kind)
    singular = {"instructions": "instruction", "doubts": "doubt"}.get(str(kind))
    if singular:
        return f"{singular} {names[0]}"
    return f"notice {kind}"


def _head(pack: Pack) -> Iterator[tuple[str, str]]:
    document = pack.document
    yield "title", pack.title
    yield "jurisdiction", pack.jurisdiction
    yield "document", f"{document.title} ({document.publisher})"
    yield "edition of the document", document.edition
    yield "published", document.published
    yield "review of the document due", document.review_due
    yield "owner", pack.owner
    yield "deputies", ", ".join(pack.deputies) or "none"
    yield "review of the pack due", pack.review_due
    yield "in force from", pack.in_force_from or "not said"
    yield "in force to", pack.in_force_to or "not said"
    yield "superseded by", pack.superseded_by or "nothing"
    yield "licence", pack.licence
    signed = f"{pack.signed_off_by}, {pack.signed_off_on}"
    yield "signed off by", signed if pack.signed_off_by else "nobody"


# ---- rows -------------------------------------------------------------------


def _rows(pack: Pack) -> Iterator[tuple[str, str]]:
    flow = pack.flow
    yield "the dialog starts at", flow.start
    for question in flow.questions.values():
        yield from _of_question(question)
    for fork in flow.forks.values():
        yield f"step {fork.id}: leads on", _led(fork.routes)
    yield from _of_outcomes(flow)
    yield from _named(flow)
    for row in flow.instructions.values():
        yield f"instruction {row.id}: shown", _shown(row.at, row.condition)
        if row.says or row.numbers:
            marks = ", ".join(sorted((*row.says, *row.numbers)))
            yield f"instruction {row.id}: says and rings", marks
    for each in flow.shown_with:
        what = " ".join((*each.passages, *each.notices))
        yield f"{what} {_shown(each.at, each.condition)}", "shown"


def _named(flow: Flow) -> Iterator[tuple[str, str]]:
    """Yield conditions with a name, doubts, and answers that ask for an alert."""
    for name, condition in flow.conditions.items():
        inner = condition.condition if isinstance(condition, Named) else condition
        yield f"{name} means", in_words(inner)
    for doubt in flow.doubts.values():
        told = f"about {doubt.question}, if {in_words(doubt.when)}"
        yield f"doubt {doubt.id}", f"{told}; asked again {_when(doubt.again)}"
    for alert in flow.alerts:
        yield f"alert if {in_words(alert.condition)}", alert.urgency.value


def _of_question(question: Question) -> Iterator[tuple[str, str]]:
    name = question.id
    yield f"{name}: answered by", _answered(question)
    yield f"{name}: leads on", _led(question.routes)
    quotes = [
        f"{row.id} {_when(row.condition)}"
        for row in (*question.quotes, *question.notices)
    ]
    yield f"{name}: quotes", "; ".join(quotes) or "nothing of its own"
    depends = question.depends_on
    yield f"{name}: asked again after", "any" if depends is None else ", ".join(depends)
    for field in question.fields.values():
        yield f"{name}, line {field.id}", _line(field)


def _answered(question: Question) -> str:
    if question.asks == Asks.FORM:
        return f"lines: {', '.join(question.fields)}"
    alone = f"; {question.exclusive} alone" if question.exclusive else ""
    return f"{question.asks} of {', '.join(question.choices)}{alone}"


def _line(field: Field) -> str:
    told = [f"{field.asks}"]
    if field.choices:
        told.append(f"of {', '.join(field.choices)}")
    told.append(f"asked {_when(field.shown)}, needed {_when(field.required)}")
    if field.fixed:
        told.append(f"fixed at {field.fixed.to} {_when(field.fixed.condition)}")
    if field.quotes:
        told.append(f"quotes {' '.join(field.quotes)}")
    if field.check:
        told.append(f"checked as {field.check}")
    return "; ".join(told)


def _of_outcomes(flow: Flow) -> Iterator[tuple[str, str]]:
    for outcome in flow.outcomes.values():
        name = outcome.id
        for what, rungs in (("level", outcome.levels), ("alert", outcome.alerts)):
            told = [f"{rung.value} {_when(rung.condition)}" for rung in rungs]
            yield f"{name}: {what}", "; ".join(told)
        marks = [f"indicates {outcome.decision}"]
        marks += ["fixed"] if outcome.fixed else []
        marks += ["pauses"] if outcome.pauses else []
        marks += ["waits for advice"] if outcome.advice else []
        yield f"{name}: marks", ", ".join(marks)
        again = [f"{row.id} {_when(row.condition)}" for row in outcome.again]
        yield f"{name}: goes on with", "; ".join(again) or "nothing"
        yield f"{name}: leads on", _led(outcome.routes)
        quotes = [
            f"{row.id} {_when(row.condition)}"
            for row in (*outcome.quotes, *outcome.notices)
        ]
        yield f"{name}: quotes", "; ".join(quotes) or "nothing of its own"


def _led(rows: tuple[Row, ...]) -> str:
    return "; ".join(
        f"else to {row.to}"
        if row.is_else
        else f"if {in_words(row.condition)}: {row.to}"
        for row in rows
    )


def _shown(at: tuple[str, ...], condition: Condition) -> str:
    return f"at {', '.join(at) or 'every outcome'} {_when(condition)}"


def _when(condition: Condition) -> str:
    words = in_words(condition)
    return words if words in {"always", "never"} else f"if {words}"
