"""What the chat platforms allow, each figure with its source.

One table for everyone who needs a figure: renderers, and the check of a pack,
which gets them as plain values. A limit *fails* a pack where nothing over it
can be shown at all; otherwise the renderer has another way (a label that is too
long for its box stands in full above it), and going over is a warning.
"""

from __future__ import annotations

from typing import Final

from knowledge.sizes import Limit, Measure

_SLACK: Final = "https://docs.slack.dev/reference"
_TEAMS: Final = "https://learn.microsoft.com"
_READ: Final = "read November 2026"

LIMITS: Final = (
    Limit(
        "Slack",
        "text of an option or a button",
        Measure.CHOICE,
        75,
        f"{_SLACK}/block-kit/composition-objects/option-object and"
        f" {_SLACK}/block-kit/block-elements/button-element, {_READ}",
        fails=False,
    ),
    Limit(
        "Slack",
        "options of checkboxes or radio buttons",
        Measure.CHOICES,
        10,
        f"{_SLACK}/block-kit/block-elements/checkboxes-element, {_READ}",
        fails=False,
    ),
    Limit(
        "Slack",
        "text of a header",
        Measure.HEADING,
        150,
        f"{_SLACK}/block-kit/blocks/header-block, {_READ}",
        fails=False,
    ),
    Limit(
        "Slack",
        "title of a modal",
        Measure.NAME,
        24,
        f"{_SLACK}/views, {_READ}",
        fails=False,
    ),
    Limit(
        "Slack",
        "label of an input",
        Measure.LABEL,
        2000,
        f"{_SLACK}/block-kit/blocks/input-block, {_READ}",
        fails=True,
    ),
    Limit(
        "Slack",
        "hint of an input",
        Measure.HINT,
        2000,
        f"{_SLACK}/block-kit/blocks/input-block, {_READ}",
        fails=True,
    ),
    Limit(
        "Slack",
        "text of a section",
        Measure.TEXT,
        3000,
        f"{_SLACK}/block-kit/blocks/section-block, {_READ}",
        fails=True,
    ),
    Limit(
        "Slack",
        "blocks of a message",
        Measure.MESSAGE_BLOCKS,
        50,
        f"{_SLACK}/block-kit/blocks, {_READ}",
        fails=False,
    ),
    Limit(
        "Slack",
        "blocks of a modal",
        Measure.FORM_BLOCKS,
        100,
        f"{_SLACK}/block-kit/blocks, {_READ}",
        fails=False,
    ),
    # A bot's own message may be larger today (100 KB, with 80 KB advised), but the
    # smallest figure that Microsoft still publishes holds for every kind of card.
    Limit(
        "Teams",
        "an Adaptive Card",
        Measure.SCREEN_BYTES,
        28 * 1024,
        f"{_TEAMS}/connectors/teams; the larger figure: {_TEAMS}/microsoftteams"
        f"/platform/bots/how-to/format-your-bot-messages, {_READ}",
        fails=False,
    ),
)
"""Every limit that a pack is held against."""
