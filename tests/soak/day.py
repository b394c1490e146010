"""What people do in Slack all day, and what they were told.

A practitioner begins a session, answers what is asked and begins another; where Slack
says that something failed they do it again, as people do. A lead acknowledges and
closes whatever arrives. An administrator lets the record be verified. Each writes down
what they were told was taken: that is compared with the record, by `audit`.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from bot.channels.slack.marks import Mark, read_mark
from tests.support.packs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.store import SqlStore
    from tests.support.fake_slack import Posted
    from tests.support.served import Region
    from tests.support.slack import Slacker

PRACTITIONERS: Final = 12
THINKS: Final = (0.4, 1.0)
"""Seconds that somebody thinks, at least and at most. Nobody is held back for it: the
region is told to take more in a minute than it does by itself."""
AGAIN: Final = 1.0
"""Seconds after which somebody does again what failed."""
PATIENCE: Final = 180.0
"""Seconds after which a screen that never came counts as lost."""
SLACK_WAITS: Final = 3.0
"""Seconds that Slack waits for an answer.
Source: https://docs.slack.dev/interactivity/handling-user-interaction, 2026-11-26."""
COMMAND_EVERY: Final = 30.0
LEADS: Final = ("U0MORGAN", "U0TAMSIN", "U0IDRIS", "U0QUENTIN", "U0SAOIRSE")
"""Whoever may be told of an alert, by day or by night."""
_STARTED: Final = "start"
_RECORDED: Final = "Your decision is in the record."
_LOOKED_AT: Final = 300
_ALL: Final = 1_000_000


