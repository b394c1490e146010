"""Drives the dialog of the shipped pack as a practitioner would, move by move.

It is not a fake: engine, machine and pack are the real ones. Only references and
the day are counted and fixed, so that a test gives the same result on every run.
What a test needs to know is kept: facts, advice_seen in the order they were shown,
every prompt, and what was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from dialogs.engine import Answer, Engine, Move, Show, Typed
from dialogs.reply import Advice, Notice, Prompt, Recorded, Refusal, Reply
from dialogs.session import Fact, Started
from knowledge.search import PassageIndex
from tests.support.fakes import CountingIds
from tests.support.packs import shipped_pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.model import Pack

Answers = Mapping[str, object]
"""Answers by question; ``in_turn`` where a question is asked more than once."""

TODAY: Final = date(2026, 11, 23)
LATER: Final = "2026-12-01"
SESSION: Final = "s-1"

SERIOUS_FACTORS: Final = (
    "age-gap",
    "aggression-or-power",
    "coercion-or-bribery",
    "family-offences",
    "substance-disinhibitor",
    "substance-incapable",
    "secrecy",
    "grooming",
    "partner-known",
)
OTHER_FACTORS: Final = (
    "young-age",
    "immature",
    "living-circumstances",
    "behaviour-change",
    "denial",
)
CRITERIA: Final = (
    "understands-question",
    "what-shared",
    "main-reason",
    "implications",
    "alternatives",
    "weighs-up",
    "clear-view",
    "consistent",
)
ADVISED: Final[Answers] = {
    "from-role": "Safeguarding lead, the school",
    "advice": "Go on with care.",
    "identity-withheld": "yes",
}
HOW_TO_SHARE: Final[Answers] = {
    "what": "The worry about meals.",
    "facts-and-opinion": "The meals are fact, the reason is opinion.",
    "with-whom": "Health visitor, the clinic",
    "why": "They visit on Friday.",
    "accurate": "yes",
    "method": "phone",
    "tell-them": "told",
}
WHY_NOT_REFERRED: Final[Answers] = {
    "why-not-referred": "None of the factors is a concern.",
    "review-date": LATER,
}
BOTH_SIDES: Final[Answers] = {
    "if-shared": "Help may begin sooner.",
    "if-not-shared": "The worry may grow.",
}


def factors(answer: str = "no", *lines: str) -> dict[str, str]:
    """Return the Bichard worksheet, all *no* but for these lines."""
    everything = dict.fromkeys((*SERIOUS_FACTORS, *OTHER_FACTORS), "no")
    return {**everything, **dict.fromkeys(lines, answer)}


def competence(
    conclusion: str = "competent", *, lines: str = "", age: str = "12-to-15"
) -> dict[str, str]:
    """Return the competence worksheet, its lines as the conclusion suggests."""
    line = lines or ("yes" if conclusion == "competent" else "no")
    return {
        "age-band": age,
        **dict.fromkeys(CRITERIA, line),
        "conclusion": conclusion,
    }


def weighed(proportionate: str) -> dict[str, object]:
    """Return both sides of the weighing with this judgement."""
    return {**BOTH_SIDES, "proportionate": proportionate}


def interests(judgement: str) -> dict[str, object]:
    """Return the best-interests worksheet with this judgement."""
    return {**BOTH_SIDES, "best-interests": judgement, "because": "It helps most."}


def decides(decision: str, **lines: str) -> dict[str, str]:
    """Return a decision with reasons; a departure needs its own reason too."""
    return {"decision": decision, "reasons": "On the facts.", **lines}


@dataclass(frozen=True, slots=True)
class InTurn:
    """What is answered each time the same question is asked."""

    values: tuple[object, ...]


def in_turn(*values: object) -> InTurn:
    """Answer the first time with the first value, then with the next."""
    return InTurn(values)


def an_engine(pack: Pack | None = None) -> Engine:
    """Return a fresh engine with references that count up and a fixed day."""
    chosen = pack or shipped_pack()
    return Engine(
        chosen,
        new_reference=CountingIds().reference,
        today=lambda: TODAY,
        search=PassageIndex(chosen).search,
    )


@cache
def the_engine() -> Engine:
    """Return one engine for the whole run; an engine keeps nothing of a session."""
    return an_engine()


class Dialog:
    """One session, with everything it was shown."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        pack = engine.pack
        self.facts: list[Fact] = [Started(pack.id, pack.hash)]
        self.replies: tuple[Reply, ...] = ()
        self.advice_seen: list[Advice] = []
        self.prompts: list[Prompt] = []
        self.recorded: Recorded | None = None
        self.ended = False
        self.do(Show())

    # ---- moves ----------------------------------------------------------------

    def do(self, move: Move) -> Dialog:
        """Take a move, whatever comes of it."""
        turn = self.engine.advance(SESSION, self.facts, move)
        self.facts.extend(turn.facts)
        self.replies = turn.replies
        self.ended = turn.ended
        self.advice_seen.extend(one for one in turn.replies if isinstance(one, Advice))
        self.prompts.extend(one for one in turn.replies if isinstance(one, Prompt))
        for reply in turn.replies:
            if isinstance(reply, Recorded):
                self.recorded = reply
        return self

    def answer(self, value: object) -> Dialog:
        """Answer, and fail where the answer is refused."""
        asked = self.asked
        self.do(Answer(value))
        assert self.refusal is None, f"{asked} refused {value}: {self.refusal}"
        return self

    def type(self, text: str) -> Dialog:
        """Type words, whatever comes of it."""
        return self.do(Typed(text))

    def follow(self, answers: Answers, *, until: str = "") -> Dialog:
        """Answer whatever is asked, as far as there are answers.

        Args:
            answers: By question. Forms that route nothing are filled in, and the
                decision is what is indicated, unless these say otherwise.
            until: Stop where this question is asked.
        """
        left = {
            question: list(given.values) if isinstance(given, InTurn) else [given]
            for question, given in answers.items()
        }
        while not self.ended and self.asked != until:
            waits = isinstance(self.replies[-1], Recorded)
            if waits:
                self.do(Show())
            if left.get(self.asked):
                self.answer(left[self.asked].pop(0))
            elif waits:
                break
            else:
                self.answer(self._usual())
        return self

    def _usual(self) -> object:
        prompt = self.prompt
        match prompt.question:
            case "how-to-share":
                fixed = {line.id for line in prompt.fields if line.fixed}
                return {k: v for k, v in HOW_TO_SHARE.items() if k not in fixed}
            case "decision":
                outcome = self.engine.pack.flow.outcomes[prompt.outcome]
                return decides(outcome.decision)
            case "harm-record":
                return {}
            case "who-is-safe-to-tell" | "if-not-shared":
                return "It is written down."
            case asked:
                raise AssertionError(f"{asked} is asked, and no answer was given")

    # ---- what was shown -------------------------------------------------------------

    @property
    def asked(self) -> str:
        """The question that stands."""
        return self.engine.place(self.facts).position

    @property
    def prompt(self) -> Prompt:
        """The prompt shown last."""
        return self.prompts[-1]

    @property
    def refusal(self) -> Refusal | None:
        """What the last move was refused with, if it was."""
        found = [reply for reply in self.replies if isinstance(reply, Refusal)]
        return found[0] if found else None

    @property
    def notices(self) -> dict[str, Notice]:
        """The notices of the last turn, by their code."""
        return {one.code: one for one in self.replies if isinstance(one, Notice)}

    @property
    def outcomes(self) -> list[str]:
        """The outcomes shown, in order."""
        return [advice.outcome for advice in self.advice_seen]

    @property
    def advice(self) -> Advice:
        """The outcome shown last."""
        return self.advice_seen[-1]

    @property
    def questions(self) -> list[str]:
        """The questions answered on the way, in order."""
        return list(self.engine.place(self.facts).walk.asked)

    @property
    def answers(self) -> Mapping[str, object]:
        """The answers that stand, by question."""
        return self.engine.place(self.facts).standing.answers

    @property
    def alert(self) -> str:
        """The highest urgency asked for so far."""
        place = self.engine.place(self.facts)
        return self.engine.screens.alert(place.cursor, place.standing).value

    def prompt_of(self, question: str) -> Prompt:
        """Return the prompt of a question as it was shown last."""
        return [one for one in self.prompts if one.question == question][-1]

    def advice_of(self, outcome: str) -> Advice:
        """Return an outcome as it was shown last."""
        return [one for one in self.advice_seen if one.outcome == outcome][-1]


def ids(parts: Iterable[object]) -> list[str]:
    """Return the ids of quotations, instructions, remarks, choices or lines."""
    return [str(getattr(part, "id")) for part in parts]  # noqa: B009 - several types


def says(dialog: Dialog, shown: Iterable[Advice | Prompt]) -> set[str]:
    """Return what instructions tell the practitioner to do, in the closed words."""
    rows = dialog.engine.pack.flow.instructions
    return {word for one in shown for todo in one.todo for word in rows[todo.id].says}


def a_session(engine: Engine | None = None) -> Dialog:
    """Start a session on the shipped pack."""
    return Dialog(engine or the_engine())


def follow(*answers: Answers) -> Dialog:
    """Start a session and answer whatever is asked; later answers win."""
    return a_session().follow(merged(*answers))


def merged(*answers: Answers) -> dict[str, object]:
    """Put answers together; later ones win."""
    result: dict[str, object] = {}
    for each in answers:
        result |= each
    return result


def kinds(facts: Sequence[Fact]) -> list[str]:
    """Return the kinds of facts, in order."""
    return [type(fact).__name__ for fact in facts]
