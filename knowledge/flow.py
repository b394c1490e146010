"""Builds a :class:`~knowledge.model.Flow` from flow.yaml, checking every name.

A condition, a route, a quote or an instruction may only refer to what exists;
anything else is a problem with its line and the nearest name that does exist.
Whether the flow as a whole is *safe* is not decided here but proved elsewhere.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from knowledge.conditions import (
    ALWAYS,
    NOT_SURE,
    All,
    Answered,
    Condition,
    Departing,
    DoubtIs,
    Either,
    LevelIs,
    Named,
    Not,
    OutcomeIs,
    Unsure,
)
from knowledge.model import (
    ADVICE_RECEIVED,
    DECISION,
    END,
    NONE,
    AlertRow,
    Asks,
    Doubt,
    Field,
    Fixed,
    Flow,
    Fork,
    Instruction,
    Outcome,
    Question,
    QuoteRow,
    Row,
    Rung,
    Urgency,
    Variant,
    When,
)
from knowledge.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from knowledge.shape import (
        AgainShape,
        FieldShape,
        FlowShape,
        QuestionShape,
        QuotesShape,
        RowShape,
        RungShape,
    )
    from knowledge.yaml_text import Node

NOT_SURE_LABEL: Final = "Not sure"
YES_NO: Final = {"yes": "Yes", "no": "No"}
MAX_LEVEL: Final = 4
_WORDS: Final = frozenset(
    {"any", "all", "not", "outcome", "level", "open-doubt", "advised", "answered"}
)
Path = tuple[str | int, ...]


class FlowReader:
    """Reads one flow.yaml; collects every problem instead of stopping."""

    def __init__(  # noqa: PLR0913 - what a flow may refer to comes from outside
        self,
        name: str,
        node: Node,
        shape: FlowShape,
        *,
        passages: Iterable[str],
        notices: Iterable[str],
        problems: list[Problem],
    ) -> None:
        """Take the file, the ids it may refer to, and the list to fill."""
        self.name = name
        self.node = node
        self.shape = shape
        self.passages = frozenset(passages)
        self.notices = frozenset(notices)
        self.problems = problems
        self.places = {*shape.questions, *shape.outcomes, *shape.forks, END}
        self.choices = {
            question_id: _answers(question)
            for question_id, question in shape.questions.items()
        }
        self._conditions: dict[str, Condition] = {}
        self._doubts: dict[str, Doubt] = {}
        self._reading: list[str] = []

    def fault(self, path: Path, what: str, write: str = "") -> None:
        """Add a problem at ``path``."""
        line, column = self.node.position(*path)
        self.problems.append(Problem(self.name, line, column, what, write))

    def known(self, path: Path, word: str, among: Iterable[str], kind: str) -> bool:
        """Say whether ``word`` is known, adding a problem if it is not."""
        words = frozenset(among)
        if word in words:
            return True
        self.fault(path, f"{word} is no {kind}", did_you_mean(word, words))
        return False

    # ---- conditions -------------------------------------------------------

    def condition(self, path: Path, present: object) -> Condition:
        """Read the condition at ``path``; none at all always holds."""
        if present is None:
            return ALWAYS
        return self._condition(path, self.node.at(*path))

    def _condition(self, path: Path, node: Node) -> Condition:
        if node.text is not None:
            return self._word(path, node.text.strip())
        if node.items is not None:
            return All(
                tuple(
                    self._condition((*path, index), item)
                    for index, item in enumerate(node.items)
                )
            )
        parts = tuple(
            self._entry((*path, key), key, value)
            for key, value in (node.entries or {}).items()
        )
        return parts[0] if len(parts) == 1 else All(parts)

    def _word(self, path: Path, word: str) -> Condition:
        if word == "anything-not-sure":
            return Unsure()
        if word == "departing":
            return Departing()
        return self.named(path, word)

    def named(self, path: Path, name: str) -> Condition:
        """Return the named condition, reading it first where needed."""
        if name in self._conditions:
            return self._conditions[name]
        if not self.known(path, name, self.shape.conditions, "condition"):
            return ALWAYS
        if name in self._reading:
            self.fault(path, f"the condition {name} refers to itself", "untangle it")
            return ALWAYS
        self._reading.append(name)
        inner = self._condition(("conditions", name), self.node.at("conditions", name))
        self._reading.pop()
        self._conditions[name] = Named(name, inner)
        return self._conditions[name]

    def _entry(self, path: Path, key: str, value: Node) -> Condition:
        reader = self._readers.get(key)
        if reader is not None:
            return reader(path, value)
        return self._answer(path, key, self._list(path, value))

    @cached_property
    def _readers(self) -> Mapping[str, Callable[[Path, Node], Condition]]:
        return self._special()

    def _special(self) -> Mapping[str, Callable[[Path, Node], Condition]]:
        return {
            "any": lambda path, value: Either(self._parts(path, value)),
            "all": lambda path, value: All(self._parts(path, value)),
            "not": lambda path, value: Not(self._condition(path, value)),
            "outcome": self._outcomes,
            "level": self._levels,
            "open-doubt": lambda path, value: self._doubt(path, value, open_=True),
            "advised": lambda path, value: self._doubt(path, value, open_=False),
            "answered": self._answered,
        }

    def _parts(self, path: Path, node: Node) -> tuple[Condition, ...]:
        if node.items is None:
            self.fault(path, "must be a list of conditions", "write [one, another]")
            return ()
        return tuple(
            self._condition((*path, index), item)
            for index, item in enumerate(node.items)
        )

    def _list(self, path: Path, node: Node) -> list[str]:
        if node.text is not None:
            return [node.text]
        if node.items is None or any(item.text is None for item in node.items):
            self.fault(path, "must be an answer or a list of answers")
            return []
        return [item.text or "" for item in node.items]

    def _outcomes(self, path: Path, node: Node) -> Condition:
        words = self._list(path, node)
        for word in words:
            self.known(path, word, self.shape.outcomes, "outcome")
        return OutcomeIs(frozenset(words))

    def _levels(self, path: Path, node: Node) -> Condition:
        words = self._list(path, node)
        return LevelIs(frozenset(self.level(path, word) for word in words))

    def level(self, path: Path, word: str) -> int:
        """Read a level."""
        if word not in {str(level) for level in range(MAX_LEVEL + 1)}:
            self.fault(path, f"{word} is no level", f"write 0 to {MAX_LEVEL}")
            return 0
        return int(word)

    def _answered(self, path: Path, node: Node) -> Condition:
        words = self._list(path, node)
        parts = tuple(
            Answered(word, None, frozenset())
            for word in words
            if self.known(path, word, self.shape.questions, "question")
        )
        return parts[0] if len(parts) == 1 else All(parts)

    def _doubt(self, path: Path, node: Node, *, open_: bool) -> Condition:
        parts = tuple(
            DoubtIs(word, self.doubt(word).when, open_)
            for word in self._list(path, node)
            if self.known(path, word, self.shape.doubts, "doubt")
        )
        return parts[0] if len(parts) == 1 else Either(parts)

    def _answer(self, path: Path, key: str, values: list[str]) -> Condition:
        question, _, field = key.partition(".")
        kinds = {*self.shape.questions, *_WORDS}
        if not self.known(path, question, kinds, "question or word of a condition"):
            return ALWAYS
        lines = self.choices[question]
        if not field and None not in lines:
            self.fault(
                path,
                f"{question} has several lines",
                f"write {question}.line, with "
                + did_you_mean("", [line for line in lines if line]),
            )
            return ALWAYS
        if field and not self.known(
            path, field, [line for line in lines if line], f"line of {question}"
        ):
            return ALWAYS
        for value in values:
            self.known(path, value, lines[field or None], f"answer to {key}")
        return Answered(question, field or None, frozenset(values))

    def doubt(self, name: str) -> Doubt:
        """Return the doubt, reading it first where needed."""
        if name in self._doubts:
            return self._doubts[name]
        shape = self.shape.doubts[name]
        path: Path = ("doubts", name)
        self.known(
            (*path, "question"), shape.question, self.shape.questions, "question"
        )
        never = Either(())
        self._doubts[name] = Doubt(name, shape.question, never, never, shape.counts_as)
        again = (
            never
            if shape.again is None
            else self.condition((*path, "again"), shape.again)
        )
        self._doubts[name] = Doubt(
            name,
            shape.question,
            self.condition((*path, "when"), shape.when),
            again,
            shape.counts_as,
        )
        return self._doubts[name]

    # ---- routes and what hangs on places ----------------------------------

    def routes(self, path: Path, rows: Sequence[RowShape]) -> tuple[Row, ...]:
        """Read a routing table; the last row must be *else*, and only it."""
        if not rows or not rows[-1].else_:
            self.fault(path, "the last row must be else", "add - else: PLACE")
        return tuple(
            self._row((*path, index), row, last=index == len(rows) - 1)
            for index, row in enumerate(rows)
        )

    def _row(self, path: Path, row: RowShape, *, last: bool) -> Row:
        to = row.else_ or row.to
        key = "else" if row.else_ else "to"
        if row.else_ and (row.if_ is not None or row.to):
            self.fault(path, "a row is either if and to, or else", "split it")
        elif row.else_ and not last:
            self.fault(path, "rows below else are never reached", "move else last")
        elif not row.else_ and (row.if_ is None or not row.to):
            self.fault(path, "a row needs if and to", "add what is missing")
            return Row(ALWAYS, END, is_else=False)
        self.known((*path, key), to, self.places, "question, outcome or fork")
        condition = self.condition((*path, "if"), row.if_)
        return Row(condition, to, is_else=bool(row.else_))

    def rungs(
        self, path: Path, value: str | Sequence[RungShape], among: Sequence[str]
    ) -> tuple[Rung, ...]:
        """Read a level or an alert: one value, or rows ending in *else*."""
        if isinstance(value, str):
            self.known(path, value, among, f"{path[-1]}")
            return (Rung(ALWAYS, value),)
        if not value or not value[-1].else_:
            self.fault(path, "the last row must be else", "add - else: VALUE")
        rungs = []
        for index, rung in enumerate(value):
            here = (*path, index)
            self.known(here, rung.else_ or rung.is_, among, f"{path[-1]}")
            condition = self.condition((*here, "if"), rung.if_)
            rungs.append(Rung(condition, rung.else_ or rung.is_))
        return tuple(rungs)

    def again(self, path: Path, rows: Sequence[AgainShape]) -> tuple[When, ...]:
        """Read the questions asked again after a pause."""
        whens = []
        for index, row in enumerate(rows):
            here = (*path, index)
            target = row.else_ or row.question
            self.known(here, target, self.shape.questions, "question")
            whens.append(When(target, self.condition((*here, "if"), row.if_)))
        return tuple(whens)

    def shown(
        self, path: Path, rows: Sequence[str | QuotesShape], key: str
    ) -> tuple[When, ...]:
        """Read the passages (or notices) that a place shows."""
        among = self.passages if key == "quotes" else self.notices
        kind = "passage" if key == "quotes" else "notice"
        whens = []
        for index, row in enumerate(rows):
            here = (*path, key, index)
            if isinstance(row, str):
                self.known(here, row, among, kind)
                whens.append(When(row, ALWAYS))
                continue
            condition = self.condition((*here, "if"), row.if_)
            for word in row.passages if key == "quotes" else row.notices:
                self.known(here, word, among, kind)
                whens.append(When(word, condition))
        return tuple(whens)

    # ---- questions --------------------------------------------------------

    def question(self, name: str, shape: QuestionShape) -> Question:
        """Read one question."""
        path: Path = ("questions", name)
        self._kind(path, name, shape)
        fields = self.fields(path, name, shape)
        depends: tuple[str, ...] | None = None
        if shape.depends_on != "everything":
            depends = tuple(shape.depends_on)
            for word in depends:
                self.known(
                    (*path, "depends-on"), word, self.shape.questions, "question"
                )
        variants = tuple(
            Variant(
                self.condition((*path, "variants", index, "if"), variant.if_),
                variant.ask or shape.ask,
                variant.why or shape.why,
            )
            for index, variant in enumerate(shape.variants)
        )
        asks = Asks(shape.kind) if shape.kind in {"one", "many"} else Asks.FORM
        return Question(
            id=name,
            asks=asks,
            ask=shape.ask,
            why=shape.why,
            help=shape.help,
            choices=self.choices[name].get(None, {}),
            exclusive=shape.exclusive,
            fields=fields,
            routes=self.routes((*path, "routes"), shape.routes),
            quotes=self.shown(path, shape.quotes, "quotes"),
            notices=self.shown(path, shape.notices, "notices"),
            depends_on=depends,
            variants=variants,
        )

    def _kind(self, path: Path, name: str, shape: QuestionShape) -> None:
        ticks = shape.kind in {"one", "many"}
        lines = bool(shape.lines or shape.fields)
        if ticks and (lines or not shape.choices):
            self.fault(path, f"{name} is {shape.kind}", "give it choices, no lines")
        if not ticks and shape.choices:
            self.fault(path, f"{name} is a {shape.kind}", "put choices on a line")
        if shape.kind in {"worksheet", "form"} and not lines:
            self.fault(path, f"{name} has no lines", "add lines or fields")
        if shape.exclusive:
            among = self.choices[name].get(None, {})
            self.known((*path, "exclusive"), shape.exclusive, among, "choice")
        elif shape.kind == "many" and NONE in shape.choices:
            self.fault(path, f"{name} has the choice none", "add exclusive: none")

    def fields(self, path: Path, name: str, shape: QuestionShape) -> dict[str, Field]:
        """Read the lines of a question, in order, with their notes."""
        if shape.kind in {"text", "date"}:
            asks = Asks(shape.kind)
            label = shape.label or shape.ask
            return {name: _plain_field(name, asks, label, required=ALWAYS)}
        fields: dict[str, Field] = {}
        for line, label in shape.lines.items():
            fields[line] = Field(
                line,
                Asks.ONE,
                label,
                "",
                self.choices[name][line],
                ALWAYS,
                ALWAYS,
                None,
                "",
                "",
                (),
            )
        for line, field in shape.fields.items():
            here: Path = (*path, "fields", line)
            fields[line] = self.field(here, name, line, field)
            if field.kind == "line" and shape.notes_label:
                note = f"{line}-note"
                fields[note] = _plain_field(
                    note, Asks.TEXT, shape.notes_label, required=Either(())
                )
        return fields

    def field(self, path: Path, name: str, line: str, shape: FieldShape) -> Field:
        """Read one line of a form or worksheet."""
        worksheet = self.shape.questions[name].kind == "worksheet"
        asks = Asks.ONE if shape.kind == "line" else Asks(shape.kind)
        picks = asks in {Asks.ONE, Asks.MANY}
        if picks and shape.kind != "line" and not shape.choices:
            self.fault(path, f"the line {line} has no choices", "add choices")
        if not picks and shape.choices:
            self.fault(path, f"the line {line} is {shape.kind}", "remove choices")
        for word in shape.quotes:
            self.known((*path, "quotes"), word, self.passages, "passage")
        choices = self.choices[name].get(line, {})
        required: Condition = Either(())
        if shape.required == "yes" or (
            worksheet and asks == Asks.ONE and shape.required == "no"
        ):
            required = ALWAYS
        elif shape.required != "no":
            required = self.condition((*path, "required"), shape.required)
        fixed = None
        if shape.fixed is not None:
            here = (*path, "fixed")
            self.known((*here, "to"), shape.fixed.to, choices, "choice")
            fixed = Fixed(
                self.condition((*here, "if"), shape.fixed.if_),
                shape.fixed.to,
                shape.fixed.because,
            )
        return Field(
            id=line,
            asks=asks,
            label=shape.label,
            hint=shape.hint,
            choices=choices,
            shown=self.condition((*path, "if"), shape.if_),
            required=required,
            fixed=fixed,
            exclusive=shape.exclusive,
            check=shape.check,
            quotes=tuple(shape.quotes),
        )

    # ---- the whole --------------------------------------------------------

    def outcome(self, name: str) -> Outcome:
        """Read one outcome."""
        shape = self.shape.outcomes[name]
        path: Path = ("outcomes", name)
        levels = [str(level) for level in range(MAX_LEVEL + 1)]
        decisions = self.choices.get(DECISION, {}).get(DECISION, {})
        self.known((*path, "decision"), shape.decision, decisions, "decision")
        pause = shape.pause
        again = (
            () if pause is None else self.again((*path, "pause", "again"), pause.again)
        )
        return Outcome(
            id=name,
            title=shape.title,
            text=shape.text,
            levels=self.rungs((*path, "level"), shape.level, levels),
            alerts=self.rungs((*path, "alert"), shape.alert, list(Urgency)),
            decision=shape.decision,
            pauses=pause is not None,
            again=again,
            advice=pause is not None and pause.advice == "yes",
            fixed=shape.fixed == "yes",
            routes=self.routes((*path, "routes"), shape.routes),
            quotes=self.shown(path, shape.quotes, "quotes"),
            notices=self.shown(path, shape.notices, "notices"),
        )

    def instruction(self, name: str) -> Instruction:
        """Read one instruction."""
        shape = self.shape.instructions[name]
        path: Path = ("instructions", name)
        for index, word in enumerate(shape.at):
            self.known((*path, "at", index), word, self._shown_at(), "place")
        return Instruction(
            name,
            shape.text,
            tuple(shape.at),
            self.condition((*path, "if"), shape.if_),
            tuple(shape.says),
            tuple(shape.numbers),
        )

    def _shown_at(self) -> frozenset[str]:
        return frozenset({*self.shape.questions, *self.shape.outcomes})

    def quote_row(self, index: int) -> QuoteRow:
        """Read one row of ``shown-with``."""
        row = self.shape.shown_with[index]
        path: Path = ("shown-with", index)
        for word in row.at:
            self.known((*path, "at"), word, self._shown_at(), "place")
        for word in row.passages:
            self.known((*path, "passages"), word, self.passages, "passage")
        for word in row.notices:
            self.known((*path, "notices"), word, self.notices, "notice")
        return QuoteRow(
            tuple(row.at),
            self.condition((*path, "if"), row.if_),
            tuple(row.passages),
            tuple(row.notices),
        )

    def read(self) -> Flow:
        """Read the flow; look into ``problems`` before using it."""
        shape = self.shape
        self.known(("start",), shape.start, shape.questions, "question")
        self._ids()
        for needed in (DECISION, ADVICE_RECEIVED):
            if needed not in shape.questions:
                self.fault(
                    ("questions",), f"the question {needed} is missing", "add it"
                )
        return Flow(
            start=shape.start,
            questions={
                name: self.question(name, question)
                for name, question in shape.questions.items()
            },
            outcomes={name: self.outcome(name) for name in shape.outcomes},
            forks={
                name: Fork(
                    name,
                    fork.about,
                    self.routes(("forks", name, "routes"), fork.routes),
                )
                for name, fork in shape.forks.items()
            },
            conditions={
                name: self.named(("conditions", name), name)
                for name in shape.conditions
            },
            doubts={name: self.doubt(name) for name in shape.doubts},
            instructions={name: self.instruction(name) for name in shape.instructions},
            alerts=tuple(
                AlertRow(
                    self.condition(("alerts", index, "if"), row.if_),
                    Urgency(row.urgency),
                    row.because,
                )
                for index, row in enumerate(shape.alerts)
            ),
            shown_with=tuple(
                self.quote_row(index) for index in range(len(shape.shown_with))
            ),
        )

    def _ids(self) -> None:
        """Each id names one place, and none is a word of the language."""
        seen: dict[str, str] = {}
        groups = [
            ("questions", list(self.shape.questions)),
            ("outcomes", list(self.shape.outcomes)),
            ("forks", list(self.shape.forks)),
        ]
        for group, names in groups:
            for name in names:
                if name in seen:
                    self.fault((group, name), f"{name} is also one of the {seen[name]}")
                if name in _WORDS or name == END:
                    self.fault((group, name), f"{name} is a word of the language")
                seen[name] = group


def _plain_field(line: str, asks: Asks, label: str, *, required: Condition) -> Field:
    return Field(line, asks, label, "", {}, ALWAYS, required, None, "", "", ())


def _answers(question: QuestionShape) -> dict[str | None, dict[str, str]]:
    """Return the answers by line; the question itself is the line None."""
    answers: dict[str | None, dict[str, str]] = {}
    if question.kind in {"one", "many"}:
        answers[None] = _with_not_sure(
            question.choices, unsure=not question.without_not_sure
        )
    for line in question.lines:
        answers[line] = _with_not_sure(YES_NO, unsure=True)
    for line, field in question.fields.items():
        answers[line] = _field_answers(question, field)
    if question.kind in {"text", "date"}:
        answers[None] = {}
    return answers


def _field_answers(question: QuestionShape, field: FieldShape) -> dict[str, str]:
    if field.kind in {"text", "date"}:
        return {}
    choices = YES_NO if field.kind == "line" and not field.choices else field.choices
    worksheet = question.kind == "worksheet" or field.kind == "line"
    return _with_not_sure(choices, unsure=worksheet and not field.without_not_sure)


def _with_not_sure(choices: Mapping[str, Any], *, unsure: bool) -> dict[str, str]:
    if not unsure or NOT_SURE in choices:
        return dict(choices)
    return {**choices, NOT_SURE: NOT_SURE_LABEL}
