"""Joins the Slack channel to slack-bolt: signature, who is let in, time, answers.

One listener a kind of payload, and bolt runs it before it answers Slack, so that 200
means *committed*. Bolt's own checks of signatures and its loggers are not used: it
logs the bodies of requests that it refuses, and bodies hold what people wrote.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qsl

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.record_words import BUSY, SEARCH, TOO_LONG
from bot.channels.slack import commands, decode, modals
from bot.channels.slack.decode import COMMAND, BadPayload, Payload
from bot.channels.slack.intents import (
    Gone,
    Incoming,
    Lead,
    Nothing,
    Order,
    Own,
    Record,
    Rule,
    Say,
    Take,
)
from bot.channels.slack.manifest import PATH
from bot.channels.slack.marks import ACT, LINE
from bot.channels.slack.members import Members
from bot.channels.slack.outcome import DONE, Outcome, in_modal
from bot.channels.slack.parts import EMERGENCY
from bot.channels.slack.quoting import unquoted
from bot.channels.slack.refusals import code_of
from bot.channels.slack.signature import NotSigned, check
from bot.channels.slack.versions import ABOUT, TAKES_LONGER
from bot.channels.words import too_much
from bot.finding import TookTooLong
from bot.log import Log
from bot.overload import NO_LIMITS, Overload
from bot.ports import StoreError
from bot.searching import Busy, Searches

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.context.ack.async_ack import AsyncAck

    from bot.channels.slack.settings import SlackSettings
    from bot.channels.slack.turns import Turns
    from bot.ports import Clock, Worker

API_PATIENCE: Final = 15
"""Seconds that one call of Slack's Web API may take. Ours."""
NOT_SAVED: Final = (
    f"That was not saved, and nothing has changed. {EMERGENCY} Otherwise try again in a"
    " moment."
)
REFUSED: Final = (
    "This bot serves people of its own organisation only. If a child may be in danger,"
    " ring 999 now."
)
_LOG: Final = Log(__name__)
_TAKEN: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"
_OURS: Final = re.compile(rf"^{ACT}")
_EVENTS: Final = ("message", "app_home_opened", "app_mention", "user_change")
_REMOVED: Final = ("app_uninstalled", "tokens_revoked")


Listener: TypeAlias = "Callable[[AsyncAck, dict[str, Any]], Awaitable[None]]"


def _quiet() -> logging.Logger:
    """Return a logger that says nothing, for libraries that log bodies."""
    quiet = logging.getLogger(f"{__name__}.library")
    quiet.setLevel(logging.CRITICAL + 1)
    quiet.propagate = False
    return quiet


