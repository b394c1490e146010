"""Draws the page: values in, HTML out.

Pure but for reading its own templates once. Everything that comes from a pack or a
person is escaped by the template engine, and nothing here marks text as safe.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.alerts import OpenedRecord
from bot.channels import own_words, record_words
from bot.channels.web.examples import EXAMPLES, Example
from bot.channels.web.lead_views import ARRIVED, OUTCOMES, Pane, role_of
from bot.channels.web.recorded import URGENCIES, entries
from bot.directory import Alarm, Directory
from bot.guide import Look, Unfinished
from bot.news import clock
from bot.ports import DecisionRow, Promise
from bot.privacy.watch import IDENTITY
from dialogs.reply import (
    Advice,
    Line,
    Notice,
    Prompt,
    Quote,
    Recorded,
    Refusal,
)
from knowledge.model import Asks, Pack
from knowledge.reviews import last_day, standing

if TYPE_CHECKING:
    from bot.channels.web.records import RecordView, SearchView

EMERGENCY: Final = "If a child may be in danger, ring 999 now."
NOT_SAVED: Final = (
    "That was not saved, and nothing has changed. If anyone is in danger, ring 999"
    " now. Then try the same again."
)
_HERE: Final = Path(__file__).parent
_FEW_QUOTES: Final = 2
_SHORT: Final = 600
"""Characters of quotation that are shown without opening a list. Ours."""
_SELECT: Final = {Asks.ONE: "one", Asks.MANY: "many", Asks.FORM: "form"}
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_INSTEAD: Final = {
    "not-a-choice": "Choose one of the answers.",
    "nothing-ticked": "Tick at least one box.",
    "excluded": "None of these was ticked together with something else. Tick one or"
    " the other.",
    "over": "This session was cancelled. Start a new one.",
    "recorded": "This decision is in the record already, so it was left as it is.",
    "at-the-start": "This is the first question, so there is nothing to go back to.",
    "not-answered": "That question has no answer to change any more.",
    "not-text": "Nothing was asked. Write a few words to look for.",
}
"""What the page says in place of words that suit typing; others stand as they are."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of the error summary.

    Attributes:
        field: Id of the element to go to; empty where it is about no field.
    """

    text: str
    field: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How to continue in another browser: an address to open and a code."""

    address: str
    code: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One session's page, as it is to be drawn.

    Attributes:
        said: Notices and records of the last move.
        refusal: Why the last move was not taken; None where it was.
        typed: What was filled in and not kept, by field name.
        stale: Whether the last move came from an older page.
        case: The invented situation in use; None for none.
        elsewhere: How to continue in another browser; None where not asked for.
        drawn: Whether the flow can be shown as a drawing.
    """

    look: Look
    said: tuple[Notice | Recorded, ...] = ()
    refusal: Refusal | None = None
    typed: Mapping[str, tuple[str, ...]] | None = None
    stale: bool = False
    case: Example | None = None
    elsewhere: Elsewhere | None = None
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Untaken:
    """What was filled in beside the dialog and not taken.

    Attributes:
        wrong: Why; empty where it was taken, or is asked about.
        asks: What its words look like they hold; empty where nothing was found.
        form: What was filled in; stands on this one page.
    """

    wrong: str
    asks: str
    form: Mapping[str, str]


TAKEN: Final = Untaken("", "", MappingProxyType({}))
"""Where nothing was refused or asked about."""


class Pages:
    """Draws every page."""

    def __init__(
        self,
        directory: Directory,
        pack: Callable[[], Pack],
        today: Callable[[], date],
        *,
        leads: bool = False,
        alarm: Alarm | None = None,
    ) -> None:
        """Read the templates.

        Args:
            directory: The numbers behind the ids in replies.
            pack: Gives the pack in force, whose age and state every page tells.
            today: The date in the organisation's time zone.
            leads: Whether there is a lead's pane.
            alarm: Whether the directory has a fault, so that somebody may not be
                told: every page then says so, with numbers.
        """
        self._env = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(
            emergency=EMERGENCY,
            ring=directory.ring,
            urgencies=URGENCIES,
            short=_short,
            month=month,
            overdue=lambda written: last_day(written) < today(),
            standing=lambda pack: standing(pack, today()),
            organisation=directory.organisation,
            leads=leads,
            loud=lambda: alarm.numbers(None) if alarm and alarm.rings() else (),
            role_of=lambda person: role_of(person, directory),
            outcomes=OUTCOMES,
            say=record_words,
            own=own_words,
            arrived_as=ARRIVED,
            clock=clock,
        )
        self._pack = pack

    def front(
        self,
        unfinished: Iterable[Unfinished],
        decisions: Iterable[DecisionRow] = (),
        *,
        welcome_back: bool = False,
    ) -> str:
        """Draw the first page.

        Args:
            unfinished: Sessions that the person can go on with.
            decisions: What they decided, the newest first.
            welcome_back: Whether a code has just been accepted.
        """
        return self._drawn(
            "front.html",
            pack=self._pack(),
            examples=EXAMPLES,
            unfinished=tuple(unfinished),
            decisions=tuple(decisions),
            welcome_back=welcome_back,
        )

    def session(self, screen: Screen) -> str:
        """Draw one session."""
        look = screen.look
        standing = look.said.replies[-1] if look.said.replies else None
        prompt = standing if isinstance(standing, Prompt) else None
        # A record that stands is drawn below; the same one is not drawn above too.
        said = [reply for reply in screen.said if not isinstance(standing, type(reply))]
        if not screen.said:
            said = list(look.story.notices)
        fresh = _fresh(look)
        mistakes = _mistakes(screen.refusal, prompt) if screen.refusal else ()
        return self._drawn(
            "session.html",
            pack=look.pack,
            screen=screen,
            look=look,
            prompt=prompt,
            select=_SELECT[prompt.asks] if prompt else "",
            over=standing if isinstance(standing, Recorded) else None,
            cancelled=look.row.state == "cancelled",
            said=said,
            fresh=fresh,
            mistakes=mistakes,
            typed=screen.typed or {},
            entries=entries(look),
            asks_to_keep=any(_asks_to_keep(reply) for reply in said),
            now=_now(screen, mistakes, said, fresh),
            places=_places(look),
        )

    def leads(self, pane: Pane, arrived: Iterable[Promise]) -> str:
        """Draw a lead's queue, and what arrived for them."""
        return self._drawn(
            "leads.html", pack=self._pack(), pane=pane, arrived=tuple(arrived)
        )

    def alert(
        self,
        pane: Pane,
        record: OpenedRecord | None,
        untaken: Untaken,
    ) -> str:
        """Draw one alert for a lead.

        Args:
            pane: With that alert alone.
            record: What is behind it, if it was just opened.
            untaken: What was filled in and not taken, and why.
        """
        return self._drawn(
            "alert.html",
            pack=self._pack(),
            pane=pane,
            view=pane.alerts[0],
            record=record,
            wrong=untaken.wrong,
            asks=untaken.asks,
            form=untaken.form,
        )

    def disagree(self, session: str, asks: str, words: str) -> str:
        """Draw why somebody disagrees once more, with what is asked about it."""
        return self._drawn(
            "disagree.html",
            pack=self._pack(),
            session=session,
            asks=asks,
            words=words,
        )

    def record(self, view: "RecordView") -> str:
        """Draw one record, for whoever decided or for a lead."""
        return self._drawn("record.html", pack=self._pack(), view=view)

    def search(self, view: "SearchView") -> str:
        """Draw a lead's search for decisions, and what it found."""
        return self._drawn("search.html", pack=self._pack(), view=view)

    def outcomes(self) -> tuple[tuple[str, str], ...]:
        """Return the outcomes of the pack in force, as id and title."""
        return record_words.outcomes(self._pack())

    def reply(self, reply: Prompt | Advice | Notice | Recorded) -> str:
        """Draw one reply alone, with the same parts as within a session."""
        return self._drawn("reply.html", reply=reply, kind=type(reply).__name__)

    def continue_(self, *, code: str = "", wrong: bool = False) -> str:
        """Draw the form that takes a code from another browser."""
        return self._drawn("continue.html", pack=self._pack(), code=code, wrong=wrong)

    def away(self) -> str:
        """Draw the blank page that hides a session."""
        return self._drawn("away.html")

    def trouble(self, title: str, text: str) -> str:
        """Draw a page for something that went wrong."""
        return self._drawn("trouble.html", pack=self._pack(), title=title, text=text)

    def _drawn(self, template: str, **values: object) -> str:
        return self._env.get_template(template).render(values)


