"""The app's manifest: what an administrator pastes to make the app in Slack.

Source: https://docs.slack.dev/reference/app-manifest (read November 2026).
"""

from __future__ import annotations

from typing import Any, Final

from bot.channels.slack.commands import VERBS
from bot.channels.slack.decode import COMMAND

SCOPES: Final = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
)
"""What the bot may do: talk with people who talk to it, and see who left."""
EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "tokens_revoked",
    "user_change",
)
PATH: Final = "/slack/events"


def manifest(url: str) -> dict[str, Any]:
    """Return the manifest.

    Args:
        url: Where Slack reaches the bot, such as `https://bot.example.org`; empty
            for Socket Mode, which needs no address.
    """
    socket = not url
    where = {} if socket else {"request_url": f"{url.rstrip('/')}{PATH}"}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "May I share this?",
            "description": "Guidance on sharing information to keep a child safe.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "May I share this?", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "May I share this to keep a child safe?",
                    "usage_hint": " | ".join(VERBS),
                    "should_escape": False,
                    **({} if socket else {"url": where["request_url"]}),
                }
            ],
            "shortcuts": [
                {
                    "name": "Get sharing advice",
                    "type": kind,
                    "callback_id": f"dg:advice-{kind}",
                    "description": "Begin in a direct message; nothing is copied.",
                }
                for kind in ("global", "message")
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**where, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **where},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
