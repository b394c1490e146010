"""Reads what Slack's Web API refused with: a code, never its words.

An answer may come from something between us and Slack and be no JSON at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_sdk.errors import SlackApiError


def code_of(error: SlackApiError) -> str:
    """Return Slack's code, such as `account_inactive`, or the status as a code."""
    response = error.response
    data = response.data if hasattr(response, "data") else response
    code = data.get("error") if isinstance(data, dict) else ""
    return str(code or f"http-{getattr(response, 'status_code', 0)}")


def asked_to_wait(error: SlackApiError) -> float | None:
    """Return how many seconds Slack asked to wait; None where it did not say."""
    headers = getattr(error.response, "headers", {})
    for name, value in headers.items():
        text = str(value)
        if name.lower() == "retry-after" and text.isascii() and text.isdigit():
            return float(text)
    return None
