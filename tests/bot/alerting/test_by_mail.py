"""An alert by e-mail, through a real server: the right person, no name, no story."""

import asyncio
from pathlib import Path

from bot.mail import MailSender
from dialogs.engine import Person
from tests.support.alerting import USER, World
from tests.support.lines import a_store
from tests.support.mail import Mailbox, a_server

STORY = "MARKED what happened at home"


def test_the_lead_reads_a_mail_that_names_nobody_and_tells_nothing(
    tmp_path: Path,
) -> None:
    world = World(a_store(tmp_path), channels=("mail",))
    session = world.begin("no", ["none"], "own-initiative", "no", STORY)
    world.do(session, Person())
    box = Mailbox()

    async def talk() -> None:
        async with a_server(box):
            server = ("127.0.0.1", box.port)
            mail = MailSender(server, "alerts@example.org", world.clock)
            await world.a_loop({"mail": mail}).step()

    asyncio.run(talk())
    world.store.close()

    (mail,) = box.mails
    text = mail.as_string()
    assert box.envelopes == [("alerts@example.org", ["morgan.ellery@example.org"])]
    assert mail["Subject"].startswith("For today: safeguarding alert A-")
    assert "a practitioner asked to talk to a person" in text
    for word in ("MARKED", USER, "Jo Harker", session, "at home"):
        assert word not in text
