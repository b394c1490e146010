"""Mail goes to the right person through a real server, with no name and no story."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.mail import Login, MailSender
from bot.ports import CannotReach, Promise, Sender, SendLater
from bot.store.anchors import kept_lines
from tests.support.fakes import START, FakeClock
from tests.support.mail import Mailbox, a_server

FROM = "alerts@example.org"
SECRET = "MARKED-secret-story"  # noqa: S105 -- what must not leak
ALERT = Promise(
    id="d-0000000000001",
    channel="mail",
    user="lead@example.org",
    kind="alert",
    body={
        "alert": "a-7k3mq2",
        "urgency": "urgent",
        "category": "harm",
        "raised_at": "2026-11-23T10:00:00+00:00",
        "next_at": "2026-11-23T10:15:00+00:00",
        "role": "lead",
        "next_role": "deputy",
        "person": "lead",
        "child": SECRET,
    },
    due_at=START,
    about="a-7k3mq2",
)


def sent(promise: Promise, mailbox: Mailbox | None = None) -> Mailbox:
    """Send one promise through a server and return what it holds."""
    box = mailbox or Mailbox()

    async def talk() -> None:
        async with a_server(box):
            await MailSender(("127.0.0.1", box.port), FROM, FakeClock()).send(promise)

    asyncio.run(talk())
    return box


def mail(promise: Promise = ALERT) -> EmailMessage:
    (message,) = sent(promise).mails
    return message


def test_it_is_a_sender() -> None:
    sender: Sender = MailSender(("127.0.0.1", 25), FROM, FakeClock())

    assert sender


def test_the_mail_goes_to_the_person_and_nobody_else() -> None:
    box = sent(ALERT)

    assert box.envelopes == [(FROM, ["lead@example.org"])]
    assert box.mails[0]["To"] == "lead@example.org"
    assert box.mails[0]["From"] == FROM


def test_the_mail_says_how_urgent_which_and_what_happens_next() -> None:
    message = mail()

    text = message.get_content()
    assert message["Subject"] == "Urgent: safeguarding alert a-7k3mq2"
    assert "a child may be harmed" in text
    assert "Reference: a-7k3mq2. Raised at 10:00 on Monday 23 November." in text
    assert "the deputy safeguarding lead is told" in text
    assert "cannot be answered" in text


def test_the_mail_holds_no_name_no_story_and_no_link() -> None:
    raw = mail().as_string()

    assert SECRET not in raw
    assert "http" not in raw


def test_it_can_be_told_from_what_people_write() -> None:
    message = mail()

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Importance"] == "high"
    assert message["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"


def test_sent_again_it_is_recognisable_as_the_same_mail() -> None:
    first, second = mail(), mail(replace(ALERT, attempt=1))

    assert (
        first["Message-ID"] == second["Message-ID"] == "<d-0000000000001@example.org>"
    )


def test_routine_is_not_marked_important() -> None:
    body = {**ALERT.body, "urgency": "routine"}

    assert mail(replace(ALERT, body=body))["Importance"] is None


@pytest.mark.parametrize("kind", ["told", "handover", "nudge", "news", "reminder"])
def test_what_is_no_alert_says_only_where_to_look(kind: str) -> None:
    message = mail(replace(ALERT, kind=kind))

    assert "a-7k3mq2" in message["Subject"]
    assert "open the bot" in message.get_content()
    assert SECRET not in message.as_string()


def test_a_signed_head_is_sent_whole_and_can_be_saved_and_read_again(
    tmp_path: Path,
) -> None:
    line = '{"hash":"' + 64 * "a" + '","seq":7,"signature":"' + 128 * "b" + '"}'
    body = {"day": "2026-11-23", "seq": 7, "line": line}

    message = mail(replace(ALERT, kind="anchor", body=body, urgency="none"))

    saved = tmp_path / "kept.eml"
    saved.write_bytes(message.as_bytes())
    assert message["Subject"] == "Signed end of the record, 2026-11-23"
    assert message["Importance"] is None
    assert kept_lines(saved) == (line,)


def test_an_alert_that_cannot_be_read_is_still_sent() -> None:
    message = mail(replace(ALERT, body={"child": SECRET}))

    assert message["Subject"] == "Urgent: safeguarding alert a-7k3mq2"
    assert SECRET not in message.as_string()


# ---- headers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "lead@example.org\r\nBcc: other@example.org",
        "lead@example.org\nSubject: x",
        "lead@example.org, other@example.org",
        "Lead <lead@example.org>",
        "lead",
        "",
    ],
)
def test_an_address_that_holds_more_than_one_is_not_written_to(address: str) -> None:
    box = Mailbox()

    with pytest.raises(CannotReach, match="mail-address"):
        sent(replace(ALERT, user=address), box)

    assert box.mails == []


@pytest.mark.parametrize("kind", ["alert", "told"])
def test_no_line_of_a_header_comes_from_an_id(kind: str) -> None:
    hostile = "x\r\nBcc: other@example.org\r\n\r\nstory"
    body = {**ALERT.body, "alert": hostile, "category": hostile, "role": hostile}
    promise = Promise(hostile, "mail", ALERT.user, kind, body, START, about=hostile)

    box = sent(promise)

    assert box.envelopes == [(FROM, ["lead@example.org"])]
    assert box.mails[0]["Bcc"] is None
    assert "\n" not in box.mails[0]["Subject"]


# ---- what the server says ---------------------------------------------------------


@pytest.mark.parametrize("answer", ["450 busy", "451 try later", "421 closing"])
def test_for_now_is_later(answer: str) -> None:
    with pytest.raises(SendLater):
        sent(ALERT, Mailbox(answers={ALERT.user: answer}))


@pytest.mark.parametrize("answer", ["550 no such mailbox", "553 bad name"])
def test_no_such_mailbox_is_the_next_route_now(answer: str) -> None:
    with pytest.raises(CannotReach) as error:
        sent(ALERT, Mailbox(answers={ALERT.user: answer}))

    assert error.value.code == f"smtp-{answer[:3]}"


@pytest.mark.parametrize(
    ("answer", "error"), [("452 full", SendLater), ("554 spam", CannotReach)]
)
def test_a_whole_mail_can_be_refused_for_now_or_for_good(
    answer: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        sent(ALERT, Mailbox(data=answer))


def test_a_server_that_is_not_there_is_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        sender = MailSender(taken.getsockname(), FROM, FakeClock())

        with pytest.raises(SendLater):
            asyncio.run(sender.send(ALERT))


def test_what_the_server_says_is_never_repeated() -> None:
    answers = {ALERT.user: f"550 {SECRET}"}

    with pytest.raises(CannotReach) as error:
        sent(ALERT, Mailbox(answers=answers))

    assert SECRET not in repr(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


# ---- TLS and login ----------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


def over_tls(
    certificate: Path, box: Mailbox, login: Login | None, *, trusted: bool = True
) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    context = ssl.create_default_context(cafile=certificate if trusted else None)

    async def talk() -> None:
        async with a_server(box, serving):
            sender = MailSender(
                ("127.0.0.1", box.port), FROM, FakeClock(), login=login, tls=context
            )
            await sender.send(ALERT)

    asyncio.run(talk())


def test_it_signs_in_after_starttls(certificate: Path) -> None:
    box = Mailbox(login=("bot", "right"))

    over_tls(certificate, box, Login("bot", "right"))

    assert len(box.mails) == 1


def test_a_wrong_password_is_the_next_route_now(certificate: Path) -> None:
    box = Mailbox(login=("bot", "right"))

    with pytest.raises(CannotReach, match="smtp-535"):
        over_tls(certificate, box, Login("bot", "wrong"))

    assert box.mails == []


def test_a_server_whose_certificate_is_not_trusted_is_told_nothing(
    certificate: Path,
) -> None:
    box = Mailbox(login=("bot", "right"))

    with pytest.raises(CannotReach, match="smtp-certificate"):
        over_tls(certificate, box, Login("bot", "right"), trusted=False)

    assert box.mails == []


def test_a_server_without_tls_is_told_nothing_where_tls_is_asked_for() -> None:
    box = Mailbox()

    async def talk() -> None:
        async with a_server(box):
            context = ssl.create_default_context()
            address = ("127.0.0.1", box.port)
            await MailSender(address, FROM, FakeClock(), tls=context).send(ALERT)

    with pytest.raises(CannotReach, match="smtp-not-supported"):
        asyncio.run(talk())

    assert box.mails == []


def test_a_login_can_be_printed_without_its_password() -> None:
    assert SECRET not in repr(Login("bot", SECRET))
