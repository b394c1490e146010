"""Shows administrators proposed versions of the guidance, and takes what they say.

Who somebody is comes from the signed request; whether they may approve is decided by
the service, which also keeps a refusal in the ledger. The card is drawn from where the
proposal stands, so an old button changes nothing and shows that.
"""

from __future__ import annotations

from typing import Final

from bot.announcing import About
from bot.channels.teams.decode import Arrived, Pressed
from bot.channels.teams.parts import Card, Sheet, button, first, long_text, run
from bot.channels.teams.places import CHANNEL
from bot.channels.teams.shown import Shown
from bot.directory import Directory, local_day
from bot.ports import Clock, Promise, Proposed
from bot.publishing import Publishing, Refused, Why
from bot.roles import Who, who_is
from bot.version_words import MOST_WHY, VersionWords, state, to_approve

GONE: Final = "There is no such version any more."


class VersionTalk:
    """What administrators do in Teams."""

    def __init__(
        self, publishing: Publishing, directory: Directory, clock: Clock
    ) -> None:
        """Take the service and what is needed to draw.

        Args:
            publishing: Does what administrators ask for.
            directory: Names of people, and who is an administrator.
            clock: The time, UTC.
        """
        self._publishing = publishing
        self._directory = directory
        self._clock = clock

    def take(self, arrived: Arrived, pressed: Pressed) -> Shown:
        """Do what an administrator says; a refusal leaves the card as it is.

        It may take seconds where a version has to be proved again.

        Raises:
            StoreError: Nothing was written.
        """
        who, version = self._who(arrived.user), pressed.version
        try:
            if pressed.do == "approve":
                self._publishing.approve(version, who, signed_in=True)
            elif pressed.do == "send-back-send":
                why = pressed.given.get("words", "")
                self._publishing.send_back(version, why, who, signed_in=True)
        except Refused as error:
            if error.why != Why.RULED_ALREADY:
                return Shown((), " ".join(error.lines))
        if pressed.do == "send-back":
            return Shown((_send_back(version),))
        found = self._publishing.look(version)
        return Shown((self._proposal(found, who),)) if found else Shown((), GONE)

    def message(self, promise: Promise) -> Card:
        """Draw what a promise is about as it is now."""
        if promise.kind in {About.PROPOSED, About.RULED}:
            found = self._publishing.look(str(promise.body.get("version", "")))
            if found:
                return self._proposal(found, self._who(promise.user))
        return told(VersionWords.of(promise.body))

    def _proposal(self, found: Proposed, who: Who) -> Card:
        """Draw a proposal as it stands, with what its reader can do now."""
        sheet = _sheet(to_approve(found.row, self._directory.name_of))
        stands = state(found, self._directory.name_of)
        sheet.body.append(sheet.text("state", run(stands, weight="Bolder")))
        about = {"v": found.row.name}
        may = found.ruling is None and who.person != found.row.author
        approve = first(button("Approve", "approve", about))
        back = button("Send back", "send-back", about)
        return sheet.card([approve, back] if may and who.administrator else [])

    def _who(self, user: str) -> Who:
        return who_is(self._directory, CHANNEL, user, local_day(self._clock.now()))


def told(said: VersionWords) -> Card:
    """Draw words about a version that ask for nothing."""
    return _sheet(said).card([])


def _sheet(said: VersionWords) -> Sheet:
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", said.title))
    sheet.body += [sheet.text("text", line) for line in said.lines]
    return sheet


def _send_back(version: str) -> Card:
    """Draw what a proposal is sent back with."""
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", "Send back"))
    how = f"Version {version} goes back to its author. Who was asked can read why."
    sheet.body.append(sheet.text("text", how))
    why = long_text("words", "What has to change (required)", MOST_WHY, needed=True)
    sheet.body.append(why)
    about = {"v": version}
    send = button("Send back", "send-back-send", about, inputs=True)
    return sheet.card([first(send), button("Go back", "version", about)])
