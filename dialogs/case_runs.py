"""Runs a pack's cases on the real engine, and says what differs.

A case answers questions in order; what it leaves out is filled only where no
choice is needed (texts, dates, the screens after the outcome), so that a new
question in the flow shows up in every case that meets it. Beside each result
stands what no case touches. Nothing here decides whether a flow is safe: cases
are examples, the proof covers every path.
"""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Final, assert_never

from dialogs.answers import FormCheck
from dialogs.case_report import CaseReport, CaseResult, Touched
from dialogs.engine import (
    HOW_TO_SHARE,
    Answer,
    Ask,
    Back,
    Engine,
    Move,
    Place,
    Show,
    Typed,
)
from dialogs.machine import Cursor, DialogMachine
from dialogs.reply import Advice, Notice, Prompt, Quote, Recorded, Refusal, ToDo
from dialogs.session import Started, listed
from knowledge.conditions import in_words
from knowledge.model import (
    ADVICE_RECEIVED,
    DECISION,
    NOT_YET,
    Asks,
    Case,
    Does,
    Field,
    Flow,
    Pack,
    Question,
    Row,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dialogs.reply import Reply
    from dialogs.session import Fact

NEUTRAL: Final = "As the case says."
"""What a required text line holds where the case gives none."""
DAY: Final = "2030-01-31"
"""What a required date line holds; cases run as if on the first day of all."""
FIRST_DAY: Final = date.min
MOVES: Final = 60
"""More moves than any case needs; a flow that loops is stopped here. Ours."""
_SESSION: Final = "case"


class Differs(Exception):
    """The flow and the case part ways, and the case cannot go on."""


class WatchedMachine(DialogMachine):
    """A machine that keeps which rows were taken; not for serving people."""

    def __init__(self, flow: Flow) -> None:
        """Build the machine, with no row taken yet."""
        super().__init__(flow)
        self.taken: set[tuple[str, int]] = set()

    def route(self, cursor: Cursor) -> None:
        """Keep the row, then take it."""
        rows = self.flow.place(cursor.state).routes
        taken = next(
            index
            for index, row in enumerate(rows)
            if row.is_else or self.test(row.condition)(cursor)
        )
        self.taken.add((cursor.state, taken))
        super().route(cursor)


def run_cases(pack: Pack, search: Callable[[str], Sequence[str]]) -> CaseReport:
    """Run every case of a pack.

    Args:
        pack: The pack, with its cases.
        search: Finds ids of passages for words asked.
    """
    numbers = count(1)
    engine = Engine(
        pack,
        new_reference=lambda: f"case-{next(numbers)}",
        today=lambda: FIRST_DAY,
        search=search,
    )
    seen = _Seen(WatchedMachine(pack.flow))
    results = tuple(_result(engine, case, seen) for case in pack.cases)
    return CaseReport(results, tuple(seen.touched(pack)))


def _result(engine: Engine, case: Case, seen: _Seen) -> CaseResult:
    run = _Run(engine, case, seen)
    try:
        run.play()
        differs = tuple(run.compared())
    except Differs as error:
        differs = (str(error),)
    return CaseResult(case.name, case.line, differs)


class _Seen:
    """What has been shown and taken in all runs so far."""

    def __init__(self, machine: WatchedMachine) -> None:
        self.machine = machine
        self.outcomes: set[str] = set()
        self.instructions: set[str] = set()
        self.passages: set[str] = set()

    def place(self, place: Place) -> None:
        """Keep the rows on the way to where a session stands."""
        self.machine.walk(place.standing.answers, place.standing.advised)

    def reply(self, reply: Reply) -> None:
        """Keep what a reply shows."""
        if isinstance(reply, Refusal | Recorded):
            return
        if isinstance(reply, Advice):
            self.outcomes.add(reply.outcome)
        self.passages.update(_shown(reply))
        todo: Iterable[ToDo] = reply.todo
        self.instructions.update(each.id for each in todo)

    def touched(self, pack: Pack) -> Iterable[Touched]:
        """Say what was touched, kind by kind."""
        flow = pack.flow
        rows = _rows(flow)
        missed = [words for key, words in rows.items() if key not in self.machine.taken]
        yield Touched("routes", len(rows), tuple(missed))
        yield _missed("outcomes", flow.outcomes, self.outcomes)
        yield _missed("instructions", flow.instructions, self.instructions)
        yield _missed("passages", pack.passages, self.passages)


def _missed(kind: str, wanted: Mapping[str, object], seen: set[str]) -> Touched:
    return Touched(
        kind, len(wanted), tuple(each for each in wanted if each not in seen)
    )


def _rows(flow: Flow) -> dict[tuple[str, int], str]:
    """Return every row of every routing table, in words."""
    places = [*flow.questions, *flow.outcomes, *flow.forks]
    # The screen for advice is reached by a pause and left by resuming: its row is
    # never taken, because the dialog goes on where it stopped.
    return {
        (name, index): _row_in_words(name, index, row)
        for name in places
        if name != ADVICE_RECEIVED
        for index, row in enumerate(flow.place(name).routes)
    }


def _row_in_words(place: str, index: int, row: Row) -> str:
    when = "else" if row.is_else else f"if {in_words(row.condition)}"
    return f"{place}, row {index + 1}: {when}, go to {row.to}"


def _shown(reply: Advice | Prompt | Notice) -> set[str]:
    """Return the ids of the passages that a reply shows."""
    quotes: list[Quote] = list(reply.quotes)
    if isinstance(reply, Prompt):
        quotes.extend(quote for line in reply.fields for quote in line.quotes)
    return {quote.id for quote in quotes}


class _Run:
    """One case on one session."""

    def __init__(self, engine: Engine, case: Case, seen: _Seen) -> None:
        self.engine = engine
        self.case = case
        self.seen = seen
        self.flow = engine.pack.flow
        self.facts: list[Fact] = [Started(engine.pack.id, engine.pack.hash)]
        self.steps = list(case.steps)
        self.at_question: set[str] = set()
        self.at_outcome: set[str] = set()
        self.last: set[str] = set()
        self.place = engine.place(self.facts)

    # ---- playing ------------------------------------------------------------

    def play(self) -> None:
        """Take the steps, and what comes after them, to the record.

        Raises:
            Differs: A step does not fit, or a question has no answer.
        """
        self._do(Show(), "the start")
        for _ in range(MOVES):
            if self.engine.ended(self.place) or self._goes_no_further():
                break
            self._next()
        else:
            raise Differs(f"the case does not end within {MOVES} moves")
        if self.steps:
            raise Differs(f"{_in_words(self.steps[0])} was never reached")

    def _goes_no_further(self) -> bool:
        """Say whether the session waits, and the case leaves it there."""
        stands = self.place.standing
        return (
            not self.steps
            and bool(stands.decided)
            and stands.decided[-1].decision == NOT_YET
            and DECISION in stands.answers
        )

    def _next(self) -> None:
        """Take one step, or fill what the case leaves out."""
        question = self.flow.questions[self.place.position]
        step = self.steps[0] if self.steps else None
        if step is not None and self._is_next(step, question):
            self.steps.pop(0)
            self.last = set(self.at_question)
            self._take(step, question)
            return
        if self.place.aside:
            self._do(Back(), question.id)
            return
        self._fill(question, {})

    def _is_next(self, step: Step, question: Question) -> bool:
        if step.does in {Does.ADVICE, Does.RESUME}:
            return question.id == DECISION
        return step.does != Does.ANSWER or step.question == question.id

    def _take(self, step: Step, question: Question) -> None:
        match step.does:
            case Does.ANSWER if isinstance(step.value, dict):
                self._fill(question, step.value)
            case Does.ANSWER:
                self._do(Answer(listed(step.value)), question.id)
            case Does.TYPE:
                self._do(Typed(step.value), question.id)
            case Does.ASK:
                self._do(Ask(step.value), question.id)
            case Does.ADVICE | Does.RESUME:
                self._wait(step)
            case _:
                assert_never(step.does)

    def _wait(self, step: Step) -> None:
        """Decide to wait, and come back with what was waited for."""
        self._fill(self.flow.questions[DECISION], {DECISION: NOT_YET})
        position = self.place.position
        if step.does == Does.RESUME:
            if position in {DECISION, ADVICE_RECEIVED}:
                raise Differs("the case resumes, and there is nothing to resume")
            return
        if position != ADVICE_RECEIVED:
            raise Differs("the case has advice, and nothing waits for advice")
        self._fill(self.flow.questions[ADVICE_RECEIVED], {})

    def _fill(self, question: Question, given: Mapping[str, object]) -> None:
        """Answer a form, with what is required and left out filled in."""
        if not question.fields:
            raise Differs(self._unanswered(question))
        lines = dict(given)
        form = FormCheck(self.engine.machine, self.place.cursor, question)
        while True:
            settled = form.settled(lines)
            needed = [
                line
                for line in form.visible(settled)
                if line.id not in settled and form.holds("required", line, settled)
            ]
            if not needed:
                break
            for line in needed:
                lines[line.id] = self._filled(question, line)
        self._do(Answer(listed(lines)), question.id)

    def _filled(self, question: Question, line: Field) -> str:
        if line.asks == Asks.TEXT:
            return NEUTRAL
        if line.asks == Asks.DATE:
            return DAY
        if line.id == DECISION == question.id:
            return self.place.cursor.indicated or NOT_YET
        if question.id in {HOW_TO_SHARE, ADVICE_RECEIVED} and line.asks == Asks.ONE:
            return next(iter(line.choices))
        raise Differs(f"{self._unanswered(question)}: {line.id} is missing")

    def _unanswered(self, question: Question) -> str:
        what = f"the question {question.id} was asked and the case has no answer"
        if self.steps:
            what += f"; it goes on with {_in_words(self.steps[0])}"
        return what

    def _do(self, move: Move, where: str) -> None:
        turn = self.engine.advance(_SESSION, self.facts, move)
        self.facts.extend(turn.facts)
        self.place = self.engine.place(self.facts)
        for reply in turn.replies:
            self._heard(reply, where)

    def _heard(self, reply: Reply, where: str) -> None:
        self.seen.reply(reply)
        match reply:
            case Refusal():
                raise Differs(f"at {where} the answer was refused: {reply.text}")
            case Advice():
                self.at_outcome = _shown(reply)
            case Prompt():
                self.at_question = _shown(reply)
            case Recorded():
                self.seen.place(self.place)
            case Notice():
                pass
            case _:
                assert_never(reply)

    # ---- comparing ------------------------------------------------------------

    def compared(self) -> Iterable[str]:
        """Yield what differs from what the case expects."""
        cursor = self.place.cursor
        alert = self.engine.screens.alert(cursor, self.place.standing)
        pairs = (
            ("outcome", self.case.outcome, cursor.outcome or "none"),
            ("level", str(self.case.level), str(cursor.level)),
            ("alert", self.case.alert.value, alert.value),
        )
        for what, expected, got in pairs:
            if expected != got:
                yield f"{what}: expected {expected}, got {got}"
        shown = self.at_outcome | self.last
        lacking = [each for each in self.case.passages if each not in shown]
        if lacking:
            got = " ".join(sorted(shown)) or "none"
            yield f"passages: expected {' '.join(lacking)} as well, got {got}"


def _in_words(step: Step) -> str:
    """Name a step for a message; never what it holds."""
    if step.does == Does.ANSWER:
        return f"the answer to {step.question}"
    return f"the step {step.does}"
