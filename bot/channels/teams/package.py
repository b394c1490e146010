"""Writes the app package that an administrator of a tenant uploads: manifest, icons.

The manifest asks for nothing but a bot: no permission, no tab, no sight of anybody's
messages. The same settings give the same bytes.

Source: https://learn.microsoft.com/microsoft-365/extensibility/schema (read November
2026), version 1.19.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

VERSION: Final = "1.19"
_ICONS: Final = Path(__file__).parent / "icons"
_ALWAYS: Final = (2026, 1, 1, 0, 0, 0)
"""The time that each file in the package bears, so that packages can be compared."""
COMMANDS: Final = (
    ("start", "Start a new session"),
    ("resume", "Go on with a session of yours"),
    ("emergency", "What to do now if anyone may be in danger"),
    ("person", "Talk to a person"),
    ("help", "About this question, or about this bot"),
)
"""Ten at most. Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to
/create-a-bot-commands-menu (read November 2026)."""


@dataclass(frozen=True, slots=True)
class About:
    """What an organisation says of itself in the package.

    Attributes:
        app_id: The bot's app registration.
        version: Of the package, such as `1.0.0`; raise it to upload it anew.
        developer: Who answers for the bot, at most 32 characters.
        site: Their page, https.
        privacy: Their privacy notice, https.
        terms: Their terms of use, https.
    """

    app_id: str
    version: str
    developer: str
    site: str
    privacy: str
    terms: str


def manifest(about: About) -> dict[str, object]:
    """Return the manifest."""
    commands = [{"title": title, "description": what} for title, what in COMMANDS]
    return {
        "$schema": "https://developer.microsoft.com/json-schemas/teams"
        f"/v{VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": VERSION,
        "version": about.version,
        "id": about.app_id,
        "developer": {
            "name": about.developer,
            "websiteUrl": about.site,
            "privacyUrl": about.privacy,
            "termsOfUseUrl": about.terms,
        },
        "name": {"short": "May I share this?", "full": "May I share this? (trial)"},
        "description": {
            "short": "Guidance on sharing information to safeguard a child.",
            "full": (
                "Asks the questions one at a time, quotes the guidance word for word,"
                " and records what you decide and why. It never decides: you do. For"
                " trial and training only. If a child may be in danger, ring 999."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#0b4f58",
        "bots": [
            {
                "botId": about.app_id,
                "scopes": ["personal"],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [{"scopes": ["personal"], "commands": commands}],
            }
        ],
        "validDomains": [],
    }


def package(about: About) -> bytes:
    """Return the package as a zip."""
    text = json.dumps(manifest(about), ensure_ascii=False, indent=2)
    files = {
        "manifest.json": f"{text}\n".encode(),
        "color.png": (_ICONS / "color.png").read_bytes(),
        "outline.png": (_ICONS / "outline.png").read_bytes(),
    }
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as packed:
        for name, held in files.items():
            packed.writestr(ZipInfo(name, _ALWAYS), held)
    return written.getvalue()
