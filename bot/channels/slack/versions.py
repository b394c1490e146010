"""Shows administrators proposed versions of the guidance, and takes what they say.

Who somebody is comes from the signed request; whether they may approve is decided by
the service, which also keeps a refusal in the ledger. A proposal is one message a
person, drawn from where it stands: an old button changes nothing and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.announcing import About
from bot.channels.slack import blocks
from bot.channels.slack.blocks import Block, actions, button, paragraph, words
from bot.channels.slack.marks import LINE, PICK, SLACK, Mark
from bot.channels.slack.render import Message
from bot.directory import local_day
from bot.publishing import Refused
from bot.roles import who_is
from bot.version_words import (
    MOST_WHY,
    NOTIFIED,
    VersionWords,
    state,
    to_approve,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.slack.intents import Rule
    from bot.directory import Directory
    from bot.ports import Clock, Promise, Proposed
    from bot.publishing import Publishing
    from bot.roles import Who
    from bot.version_words import NameOf

ABOUT: Final = "About this version"
TAKES_LONGER: Final = (
    "The safety rules or what proves them changed since it was proposed, so it is"
    " proved again, which takes a moment. What comes of it is said here."
)
_LISTED: Final = 3
"""Proposals listed in the home tab, newest first. Ours."""
_SURE: Final = "Put this version in force? Leads are told what changed."


class VersionTurns:
    """What administrators do in Slack."""

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

    def _who(self, person: str) -> Who:
        return who_is(self._directory, SLACK, person, local_day(self._clock.now()))

    def rule(self, person: str, rule: Rule) -> str:
        """Do what an administrator says; return why it was refused, or nothing.

        It may take seconds where a version has to be proved again.

        Raises:
            StoreError: Nothing was written.
        """
        who = self._who(person)
        try:
            if rule.do == "approve":
                self._publishing.approve(rule.version, who, signed_in=True)
            else:
                self._publishing.send_back(rule.version, rule.why, who, signed_in=True)
        except Refused as error:
            return " ".join([*error.lines, self._standing(rule.version)]).strip()
        return ""

    def _standing(self, version: str) -> str:
        found = self._publishing.look(version)
        return state(found, self._directory.name_of) if found else ""

    # ---- drawing --------------------------------------------------------------------

    def home(self, person: str) -> list[Block]:
        """Draw what waits to be approved; nothing for who is no administrator."""
        who = self._who(person)
        if not who.administrator:
            return []
        waits = self._publishing.waiting()[:_LISTED]
        return waiting(waits, who.person, self._directory.name_of)

    def message(self, promise: Promise) -> tuple[Message, int]:
        """Draw what a promise is about as it is now, and how far that is."""
        said = VersionWords.of(promise.body)
        found = None
        if promise.kind in {About.PROPOSED, About.RULED}:
            found = self._publishing.look(str(promise.body.get("version", "")))
        if found is None:
            return told(said), 0
        may = self._who(promise.user).person != found.row.author
        drawn = proposal(said, found, state(found, self._directory.name_of), may=may)
        return drawn, int(found.ruling is not None)


def told(said: VersionWords) -> Message:
    """Draw words about a version that ask for nothing."""
    lines = [blocks.rich("text", paragraph(words(line))) for line in said.lines]
    found = [blocks.header("title", said.title), *lines]
    return Message(NOTIFIED, tuple(blocks.uniquely(found, "v")))


def proposal(said: VersionWords, found: Proposed, stands: str, *, may: bool) -> Message:
    """Draw a proposal as it stands, with what its reader can do now.

    Args:
        said: What it is and what it changes.
        found: The proposal.
        stands: Where it stands, in words.
        may: Whether the reader is somebody else than its author.
    """
    body = [
        *told(said).blocks,
        blocks.rich("state", paragraph(words(stands, bold=True))),
    ]
    if found.ruling is None and may:
        body.append(_deciding(found.row.name))
    ruled = int(found.ruling is not None)
    return Message(NOTIFIED, tuple(blocks.uniquely(body, f"v{ruled}")))


def waiting(found: Sequence[Proposed], person: str, name_of: NameOf) -> list[Block]:
    """Draw proposals for the home tab; nothing where none waits.

    Args:
        found: The proposals, none of which was ruled on.
        person: Id of the administrator who reads it.
        name_of: Names of people.
    """
    body = [blocks.header("versions", "Guidance to approve")] if found else []
    for place, one in enumerate(found):
        said = to_approve(one.row, name_of)
        lines = "\n".join((*said.lines, state(one, name_of)))
        told = paragraph(words(f"{said.title}\n", bold=True), words(lines))
        body.append(blocks.rich("version", told))
        if one.row.author != person:
            body.append(_deciding(one.row.name, f":{place}"))
    return body


def _deciding(version: str, place: str = "") -> Block:
    """Return the buttons with which an administrator decides."""
    mark = str(Mark(version))
    approve, back = f"dg:version-approve{place}", f"dg:version-send-back{place}"
    return actions(
        "version",
        button("Approve", approve, mark, style="primary", confirm=_SURE),
        button("Send back", back, mark),
    )


def send_back(version: str) -> Block:
    """Draw the form in which a proposal is sent back."""
    body = [
        blocks.rich(
            "how", paragraph(words(f"Version {version} goes back to its author."))
        ),
        blocks.entry(
            f"{LINE}why",
            "What has to change (required)",
            blocks.text_input(PICK, most=MOST_WHY),
            hint="Everybody who was asked to approve it can read this.",
        ),
    ]
    return blocks.modal(
        "Send back",
        "dg:version-send-back",
        body,
        about=str(Mark(version)),
        send="Send back",
    )
