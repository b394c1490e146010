"""Builds replies from a walk: which passages, notices and instructions, where.

Pure: it reads the pack and a cursor and returns values to show. What stands on
a screen is decided here once for every surface.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dialogs.answers import FormCheck, labels
from dialogs.reply import (
    Advice,
    Choice,
    Given,
    Line,
    Notice,
    Prompt,
    Quote,
    Remark,
    ToDo,
)
from knowledge.conditions import Answered, Condition, Departing, leaves
from knowledge.model import (
    CONFLICT,
    DECISION,
    NONE,
    PROFESSIONAL,
    SAFETY_CHECK,
    Asks,
    Question,
    Urgency,
    When,
    higher,
)
from knowledge.model import Notice as PackNotice
from knowledge.reviews import edition, last_day
from knowledge.reviews import standing as standing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from dialogs.machine import Cursor, DialogMachine, Shown
    from dialogs.session import Standing
    from knowledge.conditions import Value
    from knowledge.model import Instruction, Pack, QuoteRow

_GIVEN_KEPT: Final = 2_048
"""Answers whose words are remembered: of choices, never of what was written. Ours."""
EMERGENCY_OUTCOME: Final = "act-now"
ADVICE_OUTCOME: Final = "seek-advice"
OVERVIEW_NOTICE: Final = "past-review"
"""The notice about the whole document: shown once, and on every quotation's
edition line, instead of under each of them."""
_LABELS: Final = {
    "currency": "What has changed since (our words, not the document's)",
    "reconstruction": "Our reconstruction (not the document's words)",
    "trial": "For trial and training only",
    "ours": "Our words (not the document's)",
}
_USUAL: Final = frozenset({"lead", "deputy", "manager", "administrator"})
"""The people who are told, or can see, as a rule."""
_RECORD_IT: Final = {
    False: "When you can, change your first answer to yes, so that the record shows"
    " it.",
    True: "This decision is in the record. When you can, start a new session and"
    " answer yes to the first question.",
}
OUTSIDE_PERSON: Final = "designated-officer"
"""Whom to ring where the usual people may be involved."""


@dataclass(frozen=True, slots=True)
class _OfDay:
    """What was made of the pack on one day; only the age in it can change."""

    day: date
    quotes: dict[str, Quote]
    remarks: dict[str, Remark]


class Screens:
    """Builds what one pack shows."""

    def __init__(
        self, pack: Pack, machine: DialogMachine, today: Callable[[], date]
    ) -> None:
        """Take the pack and its machine; nothing is computed yet.

        Args:
            pack: The pack version.
            machine: Of its flow.
            today: The date in the organisation's time zone, by which it has an age.
        """
        self.pack = pack
        self.machine = machine
        self.today = today
        self._of_day = _OfDay(today(), {}, {})
        self._offered: dict[tuple[str, str], tuple[Choice, ...]] = {}
        self._instructed: dict[str, tuple[Instruction, ...]] = {}
        self._shown_with: dict[str, tuple[QuoteRow, ...]] = {}
        self._in_words = lru_cache(maxsize=_GIVEN_KEPT)(self._worded)

    # What a pack shows changes with nothing but the day, so it is made once a day.

    def _made(self) -> _OfDay:
        day = self.today()
        if day != self._of_day.day:
            # A new one: another thread may still be writing into yesterday's.
            self._of_day = _OfDay(day, {}, {})
        return self._of_day

    # ---- parts --------------------------------------------------------------

    def quote(self, passage: str) -> Quote:
        """Return a passage as it is shown, with its source and age."""
        return self.quotes((passage,))[0]

    def quotes(self, passages: Iterable[str]) -> tuple[Quote, ...]:
        """Return passages as they are shown, in order."""
        # Asking for the day took longer than the rest, so it is asked once for all.
        made = self._made()
        return tuple(
            made.quotes.get(passage) or self._quoted(passage, made)
            for passage in passages
        )

    def _quoted(self, passage: str, made: _OfDay) -> Quote:
        words = self.pack.passages[passage]
        document = self.pack.document
        made.quotes[passage] = found = Quote(
            id=words.id,
            text=words.text,
            lead_in=words.lead_in,
            section=words.section,
            source=f"{document.title} ({document.publisher})",
            edition=edition(self.pack, made.day),
            sic=words.sic,
            hash=words.hash,
        )
        return found

    def _holds(self, condition: Condition, cursor: Cursor) -> bool:
        return self.machine.test(condition)(cursor)

    def _at(self, rows: Iterable[When], cursor: Cursor) -> list[str]:
        return [row.id for row in rows if self._holds(row.condition, cursor)]

    def _along(self, place: str) -> tuple[QuoteRow, ...]:
        """Return what may be shown along with a question or outcome."""
        found = self._shown_with.get(place)
        if found is None:
            outcome = place in self.pack.flow.outcomes
            found = self._shown_with[place] = tuple(
                row
                for row in self.pack.flow.shown_with
                if place in row.at or (not row.at and outcome)
            )
        return found

    def passages_at(self, place: str, cursor: Cursor) -> tuple[str, ...]:
        """Return the ids of the passages shown at a question or outcome."""
        here = self.pack.flow.place(place)
        found = [] if not hasattr(here, "quotes") else self._at(here.quotes, cursor)
        for row in self._along(place):
            if row.passages and self._holds(row.condition, cursor):
                found.extend(row.passages)
        return tuple(dict.fromkeys(found))

    def notices_at(
        self, place: str, cursor: Cursor, passages: Iterable[str]
    ) -> tuple[str, ...]:
        """Return the notices of a place and those about its passages."""
        here = self.pack.flow.place(place)
        found = [] if not hasattr(here, "notices") else self._at(here.notices, cursor)
        for row in self._along(place):
            if row.notices and self._holds(row.condition, cursor):
                found.extend(row.notices)
        found.extend(self._currency(passages))
        return tuple(dict.fromkeys(found))

    def _currency(self, passages: Iterable[str]) -> Iterable[str]:
        """Return what has changed since, about any of these passages."""
        quoted = set(passages)
        for notice in self.pack.notices.values():
            about = not quoted.isdisjoint(notice.about)
            if about and notice.kind == "currency" and notice.id != OVERVIEW_NOTICE:
                yield notice.id

    def remark(self, notice: PackNotice) -> Remark:
        """Return a notice of ours, labelled, with its date and source."""
        made = self._made()
        found = made.remarks.get(notice.id)
        if found is None:
            found = made.remarks[notice.id] = self._remarked(notice, made.day)
        return found

    def _remarked(self, notice: PackNotice, today: date) -> Remark:
        checked = f"Written {notice.written} by: {notice.by}."
        source = f"{checked} Source: {notice.source}. Sure: {notice.confidence}."
        label = _LABELS[notice.kind]
        if last_day(notice.expires) < today:
            label = f"{label}, to be checked again since {notice.expires}"
        return Remark(notice.id, label, notice.text, source)

    def remarks(self, names: Iterable[str]) -> tuple[Remark, ...]:
        """Return notices as remarks."""
        return tuple(self.remark(self.pack.notices[name]) for name in names)

    def instructions_at(self, place: str, cursor: Cursor) -> tuple[ToDo, ...]:
        """Return the instructions of a question or outcome, in the pack's order."""
        rows = self._instructed.get(place)
        if rows is None:
            outcome = place in self.pack.flow.outcomes
            rows = self._instructed[place] = tuple(
                row
                for row in self.pack.flow.instructions.values()
                if place in row.at or (not row.at and outcome)
            )
        return tuple(
            ToDo(row.id, row.text, self.numbers(row.numbers, cursor))
            for row in rows
            if self._holds(row.condition, cursor)
        )

    def instructions_at_any(
        self, places: Iterable[str], cursor: Cursor
    ) -> tuple[ToDo, ...]:
        """Return the instructions of several places, each once."""
        found = (todo for one in places for todo in self.instructions_at(one, cursor))
        return tuple(dict.fromkeys(found))

    def numbers(self, wanted: Iterable[str], cursor: Cursor) -> tuple[str, ...]:
        """Leave out the people who must not be told, and name another instead."""
        asked = tuple(wanted)
        barred = self.barred(cursor)
        kept = [number for number in asked if number not in barred]
        if len(kept) < len(asked) and OUTSIDE_PERSON not in kept:
            kept.append(OUTSIDE_PERSON)
        return tuple(kept)

    def barred(self, cursor: Cursor) -> frozenset[str]:
        """Return the roles that were named last; not sure bars them all."""
        named = cursor.answers.get(CONFLICT) or cursor.named
        ticks = cursor.answers.get(SAFETY_CHECK)
        if isinstance(named, tuple) and named:
            if NONE in named:
                return frozenset()
            return frozenset(named) if set(named) <= _USUAL else _USUAL
        if isinstance(ticks, tuple) and PROFESSIONAL in ticks:
            return _USUAL
        return frozenset()

    # ---- screens --------------------------------------------------------------

    def advice(self, session: str, shown: Shown, cursor: Cursor) -> Advice:
        """Return what an outcome shows; the cursor stands where it was reached."""
        outcome = self.pack.flow.outcomes[shown.outcome]
        passages = self.passages_at(outcome.id, cursor)
        decisions = self.pack.flow.questions[DECISION].fields[DECISION].choices
        return Advice(
            session=session,
            outcome=outcome.id,
            title=outcome.title,
            text=outcome.text,
            level=shown.level,
            alert=shown.alert,
            indicates=decisions[outcome.decision],
            quotes=self.quotes(passages),
            remarks=(
                *self.cautions(),
                *self.remarks(self.notices_at(outcome.id, cursor, passages)),
            ),
            todo=self.instructions_at(outcome.id, cursor),
        )

    def cautions(self) -> tuple[Remark, ...]:
        """Return what every screen says of this version."""
        return tuple(
            Remark(f"caution-{c.id}", c.label, c.text) for c in self.pack.cautions
        )

    def prompt(
        self,
        session: str,
        question: Question,
        cursor: Cursor,
        standing: Standing,
        *,
        given: Sequence[str],
    ) -> Prompt:
        """Return the question to be answered now.

        Args:
            session: The session's id.
            question: The question.
            cursor: What conditions see there.
            standing: The answers that stand.
            given: The questions whose answers count now, in order.
        """
        step = len(given) + 1
        first = question.id == self.pack.flow.start
        passages = self.passages_at(question.id, cursor)
        ask, why = self._words(question, cursor)
        form = FormCheck(self.machine, cursor, question)
        filling = standing.filling if standing.filling_for == question.id else {}
        lines = tuple(self._lines(form, filling)) if question.fields else ()
        upcoming = form.next_line(filling) if question.fields else None
        return Prompt(
            session=session,
            question=question.id,
            ask=ask,
            why=why,
            help=question.help,
            asks=question.asks,
            choices=self._choices(question.id, "", question.choices),
            fields=lines,
            quotes=self.quotes(passages),
            remarks=self._prompt_remarks(question, cursor, passages, first=first),
            todo=self.instructions_at(question.id, cursor),
            outcome=cursor.outcome or "",
            level=cursor.level,
            alert=self.alert(cursor, standing),
            answered=tuple(self._given(each, standing) for each in given),
            step=step,
            filling=upcoming.id if upcoming else "",
            first=first,
        )

    def _choices(
        self, question: str, line: str, choices: Mapping[str, str]
    ) -> tuple[Choice, ...]:
        found = self._offered.get((question, line))
        if found is None:
            found = tuple(Choice(key, label) for key, label in choices.items())
            self._offered[question, line] = found
        return found

    def _given(self, asked: str, standing: Standing) -> Given:
        answer = standing.answers[asked]
        if isinstance(answer, Mapping):
            # Somebody may have written in it: that is worked out and not remembered.
            return self._worded(asked, answer)
        return self._in_words(asked, answer)

    def _worded(self, asked: str, answer: Value) -> Given:
        question = self.pack.flow.questions[asked]
        words, covered = (
            "; ".join(
                f"{label}: {words}" if question.asks == Asks.FORM else words
                for label, words in pairs
            )
            for pairs in (
                labels(question, answer),
                labels(question, answer, covered=True),
            )
        )
        return Given(asked, question.ask, words, covered)

    def alert(self, cursor: Cursor, standing: Standing) -> Urgency:
        """Return the highest urgency asked for so far.

        Asking for a person asks for an alert today, and the emergency
        instruction for an urgent one: both say that somebody is worried now.
        """
        urgency = cursor.alert
        if standing.person_asked:
            urgency = higher(urgency, Urgency.TODAY)
        if standing.emergency:
            urgency = higher(urgency, Urgency.URGENT)
        return urgency

    def _words(self, question: Question, cursor: Cursor) -> tuple[str, str]:
        for variant in question.variants:
            if self._holds(variant.condition, cursor):
                return variant.ask, variant.why
        return question.ask, question.why

    def _prompt_remarks(
        self,
        question: Question,
        cursor: Cursor,
        passages: Sequence[str],
        *,
        first: bool,
    ) -> tuple[Remark, ...]:
        remarks: list[Remark] = [*self.cautions()]
        if first:
            remarks.extend(self.opening())
        remarks.extend(
            Remark(f"counts-as-{doubt.id}", _LABELS["ours"], doubt.counts_as)
            for doubt in self.pack.flow.doubts.values()
            if doubt.question == question.id
            and doubt.id in cursor.advised
            and doubt.counts_as
        )
        remarks.extend(self.remarks(self.notices_at(question.id, cursor, passages)))
        return tuple(remarks)

    def opening(self) -> list[Remark]:
        """Return what every first screen says of the pack's state and age."""
        remarks = []
        if not self.pack.signed_off_by:
            remarks.append(Remark("trial", _LABELS["trial"], self.pack.trial_notice))
        if OVERVIEW_NOTICE in self.pack.notices:
            remarks.append(self.remark(self.pack.notices[OVERVIEW_NOTICE]))
        told = standing_of(self.pack, self.today())
        if told:
            remarks.append(Remark("not-current", _LABELS["ours"], " ".join(told)))
        return remarks

    def _lines(
        self, form: FormCheck, filling: Mapping[str, str | tuple[str, ...] | None]
    ) -> Iterable[Line]:
        settled = form.settled(filling)
        for line in form.question.fields.values():
            conditional = _reads_own_form(form.question.id, line.shown)
            shown = form.holds("shown", line, settled)
            if not shown and not conditional:
                continue
            fixed = line.fixed if form.holds("fixed", line, settled) else None
            yield Line(
                id=line.id,
                asks=line.asks,
                label=line.label,
                hint=line.hint,
                choices=self._choices(form.question.id, line.id, line.choices),
                required=(shown or conditional)
                and form.holds("required", line, settled),
                conditional=conditional,
                fixed=fixed.to if fixed else "",
                fixed_because=fixed.because if fixed else "",
                filled=line.id in filling,
                quotes=self.quotes(line.quotes),
            )

    def emergency(self, session: str, cursor: Cursor, *, final: bool = False) -> Notice:
        """Return the emergency instruction, which any step can show at once."""
        outcome = self.pack.flow.outcomes[EMERGENCY_OUTCOME]
        start = type(cursor)(self.pack.flow.start, frozenset())
        start.outcome = EMERGENCY_OUTCOME
        start.answers = dict(cursor.answers)
        return Notice(
            session=session,
            code="emergency",
            text=outcome.text,
            quotes=self.quotes(self.passages_at(EMERGENCY_OUTCOME, start)),
            todo=(
                *self.instructions_at(EMERGENCY_OUTCOME, start),
                ToDo("record-the-danger", _RECORD_IT[final]),
            ),
        )

    def person(self, session: str, cursor: Cursor) -> Notice:
        """Return whom to ring, leaving out anyone it may be about."""
        numbers = self.numbers(("lead", "deputy", "manager"), cursor)
        outcome = self.pack.flow.outcomes[ADVICE_OUTCOME]
        passages = self._at(outcome.quotes, cursor)
        return Notice(
            session=session,
            code="person",
            text="Talk to a person. You need no finished answers for that, and you"
            " can ask without giving names.",
            quotes=self.quotes(passages),
            todo=(
                ToDo("ring-a-person", "Ring one of these now.", numbers),
                ToDo(
                    "if-danger",
                    "If anyone is in danger, ring 999 first.",
                    ("emergency",),
                ),
            ),
        )

    def data_protection(self, session: str) -> Notice:
        """Return golden rule 1, for whoever says that the law stops them."""
        quotes = (self.quote("GR1"),) if "GR1" in self.pack.passages else ()
        return Notice(
            session=session,
            code="data-protection",
            text="Data protection law does not stop you sharing to keep a child safe.",
            quotes=quotes,
            remarks=self.remarks(self._currency(("GR1",))),
        )

    def found(
        self, session: str, passages: Sequence[str], cursor: Cursor | None = None
    ) -> Notice:
        """Return the passages that a search of the guidance found.

        Args:
            session: The session, or empty outside of one.
            passages: Their ids, the best first.
            cursor: Where the session stands, so that nobody it keeps out is named.
        """
        if not passages:
            return self._nothing_found(session, cursor)
        return Notice(
            session=session,
            code="found",
            text="The document says this. The order is by words in common, not by"
            " importance.",
            quotes=self.quotes(passages),
            remarks=self.remarks(self._currency(passages)),
        )

    def _nothing_found(self, session: str, cursor: Cursor | None) -> Notice:
        wanted = ("lead", "information-governance")
        return Notice(
            session=session,
            code="nothing-found",
            text="Nothing found. The document may not speak of this. Ask a person.",
            todo=(
                ToDo(
                    "ask",
                    "Ring one of these.",
                    self.numbers(wanted, cursor) if cursor else wanted,
                ),
                ToDo(
                    "if-worried",
                    "If you think that a child may be suffering harm, do not wait"
                    " for words of the document. Refer.",
                    ("social-care", "social-care-out-of-hours", "emergency"),
                ),
            ),
        )


def _reads_own_form(question: str, condition: Condition) -> bool:
    """Say whether a condition looks at the form that it stands on."""
    return any(
        (isinstance(leaf, Answered) and leaf.question == question)
        or (isinstance(leaf, Departing) and question == DECISION)
        for leaf in leaves(condition)
    )
