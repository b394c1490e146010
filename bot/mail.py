"""Sends what was promised by e-mail, through an SMTP server of the organisation.

A mail says that somebody waits and where to go; it carries no name, no story and
no link, and it cannot be answered. The standard library's client runs in a thread
with a timeout. What the server says never reaches a log: only its code does.
"""

import asyncio
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from bot import anchoring, version_words
from bot.alert_words import AlertFacts, AlertWords, opaque, words_of
from bot.announcing import About, is_about_version
from bot.ports import CannotReach, Clock, Promise, SendLater
from bot.version_words import VersionWords

TIMEOUT: Final = 15.0
"""Seconds for each answer of the server; shorter than the lease of a delivery. Ours."""
ALERT: Final = "alert"
WHERE: Final = (
    "To acknowledge it, open the bot where you use it: Slack, Teams or the page. This"
    " mail cannot be answered."
)
ANCHOR_WORDS: Final = (
    "This is the signed end of the record of decisions on {day}. It names nobody.",
    "Keep this mail where nobody who runs the database can change it.",
    "To see whether the record was rewritten, save such mails into a folder and run:",
    "  python app.py records verify --kept FOLDER",
    "Where one day no such mail comes, ask why.",
)
_ADDRESS = re.compile(r"[A-Za-z0-9._+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_FOR_NOW: Final = range(400, 500)
_OTHERS: Final = {
    "told": "What became of an alert",
    "handover": "You are asked to take over an alert",
    "look-again": "An alert waits for you",
    "nudge": "An alert waits for you",
    "news": "News of your alert",
    "reminder": "A decision is still open",
}
"""Subjects of mails that are no alert; what became of it is read in the bot."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in to the server; the password is not shown by `repr`."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"Login(user={self.user!r})"


class MailSender:
    """Sends mail; implements `Sender`."""

    def __init__(
        self,
        server: tuple[str, int],
        sender: str,
        clock: Clock,
        *,
        login: Login | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take what is needed to send; nothing is opened yet.

        Args:
            server: Name and port.
            sender: The address that mails come from.
            clock: For the date of a mail.
            login: Where the server asks for one; never sent without TLS.
            tls: What the server's certificate is checked with, after STARTTLS;
                None for a server on this machine that has none.
        """
        self._server = server
        self._sender = sender
        # Said in greeting: looking up the machine's own name takes seconds where no
        # name server answers, and tells the server what it is called.
        self._domain = sender.rpartition("@")[2]
        self._clock = clock
        self._login = login
        self._tls = tls

    async def send(self, promise: Promise) -> None:
        """Send one mail; returning means that the server took it.

        Raises:
            SendLater: The server cannot be reached, or asks to wait.
            CannotReach: The server refuses it for good.
        """
        message = self._message(promise)
        await asyncio.to_thread(self._post, message)

    def _message(self, promise: Promise) -> EmailMessage:
        if not _ADDRESS.fullmatch(promise.user):
            raise CannotReach("mail-address")
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = promise.user
        title, text = _title_and_text(promise)
        message["Subject"] = title
        message["Date"] = format_datetime(self._clock.now())
        # Sent again after a crash it has the same name, and a mailbox shows it once.
        message["Message-ID"] = f"<{opaque(promise.id)}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        if promise.body.get("urgency") == "urgent":
            message["Importance"] = "high"
        message.set_content(text)
        return message

    def _post(self, message: EmailMessage) -> None:
        try:
            client = smtplib.SMTP(*self._server, self._domain, TIMEOUT)
            try:
                self._speak(client, message)
            finally:
                client.close()
        # What a server says may repeat an address, so its code alone goes on.
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _failure(codes[0]) from None
        except smtplib.SMTPNotSupportedError:
            raise CannotReach("smtp-not-supported") from None
        except ssl.SSLCertVerificationError:
            # Nobody mends a certificate while somebody waits: the next route is
            # taken.
            raise CannotReach("smtp-certificate") from None
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise SendLater from None

    def _speak(self, client: smtplib.SMTP, message: EmailMessage) -> None:
        if self._tls is not None:
            client.starttls(context=self._tls)
            if self._login is not None:
                client.login(self._login.user, self._login.password)
        client.send_message(message)
        # It has been taken: a poor goodbye must not have it sent again.
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


def _failure(code: int) -> SendLater | CannotReach:
    """Return what a code of the server means (RFC 5321, 4.2.1).

    Source: https://www.rfc-editor.org/rfc/rfc5321 (read November 2026).
    """
    # Below zero is a connection that broke before a code was read.
    if code in _FOR_NOW or code <= 0:
        return SendLater()
    return CannotReach(f"smtp-{code}")


def _title_and_text(promise: Promise) -> tuple[str, str]:
    if promise.kind == anchoring.KIND:
        day = opaque(str(promise.body["day"]))
        said = [line.format(day=day) for line in ANCHOR_WORDS]
        said.append(str(promise.body["line"]))
        return f"Signed end of the record, {day}", "\n\n".join(said) + "\n"
    if is_about_version(promise.kind):
        version = VersionWords.of(promise.body)
        asked = (version_words.WHERE,) if promise.kind == About.PROPOSED else ()
        return version.title, "\n\n".join([*version.lines, *asked]) + "\n"
    words = _words(promise)
    return words.title, "\n\n".join([*words.lines, WHERE]) + "\n"


def _words(promise: Promise) -> AlertWords:
    if promise.kind == ALERT:
        try:
            return words_of(AlertFacts.of(promise.body))
        except (KeyError, ValueError):
            # Whoever was meant to be told still is, with less said.
            title = "Urgent: safeguarding alert"
            return AlertWords(f"{title} {opaque(promise.about)}", ())
    title = _OTHERS.get(promise.kind, "Something waits for you")
    return AlertWords(f"{title}: {opaque(promise.about)}", ())
