"""What happens by itself when its time has come: the clockwork of alerts.

An alert that waited long enough opens, the next person is told, one that was
acknowledged and forgotten comes back once, a session that was left undecided is
remembered, and once a day the end of the ledger is signed, what was kept long enough
is erased and reviews are reminded of. One thing is done in the transaction that is
handed in.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot import climb
from bot.anchoring import DailyAnchor
from bot.announcing import Announcer, is_about_version
from bot.asks import Category
from bot.climb import SOUND_FOLLOW, Doing, Follow, Happened, Kind
from bot.ports import AlertRow, Ids, Promise, Transaction
from bot.raising import Raiser
from bot.retention import DailyRetention
from bot.reviewing import DailyReviews

SECOND: Final = 2
"""The telling at which the practitioner hears that nobody has answered."""

SEEN_FOR: Final = timedelta(hours=25)
"""How long it is known that a request was taken. Ours: platforms repeat one for an hour
at most, and Slack hourly for a day where an app asks for *delayed events*."""
FORGOTTEN_EVERY: Final = timedelta(hours=1)
"""How often a process forgets those that are older. Ours."""


@dataclass(slots=True)
class SeenKeys:
    """Forgets which requests were taken, once none of them can come again."""

    looked_at: datetime | None = None
    """When this process did so last, UTC."""

    def forget_some(self, doing: Doing) -> None:
        """Forget what is old enough, if that was not done within the hour."""
        now = doing.now
        # A clock that was set back must not keep them for ever.
        if self.looked_at and abs(now - self.looked_at) < FORGOTTEN_EVERY:
            return
        if not doing.transaction.forget_seen(now - SEEN_FOR):
            # Until then some are forgotten each time that nothing else is due.
            self.looked_at = now


@dataclass(frozen=True, slots=True)
class DueAlerts:
    """Does what is due about alerts and watched sessions.

    Attributes:
        raiser: Plans anew, and tells people.
        ids: Makes promises.
        follow: How long an alert may lie after it was acknowledged.
        anchor: Signs the end of the ledger; None where nothing does.
        retention: Erases what was kept long enough; None where nothing does.
        reviews: Reminds of reviews of the guidance; None where nothing does.
        keys: Forgets which requests were taken.
    """

    raiser: Raiser
    ids: Ids
    follow: Follow = SOUND_FOLLOW
    anchor: DailyAnchor | None = None
    retention: DailyRetention | None = None
    reviews: DailyReviews | None = None
    keys: SeenKeys = field(default_factory=SeenKeys)

    def happens(self, transaction: Transaction, now: datetime) -> bool:
        """Do one thing that is due; False where nothing is."""
        row = transaction.due_alert(now)
        if row is not None:
            self._alert(Doing(transaction, now, self.ids), row)
            return True
        watched = transaction.due_watch(now)
        if watched is not None:
            self.raiser.left_undecided(Doing(transaction, now, self.ids), watched)
            return True
        doing = Doing(transaction, now, self.ids)
        self.keys.forget_some(doing)
        daily = (self.anchor, self.retention, self.reviews)
        return any(each.happens(doing) for each in daily if each is not None)

    def settled(self) -> None:
        """Do what has to wait until everything is committed."""
        if self.retention is not None:
            self.retention.settled()

    def _alert(self, doing: Doing, row: AlertRow) -> None:
        if row.state == "waiting":
            after = replace(row, state="open", due_at=doing.now)
            doing.transaction.change_alert(row, after)
            climb.note(doing, row, Happened.NOT_WAITED_LONGER)
        elif row.state == "acknowledged":
            self._forgotten(doing, row)
        elif row.category == Category.DRILL and row.told:
            after = replace(row, state="closed", outcome="no-answer")
            doing.transaction.change_alert(row, after)
            climb.note(doing, row, Happened.CLOSED)
        else:
            climb.tell(doing, row, self.raiser.replanned)
            self._say(doing, row)

    def cannot_reach(self, doing: Doing, promise: Promise, code: str) -> None:
        """Go on without a route; where nobody is left, the practitioner hears it."""
        if is_about_version(promise.kind):
            told = Announcer(
                self.raiser.directory, self.raiser.policy.channels, self.ids
            )
            told.next_way(doing.transaction, promise, doing.now)
            return
        climb.cannot_reach(doing, promise, code)
        row = doing.transaction.alert(promise.about)
        if row and row.state == "open" and not climb.kept_of(row).plan.steps:
            self.raiser.teller.practitioner(doing, row, what="nobody")

    def _say(self, doing: Doing, before: AlertRow) -> None:
        """Tell the practitioner, at a fixed time, that they have to ring."""
        row = doing.transaction.alert(before.id)
        if row is None or row.told > SECOND:
            return
        if row.told == SECOND and before.told < SECOND:
            self.raiser.teller.practitioner(doing, row, what="unanswered")
        elif not climb.kept_of(row).plan.steps and before.told == row.told == 0:
            self.raiser.teller.practitioner(doing, row, what="nobody")

    def _forgotten(self, doing: Doing, row: AlertRow) -> None:
        """Bring an alert back that nobody advised on, once; then remind its owner."""
        transaction, now = doing.transaction, doing.now
        advised = any(
            one.kind == Happened.ADVISED for one in transaction.alert_events(row.id)
        )
        if advised or row.reopened:
            wait = self.follow.advised if advised else self.follow.after(row.urgency)
            transaction.change_alert(row, replace(row, due_at=now + wait))
            climb.note(doing, row, Happened.REMINDED, row.owner)
            what = "to-close" if advised else "no-outcome"
            self.raiser.teller.person(doing, row, row.owner, Kind.NUDGE, what=what)
            return
        after = replace(
            row, state="open", step=0, reopened=row.reopened + 1, due_at=now
        )
        transaction.change_alert(row, after)
        climb.note(doing, row, Happened.REOPENED)
        self.raiser.teller.practitioner(doing, row, what="reopened")
