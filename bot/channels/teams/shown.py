"""What the bot shows after something was done, whoever did it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.teams.parts import Card


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown, in order.

    Attributes:
        cards: Cards; the first takes the place of the card whose button was pressed.
        text: Words of ours that are said instead of that, so that the card stays as
            it is with what was filled in.
        written: The first card as it is sent; empty where nobody has written it yet.
    """

    cards: tuple[Card, ...]
    text: str = ""
    written: str = ""
