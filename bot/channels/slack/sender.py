"""Sends to Slack what was promised: the dialog, hints, the home tab, redactions.

What it sends was drawn when it was promised, but for the home tab and for a question
that stands alone, which are drawn as things are now. One session has one message; it is
changed in place, and where that cannot be done a new one is posted. A promise that is
older than what is shown already changes nothing, so it does not matter in which order
two of them go out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.announcing import About, is_about_version
from bot.channels.slack.lead_turns import CASE, TO_LEADS
from bot.channels.slack.marks import SLACK
from bot.channels.slack.refusals import asked_to_wait, code_of
from bot.channels.slack.turns import PRESSED
from bot.channels.slack.versions import told
from bot.climb import Kind
from bot.guide import GuidanceLost
from bot.log import Log
from bot.ports import CannotReach, NoSuchSession, SendLater, StoreError
from bot.redacting import ERASED, REDACT, shown_in
from bot.version_words import VersionWords

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.channels.slack.lead_turns import LeadTurns
    from bot.channels.slack.turns import Turns
    from bot.channels.slack.versions import VersionTurns
    from bot.ports import Promise, Store, Transaction, Worker

Drawn: TypeAlias = "tuple[Promise, Mapping[str, object]]"
"""A promise with what to show, if anything, and the place of its message."""
_LOG: Final = Log(__name__)
_LITERAL: Final[Mapping[str, Any]] = {
    "parse": "none",
    "mrkdwn": False,
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
}
"""Nothing in a text is obeyed, and no link is opened to be previewed."""
_LATER: Final = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "team_added_to_org",
    }
    | {"service_unavailable", "request_timeout", "accesslimited"}
)
"""Refusals that pass by themselves.
Source: https://docs.slack.dev/reference/methods/chat.postMessage (November 2026)."""
_NO_MESSAGE: Final = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed"}
    | {"channel_not_found", "is_inactive"}
)
"""The message is not there to be changed, so a new one is posted."""
_IN_PLACE: Final = frozenset({Kind.TOLD, CASE})
"""What changes a message about an alert; everything else is a message of its own."""
ON_BELOW: Final = "This goes on below."
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429