class Outcome(Enum):
    """What somebody saw when they did something."""

    TAKEN = "taken"
    NOT_SAVED = "told that it was not saved"
    TOO_MUCH = "told that there was too much"
    FAILED = "told by Slack that it failed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that somebody did.

    Attributes:
        at: When they had its answer, on the monotonic clock.
        seconds: From doing it to seeing what it led to.
    """

    at: float
    outcome: Outcome
    seconds: float


@dataclass(slots=True)
class Session:
    """What its practitioner knows of a session.

    Attributes:
        taken: The questions whose answers they were told were taken.
        unsure: Those of which they were told nothing, but which went on.
        reference: Of its decision, as shown.
    """

    id: str
    person: str
    taken: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """Answer a question with a button of the message."""

    question: str
    words: str
    picked: object = ()


@dataclass(frozen=True, slots=True)
class Fill:
    """Answer a question in a form."""

    question: str
    words: str
    lines: Mapping[str, object]


Way = tuple["Press | Fill", ...]
_BEGIN: Final[Way] = (
    Press("danger", "No, nobody is in danger"),
    Press("safety-check", "Continue", ["none"]),
    Press("prompted-by", "Continue", "own-initiative"),
)
NO_PURPOSE: Final[Way] = (
    *_BEGIN,
    Press("purpose", "No"),
    Fill("if-not-shared", "Write", {"if_not_shared": "The worry may grow."}),
    Fill(
        "decision",
        "Fill in this screen",
        {"decision": "do-not-share", "reasons": "Nothing to be gained."},
    ),
)
"""Ends with a decision that a lead is to hear of in the usual way."""
NOBODY_KNOWN: Final[Way] = (
    *_BEGIN,
    Press("purpose", "Yes"),
    Press("identifiable", "No"),
    Fill(
        "how-to-share",
        "Fill in this screen",
        {
            "what": "That the club is closed.",
            "facts_and_opinion": "It is a fact.",
            "with_whom": "The school.",
            "why": "So that nobody waits.",
            "accurate": "yes",
            "method": "phone",
            "tell_them": "told",
        },
    ),
    Fill(
        "decision",
        "Fill in this screen",
        {"decision": "share", "reasons": "Nobody can be recognised."},
    ),
)
"""Ends with a decision that no lead has to hear of."""
DANGER: Final[Way] = (
    Press("danger", "Yes, someone"),
    Press("conflict", "Continue", ["none"]),
    Press("safe-to-tell", "No, telling"),
)
"""Raises an urgent alert."""
LEFT: Final[Way] = (
    *_BEGIN,
    Press("purpose", "Yes"),
    Press("identifiable", "Yes"),
    Press("confidential", "Yes"),
    Press("provider", "No"),
    Press("whose-information", "A child's"),
    Fill(
        "consent-so-far",
        "Fill in this screen",
        {"child_view": "agrees", "responsible_view": "disagrees"},
    ),
)
"""Goes far and is left there, as many are."""
WAYS: Final = (LEFT,) * 4 + (NOBODY_KNOWN,) * 4 + (NO_PURPOSE, DANGER)


class Day:
    """Everybody, and what they wrote down.

    Attributes:
        pace: How many times as quickly as usual everybody thinks.
    """

    def __init__(self, region: Region, seed: int) -> None:
        region.timeout = SLACK_WAITS
        self.region = region
        self.seed = seed
        self.over = Event()
        self.pace = 1.0
        self.turns: list[Turn] = []
        self.sessions: list[Session] = []
        self.acknowledged: set[str] = set()
        self.commands: Counter[int] = Counter()
        self.troubles: list[str] = []
        self._threads: list[Thread] = []

    def start(self) -> None:
        for number in range(PRACTITIONERS):
            person = Practitioner(self, f"U0P{number:03}", self.seed + number)
            self._begin(person.live)
        self._begin(Leads(self).live)
        self._begin(self._administer)

    def _begin(self, lives: Callable[[], None]) -> None:
        def live() -> None:
            try:
                lives()
            except Exception as error:  # noqa: BLE001 -- whoever watches raises it
                self.troubles.append(f"{type(error).__name__}: {error}")

        thread = Thread(target=live, daemon=True)
        thread.start()
        self._threads.append(thread)

    def end(self) -> None:
        """Let everybody finish what they are at."""
        self.over.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)
            assert not thread.is_alive(), "somebody waits for ever"

    def note(self, outcome: Outcome, began: float) -> None:
        now = time.monotonic()
        self.turns.append(Turn(now, outcome, now - began))

    def _administer(self) -> None:
        words = (["records", "verify"], ["alerts", "list"])
        number = 0
        while not self.over.wait(COMMAND_EVERY):
            number += 1
            done = subprocess.run(
                [sys.executable, "app.py", *words[number % len(words)]],
                cwd=ROOT,
                env=self.region.environment(),
                capture_output=True,
                check=False,
            )
            self.commands[done.returncode] += 1

    @property
    def failed(self) -> int:
        """How many commands said that they could not be done."""
        return self.commands.total() - self.commands[0]


class Practitioner:
    """One person, who begins one session after another."""

    def __init__(self, day: Day, user: str, seed: int) -> None:
        self.day = day
        self.slack = day.region.person(user)
        self.dice = random.Random(seed)  # noqa: S311 -- the same way each time
        self.session = Session("", "")

    def live(self) -> None:
        while not self.day.over.is_set():
            session = self._begun()
            for step in self.dice.choice(WAYS):
                time.sleep(self.dice.uniform(*THINKS) / self.day.pace)
                self._answer(session, step)

    def _begun(self) -> Session:
        """Type that one begins; Slack sends that again until it is taken."""
        there, began = len(self.slack.messages), time.monotonic()
        request, tries = self.slack.typed(_STARTED), 0
        while True:
            again = {"X-Slack-Retry-Num": str(tries)} if tries else {}
            status, _ = self.day.region.post(request.body, {**request.headers, **again})
            if status == 200:
                break
            self.day.note(Outcome.FAILED, began)
            time.sleep(AGAIN)
            tries += 1
        self._await(lambda: self._first(there) is not None, "the first question")
        first = self._first(there)
        assert first is not None
        self.session = Session(_about(first), self.slack.name)
        self.day.sessions.append(self.session)
        self.day.note(Outcome.TAKEN, began)
        return self.session

    def _first(self, there: int) -> Posted | None:
        known = {each.id for each in self.day.sessions}
        for one in self.slack.messages[there:]:
            about = _about(one)
            if about.startswith("s-") and about not in known and _seen(one) == 1:
                return one
        return None

    @property
    def message(self) -> Posted:
        """Where the session is shown: a kill while it is sent can post it anew."""
        return next(
            one for one in reversed(self.slack.messages) if _shows(one, self.session)
        )

    def _answer(self, session: Session, step: Press | Fill) -> None:
        before, began = self._stands(), time.monotonic()
        while True:
            outcome = self._done(step)
            if outcome is Outcome.TAKEN:
                session.taken.append(step.question)
                break
            self.day.note(outcome, began)
            time.sleep(AGAIN)
            if self._stands() != before:
                session.unsure.append(step.question)
                break
        self._await(lambda: self._stands() != before, f"what follows {step.question}")
        self.day.note(Outcome.TAKEN, began)
        if self.message.text == _RECORDED:
            session.reference = _about(self.message)

    def _stands(self) -> tuple[int, str]:
        message = self.message
        return _seen(message), message.text

    def _await(self, holds: Callable[[], bool], what: str) -> None:
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < PATIENCE, f"{what} never came"
            time.sleep(0.02)

    # ---- in Slack -----------------------------------------------------------------

    def _done(self, step: Press | Fill) -> Outcome:
        if isinstance(step, Press):
            self.slack.press(step.words, step.picked, self.message)
            return self._told()
        self.slack.press(step.words, message=self.message)
        form = self.slack.modal
        if self.slack.status != 200 or form is None:
            return Outcome.FAILED
        if not any(block["type"] == "input" for block in form["blocks"]):
            return self._told()
        self.slack.send(**step.lines)
        if self.slack.status == 200 and self.slack.errors:
            self.slack.close()
            return _said(" ".join(self.slack.errors.values()))
        return self._told()

    def _told(self) -> Outcome:
        """Read what a modal says, and close it."""
        modal = self.slack.modal
        said = self.slack.modal_shown if modal else ""
        self.slack.close()
        return _said(said) if self.slack.status == 200 else Outcome.FAILED


def _said(words: str) -> Outcome:
    if "was not saved" in words:
        return Outcome.NOT_SAVED
    return Outcome.TOO_MUCH if "was not taken: " in words else Outcome.TAKEN


class Leads:
    """Everybody who is told of alerts, one after another."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.people = [day.region.person(user) for user in LEADS]
        self._done: set[tuple[str, str]] = set()

    def live(self) -> None:
        while not self.day.over.wait(1.0):
            for person in self.people:
                for message in person.messages[-_LOOKED_AT:]:
                    self._deal(person, message)

    def _deal(self, person: Slacker, message: Posted) -> None:
        alert = _about(message)
        offered = person.buttons(message.blocks)
        if "Acknowledge" in offered and ("seen", alert) not in self._done:
            person.press("Acknowledge", message=message)
            if _taken(person):
                self._done.add(("seen", alert))
                self.day.acknowledged.add(alert)
        elif "Close" in offered and ("closed", alert) not in self._done:
            person.press("Close", message=message)
            # Where nothing could be saved, what opens says so and is no form.
            if person.status == 200 and _is_form(person):
                person.send(outcome="referred", words="It is with the duty team.")
            if _taken(person):
                self._done.add(("closed", alert))


