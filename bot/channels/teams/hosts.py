"""Which machines are Microsoft's, exactly, and what belongs to each of its clouds.

The address that answers are sent to comes with each request, and a token of ours goes
with every answer. So the address is held against a short list: whole host names, since
anybody can register another name below `trafficmanager.net`; https; no user, no port,
no query. It is checked when a request comes in, before it is stored, and again before
a token is attached.

Source: https://learn.microsoft.com/microsoftteams/platform/sbs-send-proactive and
botframework-connector 4.17.1, `GovernmentConstants` (read November 2026). The cloud
run by 21Vianet is left out: we found no published host for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_ADDRESS: Final = re.compile(r"https://([a-z0-9.-]{1,253})(/[A-Za-z0-9_~/-]{0,200})?")
_HERE: Final = re.compile(
    r"http://(?:127\.0\.0\.1|localhost):\d{1,5}(?:/[\w/-]{0,200})?"
)


class WrongHost(Exception):
    """The address is none of Microsoft's; it is never repeated."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One of Microsoft's clouds.

    Attributes:
        hosts: Where answers may be sent.
        issuer: Who signs the tokens of requests.
        metadata: Where the signing keys are named.
        login: Where tokens of ours are got.
        scope: What those are for.
    """

    hosts: frozenset[str]
    issuer: str
    metadata: str
    login: str
    scope: str


_US: Final = (
    "https://api.botframework.us",
    "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
    "https://login.microsoftonline.us",
    "https://api.botframework.us/.default",
)
CLOUDS: Final[Mapping[str, Cloud]] = {
    "public": Cloud(
        frozenset({"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"}),
        "https://api.botframework.com",
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        "https://login.microsoftonline.com",
        "https://api.botframework.com/.default",
    ),
    "us-gcc-high": Cloud(frozenset({"smba.infra.gov.teams.microsoft.us"}), *_US),
    "us-dod": Cloud(frozenset({"smba.infra.dod.teams.microsoft.us"}), *_US),
}


def trusted(address: str, hosts: frozenset[str], *, development: bool = False) -> str:
    """Return an address without its last slash, if a token may go there.

    Args:
        address: As it came or was stored.
        hosts: Whole host names, small letters.
        development: Whether this machine's own addresses are taken instead; no token
            goes there.

    Raises:
        WrongHost: It is none of them.
    """
    if development:
        if not _HERE.fullmatch(address):
            raise WrongHost
        return address.rstrip("/")
    found = _ADDRESS.fullmatch(address)
    if found is None or found[1] not in hosts:
        raise WrongHost
    return address.rstrip("/")
