"""Corrects somebody's own decisions in Teams, and searches those of a lead's teams.

Who somebody is comes from the signed request; what they may do is decided by the
service, which also keeps who searched and who read what. Cards stay in a chat, so what
was written in a record is on none: only what was chosen, and words of the guidance. A
card that shows something of one record is remembered, and replaced when that is erased;
one that lists several names them, and shows nothing that is in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.channels import record_words as say
from bot.channels.teams.decode import Arrived, Pressed
from bot.channels.teams.keeping import GONE, Waiting, asked_below
from bot.channels.teams.parts import (
    Card,
    Element,
    Sheet,
    button,
    choice_set,
    first,
    long_text,
    run,
    short_text,
)
from bot.channels.teams.places import CHANNEL, remember_card
from bot.channels.teams.shown import Shown
from bot.filing import Filing
from bot.finding import (
    LONGEST_WORDS,
    Finding,
    Found,
    MayNotSearch,
    NoSuchRecord,
    NotLikeThat,
    TimeLeft,
    Wanted,
)
from bot.ports import DecisionRow, Store
from bot.privacy.details import HoldsDetails
from bot.roles import Who
from knowledge.model import Asks, Pack

SEARCH: Final = "search-send"
"""What looks through many records, which takes a while."""
_MINE: Final = "My decisions"
_LISTED: Final = 10
"""Decisions of one's own on a card, newest first. Ours, as in Slack."""
_MOST_SHOWN: Final = 15
"""Decisions shown of a search: a card has room for some 28 KB."""
_WRITTEN: Final = (
    "What was written in it is not shown here, because cards stay in a chat. Whoever"
    " runs the bot can give you the whole record."
)
NOT_LISTED: Final = (
    "What was indicated and decided is not listed here, because cards stay in a chat."
    " Read one to see it."
)
_FILLED_IN: Final = "Filled in."


class RecordTalk:
    """What is done with recorded decisions in Teams."""

    def __init__(
        self, finding: Finding, store: Store, pack: Callable[[], Pack]
    ) -> None:
        """Take the service and what is needed to draw.

        Args:
            finding: Finds, reads and corrects.
            store: Remembers which card shows a record, to replace it when that is
                erased.
            pack: The guidance in force, whose outcomes can be searched for.
        """
        self._finding = finding
        self._store = store
        self._pack = pack
        self._waiting = Waiting[Mapping[str, str]]()

    def take(
        self, arrived: Arrived, pressed: Pressed, go_on: TimeLeft = lambda: True
    ) -> Shown:
        """Do what somebody asks for; a refusal leaves the card as it is.

        Args:
            arrived: Who asks.
            pressed: For what.
            go_on: Says whether a search may still go on.

        Raises:
            StoreError: Nothing was written.
            TookTooLong: A search was not through in time.
        """
        who = self._finding.who(CHANNEL, arrived.user)
        try:
            if pressed.do == SEARCH:
                wanted = Wanted.of(pressed.given)
                return Shown((found(self._finding.search(who, wanted, go_on)),))
            return self._taken(who, arrived, pressed)
        except NoSuchRecord:
            return Shown((), say.NOT_THERE)
        except MayNotSearch:
            return Shown((), say.NO_TEAM)
        except NotLikeThat as error:
            return Shown((), f"Error: {error}")

    def entrances(self, user: str) -> list[Element]:
        """Return the buttons that lead here, for whom each is of use."""
        found = [button(_MINE, "mine", {})]
        if self._finding.teams(self._finding.who(CHANNEL, user)):
            found.append(button(say.SEARCH, "search", {}))
        return found

    def _taken(  # noqa: PLR0911 -- one case a button
        self, who: Who, arrived: Arrived, pressed: Pressed
    ) -> Shown:
        reference = pressed.record
        match pressed.do:
            case "mine":
                return Shown((mine(self._finding.own(who.user)),))
            case "correct":
                row = self._finding.read_own(who, reference).row
                self._remember(arrived, row.session)
                return Shown((correcting(row),))
            case "correct-send":
                return self._corrected(who, reference, pressed.given, arrived.key)
            case "correct-keep":
                given = self._waiting.take(who.user, reference)
                if given is None:
                    return Shown((), GONE)
                return self._corrected(who, reference, given, arrived.key, keep=True)
            case "search":
                teams = self._finding.teams_to_search(who)
                return Shown((searching(teams, say.outcomes(self._pack())),))
            case _:
                return self._read(who, arrived, pressed)

    def _corrected(
        self,
        who: Who,
        reference: str,
        given: Mapping[str, str],
        key: str,
        *,
        keep: bool = False,
    ) -> Shown:
        right, about = given.get("right", ""), given.get("about", "")
        try:
            entry = self._finding.correct(
                who, reference, right, about, keep=keep, key=key
            )
        except HoldsDetails as error:
            self._waiting.put(who.user, reference, given)
            return asked_below(error, "correct-keep", {"r": reference})
        self._waiting.drop(who.user)
        return Shown((short("Corrected", say.corrected(entry)),))

    def _read(self, who: Who, arrived: Arrived, pressed: Pressed) -> Shown:
        """Show one record."""
        own = pressed.do == "own-record"
        read = self._finding.read_own if own else self._finding.read
        filing = read(who, pressed.record)
        self._remember(arrived, filing.row.session)
        return Shown((record(filing, own=own),))

    def _remember(self, arrived: Arrived, session: str) -> None:
        """Remember that the card which was pressed shows something of a record."""
        if arrived.reply_to:
            with self._store.begin() as transaction:
                remember_card(transaction, arrived, session)


# ---- what it looks like --------------------------------------------------------------


