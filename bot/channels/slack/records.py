"""Corrects somebody's own decisions in Slack, and searches those of a lead's teams.

Who somebody is comes from the signed request; what they may do is decided by the
service, which also keeps who searched and who read what. What is written, and what was
written in a record, stands in a modal alone and is gone when that is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels import record_words as say
from bot.channels.records import drawn
from bot.channels.slack import blocks, modals
from bot.channels.slack.blocks import Block, actions, button, paragraph, words
from bot.channels.slack.marks import LINE, PICK, SLACK, Mark
from bot.channels.slack.outcome import Outcome, in_modal
from bot.finding import (
    MayNotSearch,
    NoSuchRecord,
    NotLikeThat,
    Wanted,
)
from bot.privacy.details import HoldsDetails, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.channels.slack.intents import Incoming, Record
    from bot.finding import Finding, Found, TimeLeft
    from bot.ports import DecisionRow
    from bot.roles import Who
    from knowledge.model import Pack

_MOST_SHOWN: Final = 45
"""Decisions shown of a search; each takes two blocks of the hundred of a modal."""


class RecordTurns:
    """What is done with recorded decisions in Slack."""

    def __init__(self, finding: Finding, pack: Callable[[], Pack]) -> None:
        """Take the service and what is needed to draw.

        Args:
            finding: Finds, reads and corrects.
            pack: The guidance in force, whose outcomes can be searched for.
        """
        self._finding = finding
        self._pack = pack

    def take(
        self, incoming: Incoming, record: Record, go_on: TimeLeft = lambda: True
    ) -> Outcome:
        """Do what somebody asks for, and say what has to be said at once.

        Args:
            incoming: Who asks.
            record: For what.
            go_on: Says whether a search may still go on.

        Raises:
            TookTooLong: A search was not through in time.
        """
        who = self._finding.who(SLACK, incoming.person)
        try:
            if record.looks_through:
                view = found(self._finding.search(who, _wanted(record), go_on))
            else:
                view = self._view(who, record, incoming.key)
        except NotLikeThat as error:
            errors = {f"{LINE}{record.first}": str(error)}
            return Outcome({"response_action": "errors", "errors": errors})
        except NoSuchRecord:
            view = modals.told("Not here", say.NOT_THERE)
        except MayNotSearch:
            view = modals.told(say.SEARCH, say.NO_TEAM)
        if record.form:
            return in_modal(view)
        return Outcome(view=view, push=bool(incoming.view))

    def _view(self, who: Who, record: Record, key: str) -> Block:
        match record.do, record.form:
            case "correct", False:
                return correcting(self._finding.read_own(who, record.reference).row)
            case "correct", True:
                return self._corrected(who, record, _given(record), key)
            case "search", False:
                teams = self._finding.teams_to_search(who)
                return searching(teams, say.outcomes(self._pack()))
            case "open", False:
                filing = self._finding.read(who, record.reference)
                lines = [
                    say.READ_IS_KEPT,
                    "",
                    *drawn(filing, as_json=False).split("\n"),
                ]
                return modals.record("The record", lines)
            case _:
                raise NoSuchRecord

    def _corrected(
        self, who: Who, record: Record, given: Mapping[str, str], key: str
    ) -> Block:
        """Add a correction, or put the form back and ask about what it holds."""
        right, about = given.get("right", ""), given.get("about", "")
        about = "" if about == _WHOLE else about
        reference, kept = record.reference, record.kept
        try:
            entry = self._finding.correct(
                who, reference, right, about, keep=kept, key=key
            )
        except HoldsDetails as error:
            row = self._finding.read_own(who, reference).row
            return correcting(row, given, asking(error.kinds))
        return modals.told("Corrected", say.corrected(entry))

    def home(self, person: str) -> list[Block]:
        """Draw the way to a search; nothing for who leads no team."""
        if not self._finding.teams(self._finding.who(SLACK, person)):
            return []
        return [actions("search", button(say.SEARCH, "dg:record-search", str(Mark())))]


def _wanted(record: Record) -> Wanted:
    return Wanted.of(_given(record))


def _given(record: Record) -> dict[str, str]:
    return {name: str(value) for name, value in record.given.items()}


_WHOLE: Final = "the-whole"
"""Stands for the record as a whole; a value of a menu cannot be empty."""


def correcting(
    row: DecisionRow, given: Mapping[str, str] | None = None, asked: str = ""
) -> Block:
    """Draw the form in which a decision is corrected.

    Args:
        row: The decision; whoever corrects it made it.
        given: What was filled in and is to stand there again; it goes back to the form
            that it came from and nowhere else.
        asked: What is asked about it before it is kept; empty for nothing.
    """
    options = [
        blocks.option(say.WHOLE, _WHOLE),
        *(blocks.option(question, id_) for id_, question in say.asked(row)),
    ]
    body = [
        *modals.keeping(asked),
        blocks.rich("how", paragraph(words(f"{row.reference}. {say.ADDS}"))),
        blocks.entry(
            f"{LINE}right",
            f"{say.RIGHT} (required)",
            blocks.text_input(PICK),
            hint=say.NO_NAMES,
        ),
        blocks.entry(
            f"{LINE}about", say.ABOUT, blocks.menu(PICK, options), optional=True
        ),
    ]
    return blocks.modal(
        say.CORRECT,
        "dg:record-correct",
        [modals.filled_in(block, given or {}) for block in body],
        about=str(Mark(row.reference)),
        send=say.ADD,
    )


def searching(
    teams: Sequence[tuple[str, str]], outcomes: Sequence[tuple[str, str]]
) -> Block:
    """Draw the form in which decisions are searched.

    Args:
        teams: Ids and labels of the teams that may be searched.
        outcomes: Ids and titles of what can be indicated.
    """
    inputs = {
        "reference": blocks.text_input(PICK, long=False, most=20),
        "since": blocks.day_input(PICK),
        "until": blocks.day_input(PICK),
        "team": _menu(say.ANY_TEAM, teams),
        "outcome": _menu(say.ANY_OUTCOME, outcomes),
        "passage": blocks.text_input(PICK, long=False, most=20),
    }
    hints = {"passage": say.PASSAGE}
    body = [
        blocks.rich("how", paragraph(words(say.SEARCH_IS_KEPT))),
        *(
            blocks.entry(
                f"{LINE}{name}",
                say.LABELS[name],
                element,
                hint=hints.get(name, ""),
                optional=True,
            )
            for name, element in inputs.items()
        ),
    ]
    about = str(Mark())
    return blocks.modal(
        say.SEARCH, "dg:record-search", body, about=about, send="Search"
    )


def _menu(anything: str, choices: Sequence[tuple[str, str]]) -> Block:
    """Return a menu that need not be used, which says what counts then."""
    options = [blocks.option(label, id_) for id_, label in choices]
    return blocks.menu(PICK, options) | {"placeholder": blocks.plain(anything, 150)}


def found(what: Found) -> Block:
    """Draw what a search found: references, moments and words of the guidance."""
    body: list[Block] = []
    for place, hit in enumerate(what.hits[:_MOST_SHOWN]):
        name, text = say.hit(hit)
        told = paragraph(words(f"{name}\n", bold=True), words(text))
        read = button("Read", f"dg:record-open:{place}", str(Mark(hit.reference)))
        body += [blocks.rich("hit", told), actions("hit-do", read)]
    if not what.hits:
        body.append(blocks.rich("none", paragraph(words(say.NOTHING))))
    if what.more or len(what.hits) > _MOST_SHOWN:
        body.append(blocks.rich("more", paragraph(words(say.MORE, bold=True))))
    return blocks.modal(say.FOUND, "dg:read", body, send="")
