"""The settings of Teams, checked all at once, and never printed.

Teams is off where none of them is set. There is no way to switch the check of tokens
off with an app id set, and without one it is refused unless a flag for development
says so; then only this machine's own addresses are talked to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.channels.teams.hosts import CLOUDS, Cloud

NAMES: Final = (
    "TEAMS_APP_ID",
    "TEAMS_APP_SECRET",
    "TEAMS_TENANT",
    "TEAMS_ALLOWED_TENANTS",
    "TEAMS_CLOUD",
    "TEAMS_DEVELOPMENT",
)
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """What the environment says about Teams.

    Attributes:
        app_id: The bot's app registration; empty in development only.
        secret: Its client secret.
        tenant: The tenant that the app is registered in.
        tenants: The tenants whose people are served.
        cloud: Where Teams is.
        development: Whether requests without a token are taken from this machine.
    """

    app_id: str
    secret: str
    tenant: str
    tenants: frozenset[str]
    cloud: Cloud
    development: bool

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"TeamsSettings(app_id={self.app_id!r})"


def read_teams(
    environment: Mapping[str, str],
) -> tuple[TeamsSettings | None, list[str]]:
    """Read and check the settings of Teams.

    Args:
        environment: Usually `os.environ`.

    Returns:
        The settings, or None where Teams is off or something is wrong; and a line
        for each setting that is wrong, with what to write.
    """
    given = {name: environment.get(name, "").strip() for name in NAMES}
    if not any(given.values()):
        return None, []
    if given["TEAMS_DEVELOPMENT"]:
        return _development(given)
    wrong = _wrong(given)
    if wrong:
        return None, wrong
    home = given["TEAMS_TENANT"].lower()
    return (
        TeamsSettings(
            given["TEAMS_APP_ID"].lower(),
            given["TEAMS_APP_SECRET"],
            home,
            frozenset(_listed(given["TEAMS_ALLOWED_TENANTS"])) or frozenset({home}),
            CLOUDS[given["TEAMS_CLOUD"] or "public"],
            development=False,
        ),
        [],
    )


def _development(
    given: Mapping[str, str],
) -> tuple[TeamsSettings | None, list[str]]:
    wrong: list[str] = []
    if given["TEAMS_DEVELOPMENT"] != "yes":
        wrong.append("TEAMS_DEVELOPMENT: write yes, or leave it out")
    if given["TEAMS_APP_ID"] or given["TEAMS_APP_SECRET"]:
        wrong.append("TEAMS_DEVELOPMENT: leave it out where TEAMS_APP_ID is set")
    if wrong:
        return None, wrong
    cloud = CLOUDS["public"]
    return TeamsSettings("", "", "", frozenset(), cloud, development=True), []


def _wrong(given: Mapping[str, str]) -> list[str]:
    wrong: list[str] = []
    if not _ID.fullmatch(given["TEAMS_APP_ID"].lower()):
        wrong.append("TEAMS_APP_ID: write the application (client) id of the bot")
    if not given["TEAMS_APP_SECRET"]:
        wrong.append("TEAMS_APP_SECRET: write the value of a client secret")
    if not _ID.fullmatch(given["TEAMS_TENANT"].lower()):
        wrong.append("TEAMS_TENANT: write the id of the tenant the bot belongs to")
    if not all(_ID.fullmatch(one) for one in _listed(given["TEAMS_ALLOWED_TENANTS"])):
        wrong.append("TEAMS_ALLOWED_TENANTS: write ids of tenants, with commas between")
    if given["TEAMS_CLOUD"] not in {"", *CLOUDS}:
        wrong.append(f"TEAMS_CLOUD: write one of {', '.join(CLOUDS)}")
    return wrong


def _listed(words: str) -> list[str]:
    return [one.strip().lower() for one in words.split(",") if one.strip()]
