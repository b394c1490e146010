"""Microsoft's side of Teams on loopback: signing keys, and a connector that records.

It listens with TLS under Microsoft's own names, which a resolver leads here, so that
the code under test runs as it does in use, its list of hosts included. Nothing of the
library for Teams is used.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jwt
from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from jwt.algorithms import RSAAlgorithm

from bot.system import SystemClock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

APP: Final = "11111111-2222-3333-4444-555555555555"
TENANT: Final = "aaaaaaaa-2222-3333-4444-555555555555"
SERVICE: Final = "https://smba.trafficmanager.net/emea/"
ISSUER: Final = "https://api.botframework.com"
METADATA_HOST: Final = "login.botframework.com"
SECRET_TOKEN: Final = "outbound-token-of-ours"  # noqa: S105 -- of the test
NAMES: Final = ("smba.trafficmanager.net", METADATA_HOST, "evil.trafficmanager.net")


@cache
def signing_key(name: str) -> RSAPrivateKey:
    """Return a key, made once for the whole run; the name only tells them apart."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(key: str = "k1", *, kid: str | None = None, **claims: object) -> str:
    """Return a token as Microsoft signs it; a claim that is None is left out.

    Args:
        key: Which key signs.
        kid: The name in its head; the key's own where None.
        claims: What differs from a good one.
    """
    now = int(SystemClock().now().timestamp())
    good: dict[str, object] = {
        "iss": ISSUER,
        "aud": APP,
        "serviceurl": SERVICE,
        "nbf": now - 10,
        "exp": now + 3600,
    }
    held = {
        name: value for name, value in {**good, **claims}.items() if value is not None
    }
    return jwt.encode(held, signing_key(key), "RS256", headers={"kid": kid or key})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that Microsoft got."""

    method: str
    host: str
    path: str
    token: str
    body: Any

    @property
    def card(self) -> dict[str, Any] | None:
        """The card in the message, if it holds one."""
        for one in (self.body or {}).get("attachments") or ():
            found: dict[str, Any] = one["content"]
            return found
        return None

    @property
    def text(self) -> str:
        return str((self.body or {}).get("text") or "")


@dataclass(slots=True)
class Microsoft:
    """Microsoft, as far as a bot sees it.

    Attributes:
        published: Names of the keys that it shows, with the channels they sign for.
        asked: What it was asked, in order.
        failing: Statuses to answer with, by method and a part of the path; each is
            used up.
        headers: Headers of those answers.
        slow: Seconds before the keys are shown.
    """

    published: dict[str, list[str]] = field(default_factory=lambda: {"k1": ["msteams"]})
    asked: list[Asked] = field(default_factory=list)
    failing: list[tuple[str, str, int, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    sent: int = 0

    @property
    def key_reads(self) -> int:
        return len([one for one in self.asked if one.path == "/v1/keys"])

    @property
    def messages(self) -> list[Asked]:
        """What was sent to people."""
        return [one for one in self.asked if "/v3/" in one.path]

    def fail(self, method: str, part: str, status: int, code: str = "") -> None:
        """Answer the next such request with this status."""
        self.failing.append((method, part, status, code))

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        asked = Asked(request.method, request.host, request.path, given, body)
        self.asked.append(asked)
        for one in self.failing:
            method, part, status, code = one
            if method == request.method and part in request.path:
                self.failing.remove(one)
                error = {"error": {"code": code, "message": "quotes what was sent"}}
                return web.json_response(error, status=status, headers=self.headers)
        if request.path == "/v1/.well-known/openidconfiguration":
            await asyncio.sleep(self.slow)
            return web.json_response({"jwks_uri": f"https://{METADATA_HOST}/v1/keys"})
        if request.path == "/v1/keys":
            return web.json_response(
                {"keys": [self.public(key) for key in self.published]}
            )
        self.sent += 1
        return web.json_response({"id": f"m-{self.sent}"})

    def public(self, name: str) -> Mapping[str, object]:
        public = json.loads(RSAAlgorithm.to_jwk(signing_key(name).public_key()))
        return {**public, "kid": name, "endorsements": self.published[name]}


class _Here(AbstractResolver):
    """Leads Microsoft's names to this machine; no other name leads anywhere."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        assert port == 443
        if host not in NAMES:
            raise OSError(host)
        found = ResolveResult(
            hostname=host,
            host="127.0.0.1",
            port=self._port,
            family=family,
            proto=0,
            flags=0,
        )
        return [found]

    async def close(self) -> None:
        return


@cache
def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for Microsoft's names, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = SystemClock().now()
    alternatives: list[x509.GeneralName] = [x509.DNSName(each) for each in NAMES]
    alternatives.append(x509.IPAddress(IPv4Address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


async def listening(microsoft: Microsoft, folder: Path) -> TestServer:
    """Listen with TLS on a free port of loopback."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", microsoft.answer)
    certificate, private = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    server = TestServer(app, host="127.0.0.1", scheme="https")
    await server.start_server(access_log=None, ssl=context)
    return server


def session_to(server: TestServer, folder: Path) -> ClientSession:
    """Return a session that finds Microsoft on this machine, with TLS checked."""
    certificate, _ = _certificate(folder)
    context = ssl.create_default_context(cafile=str(certificate))
    assert server.port is not None
    connector = TCPConnector(
        resolver=_Here(server.port), ssl=context, use_dns_cache=False
    )
    return ClientSession(connector=connector, timeout=ClientTimeout(total=5))
