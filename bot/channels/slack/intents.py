"""What a person can mean by what they press, type or open in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.slack.marks import Mark
    from dialogs.engine import Move


@dataclass(frozen=True, slots=True)
class Take:
    """A move in a session.

    Attributes:
        mark: The screen it was made on.
        line: Where a form's refusal is shown: the block of its first line; empty
            where no form was sent.
    """

    mark: Mark
    move: Move
    line: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """Something to open: `form`, `answers`, `ask`, `notes`, `record` or `advice`."""

    what: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Begin:
    """A new session."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """A session to be shown again; the newest unfinished one where it has no id."""

    session: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Words typed in the direct conversation.

    Attributes:
        text: As typed.
        files: Whether a file came with it, which is not taken.
    """

    text: str
    files: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """The guidance is asked.

    Attributes:
        session: The session that goes on below; empty outside of one.
    """

    text: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A command.

    Attributes:
        verb: Its first word.
        rest: What was typed behind it.
        there: Whether it is to be done in the direct conversation now, because a
            button said so.
    """

    verb: str
    rest: str = ""
    there: bool = False


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The bot was named in a channel; what else was said there is not read."""


@dataclass(frozen=True, slots=True)
class Home:
    """The home tab was opened."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut was used; the message it was used on is not read."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Something a lead does about an alert.

    Attributes:
        do: `acknowledge`, `claim`, `accept`, `advise`, `hand-over`, `not-me`, `close`,
            `read` or `look`.
        alert: Id of the alert.
        given: What was filled in, by line; empty for a button.
        form: Whether a form was sent.
        first: The form's first line, where it says what is wrong.
        kept: Whether details in it are to be kept that were asked about.
    """

    do: str
    alert: str
    given: Mapping[str, object]
    form: bool = False
    first: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Something about recorded decisions.

    Attributes:
        do: `correct`, `search` or `open`.
        reference: Of the decision; empty for a search.
        given: What was filled in, by line; empty for a button.
        form: Whether a form was sent.
        first: The form's first line, where it says what is wrong.
        kept: Whether details in it are to be kept that were asked about.
    """

    do: str
    reference: str
    given: Mapping[str, object]
    form: bool = False
    first: str = ""
    kept: bool = False

    @property
    def looks_through(self) -> bool:
        """Whether it looks through many records, which takes a while."""
        return self.do == "search" and self.form


@dataclass(frozen=True, slots=True)
class Rule:
    """Something an administrator does about a proposed version of the guidance.

    Attributes:
        do: `approve`, `send-back` or `look`.
        version: Its name.
        why: What was filled in; empty for a button.
        form: Whether a form was sent.
    """

    do: str
    version: str
    why: str = ""
    form: bool = False

    @property
    def decides(self) -> bool:
        """Whether it puts a version in force or sends it back."""
        return self.do == "approve" or self.form


@dataclass(frozen=True, slots=True)
class AdviceTaken:
    """A practitioner says that they read what leads advised."""

    session: str


@dataclass(frozen=True, slots=True)
class Own:
    """Something a practitioner does about their own alert.

    Attributes:
        do: `disagree` or `known`.
        session: Theirs.
        words: What was filled in; empty for a button.
        form: Whether a form was sent.
        first: The form's first line, where it says what is wrong.
        kept: Whether details in it are to be kept that were asked about.
    """

    do: str
    session: str
    words: str = ""
    form: bool = False
    first: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A person was changed; what is known of them is looked up again."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing to do, such as an echo of the bot's own message."""


Intent: TypeAlias = (
    "AdviceTaken | Take | Open | Begin | GoOn | Say | Search | Order | Mentioned | Home"
    " | Shortcut | Lead | Record | Rule | Own | Gone | Nothing"
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request of one person.

    Attributes:
        team: The workspace it came from.
        user: Slack's id of the person.
        home: The workspace the person belongs to; another one's where a channel is
            shared between organisations.
        channel: The conversation; empty where it came from none.
        direct: Whether that is the direct conversation with the bot.
        key: Names the request, so that a repeated one counts once.
        trigger: Lets a modal be opened within three seconds; empty where none.
        view: Id of the modal it came from; empty where none.
        intent: What is meant.
        message: Slack's name of the message that a button was pressed in; empty
            where it was in none.
    """

    team: str
    user: str
    home: str
    channel: str
    direct: bool
    key: str
    trigger: str
    view: str
    intent: Intent
    message: str = ""

    @property
    def person(self) -> str:
        """The person, as sessions and the directory name them."""
        return f"{self.team}:{self.user}"
