"""Settings of the Slack channel, from the environment, checked all at once.

The channel is on where any of its settings is there. Whoever asks names what is wrong
here together with what is wrong elsewhere. A wrong value is never printed: most of
them are secrets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Final = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_TEAMS",
    "SLACK_API_URL",
)
"""Every setting of the channel."""
API: Final = "https://slack.com/api/"
_TEAM: Final = re.compile(r"[TE][A-Z0-9]{2,20}")
_SHORTEST_SECRET: Final = 16
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What the environment says of Slack.

    Attributes:
        bot_token: From ``SLACK_BOT_TOKEN``.
        signing_secret: From ``SLACK_SIGNING_SECRET``; empty with Socket Mode alone.
        app_token: From ``SLACK_APP_TOKEN``; with one, Socket Mode is used.
        teams: Workspaces that are served, from ``SLACK_TEAMS``.
        api: Slack's Web API; another one only for tests, on this machine.
        patience: Seconds a turn may take before the person is told that it was not
            saved; Slack gives up after three. More only for tests, where many
            turns share a busy machine.
            Source: https://docs.slack.dev/interactivity (read November 2026).
    """

    bot_token: str
    signing_secret: str
    app_token: str
    teams: frozenset[str]
    api: str = API
    patience: float = 2.5

    def __repr__(self) -> str:
        """Leave the secrets out."""
        return f"SlackSettings(teams={sorted(self.teams)!r})"


def read_slack(
    environment: Mapping[str, str],
) -> tuple[SlackSettings | None, list[str]]:
    """Read and check every setting of the Slack channel.

    Args:
        environment: Usually ``os.environ``.

    Returns:
        The settings, or None where Slack is off or something is wrong; and a line
        for each setting that is missing or wrong, with what to write.
    """
    if not any(environment.get(name, "").strip() for name in NAMES):
        return None, []
    bot = environment.get("SLACK_BOT_TOKEN", "").strip()
    secret = environment.get("SLACK_SIGNING_SECRET", "").strip()
    app = environment.get("SLACK_APP_TOKEN", "").strip()
    named = environment.get("SLACK_TEAMS", "").replace(",", " ").split()
    api = environment.get("SLACK_API_URL", "").strip() or API
    wrong: list[str] = []
    if not bot.startswith("xoxb-"):
        wrong.append(
            "SLACK_BOT_TOKEN: write the Bot User OAuth Token (xoxb-...), from OAuth &"
            " Permissions of the app"
        )
    if app and not app.startswith("xapp-"):
        wrong.append("SLACK_APP_TOKEN: write an app-level token (xapp-...), or none")
    if not app and len(secret) < _SHORTEST_SECRET:
        wrong.append(
            "SLACK_SIGNING_SECRET: write the Signing Secret from Basic Information of"
            " the app; or SLACK_APP_TOKEN for Socket Mode"
        )
    if not named or not all(_TEAM.fullmatch(one) for one in named):
        wrong.append(
            "SLACK_TEAMS: write the ids of the workspaces that are served, such as"
            " T012ABCDE, with spaces between"
        )
    if not _is_safe(api):
        wrong.append("SLACK_API_URL: leave it out; it is for tests on this machine")
    if wrong:
        return None, wrong
    return SlackSettings(bot, secret, app, frozenset(named), api), []


def _is_safe(api: str) -> bool:
    """Say whether tokens may be sent there: to Slack, or not off this machine."""
    return api == API or urlsplit(api).hostname in _LOOPBACK
