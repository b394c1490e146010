"""Words about an alert to single people: who acknowledged, what is new, news.

These are promises like any other and change nothing about the alert itself. None
holds a name or a story; what a surface shows besides, it looks up itself.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot import climb
from bot.climb import Doing, Kind
from bot.directory import Directory
from bot.escalation import Route
from bot.ports import AlertRow, Promise


@dataclass(frozen=True, slots=True)
class Teller:
    """Promises words about alerts.

    Attributes:
        directory: How people are reached.
        channels: What this installation can send on.
    """

    directory: Directory
    channels: Collection[str]

    def person(
        self, doing: Doing, alert: AlertRow, person: str, kind: Kind, **more: object
    ) -> bool:
        """Promise a word to somebody by their first route; False without any."""
        found = self.directory.people.get(person)
        ways = [
            Route(*way)
            for way in (found.ways() if found else ())
            if way[0] in self.channels
        ]
        if not ways:
            return False
        body = climb.message(alert, person=person, **more)
        doing.transaction.promise(climb.promised(doing, alert, ways[0], kind, body))
        return True

    def everybody_told(
        self, doing: Doing, alert: AlertRow, *, but: str = "", **more: object
    ) -> None:
        """Tell everybody who was told of an alert, where they were, what became of it.

        Whoever stood down hears nothing more: the worry may be about them.

        Args:
            doing: What it is done with.
            alert: The alert.
            but: Id of who knows already.
            more: What became of it.
        """
        rows = doing.transaction.deliveries(about=alert.id, state="sent", limit=1000)
        nothing = {but, *climb.kept_of(alert).stood_down}
        ways = {
            (one.promise.channel, one.promise.user): str(one.promise.body["person"])
            for one in rows
            if one.promise.kind == Kind.ALERT
            and one.promise.body["person"] not in nothing
        }
        for way, person in ways.items():
            body = climb.message(alert, person=person, **more)
            doing.transaction.promise(
                climb.promised(doing, alert, Route(*way), Kind.TOLD, body)
            )

    def practitioner(self, doing: Doing, alert: AlertRow, **more: object) -> None:
        """Promise news of their alert to whoever asked."""
        row = doing.transaction.session(alert.session, held=False)
        if row is None or row.channel not in self.channels:
            return
        doing.transaction.promise(
            Promise(
                id=doing.ids.delivery(),
                channel=row.channel,
                user=row.user,
                kind=Kind.NEWS.value,
                body=climb.message(alert, session=row.id, **more),
                due_at=doing.now,
                about=row.id,
                urgency=alert.urgency,
            )
        )
