"""Whatever happens to an alert, in whatever order, somebody is told of it.

People act, time passes, processes die and routes fail as chance has it, on a store in
SQLite. What must hold is looked at after every move; where it does not, the shortest
order that breaks it is printed.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.alerts import NoSuchAlert, NotLikeThat, Refused
from bot.climb import Kind, kept_of
from bot.delivery import LEASE
from bot.ports import AlertRow, Promise, Sender
from bot.practitioner import NothingToDisagreeWith
from bot.roles import Who
from dialogs.engine import Answer, Change, Emergency, Person
from tests.support.alerting import (
    BETTANY,
    IDRIS,
    MORGAN,
    QUENTIN,
    TAMSIN,
    USER,
    Inbox,
    World,
    changed,
)
from tests.support.lines import a_store

PEOPLE: Final = (MORGAN, TAMSIN, IDRIS, BETTANY, QUENTIN)
NAMES: Final = {"lead": MORGAN, "deputy": TAMSIN, "manager": IDRIS}
"""What a practitioner can name, and who that is."""
LONGEST_WAIT: Final = timedelta(days=5)
"""An alert that is open tells somebody again sooner than this. A routine one waits for
a working day, with a weekend and a bank holiday between."""


class Died(BaseException):
    """The process is gone, at the worst moment."""


class DiesAfterSending:
    """A sender whose process dies before it can keep that it sent."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, promise: Promise) -> None:
        await self._inbox.send(promise)
        raise Died