def mine(rows: Sequence[DecisionRow]) -> Card:
    """Return somebody's own decisions, the newest first."""
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", _MINE))
    if not rows:
        sheet.body.append(sheet.text("none", say.NO_DECISIONS))
    for row in rows[:_LISTED]:
        about = {"r": row.reference}
        sheet.body.append(sheet.text("decision", say.named(row)))
        sheet.row(
            button(f"Read {row.reference}", "own-record", about),
            button(say.CORRECT, "correct", about),
        )
    return sheet.card([])


def correcting(row: DecisionRow) -> Card:
    """Return what a decision is corrected on."""
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", say.CORRECT))
    sheet.body.append(sheet.text("text", f"{row.reference}. {say.ADDS}"))
    label = f"{say.RIGHT} (required). {say.NO_NAMES}"
    sheet.body.append(long_text("right", label, LONGEST_WORDS, needed=True))
    # What is chosen first is the whole record, so nothing has to be.
    asked = [("", say.WHOLE), *say.asked(row)]
    sheet.body.append(_compact("about", say.ABOUT, asked))
    about = {"r": row.reference}
    send = button(say.ADD, "correct-send", about, inputs=True)
    return sheet.card([first(send), button("Go back", "mine", {})])


def searching(
    teams: Sequence[tuple[str, str]], outcomes: Sequence[tuple[str, str]]
) -> Card:
    """Return what decisions are searched with.

    Args:
        teams: Ids and labels of the teams that may be searched.
        outcomes: Ids and titles of what can be indicated.
    """
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", say.SEARCH))
    sheet.body.append(sheet.text("text", say.SEARCH_IS_KEPT))
    labels = say.LABELS
    passage = f"{labels['passage']}. {say.PASSAGE}"
    sheet.body += [
        short_text("reference", labels["reference"], 20),
        {"type": "Input.Date", "id": "since", "label": labels["since"]},
        {"type": "Input.Date", "id": "until", "label": labels["until"]},
        _compact("team", labels["team"], [("", say.ANY_TEAM), *teams]),
        _compact("outcome", labels["outcome"], [("", say.ANY_OUTCOME), *outcomes]),
        short_text("passage", passage, 20),
    ]
    return sheet.card([first(button("Search", SEARCH, {}, inputs=True))])


def _compact(name: str, label: str, choices: Sequence[tuple[str, str]]) -> Element:
    """Return choices that fold away; the first one counts where none is chosen."""
    chosen: Element = {"style": "compact", "value": choices[0][0]}
    return choice_set(name, label, list(choices), many=False, **chosen)


def found(what: Found) -> Card:
    """Return what a search found, by references and moments."""
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", say.FOUND))
    if not what.hits:
        sheet.body.append(sheet.text("none", say.NOTHING))
    else:
        sheet.body.append(sheet.text("listed", NOT_LISTED))
    for hit in what.hits[:_MOST_SHOWN]:
        sheet.body.append(sheet.text("hit", run(say.named(hit), weight="Bolder")))
        about = {"r": hit.reference}
        sheet.row(button(f"Read {hit.reference}", "found-record", about))
    if what.more or len(what.hits) > _MOST_SHOWN:
        sheet.body.append(sheet.text("more", run(say.MORE, weight="Bolder")))
    return sheet.card([button("Search again", "search", {})])


def record(filing: Filing, *, own: bool) -> Card:
    """Return one record with what was chosen in it, and nothing that was written.

    Args:
        filing: The record.
        own: Whether whoever reads it made the decision.
    """
    row, sheet = filing.row, Sheet()
    sheet.body.append(sheet.heading("title", f"Record of decision {row.reference}"))
    if not own:
        sheet.body.append(sheet.text("kept", say.READ_IS_KEPT))
    decided = row.decision.replace("-", " ")
    departs = ", which departs from what was indicated" if row.departing else ""
    at = f"{row.at:%Y-%m-%d %H:%M} UTC"
    sheet.body.append(sheet.text("decision", f"Decided {at}: {decided}{departs}."))
    sheet.body += [
        sheet.text("indicated", f"Indicated: {title}.") for title in say.indicated(row)
    ]
    told = [
        sheet.text("asked", run(f"{asked} ", weight="Bolder"), _given(filing, id_))
        for id_, asked in say.asked(row)
    ]
    sheet.body += sheet.folded("Questions as asked, with what was chosen", told)
    passages = ", ".join(say.passages(row))
    sheet.body.append(sheet.text("passages", f"Passages shown: {passages}."))
    if filing.corrections:
        count = f"Corrected since: {len(filing.corrections)}."
        sheet.body.append(sheet.text("corrections", count))
    if own:
        sheet.body += [
            sheet.text("read-by", f"Read by {one.who}, {one.at:%Y-%m-%d %H:%M} UTC.")
            for one in filing.readings
        ]
    sheet.body.append(sheet.text("written", _WRITTEN))
    about = {"r": row.reference}
    does = [button(say.CORRECT, "correct", about), button("Go back", "mine", {})]
    return sheet.card(does if own else [button("Search again", "search", {})])


def _given(filing: Filing, question: str) -> str:
    """Return what was chosen; of what could be written only that it was filled in."""
    known = filing.pack.flow.questions.get(question) if filing.pack else None
    if known is None or known.asks not in {Asks.ONE, Asks.MANY}:
        return _FILLED_IN
    return "; ".join(say.answered(filing.row, question)) or "Left empty."


def short(title: str, text: str) -> Card:
    """Return a few words about a record."""
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", title, "Medium"))
    sheet.body.append(sheet.text("text", text))
    return sheet.card([button(_MINE, "mine", {})])
