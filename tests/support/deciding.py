"""Leads a session on a real store from its first question to a decision."""

from bot.guide import Guide
from dialogs.engine import Answer
from dialogs.reply import Prompt, Recorded
from knowledge.model import Asks

Answers = dict[str, object]
DANGER: Answers = {"danger": "yes", "conflict": ["none"], "safe-to-tell": "no"}
NO_PURPOSE: Answers = {
    "danger": "no",
    "safety-check": ["none"],
    "prompted-by": "own-initiative",
    "purpose": "no",
    "decision": {"decision": "do-not-share", "reasons": "Nothing to be gained."},
}
"""Ends in *do not share*."""
PERHAPS_DANGER: Answers = {**DANGER, "danger": "not-sure"}


def decide(guide: Guide, user: str, answers: Answers) -> str:
    """Answer what is asked and return the reference of the decision."""
    said = guide.start(user)
    for _ in range(30):
        for reply in said.replies:
            if isinstance(reply, Recorded):
                return reply.reference
        prompt = said.replies[-1]
        assert isinstance(prompt, Prompt), said.replies
        given = answers.get(prompt.question, filled(prompt))
        said = guide.move(said.session, user, Answer(given))
    raise AssertionError("it never came to a decision")


def filled(prompt: Prompt) -> dict[str, object]:
    """Fill what is needed in a form, in the quietest way."""
    lines: dict[str, object] = {}
    for line in prompt.fields:
        if not line.required or line.fixed:
            continue
        if line.id == "decision":
            lines[line.id] = "refer"
        elif line.asks == Asks.ONE:
            lines[line.id] = line.choices[0].id
        else:
            lines[line.id] = "2030-01-31" if line.asks == Asks.DATE else "Invented."
    return lines