class AnyOrder(RuleBasedStateMachine):
    """One session, its alerts, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = a_store(Path(self.folder.name))
        self.world = World(self.store)
        self.deaths = 0
        self.named: set[str] = set()
        self.stood_down: dict[str, set[str]] = {}
        """Who stood down, with the deliveries that were promised before."""
        self.by_a_person = False
        self.states: dict[str, str] = {}

    def teardown(self) -> None:
        try:
            if self.states:
                self.somebody_hears_in_the_end()
        finally:
            self.store.close()
            self.folder.cleanup()

    # ---- what the practitioner does -------------------------------------------------

    @initialize(ticks=st.sampled_from([[], ["evidence"]]))
    def a_worry_about_a_professional(self, ticks: list[str]) -> None:
        self.session = self.world.begin("no", ["professional-or-lead", *ticks])
        self.answered = False

    @rule(who=st.sampled_from([*NAMES, "none", "not-sure"]))
    def somebody_is_named(self, who: str) -> None:
        if self.answered:
            self.world.do(self.session, Change("conflict"))
        self.world.do(self.session, Answer([who]))
        self.answered = True
        self.named = {NAMES[who]} & {*PEOPLE} if who in NAMES else set()
        self.by_a_person = True

    @rule(move=st.sampled_from([Person(), Emergency()]))
    def help_is_asked_for(self, move: Person | Emergency) -> None:
        self.world.do(self.session, move)

    @rule()
    def the_advice_is_disagreed_with(self) -> None:
        with suppress(NothingToDisagreeWith):
            self.world.own.disagree(self.session, USER, "No.")

    # ---- what leads do --------------------------------------------------------------

    @rule(
        person=st.sampled_from(PEOPLE),
        does=st.sampled_from(["acknowledge", "claim", "advise", "close", "accept"]),
    )
    def a_lead_acts(self, person: str, does: str) -> None:
        alerts = self.world.alerts_of
        do: dict[str, Callable[[Who, str], object]] = {
            "acknowledge": alerts.acknowledge,
            "claim": alerts.claim,
            "advise": lambda who, alert: alerts.advise(who, alert, "Refer."),
            "close": lambda who, alert: alerts.close(who, alert, "advised"),
            "accept": alerts.accept,
        }
        self.acts(person, do[does])

    @rule(person=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE))
    def it_is_handed_over(self, person: str, to: str) -> None:
        hand_over = self.world.alerts_of.hand_over
        self.acts(person, lambda who, alert: hand_over(who, alert, to, "Off at noon."))

    @rule(person=st.sampled_from(PEOPLE))
    def a_lead_stands_down(self, person: str) -> None:
        if self.acts(person, self.world.alerts_of.not_me):
            before = {one.promise.id for one in self.world.deliveries()}
            self.stood_down.setdefault(person, before)

    def acts(self, person: str, do: Callable[[Who, str], object]) -> bool:
        """Let somebody act; whoever is kept out cannot."""
        self.by_a_person = True
        try:
            do(self.world.who(person), self.alert.id)
        except (NoSuchAlert, Refused, NotLikeThat):
            return False
        assert person not in self.kept_out
        return True

    # ---- what happens by itself -----------------------------------------------------

    @rule(minutes=st.sampled_from([0, 0.5, 2, 15, 61, 240, 1440]))
    def time_passes(self, minutes: float) -> None:
        self.world.run(minutes)

    @rule(channel=st.sampled_from(["slack", "mail"]))
    def a_process_dies_once_it_claimed(self, channel: str) -> None:
        self.deaths += 1
        now = self.world.clock.now()
        with self.store.begin() as transaction:
            lease = self.world.ids.delivery()
            transaction.claim((channel,), now, now + LEASE, lease)

    @rule()
    def a_process_dies_once_it_sent(self) -> None:
        self.deaths += 1
        dying: dict[str, Sender] = {
            name: DiesAfterSending(inbox) for name, inbox in self.world.inboxes.items()
        }
        alive, self.world.loop = self.world.loop, self.world.a_loop(dying)
        with suppress(Died):
            self.world.run()
        self.world.loop = alive

    @rule(channel=st.sampled_from(["slack", "mail"]), down=st.booleans())
    def a_platform_fails_or_is_back(self, channel: str, down: bool) -> None:  # noqa: FBT001 -- drawn by hypothesis
        self.world.inboxes[channel].down = down

    @rule(
        person=st.sampled_from(PEOPLE), email=st.sampled_from(["", "new@example.org"])
    )
    def the_directory_is_edited(self, person: str, email: str) -> None:
        self.world.serve(changed(self.world.directory, person, email=email))

    @rule(person=st.sampled_from(PEOPLE))
    def somebody_blocks_the_bot(self, person: str) -> None:
        user = self.world.directory.people[person].identities["slack"]
        self.world.inboxes["slack"].blocked[user] = "account_inactive"

    # ---- what must hold -------------------------------------------------------------

    @property
    def alert(self) -> AlertRow:
        return self.world.alert(self.session)

    @property
    def kept_out(self) -> set[str]:
        return self.named | {*self.stood_down}

    @invariant()
    def whoever_is_open_has_somebody_to_be_told(self) -> None:
        row, now = self.alert, self.world.clock.now()
        if row.state == "waiting":
            assert row.due_at <= now + timedelta(minutes=2)
        if row.state != "open":
            return
        assert row.due_at <= now + LONGEST_WAIT
        told = {step.person for step in kept_of(row).plan.steps}
        assert not told & self.kept_out
        if not told and row.told:
            news = self.world.news(self.session)
            assert news.urgent
            assert news.ring

    @invariant()
    def nobody_kept_out_sees_it(self) -> None:
        row = self.alert
        for person in self.kept_out:
            who = self.world.who(person)
            assert row.id not in [one.row.id for one in self.world.alerts_of.queue(who)]
            with pytest.raises(NoSuchAlert):
                self.world.alerts_of.look(who, row.id)
        for one in self.world.deliveries(row.id):
            person = str(one.promise.body.get("person", ""))
            if one.state in {"due", "sent"}:
                assert person not in self.named
                before = self.stood_down.get(person, {one.promise.id})
                assert one.promise.id in before, one.promise.kind

    @invariant()
    def only_a_person_ends_it(self) -> None:
        for row in self.world.alerts():
            before = self.states.get(row.id, "waiting")
            ended = row.state in {"acknowledged", "closed", "withdrawn"}
            assert not ended or row.state == before or self.by_a_person
            self.states[row.id] = row.state
        live = [one for one in self.states.values() if one != "withdrawn"]
        assert len(live) == 1
        self.by_a_person = False

    @invariant()
    def nothing_is_announced_twice_as_new(self) -> None:
        arrived: dict[str, list[str]] = {}
        for inbox in self.world.inboxes.values():
            for one in inbox.got:
                if one.kind == Kind.ALERT:
                    which = f"{one.about} {one.channel} {one.body['told']}"
                    arrived.setdefault(which, []).append(f"{one.id} {one.user}")
        for which, times in arrived.items():
            assert len(set(times)) == 1, which
            assert len(times) <= 1 + self.deaths, which

    def somebody_hears_in_the_end(self) -> None:
        """Let everything work again; whoever may be told is, if nobody has answered."""
        for inbox in self.world.inboxes.values():
            inbox.down, inbox.blocked = False, {}
        row = self.alert
        if row.state not in {"waiting", "open"}:
            return
        before = len(self.world.told())
        for _ in range(3):
            self.world.run(
                max((self.alert.due_at - self.world.clock.now()).total_seconds(), 0)
                / 60
            )
            self.world.run(seconds=LEASE.total_seconds() + 1)
        heard = self.world.told()[before:]
        if not kept_of(self.alert).plan.steps:
            # Everybody has stood down, or is kept out: who asked is told to ring.
            news = self.world.news(self.session)
            assert (news.code, news.urgent, bool(news.ring)) == ("nobody", True, True)
            return
        assert heard
        assert not {*heard} & self.named


AnyOrder.TestCase.settings = settings(
    max_examples=6, stateful_step_count=15, deadline=None
)
TestAnyOrder = AnyOrder.TestCase
