"""One move on one session: checked, applied, and answered.

The step works on a place and returns a turn. It is made anew for each move and
keeps nothing; a move that is refused changes nothing, but words of danger in it
are answered all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

from dialogs import understand
from dialogs.answers import FormCheck, NotAnAnswer, line_value, not_past
from dialogs.answers import whole as checked
from dialogs.changes import advised_by, dropped_by
from dialogs.machine import is_waiting
from dialogs.moves import (
    AdviceRead,
    Answer,
    Ask,
    Back,
    Cancel,
    Change,
    Emergency,
    Move,
    Person,
    Show,
    Typed,
)
from dialogs.place import Place, Turn
from dialogs.reply import Notice, Recorded, Refusal, Remark, Reply, ToDo
from dialogs.session import (
    Answered,
    Cancelled,
    Completed,
    Decided,
    EmergencyShown,
    Fact,
    Filled,
    Indicated,
    PersonAsked,
    Reopened,
    WentBack,
)
from knowledge.model import (
    ADVICE_RECEIVED,
    CONFLICT,
    DECISION,
    END,
    HOW_TO_SHARE,
    NOT_YET,
    REFER,
    SHARE,
    Asks,
    Question,
)
from knowledge.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dialogs.engine import Engine
    from knowledge.conditions import Value


class Step:
    """One move on one session."""

    def __init__(
        self, engine: Engine, session: str, place: Place, *, brief: bool = False
    ) -> None:
        self.brief = brief
        self.engine = engine
        self.screens = engine.screens
        self.flow = engine.pack.flow
        self.session = session
        self.place = place

    def take(self, move: Move) -> Turn:
        """Dispatch; input that is no answer becomes a refusal and the prompt."""
        cancelled = self.place.standing.cancelled
        if cancelled and not isinstance(move, Emergency):
            what = "This session was cancelled."
            return self._refused(NotAnAnswer("over", what, "a new session"), move)
        try:
            return self._dispatch(move)
        except NotAnAnswer as error:
            return self._refused(error, move)

    def _dispatch(self, move: Move) -> Turn:  # noqa: C901, PLR0911 - one case a move
        match move:
            case Show():
                return self._show()
            case AdviceRead():
                return self._advice_read(move)
            case Answer(value):
                return self._answer(value)
            case Typed(text):
                return self._typed(text)
            case Back():
                return self._back()
            case Person():
                return self._person()
            case Emergency():
                return self._emergency("asked")
            case Cancel():
                return self._cancel()
            case Change(question):
                return self._change(question)
            case Ask(text):
                return self._ask(text)
            case _:
                assert_never(move)

    # ---- showing ----------------------------------------------------------------

    def _standing_reply(self, place: Place) -> Reply:
        if place.position == END:
            return self._recorded(place, added=False)
        question = self.flow.questions[place.position]
        return self.screens.prompt(
            self.session,
            question,
            place.cursor,
            place.standing,
            given=place.given,
        )

    def _show(self) -> Turn:
        return self._turn((), (self._standing_reply(self.place),))

    def _turn(self, facts: Iterable[Fact], replies: Iterable[Reply]) -> Turn:
        done = self.engine.ended(self.place)
        return Turn(tuple(facts), tuple(replies), done, self.place)

    def _refused(self, error: NotAnAnswer, move: Move) -> Turn:
        """Refuse; but words of danger are answered even where nothing is taken."""
        refusal = Refusal(self.session, error.code, error.text, error.send)
        if hears_danger(move, self.engine.pack.phrases.danger):
            return self._emergency("typed", (refusal,))
        return self._turn((), (refusal, *self._standing_replies()))

    def _standing_replies(self) -> tuple[Reply, ...]:
        """Return where the session stands; nothing where it was cancelled."""
        if self.place.standing.cancelled:
            return ()
        return (self._standing_reply(self.place),)

    # ---- answering ----------------------------------------------------------------

    def _question(self) -> Question:
        if self.place.position == END:
            raise NotAnAnswer(
                "recorded", "This decision is in the record already.", "a new session"
            )
        return self.flow.questions[self.place.position]

    def _answer(self, given: object) -> Turn:
        question = self._question()
        filling = self.place.standing.filling
        if self.place.standing.filling_for == question.id and isinstance(given, dict):
            given = {**filling, **given}
        value, unasked = checked(
            self.engine.machine, self.place.cursor, question, given
        )
        self._dates(question, value)
        heard, replies = self._heard(_free_texts(question, value))
        if unasked:
            lines = ", ".join(unasked)
            replies.append(
                Notice(
                    self.session,
                    "not-asked",
                    f"Not asked here, so not kept: {lines}.",
                )
            )
        return self._accepted(question, value, heard, replies)

    def _dates(self, question: Question, value: Value) -> None:
        if isinstance(value, str | tuple):
            return
        for line in question.fields.values():
            given = value.get(line.id)
            if line.asks == Asks.DATE and isinstance(given, str):
                not_past(line.label, given, self.engine.today())

    def _heard(self, texts: Sequence[str]) -> tuple[list[Fact], list[Reply]]:
        """Answer what free text says of danger now, or of the law in the way."""
        phrases = self.engine.pack.phrases
        facts: list[Fact] = []
        replies: list[Reply] = []
        if any(understand.speaks_of(text, phrases.danger) for text in texts):
            facts.append(EmergencyShown(self.place.position, "typed"))
            replies.append(self._instruction())
        if any(understand.speaks_of(text, phrases.data_protection) for text in texts):
            replies.append(self.screens.data_protection(self.session))
        return facts, replies

    def _accepted(
        self,
        question: Question,
        value: Value,
        heard: Sequence[Fact],
        before: Sequence[Reply],
    ) -> Turn:
        if question.id == ADVICE_RECEIVED:
            answered = advised_by(self.engine, self.place, value)
        else:
            answered = self._answered(question, value)
        if self.place.aside:
            # Whom to ring may be somebody else now, and the alert no longer waits.
            cursor = self._after([answered]).cursor
            before = (*before, self.screens.person(self.session, cursor))
        return self._follow([*heard, answered], before, question)

    def _advice_read(self, read: AdviceRead) -> Turn:
        """Take advice that was given through the bot, wherever the session stands.

        It settles what is in doubt, so that the dialog goes on from the same
        question; a decision that is in the record stays as it is.
        """
        question = self.flow.questions[ADVICE_RECEIVED]
        value: Value = {
            "from-role": read.from_role,
            "advice": read.advice,
            # An alert carries no name, and whoever advises is shown none.
            "identity-withheld": "yes",
        }
        decision = self.place.standing.answers.get(DECISION)
        answered = Answered(ADVICE_RECEIVED, value)
        if decision is None or is_waiting(decision):
            settles = advised_by(self.engine, self.place, value)
            if settles.advised or self.place.position == ADVICE_RECEIVED:
                answered = settles
        return self._follow([answered], (), question)

    def _answered(self, question: Question, value: Value) -> Answered:
        stands = self.place.standing
        decision = stands.answers.get(DECISION)
        completing = question.id == HOW_TO_SHARE and decision is not None
        if completing and not is_waiting(decision):
            return Answered(question.id, value)
        if self.place.aside:
            return Answered(question.id, value)
        dropped = dropped_by(self.engine, self.place, question, value)
        return Answered(question.id, value, dropped)

    def _follow(
        self, facts: list[Fact], before: Sequence[Reply], question: Question
    ) -> Turn:
        """Fold the new facts, and show what they led to."""
        after = self._after(facts)
        replies: list[Reply] = list(before)
        seen = list(self.place.walk.shown)
        new = [
            shown
            for index, shown in enumerate(after.walk.shown)
            if index >= len(seen) or seen[index] != shown
        ]
        for shown in new:
            facts.append(Indicated(shown.outcome, shown.level, shown.alert.value))
            cursor = after.walk.reached[shown.outcome]
            replies.append(self.screens.advice(self.session, shown, cursor))
        if question.id == DECISION:
            self._decide(after, facts, replies)
        elif question.id == HOW_TO_SHARE and after.position == END:
            self._complete(after, facts, replies)
        # What was indicated, decided and completed moves nobody.
        self.place = after
        recorded = bool(replies) and isinstance(replies[-1], Recorded)
        waits = is_waiting(self.place.standing.answers.get(DECISION))
        alone = not replies and self.place.position != END
        if self.brief and alone:
            return self._turn(facts, ())
        if not recorded or not (self.place.position == END or waits):
            replies.append(self._standing_reply(self.place))
        return self._turn(facts, replies)

    def _after(self, facts: Sequence[Fact]) -> Place:
        return self.engine.place_after(self.place, facts)

    # ---- deciding -------------------------------------------------------------------

    def _decide(self, after: Place, facts: list[Fact], replies: list[Reply]) -> None:
        cursor = after.cursor
        answer = after.standing.answers[DECISION]
        decision = _line(answer, DECISION)
        fact = Decided(
            reference=self.engine.new_reference(),
            decision=decision,
            outcome=cursor.outcome or "",
            level=cursor.level or 0,
            alert=self.screens.alert(cursor, after.standing).value,
            departing=cursor.departing,
        )
        facts.append(fact)
        after.standing.take(fact)
        replies.append(self._recorded(after, added=False))

    def _complete(self, after: Place, facts: list[Fact], replies: list[Reply]) -> None:
        before = self.place.standing
        was = before.filling if before.filling_for == HOW_TO_SHARE else {}
        added = dict(was) != after.standing.answers[HOW_TO_SHARE]
        if added:
            reference = after.standing.decided[-1].reference
            facts.append(Completed(reference, HOW_TO_SHARE))
        replies.append(self._recorded(after, added=added))

    def _recorded(self, place: Place, *, added: bool) -> Recorded:
        decided = place.standing.decided[-1]
        choices = self.flow.questions[DECISION].fields[DECISION].choices
        return Recorded(
            session=self.session,
            reference=decided.reference,
            decision=decided.decision,
            decision_label=choices[decided.decision],
            outcome=decided.outcome,
            level=decided.level,
            alert=self.screens.alert(place.cursor, place.standing),
            departing=decided.departing,
            waiting=decided.decision == NOT_YET,
            added=added,
            unfinished=self._unfinished(place),
            remarks=self._recorded_remarks(place, decided),
        )

    def _unfinished(self, place: Place) -> str:
        """Return the screen that may be finished later, if it has gaps."""
        answer = place.standing.answers.get(HOW_TO_SHARE)
        question = self.flow.questions.get(HOW_TO_SHARE)
        decided = place.standing.decided
        shares = decided and decided[-1].decision in {SHARE, REFER}
        if not shares or question is None or not isinstance(answer, Mapping):
            return ""
        form = FormCheck(self.engine.machine, place.cursor, question)
        gaps = [line for line in form.visible(answer) if line.id not in answer]
        return HOW_TO_SHARE if gaps else ""

    def _recorded_remarks(self, place: Place, decided: Decided) -> tuple[Remark, ...]:
        text = (
            "When you have what you are waiting for, resume this session and go on"
            " where you stopped."
            if decided.decision == NOT_YET
            else "Keep the reference. It names nobody."
        )
        remarks = [Remark("what-now", "Next", text)]
        if self._unfinished(place):
            remarks.append(
                Remark(
                    "finish-later",
                    "Next",
                    "How it was shared is not complete. Finish it when you can.",
                )
            )
        return tuple(remarks)

    # ---- typing ---------------------------------------------------------------------

    def _typed(self, given: object) -> Turn:
        if not isinstance(given, str):
            raise NotAnAnswer("not-text", "This is not text.", '{"text": "as typed"}')
        if self.place.position == END:
            ordered = understand.command(given, free_text=False)
            if ordered is None and understand.speaks_of(
                given, self.engine.pack.phrases.danger
            ):
                return self._emergency("typed")
            return self._ordered(ordered) if ordered else self._help()
        question = self._question()
        form = FormCheck(self.engine.machine, self.place.cursor, question)
        filling = self._filling(question)
        line = form.next_line(filling) if question.fields else None
        free_text = line is not None and line.asks in {Asks.TEXT, Asks.DATE}
        ordered = understand.command(given, free_text=free_text)
        if ordered is not None:
            return self._ordered(ordered)
        if question.fields:
            return self._fill(question, form, filling, given)
        return self._pick(question, given)

    def _filling(self, question: Question) -> dict[str, str | tuple[str, ...] | None]:
        stands = self.place.standing
        return dict(stands.filling) if stands.filling_for == question.id else {}

    def _ordered(self, ordered: understand.Command) -> Turn:  # noqa: PLR0911 -- one case a command
        match ordered.do:
            case "back":
                return self._back()
            case "person":
                return self._person()
            case "emergency":
                return self._emergency("asked")
            case "cancel":
                return self._cancel()
            case "change":
                return self._change(ordered.about.replace(" ", "-"))
            case "ask":
                return self._ask(ordered.about)
            case _:
                return self._help()

    def _help(self) -> Turn:
        question = self._question()
        text = (
            f"{question.why} {question.help} You can always type: back, change and a"
            " question's name, person, emergency, cancel."
        )
        notice = Notice(self.session, "help", " ".join(text.split()))
        return self._turn((), (notice, self._standing_reply(self.place)))

    def _pick(self, question: Question, typed: str) -> Turn:
        phrases = self.engine.pack.phrases
        value: Value | None
        if question.asks == Asks.ONE:
            value = understand.one(typed, question.choices, phrases)
        else:
            value = understand.many(typed, question.choices, phrases)
        if value is not None:
            return self._answer(value)
        return self._not_understood(typed, question.choices)

    def _not_understood(self, typed: str, choices: Mapping[str, str]) -> Turn:
        phrases = self.engine.pack.phrases
        if understand.speaks_of(typed, phrases.danger):
            return self._emergency("typed")
        prompt = self._standing_reply(self.place)
        if understand.speaks_of(typed, phrases.data_protection):
            notice = self.screens.data_protection(self.session)
            return self._turn((), (notice, prompt))
        send = "; ".join(
            f"{number} {label}" for number, label in enumerate(choices.values(), 1)
        )
        refusal = Refusal(
            self.session,
            "not-understood",
            "I did not understand that, and I do not guess.",
            f"a number or the start of an answer: {send}",
        )
        return self._turn((), (refusal, prompt))

    def _fill(
        self,
        question: Question,
        form: FormCheck,
        filling: dict[str, str | tuple[str, ...] | None],
        typed: str,
    ) -> Turn:
        line = form.next_line(filling)
        if line is None or understand.is_done(typed):
            return self._answer({})
        required = form.holds("required", line, form.settled(filling))
        value: str | tuple[str, ...] | None
        if understand.is_skip(typed):
            if required:
                what = f"{line.label}: this line is needed."
                raise NotAnAnswer("missing-lines", what, "the line in words")
            value = None
        elif line.asks in {Asks.ONE, Asks.MANY}:
            phrases = self.engine.pack.phrases
            picked = (
                understand.one(typed, line.choices, phrases)
                if line.asks == Asks.ONE
                else understand.many(typed, line.choices, phrases)
            )
            if picked is None:
                return self._not_understood(typed, line.choices)
            value = line_value(line, picked)
        else:
            value = line_value(line, typed)
            if line.asks == Asks.DATE and isinstance(value, str):
                not_past(line.label, value, self.engine.today())
        return self._filled(question, form, {**filling, line.id: value})

    def _filled(
        self,
        question: Question,
        form: FormCheck,
        filling: dict[str, str | tuple[str, ...] | None],
    ) -> Turn:
        """Keep the line; submit the screen when it was the last."""
        line, value = next(reversed(filling.items()))
        typed = {} if value is None else {line: value}
        heard, before = self._heard(_free_texts(question, typed))
        facts: list[Fact] = [*heard, Filled(question.id, line, value)]
        if form.next_line(filling) is not None:
            self.place = self._after(facts)
            return self._turn(facts, (*before, self._standing_reply(self.place)))
        whole, _ = checked(self.engine.machine, self.place.cursor, question, filling)
        self.place = self._after(facts)
        self.brief = self.brief and not before
        turn = self._accepted(question, whole, (), ())
        replies = (*before, *turn.replies)
        return Turn((*facts, *turn.facts), replies, turn.ended, turn.place)

    # ---- going elsewhere ------------------------------------------------------------

    def _back(self) -> Turn:
        stands = self.place.standing
        typed = stands.filling and not stands.finishing
        if typed and stands.filling_for == self.place.position:
            line = next(reversed(stands.filling))
            return self._moved(WentBack(stands.filling_for, line))
        if self.place.aside:
            return self._moved(WentBack(CONFLICT))
        if DECISION in stands.answers:
            what = "This decision is in the record and cannot be taken back."
            raise NotAnAnswer("recorded", what, "change and the name of a question")
        asked = self.place.walk.asked
        if not asked:
            raise NotAnAnswer(
                "at-the-start", "This is the first question.", "an answer"
            )
        return self._moved(WentBack(asked[-1], doubts=self._advised_about(asked[-1])))

    def _moved(self, fact: Fact) -> Turn:
        self.place = self._after((fact,))
        return self._turn((fact,), (self._standing_reply(self.place),))

    def _change(self, question: object) -> Turn:
        asked = self.place.given
        if not isinstance(question, str) or question not in asked:
            hint = did_you_mean(str(question)[:40], asked, name="answered so far:")
            what = f"That question has no answer here; {hint}"
            raise NotAnAnswer("not-answered", what, "the id of an answered question")
        unfinished = self._unfinished(self.place) == question == HOW_TO_SHARE
        decision = self.place.standing.answers.get(DECISION)
        settled = decision is not None and not is_waiting(decision)
        if settled and not unfinished:
            what = "This decision is in the record."
            raise NotAnAnswer("recorded", what, "a new session for anything new")
        if question == DECISION and self.place.position not in {END, DECISION}:
            raise NotAnAnswer(
                "recorded",
                "The decision is in the record. Go on, and decide anew at the end.",
                "an answer to this question",
            )
        return self._moved(Reopened(question, self._advised_about(question)))

    def _advised_about(self, question: str) -> tuple[str, ...]:
        """Return the doubts about a question that a person has advised on."""
        return tuple(
            doubt.id
            for doubt in self.flow.doubts.values()
            if doubt.question == question and doubt.id in self.place.standing.advised
        )

    def _person(self) -> Turn:
        fact = PersonAsked(self.place.position)
        notice = self.screens.person(self.session, self.place.cursor)
        self.place = self._after((fact,))
        return self._turn((fact,), (notice, self._standing_reply(self.place)))

    def _instruction(self) -> Notice:
        final = self.place.position == END
        return self.screens.emergency(self.session, self.place.cursor, final=final)

    def _emergency(self, because: str, then: Sequence[Reply] = ()) -> Turn:
        fact = EmergencyShown(self.place.position, because)
        notice = self._instruction()
        self.place = self._after((fact,))
        return self._turn((fact,), (notice, *then, *self._standing_replies()))

    def _cancel(self) -> Turn:
        if self.place.position == END:
            raise NotAnAnswer(
                "recorded", "This decision is in the record already.", "a new session"
            )
        fact = Cancelled(self.place.position)
        text = "Cancelled. No decision is recorded; that it was cancelled is."
        if self.place.standing.decided:
            reference = self.place.standing.decided[-1].reference
            text = f"Stopped. The decision {reference} stays in the record."
        todo: tuple[ToDo, ...] = ()
        outcome = self.place.cursor.outcome
        if outcome and self.flow.outcomes[outcome].fixed:
            text = f"{text} What was indicated still stands."
            # What the screen said is said once more too: it may say to give nothing.
            here = (outcome, self.place.position)
            todo = self.screens.instructions_at_any(here, self.place.cursor)
        notice = Notice(self.session, "cancelled", text, todo=todo)
        self.place = self._after((fact,))
        return self._turn((fact,), (notice,))

    def _ask(self, text: object) -> Turn:
        if not isinstance(text, str) or not text.strip():
            raise NotAnAnswer("not-text", "Nothing was asked.", "words to look for")
        replies: list[Reply] = []
        facts: list[Fact] = []
        if understand.speaks_of(text, self.engine.pack.phrases.danger):
            facts.append(EmergencyShown(self.place.position, "typed"))
            replies.append(self._instruction())
        found = self.engine.search(text[:400])
        replies.append(self.screens.found(self.session, found, self.place.cursor))
        self.place = self._after(facts)
        return self._turn(facts, (*replies, self._standing_reply(self.place)))


def _free_texts(question: Question, value: Value) -> Sequence[str]:
    """Return what was written freely in an answer."""
    if isinstance(value, str | tuple):
        return ()
    return [
        text
        for line, text in value.items()
        if isinstance(text, str) and question.fields[line].asks == Asks.TEXT
    ]


def _words(move: Move) -> Iterable[str]:
    """Return what a move says in words, whether or not it can be taken."""
    match move:
        case Typed(said) | Answer(said) | Change(said):
            return _texts(said)
        case _:
            return ()


def _texts(said: object, depth: int = 4) -> Iterator[str]:
    """Yield the texts in what was sent, however it is wrapped, some levels down."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list | tuple) and depth:
        for part in said.values() if isinstance(said, dict) else said:
            yield from _texts(part, depth - 1)


def hears_danger(move: Move, phrases: Iterable[Sequence[str]]) -> bool:
    """Say whether a move speaks of danger now, whatever else it is."""
    danger = tuple(phrases)
    return any(understand.speaks_of(text, danger) for text in _words(move))


def _line(answer: Value, line: str) -> str:
    value = "" if isinstance(answer, str | tuple) else answer.get(line)
    return value if isinstance(value, str) else ""