class SlackApp:
    """The Slack channel, as a route of the server and as a Socket Mode client."""

    def __init__(
        self,
        settings: SlackSettings,
        clock: Clock,
        turns: Turns,
        worker: Worker,
        overload: Overload | None = None,
    ) -> None:
        """Take what is needed; nothing is sent yet.

        Args:
            settings: Of the channel.
            clock: The time, UTC.
            turns: Takes what people do.
            worker: Runs it beside the event loop.
            overload: Says when there is too much; None where anything is taken.
        """
        self._overload = overload or Overload(NO_LIMITS, clock)
        self._settings = settings
        self._clock = clock
        self._turns = turns
        self._secret = settings.signing_secret.encode()
        self._worker = worker
        self._searches = Searches()
        self.client = AsyncWebClient(
            token=settings.bot_token,
            base_url=settings.api,
            timeout=API_PATIENCE,
            logger=_quiet(),
            # What fails is tried again by the loop that sends, and not in a click.
            retry_handlers=[],
        )
        self._members = Members(self.client, settings.teams, clock)
        self._late: set[asyncio.Task[None]] = set()
        self.bolt = self._joined()

    def _joined(self) -> AsyncApp:
        bolt = AsyncApp(
            logger=_quiet(),
            client=self.client,
            authorize=self._authorizing(),  # type: ignore[arg-type]  # None is refused
            process_before_response=True,
            # The route has checked the signature; Socket Mode has none.
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            user_facing_authorize_error_message=REFUSED,
        )
        bolt.error(self._failed)

        bolt.action(_OURS)(self._listener(decode.action))
        bolt.view(_OURS)(self._listener(decode.submission))
        bolt.shortcut(_OURS)(self._listener(decode.shortcut))
        bolt.command(COMMAND)(self._listener(decode.command))
        for name in _EVENTS:
            bolt.event(name)(self._listener(decode.event))
        for name in _REMOVED:
            bolt.event(name)(_removed)
        return bolt

    def _listener(self, read: Callable[[Payload], Incoming]) -> Listener:
        # Bolt looks at the names of what a listener takes.
        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            await self._take(read, ack, body)

        return listener

    def _authorizing(self) -> Callable[..., Awaitable[AuthorizeResult | None]]:
        """Answer from the settings alone: no call to Slack and no row for a click."""
        token, members = self._settings.bot_token, self._members

        # Bolt looks at the names of what it hands over.
        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            if not team_id or not members.serves(team_id):
                return None
            return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token=token)

        return authorize

    # ---- over HTTP ------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        """Return the one address that Slack posts to; none with Socket Mode alone."""
        return [web.post(PATH, self._request)] if self._secret else []

    async def _request(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            check(self._secret, request.headers, body, self._clock.now())
        except NotSigned:
            _LOG.warning("slack:request:not-signed")
            return web.Response(status=401)
        try:
            payload = payload_of(body, request.content_type)
        except ValueError:
            _LOG.warning("slack:request:not-read")
            return web.Response(status=400)
        # Bolt reads a body that is read already as it would one of Socket Mode.
        asked = AsyncBoltRequest(body=payload, mode="socket_mode")
        answer = await self.bolt.async_dispatch(asked)
        if answer.status == _TAKEN and not answer.body:
            # Nearly every answer, and nothing in it has to be put over.
            return web.Response()
        return await to_aiohttp_response(answer)

    async def running(self, *, answers: bool = True) -> AsyncIterator[None]:
        """Keep one session for all calls of the Web API, and Socket Mode if wanted.

        Args:
            answers: Whether people are answered here; without, it takes nothing in.
        """
        listens = answers and bool(self._settings.app_token)
        async with ClientSession(
            timeout=ClientTimeout(total=API_PATIENCE), json_serialize=_written
        ) as session:
            self.client.session = session
            if not listens:
                yield
            else:
                async with self._listening():
                    yield
        self._searches.close()

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        """Take what comes over Slack's socket; nothing else waits for it to open."""
        from slack_bolt.adapter.socket_mode.aiohttp import (
            AsyncSocketModeHandler,
        )

        handler = AsyncSocketModeHandler(
            self.bolt,
            self._settings.app_token,
            logger=_quiet(),
            web_client=self.client,
        )
        # It goes on trying where Slack cannot be reached.
        opening = asyncio.ensure_future(
            handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's
        )
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # bolt's
            opening.cancel()
            with suppress(asyncio.CancelledError):
                await opening

    # ---- one request --------------------------------------------------------------

    async def _take(
        self, read: Callable[[Payload], Incoming], ack: AsyncAck, body: Payload
    ) -> None:
        try:
            incoming = read(body)
        except BadPayload:
            _LOG.warning("slack:payload:odd")
            await ack()
            return
        outcome = await self._outcome(incoming)
        if outcome.view is not None:
            await self._open(incoming, outcome.view, push=outcome.push)
        await ack(**outcome.body) if outcome.body else await ack()

    async def _outcome(self, incoming: Incoming) -> Outcome:
        if isinstance(incoming.intent, Gone):
            self._members.forget(incoming.person)
            return DONE
        if isinstance(incoming.intent, Nothing):
            return DONE
        try:
            async with asyncio.timeout(self._settings.patience):
                if not await self._members.let_in(incoming):
                    _LOG.warning("slack:person:refused")
                    return _words(incoming, "Not for you", REFUSED)
                return await self._in_turn(incoming)
        except (StoreError, TimeoutError) as error:
            self._turns.forget(incoming.person)
            _LOG.failed("slack:turn:not-saved", error)
            if isinstance(incoming.intent, Say):
                # Slack sends an event again that was not taken.
                raise
            return _words(incoming, "Not saved", NOT_SAVED)

    async def _in_turn(self, incoming: Incoming) -> Outcome:
        """Take it now, unless there is too much to do and it can wait."""
        if isinstance(incoming.intent, Rule) and incoming.intent.decides:
            return await self._ruled(incoming, incoming.intent)
        if shed := await self._shed(incoming):
            return shed
        with self._overload.working():
            if isinstance(incoming.intent, Record) and incoming.intent.looks_through:
                return await self._searched(incoming, incoming.intent)
            return await self._worker.write(lambda: self._turns.take(incoming))

    async def _shed(self, incoming: Incoming) -> Outcome | None:
        """Say politely that there is too much; never to somebody who needs help now."""
        busy = self._overload.busy(incoming.person, incoming.team)
        if busy is None:
            return None
        if await self._worker.read(lambda: self._turns.matters(incoming)):
            return None
        _LOG.warning("slack:turn:shed", code=busy.value)
        words = too_much(busy)
        if isinstance(incoming.intent, Say):
            await self._tell(incoming, words)
            return DONE
        return _words(incoming, "Too much at once", words)

    async def _tell(self, incoming: Incoming, text: str) -> None:
        """Say something below what was typed, without the store; not at every word.

        Where that fails it is raised, so that Slack sends the words again later:
        nobody is left with nothing.
        """
        person = incoming.person
        if not self._overload.tells(person):
            return
        said = commands.said(text)
        try:
            await self.client.chat_postMessage(
                channel=incoming.channel, text=text, blocks=said["blocks"]
            )
        except BaseException:
            self._overload.told_nothing(person)
            raise

    async def _searched(self, incoming: Incoming, record: Record) -> Outcome:
        """Look through records beside what turns wait for, and not for long."""
        try:
            return await self._searches.run(
                lambda go_on: self._turns.look_through(incoming, record, go_on),
                self._settings.patience / 2,
            )
        except TookTooLong:
            return in_modal(modals.told(SEARCH, TOO_LONG))
        except Busy:
            return in_modal(modals.told(SEARCH, BUSY))

    async def _ruled(self, incoming: Incoming, rule: Rule) -> Outcome:
        """Let an administrator decide beside the loop: it may have to be proved again.

        What is decided is drawn in the messages of everybody who was asked, by what
        is promised with it; only a refusal has to be said here.
        """
        ruling = asyncio.ensure_future(
            asyncio.to_thread(self._turns.rule, incoming, rule)
        )
        done, _ = await asyncio.wait({ruling}, timeout=self._settings.patience / 2)
        if done:
            refused = ruling.result()
            return _words(incoming, ABOUT, refused) if refused else DONE
        late = asyncio.ensure_future(self._ruled_late(incoming, ruling))
        self._late.add(late)
        late.add_done_callback(self._late.discard)
        return _words(incoming, ABOUT, TAKES_LONGER)

    async def _ruled_late(self, incoming: Incoming, ruling: Awaitable[str]) -> None:
        try:
            refused = await ruling
            if refused:
                await self._worker.write(lambda: self._turns.say(incoming, refused))
        except StoreError as error:
            # Nothing was decided: the buttons are still there.
            _LOG.failed("slack:version:not-saved", error)

    async def _open(
        self, incoming: Incoming, view: dict[str, Any], *, push: bool
    ) -> None:
        """Open a modal: the one call that cannot wait, for its trigger lives 3 s."""
        call = self.client.views_push if push else self.client.views_open
        try:
            async with asyncio.timeout(self._settings.patience):
                await call(trigger_id=incoming.trigger, view=view)
        except SlackApiError as error:
            # What the person did is kept; pressing again opens it.
            _LOG.warning("slack:view:not-opened", code=code_of(error))
        except (ClientError, TimeoutError, OSError):
            _LOG.warning("slack:view:not-opened", code="unreachable")

    async def _failed(self, error: Exception) -> BoltResponse:
        # The type alone: a message may hold what somebody wrote.
        _LOG.error("slack:request:failed", kind=type(error).__name__)
        return BoltResponse(status=500, body="")


async def _removed(ack: AsyncAck) -> None:
    """Say in the log that the bot was taken out of the workspace."""
    _LOG.error("slack:app:removed")
    await ack()


def payload_of(body: bytes, content_type: str) -> dict[str, Any]:
    """Return what Slack sent, read once.

    Args:
        body: As it came, signed.
        content_type: Of the request.

    Raises:
        ValueError: It is nothing that Slack sends.
    """
    if content_type != _FORM:
        found = _read(body)
    elif body.startswith(b"payload=") and b"&" not in body:
        found = _read(unquoted(body.removeprefix(b"payload=")))
    else:
        fields = dict(
            parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        )
        found = _read(fields["payload"]) if "payload" in fields else fields
    if not isinstance(found, dict) or not found:
        raise ValueError
    return found


def _read(text: bytes | str) -> Any:  # noqa: ANN401 -- whatever JSON holds
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # Half a character, which a broken client may send, is no reason to refuse what
        # somebody says. The standard library reads it; a payload it cannot read either
        # is none.
        return json.loads(text)


def _written(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # The same half characters; the standard library escapes them.
        return json.dumps(value)


def _words(incoming: Incoming, title: str, text: str) -> Outcome:
    """Say something without the store, wherever that can be done."""
    intent, view = incoming.intent, modals.told(title, text)
    if isinstance(intent, Order) and not intent.there:
        return Outcome(commands.said(text))
    if isinstance(intent, Take) and intent.line:
        # What was written stays in the form.
        errors = {intent.line: text}
        return Outcome({"response_action": "errors", "errors": errors})
    if isinstance(intent, Rule) and intent.form:
        return Outcome({"response_action": "update", "view": view})
    if isinstance(intent, Lead | Own | Record) and intent.form:
        # What was written stays in the form, to be sent again.
        errors = {f"{LINE}{intent.first}": text}
        return Outcome({"response_action": "errors", "errors": errors})
    if incoming.trigger:
        return Outcome(view=view, push=bool(incoming.view))
    return DONE
