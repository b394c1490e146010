"""A process in which many people talk at once, step by step as a test says.

It is started as a program, so that a test can have several of them on one store. It
reads a word a line and answers each with a line of JSON once everybody has moved.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.guide import Guide, Shelf
from bot.ports import StoreError
from bot.store import keys_for, open_store
from bot.system import SystemClock, SystemIds
from dialogs.engine import Answer
from dialogs.reply import Prompt, Recorded
from tests.support.deciding import NO_PURPOSE, filled
from tests.support.packs import SHIPPED


class Talker:
    """People in one process, each in a session of their own."""

    def __init__(self, address: str, keys: str, name: str) -> None:
        self.store = open_store(address, keys_for(address, Path(keys)))
        clock, ids = SystemClock(), SystemIds()
        shelf = Shelf.from_folder(SHIPPED, clock, ids)
        self.guide = Guide(self.store, clock, ids, shelf, channel="test")
        self.name = name
        self.sessions: dict[str, str] = {}

    def begin(self, count: int) -> dict[str, object]:
        """Begin sessions, and say on which versions."""
        begun = []
        for _ in range(count):
            user = f"{self.name}-{len(self.sessions)}"
            said = self.guide.start(user)
            self.sessions[said.session] = user
            begun.append(said.session)
        with self.store.reading() as transaction:
            rows = [transaction.session(each) for each in begun]
        return {"guidance": sorted({row.guidance for row in rows if row})}

    def step(self) -> dict[str, object]:
        """Answer one question in every session."""
        for session, user in self.sessions.items():
            self._answer(session, user)
        return {"stepped": len(self.sessions)}

    def finish(self) -> dict[str, object]:
        """Answer until every session has its decision."""
        references = []
        for session, user in self.sessions.items():
            for _ in range(30):
                recorded = self._answer(session, user)
                if recorded:
                    references.append(recorded)
                    break
        return {"references": references}

    def _answer(self, session: str, user: str) -> str:
        said = self.guide.resume(session, user)
        prompt = said.replies[-1]
        assert isinstance(prompt, Prompt), said.replies
        given = NO_PURPOSE.get(prompt.question, filled(prompt))
        after = self.guide.move(session, user, Answer(given), said.facts)
        found = [each for each in after.replies if isinstance(each, Recorded)]
        return found[0].reference if found else ""


def main() -> None:
    talker = Talker(*sys.argv[1:4])
    for line in sys.stdin:
        word, _, count = line.strip().partition(" ")
        try:
            answer = {
                "begin": lambda: talker.begin(int(count)),  # noqa: B023 - called here
                "step": talker.step,
                "finish": talker.finish,
            }[word]()
        except StoreError as error:
            answer = {"broke": type(error).__name__}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    talker.store.close()


if __name__ == "__main__":
    main()