def _is_form(person: Slacker) -> bool:
    blocks = person.modal["blocks"] if person.modal else []
    return any(block["type"] == "input" for block in blocks)


def _taken(person: Slacker) -> bool:
    taken = person.status == 200 and person.modal is None
    person.close()
    return taken


def _marks(message: Posted) -> Iterator[Mark]:
    for block in message.blocks:
        for one in block.get("elements", ()):
            if one.get("type") == "button" and one.get("value"):
                yield read_mark(one["value"])


def _about(message: Posted) -> str:
    """Return the session or the alert that a message is about."""
    return next((mark.about for mark in _marks(message) if mark.about), "")


def _shows(message: Posted, session: Session) -> bool:
    return any(mark.about == session.id and mark.seen for mark in _marks(message))


def _seen(message: Posted) -> int:
    return max((mark.seen or 0 for mark in _marks(message)), default=0)


def shown_twice(region: Region) -> int:
    """Count what practitioners were shown twice; a kill in mid-sending can do that."""
    times = Counter(
        (one.channel, about, one.text)
        for one in list(region.slack.messages)
        if (about := _about(one)).startswith("s-")
    )
    return sum(count - 1 for count in times.values())


# ---- the comparison ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Audit:
    """What the record says of what people were told.

    Attributes:
        answers: Answers that people were told were taken.
        lost: What they were told and is not there, by name.
        doubled: What is there twice, by name.
    """

    answers: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]


def audit(day: Day, store: SqlStore) -> Audit:
    """Compare everything that was said until now with the record."""
    told = [
        (one.id, one.person, one.reference, tuple(one.taken)) for one in day.sessions
    ]
    acknowledged = set(day.acknowledged)
    begun = Counter(person for _, person, _, _ in told)
    lost: list[str] = []
    doubled: list[str] = []
    with store.reading() as transaction:
        decisions = transaction.decisions(limit=_ALL)
        raised = transaction.alerts(limit=_ALL)
        references = {row.reference for row in decisions}
        alerts = {row.id: row.state for row in raised}
        decided = Counter(row.session for row in decisions)
        alerted = Counter(row.session for row in raised)
        for id_, _, reference, taken in told:
            kept = Counter(
                fact.body.get("question")
                for fact in transaction.facts(id_)
                if fact.kind == "session:answered"
            )
            lost += [f"{id_} {each}" for each in taken if not kept[each]]
            doubled += [f"{id_} {each}" for each, n in kept.items() if n > 1]
            lost += [reference] if reference and reference not in references else []
            lost += [f"{id_} alert"] if "conflict" in taken and not alerted[id_] else []
        for person, known in begun.items():
            # One may have been begun a moment ago, and not be on the screen yet.
            there = len(transaction.sessions(person, _ALL))
            lost += [f"{person} sessions"] if there < known else []
            doubled += [f"{person} sessions"] if there > known + 1 else []
    asking = (row for row in decisions if row.alert != "none")
    lost += [f"{row.reference} alert" for row in asking if not alerted[row.session]]
    seen = {"acknowledged", "closed"}
    lost += [each for each in acknowledged if alerts.get(each) not in seen]
    doubled += [f"{each} decided" for each, n in decided.items() if n > 1]
    doubled += [f"{each} alert" for each, n in alerted.items() if n > 1]
    return Audit(sum(len(taken) for *_, taken in told), tuple(lost), tuple(doubled))
