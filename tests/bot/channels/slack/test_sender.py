"""What was promised reaches Slack, whatever Slack answers on the way."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from bot.channels.slack.sender import ON_BELOW, Drawing, each_drawn
from bot.ports import CannotReach, Promise, SendLater, StoreUnavailable
from bot.redacting import ERASED, Redacting
from bot.store.anchors import Anchors
from bot.store.upkeep import Lawful, erase
from bot.system import SystemIds
from tests.support.fake_slack import Fault, dm
from tests.support.fakes import START
from tests.support.stores import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.channels.slack.sender import Drawn
    from bot.ports import Store
    from tests.support.slack import Slacker, Workspace

T = TypeVar("T")
FLAGS = ("mrkdwn", "link_names", "unfurl_links", "unfurl_media")


def a_promise(kind: str = "say", about: str = "s-1", **body: object) -> Promise:
    content: dict[str, object] = {
        "text": "Here is what you asked for.",
        "blocks": [],
        "seen": 1,
    }
    return Promise(
        "d-1", "slack", "T0FICTION:U0ANA", kind, content | body, START, about
    )


def send(workspace: Workspace, promise: Promise) -> None:
    workspace.runner.run(workspace.app.sender.send(promise))


def test_what_slack_asks_to_wait_for_is_sent_later_and_once(
    workspace: Workspace, ana: Slacker
) -> None:
    limit = Fault("chat.postMessage", "ratelimited", status=429, retry_after=30)
    workspace.slack.faults.append(limit)

    ana.type("start")
    assert ana.messages == []

    workspace.clock.move(timedelta(seconds=29))
    workspace.deliver()
    assert ana.messages == []

    workspace.clock.move(timedelta(seconds=2))
    workspace.deliver()
    assert len(ana.messages) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_slack_is_tried_again(workspace: Workspace, status: int) -> None:
    workspace.slack.faults.append(
        Fault("chat.postMessage", "internal_error", status=status)
    )

    with pytest.raises(SendLater):
        send(workspace, a_promise())


@pytest.mark.parametrize(
    "code", ["account_inactive", "user_not_found", "token_revoked", "cannot_dm_bot"]
)
def test_who_cannot_be_reached_is_said_with_slacks_own_code(
    workspace: Workspace, code: str
) -> None:
    workspace.slack.faults.append(Fault("conversations.open", code))

    with pytest.raises(CannotReach) as told:
        send(workspace, a_promise())

    assert told.value.code == code


def test_an_unreachable_slack_is_tried_again(workspace: Workspace) -> None:
    workspace.app.client.base_url = "http://127.0.0.1:9/api/"

    with pytest.raises(SendLater):
        send(workspace, a_promise())


def test_a_message_that_is_gone_is_posted_again(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    press = ana.pressing("No, nobody is in danger")
    workspace.slack.messages.clear()

    ana.interact(press)

    assert "Tick all that apply" in repr(ana.message.blocks)


def test_a_promise_older_than_what_is_shown_changes_nothing(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start").press("No, nobody is in danger")
    [row] = _sessions(workspace, ana)
    before = list(ana.message.blocks)

    send(workspace, a_promise("show", row.id, seen=1))

    assert ana.message.blocks == before


def _sessions(workspace: Workspace, person: Slacker) -> list[Any]:
    with workspace.store.reading() as transaction:
        return list(transaction.sessions(person.name, 9))


def test_erasing_a_record_redacts_the_bots_own_messages(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    [row] = _sessions(workspace, ana)

    send(workspace, a_promise("redact", shown=[row.id]))

    assert [(one.text, one.blocks) for one in ana.messages] == [(ERASED, [])]


@pytest.mark.parametrize("drawn", [True, False])
def test_a_screen_that_was_handed_over_is_not_shown_once_its_record_is_erased(
    workspace: Workspace, ana: Slacker, tmp_path: Path, *, drawn: bool
) -> None:
    ana.type("start")
    [row] = _sessions(workspace, ana)
    before = [(one.text, one.blocks) for one in ana.messages]
    waits = a_promise("show", row.id, seen=2)
    if not drawn:
        waits = replace(waits, body={"seen": 2})

    anchors = Anchors(tmp_path / "anchors", KEYS)
    lawful = Lawful("the governor", "kept long enough")
    erase(workspace.store, anchors, row.id, lawful, START)
    keeps = workspace.runner.run(workspace.app.sender.show(waits))

    assert keeps is None
    assert [(one.text, one.blocks) for one in ana.messages] == before


def test_erasing_a_session_redacts_it_and_the_alert_that_a_lead_was_shown(
    workspace: Workspace, ana: Slacker, tmp_path: Path
) -> None:
    ana.type("start").press("Yes, someone").press("Continue", ["none"])
    workspace.deliver()
    lead = workspace.person("U0MORGAN")
    assert "safeguarding alert" in lead.shown
    [row] = _sessions(workspace, ana)
    anchors, first = Anchors(tmp_path / "anchors", KEYS), Redacting(SystemIds())

    erase(
        workspace.store,
        anchors,
        row.id,
        Lawful("the governor", "kept long enough"),
        START,
        first=first.before_erasing,
    )
    workspace.deliver()

    assert (ana.message.text, ana.message.blocks) == (ERASED, [])
    assert (lead.message.text, lead.message.blocks) == (ERASED, [])


def test_redacting_what_is_gone_already_is_no_failure(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    [row] = _sessions(workspace, ana)
    workspace.slack.messages.clear()

    send(workspace, a_promise("redact", shown=[row.id]))


def test_nothing_in_a_text_is_obeyed_and_no_link_is_opened(
    workspace: Workspace,
) -> None:
    send(workspace, a_promise(text="<!channel> http://example.org"))

    _, sent = workspace.slack.calls[-1]
    assert sent["channel"] == dm("U0ANA")
    assert {str(sent[name]).lower() for name in FLAGS} <= {"false", "0"}
    assert sent["parse"] == "none"


def test_an_answer_that_is_no_json_is_a_failure_and_no_crash(
    workspace: Workspace,
) -> None:
    workspace.app.client.base_url += "nowhere/"

    with pytest.raises((CannotReach, SendLater)):
        send(workspace, a_promise())


def test_a_message_pressed_before_it_is_kept_where_it_is_goes_on_itself(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    (first,) = ana.messages
    session = in_use(workspace)
    ana.type("2")
    # What is typed is answered below, and the process died before it kept where.
    keep(workspace, session, first.ts, seen=0)
    below = ana.message

    ana.press("Continue", ["none"])

    assert below.ts != first.ts
    assert ana.message.ts == below.ts
    assert (below.edits, first.text) == (1, ON_BELOW)
    assert kept(workspace, session)["ts"] == below.ts


def test_what_a_message_shows_that_is_kept_late_hides_nothing_shown_since(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    session = in_use(workspace)
    seconds, count = workspace.slack.stamp().split(".")
    # It is posted, and pressed three times before it is kept where it is.
    coming = f"{seconds}.{int(count) + 1:06}"
    keep(workspace, session, coming, seen=4)

    send(workspace, a_promise("anew", about=session, seen=1))

    assert ana.message.ts == coming
    assert kept(workspace, session)["seen"] == 4


def test_a_message_above_is_not_the_one_that_is_shown_because_it_is_kept_later(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    session, sender = in_use(workspace), workspace.app.sender
    late = workspace.runner.run(sender.show(a_promise("show", about=session, seen=2)))
    ana.type("2")

    assert late
    with workspace.store.begin() as transaction:
        late(transaction)

    assert kept(workspace, session)["ts"] == ana.message.ts


def test_an_older_screen_that_another_process_still_sends_hides_no_emergency(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start").press("Emergency")
    shown = ana.shown
    older = a_promise("show", about=in_use(workspace))

    # The other process looks before it is kept what is shown by now.
    keep(workspace, in_use(workspace), ana.message.ts, seen=1)
    send(workspace, replace(older, body={"seen": 1}))

    assert "999" in shown
    assert ana.shown == shown


def in_use(workspace: Workspace) -> str:
    with workspace.store.reading() as transaction:
        found = transaction.conversation("slack", "T0FICTION:U0ANA")
    assert found
    return str(found["session"])


def kept(workspace: Workspace, session: str) -> Mapping[str, object]:
    """Return where the message of a session is, and what it shows."""
    with workspace.store.reading() as transaction:
        return dict(transaction.messages(session, "slack"))["T0FICTION:U0ANA"]


def keep(workspace: Workspace, session: str, ts: str, seen: int) -> None:
    where = {**kept(workspace, session), "ts": ts, "seen": seen}
    with workspace.store.begin() as transaction:
        transaction.keep_message(session, "slack", "T0FICTION:U0ANA", where)


def test_screens_asked_for_at_the_same_time_are_drawn_in_one_go() -> None:
    """One that cannot be drawn keeps no other from being shown."""
    asked: list[list[str]] = []

    class Reads:
        async def read(self, do: Callable[[], T]) -> T:
            await asyncio.sleep(0)
            return do()

        async def between(self, do: Callable[[], T]) -> T:
            return await self.read(do)

        async def write(self, do: Callable[[], T]) -> T:
            return await self.read(do)

    def drawn(promises: Sequence[Promise]) -> list[Drawn | Exception]:
        asked.append([one.id for one in promises])
        if any(one.id == "d-store" for one in promises):
            raise StoreUnavailable("OperationalError", "SQLITE_BUSY")
        return [
            KeyError(one.id) if one.id == "d-bad" else (one, {"ts": one.id})
            for one in promises
        ]

    async def both(*names: str) -> list[object]:
        ways = (drawing.of(replace(a_promise("show"), id=name)) for name in names)
        return await asyncio.gather(*ways, return_exceptions=True)

    drawing = Drawing(Reads(), drawn)
    good, bad = asyncio.run(both("d-good", "d-bad"))
    failed = asyncio.run(both("d-store", "d-other"))

    assert asked == [["d-good", "d-bad"], ["d-store", "d-other"]]
    assert isinstance(good, tuple)
    assert good[1] == {"ts": "d-good"}
    assert isinstance(bad, KeyError)
    assert [type(one) for one in failed] == [StoreUnavailable] * 2


def test_a_screen_that_the_store_refuses_keeps_no_other_from_being_drawn() -> None:
    """After one refusal PostgreSQL answers nothing more in the same reading."""

    class OneReading:
        """A store each of whose readings is spoilt by what fails in it."""

        spoilt = False

        @contextmanager
        def reading(self) -> Iterator[None]:
            self.spoilt = False
            yield

    def draw(promise: Promise) -> Drawn:
        store.spoilt = store.spoilt or promise.id == "d-bad"
        if store.spoilt:
            raise StoreUnavailable("OperationalError", "25P02")
        return promise, {}

    store = OneReading()
    promises = [
        replace(a_promise("show"), id=name) for name in ("d-1", "d-bad", "d-3", "d-4")
    ]

    first, bad, *others = each_drawn(cast("Store", store), draw, promises)

    assert first == (promises[0], {})
    assert isinstance(bad, StoreUnavailable)
    assert others == [(promises[2], {}), (promises[3], {})]