def _fresh(look: Look) -> frozenset[str]:
    """Return the outcomes indicated since the last answer."""
    found: set[str] = set()
    for part in look.story.parts:
        if isinstance(part, Advice):
            found.add(part.outcome)
        else:
            found = set()
    return frozenset(found)


def _now(
    screen: Screen,
    mistakes: tuple[Mistake, ...],
    said: Iterable[Notice | Recorded],
    fresh: frozenset[str],
) -> str:
    """Return which part is new, and so takes the focus."""
    order = (
        ("mistakes", bool(mistakes)),
        ("stale", screen.stale),
        ("elsewhere", bool(screen.elsewhere)),
        ("said", any(True for _ in said)),
        ("advice", bool(fresh)),
    )
    return next((name for name, holds in order if holds), "question")


def _mistakes(refusal: Refusal, prompt: Prompt | None) -> tuple[Mistake, ...]:
    if refusal.code == "missing-lines" and prompt:
        lines = _lines_named(refusal, prompt)
        if lines:
            return tuple(
                Mistake(f"Fill in: {line.label}", _field(line)) for line in lines
            )
    text = _INSTEAD.get(refusal.code, "")
    if not text:
        # The dialog's own hint names ids, which the page does not show.
        text = refusal.text
        if refusal.send and "id" not in refusal.send.split():
            text = f"{text} Write {refusal.send}."
    lines = _lines_named(refusal, prompt) if prompt else ()
    if lines:
        return tuple(Mistake(text, _field(line)) for line in lines[:1])
    return (Mistake(text, "first-choice" if prompt and not prompt.fields else ""),)


