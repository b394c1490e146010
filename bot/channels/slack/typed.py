"""Says when what was typed should have been written in a form.

What is typed into a conversation stays in Slack, where others than the record's
keepers can read it. It is taken all the same, because nobody should have to write
twice, and a worry must not be lost over where it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.words import expects_text
from dialogs.understand import command, is_done, is_skip

if TYPE_CHECKING:
    from bot.channels.slack.intents import Say
    from dialogs.reply import Reply

STAYS: Final = (
    "What you typed stays in Slack's history, where your organisation can read it."
    " Delete your message there, and write such things in the form: press the button"
    " below."
)
FILES: Final = (
    "A file was not taken and not opened. It stays in Slack: delete it there, and keep"
    " it in your case file."
)
_SHORT: Final = 40
"""Characters up to which typing is a number, a key or the start of an answer. Ours."""


def note_on(say: Say, standing: Reply) -> str:
    """Return what to say of where something was written; empty for nothing.

    Args:
        say: What was typed.
        standing: What it was an answer to.
    """
    text = say.text.strip()
    notes = [FILES] if say.files else []
    text_line = expects_text(standing)
    ordered = command(text, free_text=text_line) is not None
    if ordered or is_skip(text) or is_done(text):
        return " ".join(notes)
    if text_line or len(text) > _SHORT:
        notes.append(STAYS)
    return " ".join(notes)
