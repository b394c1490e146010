"""Checks that a request was signed by Slack, before anything of it is read.

Written here rather than left to bolt, because bolt logs the body of a request whose
signature is wrong, and that may be anybody's words.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
(read November 2026).
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

WINDOW: Final = 300
"""Seconds that a request may be old, or ahead of this machine's clock. Slack's."""
_DIGITS: Final = 12


class NotSigned(Exception):
    """Not from Slack, or not from now; carries nothing of the request."""


def check(
    secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Return where Slack signed this body with the secret, within five minutes.

    Args:
        secret: The signing secret.
        headers: Of the request; names are looked up as Slack writes them.
        body: Exactly as it came.
        now: The present moment.

    Raises:
        NotSigned: In every other case.
    """
    sent_at = headers.get("X-Slack-Request-Timestamp", "")
    given = headers.get("X-Slack-Signature", "")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= _DIGITS):
        raise NotSigned
    if abs(now.timestamp() - int(sent_at)) > WINDOW:
        raise NotSigned
    signed = b"v0:" + sent_at.encode() + b":" + body
    wanted = "v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
    # Bytes, because comparing texts that are not ASCII is an error of its own.
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise NotSigned