def _lines_named(refusal: Refusal, prompt: Prompt) -> tuple[Line, ...]:
    return tuple(line for line in prompt.fields if line.label in refusal.text)


def _field(line: Line) -> str:
    many = line.asks in {Asks.ONE, Asks.MANY}
    return f"line-{line.id}-1" if many else f"line-{line.id}"


def _places(look: Look) -> tuple[tuple[str, str, bool], ...]:
    """Return the way so far: kind of place, words, and whether it is now."""
    flow, way = look.pack.flow, look.story.path
    places: list[tuple[str, str, bool]] = []
    for index, place in enumerate(way, 1):
        here = index == len(way)
        if place in flow.questions:
            places.append(("Question", flow.questions[place].ask, here))
        elif place in flow.outcomes:
            places.append(("Indicated", flow.outcomes[place].title, here))
        elif place not in flow.forks:
            places.append(("End", "This is in the record.", here))
    return tuple(places)


def _asks_to_keep(reply: Notice | Recorded) -> bool:
    return isinstance(reply, Notice) and reply.code == IDENTITY


def _short(quotes: tuple[Quote, ...]) -> bool:
    """Say whether quotations are few and short enough to stand open."""
    length = sum(len(quote.text) for quote in quotes)
    return len(quotes) <= _FEW_QUOTES and length <= _SHORT


def month(day: str) -> str:
    """Return a year and month in words, such as *November 2018*.

    Args:
        day: ISO 8601, with or without the day of the month.
    """
    year, _, rest = day.partition("-")
    return f"{_MONTHS[int(rest[:2]) - 1]} {year}" if rest else year