class SlackSender:
    """Sends what is promised on the channel `slack`."""

    def __init__(  # noqa: PLR0913 -- one each of what it needs
        self,
        client: AsyncWebClient,
        store: Store,
        worker: Worker,
        turns: Turns,
        *,
        leads: LeadTurns | None = None,
        versions: VersionTurns | None = None,
    ) -> None:
        """Take what is needed to send.

        Args:
            client: Slack's Web API, with the bot's token.
            store: Where conversations and messages are kept.
            worker: Runs what uses the store beside the event loop.
            turns: Draws somebody's home tab, and where a session stands, as it is now.
            leads: Draws what is sent about alerts; None where none are raised.
            versions: Draws proposals of the guidance; None where none are approved
                here.
        """
        self.in_place = frozenset({"show"})
        self._leads = leads
        self._versions = versions
        self._client = client
        self._store = store
        self._worker = worker
        self._turns = turns
        self._drawing = Drawing(worker, partial(each_drawn, store, self._drawn))

    async def send(self, promise: Promise) -> None:
        """Send it; returning means that Slack took it.

        Raises:
            SendLater: Slack asked to wait, or could not be reached.
            CannotReach: This person is not reached in Slack; the code says why.
        """
        with _refusals():
            await self._send(promise)

    async def show(self, promise: Promise) -> Callable[[Transaction], None] | None:
        """Show a screen, and return what keeps which one that is; raises as `send`."""
        with _refusals():
            return await self._show(promise)

    async def _send(self, promise: Promise) -> None:
        match promise.kind:
            case "show":
                await self._shown(promise)
            case "anew":
                await self._anew(promise)
            case "say":
                await self._post(promise.user, promise.body)
            case "hint":
                await self._client.chat_postEphemeral(
                    channel=str(promise.body["channel"]),
                    user=_user(promise.user),
                    **_content(promise.body),
                )
            case "home":
                view = await self._worker.read(
                    lambda: self._turns.home_of(promise.user)
                )
                await self._client.views_publish(user_id=_user(promise.user), view=view)
            case kind if kind == REDACT:
                await self._redact(promise)
            case kind if is_about_version(kind):
                await self._about_version(promise)
            case _:
                await self._about_alert(promise)

    async def _about_version(self, promise: Promise) -> None:
        """Send what is said of a version, a proposal as it stands now."""
        versions = self._versions
        drawn, seen = (
            (told(VersionWords.of(promise.body)), 0)
            if versions is None
            else await self._worker.read(lambda: versions.message(promise))
        )
        body = {"text": drawn.text, "blocks": list(drawn.blocks), "seen": seen}
        match promise.kind:
            case About.PROPOSED:
                await self._anew(replace(promise, body=body))
            case About.RULED:
                await self._shown(replace(promise, body=body))
            case _:
                await self._post(promise.user, body)

    async def _about_alert(self, promise: Promise) -> None:
        """Send what is drawn as it is now: an alert to a lead, or news of it."""
        leads = self._leads
        if leads is None:
            raise CannotReach("unknown-kind")
        drawn, version = await self._worker.read(lambda: leads.message(promise))
        body = {
            "text": drawn.text,
            "blocks": list(drawn.blocks),
            "seen": version,
        }
        now = replace(promise, body=body)
        if promise.kind in _IN_PLACE:
            await self._shown(now)
        elif promise.kind in TO_LEADS:
            # A message that changes in place tells nobody: who is told is told anew.
            await self._anew(now)
        else:
            await self._post(promise.user, body)

    # ---- the message of a session --------------------------------------------------

    async def _shown(self, promise: Promise) -> None:
        keeps = await self._show(promise)
        if keeps is not None:
            await self._worker.write(lambda: self._kept(keeps))

    def _kept(self, keeps: Callable[[Transaction], None]) -> None:
        with self._store.begin() as transaction:
            keeps(transaction)

    async def _show(self, promise: Promise) -> Callable[[Transaction], None] | None:
        if promise.urgency == "urgent":
            # It stands in no line behind others.
            drawn = await self._worker.read(lambda: self._drawn(promise))
        else:
            drawn = await self._drawing.of(promise)
        promise, address = drawn
        if not promise.body:
            return None
        address = _newer(address, promise.body.get(PRESSED))
        if not address:
            await self._anew(promise)
            return None
        try:
            await self._client.chat_update(**_place(address), **_content(promise.body))
        except SlackApiError as error:
            if code_of(error) not in _NO_MESSAGE:
                raise
            await self._anew(promise)
            return None
        return self._keeping(promise, address)

    async def _anew(self, promise: Promise) -> None:
        before = await self._worker.read(lambda: self._address(promise))
        posted = await self._post(promise.user, promise.body)
        address = {"channel": posted["channel"], "ts": posted["ts"]}
        keeps = self._keeping(promise, address)
        if keeps is not None:
            await self._worker.write(lambda: self._kept(keeps))
        if before:
            await self._replace(before, ON_BELOW)

    async def _replace(self, address: Mapping[str, object], text: str) -> None:
        """Put a few words in the place of a message, if it is still there."""
        try:
            await self._client.chat_update(**_place(address), text=text, blocks=[])
        except SlackApiError as error:
            if code_of(error) not in _NO_MESSAGE:
                # What matters has been posted; the old buttons say where things stand.
                _LOG.warning("slack:message:not-replaced", code=code_of(error))

    async def _redact(self, promise: Promise) -> None:
        found = await self._worker.read(lambda: self._addresses(promise))
        for address in found:
            try:
                await self._client.chat_update(
                    **_place(address), text=ERASED, blocks=[]
                )
            except SlackApiError as error:
                if code_of(error) not in _NO_MESSAGE:
                    raise

    async def _post(self, person: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        channel = await self._conversation(person)
        posted = await self._client.chat_postMessage(
            channel=channel, **_content(body), **_LITERAL
        )
        data = posted.data
        return data if isinstance(data, dict) else {}

    async def _conversation(self, person: str) -> str:
        """Return the direct conversation with a person, opening it where needed."""
        known = await self._worker.read(lambda: self._known(person))
        if known.get("channel"):
            return str(known["channel"])
        opened = await self._client.conversations_open(users=_user(person))
        channel = str(opened["channel"]["id"])
        await self._worker.write(lambda: self._remember(person, channel))
        return channel

    def _drawn(self, promise: Promise) -> Drawn:
        """Return a promise with what to show, if anything, and the message's place."""
        address = self._address(promise)
        if _seen(address) > _seen(promise.body):
            return replace(promise, body={}), address
        if "blocks" in promise.body:
            erased = promise.kind == "show" and self._is_erased(promise.about)
            return replace(promise, body={}) if erased else promise, address
        try:
            return replace(promise, body=self._turns.screen_of(promise)), address
        except NoSuchSession:
            return replace(promise, body={}), address
        except GuidanceLost:
            raise CannotReach("guidance-lost") from None

    def _is_erased(self, session: str) -> bool:
        """Say whether a session was erased since its screen was handed over."""
        with self._store.reading() as transaction:
            return transaction.session(session) is None

    # ---- the store ------------------------------------------------------------------

    def _address(self, promise: Promise) -> Mapping[str, object]:
        with self._store.reading() as transaction:
            found = dict(transaction.messages(promise.about, SLACK))
        return found.get(promise.user, {})

    def _addresses(self, promise: Promise) -> list[Mapping[str, object]]:
        with self._store.reading() as transaction:
            return [
                address
                for about in shown_in(promise)
                for user, address in transaction.messages(about, SLACK)
                if user == promise.user
            ]

    def _keeping(
        self, promise: Promise, address: Mapping[str, object]
    ) -> Callable[[Transaction], None] | None:
        """Return what keeps the place of a message and what it shows, if it is new."""
        kept = {**address, "seen": _seen(promise.body)}
        if kept == address:
            return None
        about, user = promise.about, promise.user

        def keeps(transaction: Transaction) -> None:
            # It is kept a moment after it was sent: by then a message below it may have
            # taken its place, or the same message show more.
            known = dict(transaction.messages(about, SLACK)).get(user, {})
            if (_age(kept), _seen(kept)) > (_age(known), _seen(known)):
                transaction.keep_message(about, SLACK, user, kept)

        return keeps

    def _known(self, person: str) -> Mapping[str, object]:
        with self._store.reading() as transaction:
            return transaction.conversation(SLACK, person) or {}

    def _remember(self, person: str, channel: str) -> None:
        with self._store.begin() as transaction:
            known = transaction.conversation(SLACK, person) or {}
            wanted = {**known, "channel": channel}
            transaction.keep_conversation(SLACK, person, wanted)


def each_drawn(
    store: Store, draw: Callable[[Promise], Drawn], promises: Sequence[Promise]
) -> list[Drawn | Exception]:
    """Return, for each promise, what there is to show or why there is nothing.

    Everything that is asked is answered from one moment, until the store refuses
    something: PostgreSQL then answers nothing more in that reading, so the others are
    drawn in another.

    Args:
        store: Where they are read from.
        draw: Returns what one of them shows.
        promises: Screens, in order.
    """
    drawn: list[Drawn | Exception] = []
    while len(drawn) < len(promises):
        with store.reading():
            for promise in promises[len(drawn) :]:
                try:
                    drawn.append(draw(promise))
                except Exception as error:  # noqa: BLE001 -- it is raised where it is waited for
                    drawn.append(error)
                    if isinstance(error, StoreError):
                        break
    return drawn


class Drawing:
    """Draws screens that are asked for at the same time in one go.

    To change threads for each of them took as long as to draw it. They are drawn where
    turns are taken, so that no thread of their own is in the way of those.
    """

    def __init__(
        self,
        worker: Worker,
        draws: Callable[[Sequence[Promise]], list[Drawn | Exception]],
    ) -> None:
        """Take what draws, on another thread, and what runs it there."""
        self._worker = worker
        self._draws = draws
        self._asked: list[tuple[Promise, asyncio.Future[Drawn]]] = []
        self._task: asyncio.Task[None] | None = None

    async def of(self, promise: Promise) -> Drawn:
        """Return what there is to show; raises what led to nothing."""
        waits: asyncio.Future[Drawn] = asyncio.get_running_loop().create_future()
        self._asked.append((promise, waits))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._draw())
        return await waits

    async def _draw(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, []
            draw = partial(self._draws, [promise for promise, _ in asked])
            drawn: Sequence[Drawn | Exception]
            try:
                drawn = await self._worker.between(draw)
            except Exception as error:  # noqa: BLE001 -- whoever waits is told
                drawn = [error] * len(asked)
            except BaseException:
                for _, waits in asked:
                    waits.cancel()
                raise
            for (_, waits), one in zip(asked, drawn, strict=True):
                if waits.done():
                    continue
                if isinstance(one, Exception):
                    waits.set_exception(one)
                else:
                    waits.set_result(one)


def _user(person: str) -> str:
    return person.partition(":")[2]


def _seen(body: Mapping[str, object]) -> int:
    seen = body.get("seen")
    return seen if isinstance(seen, int) else 0


def _newer(known: Mapping[str, object], pressed: object) -> Mapping[str, object]:
    """Return the place of whichever message is the newer of two.

    A message that was pressed may be newer than the one that is known: it is in Slack a
    moment before it is kept where it is, and longer if a process died in between.
    """
    if not isinstance(pressed, Mapping):
        return known
    return pressed if _age(pressed) > _age(known) else known


def _age(address: Mapping[str, object]) -> tuple[int, ...]:
    """Return Slack's name of a message as what it is: seconds, and a count in them."""
    parts = str(address.get("ts", "")).split(".")
    return tuple(int(part) for part in parts if part.isdigit())


def _place(address: Mapping[str, object]) -> dict[str, Any]:
    return {"channel": str(address["channel"]), "ts": str(address["ts"])}


def _content(body: Mapping[str, object]) -> dict[str, Any]:
    return {"text": body["text"], "blocks": body["blocks"]}


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell what Slack refuses as the delivery loop understands it."""
    try:
        yield
    except SlackApiError as error:
        raise _as_ours(error) from None
    except (ClientError, TimeoutError, OSError):
        raise SendLater from None


def _as_ours(error: SlackApiError) -> SendLater | CannotReach:
    """Return what the delivery loop understands."""
    code = code_of(error)
    status = getattr(error.response, "status_code", 0)
    if code in _LATER or status == _TOO_MANY or status >= _SERVER_ERROR:
        return SendLater(asked_to_wait(error))
    return CannotReach(code)
