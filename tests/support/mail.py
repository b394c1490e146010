"""A real SMTP server on loopback that keeps what it takes, and refuses what it is told.

It lives in the test's own event loop; the client under test runs in a thread, as
it does in the bot.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What a server took, and how it answers.

    Attributes:
        answers: An answer by address, such as `550 no such mailbox`.
        data: The answer to a whole mail; empty for taking it.
        login: User and password that are let in; None for no need of any.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    data: str = ""
    login: tuple[str, str] | None = None
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take or refuse one address."""
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 -- the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail."""
        if self.data:
            return self.data
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        message = message_from_bytes(raw, policy=default)
        self.mails.append(message)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return "250 OK"

    def let_in(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _way: str,
        data: object,
    ) -> AuthResult:
        """Check a login."""
        good = isinstance(data, LoginPassword) and self.login == (
            data.login.decode(),
            data.password.decode(),
        )
        return AuthResult(success=good, handled=good)


@asynccontextmanager
async def a_server(
    mailbox: Mailbox, tls: SSLContext | None = None
) -> AsyncIterator[Mailbox]:
    """Serve a mailbox on a free port of loopback."""

    def speaker() -> SMTP:
        return SMTP(
            mailbox,
            hostname="localhost",
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=mailbox.let_in,
            auth_required=mailbox.login is not None,
        )

    server = await asyncio.get_running_loop().create_server(speaker, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()
