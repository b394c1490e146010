"""Takes what practitioners do about advice that they were given, and about themselves.

Who somebody is comes from the signed request, and whose the session is from the
service. Why somebody disagrees is written in a form and stands in no message; what
comes of it is said in a modal, by when and whom to ring meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels import own_words as say
from bot.channels.slack import leads, modals
from bot.channels.slack.outcome import Outcome, in_modal
from bot.ports import NoSuchSession
from bot.practitioner import NothingToDisagreeWith
from bot.privacy.details import HoldsDetails, asking

if TYPE_CHECKING:
    from bot.channels.slack.blocks import Block
    from bot.channels.slack.intents import Incoming, Own
    from bot.directory import Directory
    from bot.guide import Guide
    from bot.practitioner import Practitioners


class OwnTurns:
    """What practitioners do about their own alert in Slack."""

    def __init__(
        self, practitioners: Practitioners, guide: Guide, directory: Directory
    ) -> None:
        """Take the services and what is needed to draw.

        Args:
            practitioners: Does what they ask for.
            guide: Says where an alert stands.
            directory: The numbers to ring.
        """
        self._practitioners = practitioners
        self._guide = guide
        self._directory = directory

    def take(self, incoming: Incoming, own: Own) -> Outcome:
        """Do what somebody asks for, and say what comes of it.

        Raises:
            NoSuchSession, NotYours: There is no such session of theirs.
            StoreError: Nothing was written.
        """
        view = self._view(incoming, own)
        if own.form:
            return in_modal(view)
        return Outcome(view=view, push=bool(incoming.view))

    def _view(self, incoming: Incoming, own: Own) -> Block:
        session, person = own.session, incoming.person
        match own.do, own.form:
            case "disagree", False:
                # Only whose session it is is shown anything to fill in.
                self._guide.resume(session, person)
                return leads.disagree(session)
            case "disagree", True:
                return self._disagreed(incoming, own)
            case "known", False:
                self._practitioners.show_identity(session, person)
                news = self._guide.look(session, person).news
                return leads.next_of(say.WHO_YOU_ARE, say.KNOWN, news, self._directory)
            case _:
                raise NoSuchSession(session)

    def _disagreed(self, incoming: Incoming, own: Own) -> Block:
        """Ask for another look, or put the form back and ask about what it holds."""
        session, person, key = own.session, incoming.person, incoming.key
        try:
            self._practitioners.disagree(
                session, person, own.words, keep=own.kept, key=key
            )
        except HoldsDetails as error:
            return leads.disagree(session, own.words, asking(error.kinds))
        except NothingToDisagreeWith:
            return modals.told(say.DISAGREE, say.NOBODY_ADVISED)
        news = self._guide.look(session, person).news
        return leads.next_of(say.DISAGREED, "", news, self._directory)
