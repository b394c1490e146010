"""What kinds of detail are looked for, and where one was found.

Kinds are an enum because they are the only thing about a detail that is ever
recorded or counted: never the text, and never its place in the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Detail(StrEnum):
    """A kind of detail that can say who somebody is."""

    NAME = "name"
    NHS_NUMBER = "nhs-number"
    PUPIL_NUMBER = "pupil-number"
    DATE_OF_BIRTH = "date-of-birth"
    POSTCODE = "postcode"
    TELEPHONE = "telephone"
    EMAIL = "email"


IN_WORDS = {
    Detail.NAME: "a name",
    Detail.NHS_NUMBER: "an NHS number",
    Detail.PUPIL_NUMBER: "a pupil number",
    Detail.DATE_OF_BIRTH: "a date of birth",
    Detail.POSTCODE: "a postcode",
    Detail.TELEPHONE: "a telephone number",
    Detail.EMAIL: "an e-mail address",
}
"""How each kind is called on a screen."""


WHAT_TO_DO: Final = (
    "Nothing of it is kept yet. Write it again with a role or an initial, such as: the"
    " aunt, or K. Or keep it as it is, if it has to be there."
)
"""What is said wherever details are asked about."""


def in_words(kinds: Iterable[Detail]) -> str:
    """Return kinds as they are told to whoever wrote the text."""
    words = [IN_WORDS[kind] for kind in kinds]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def asking(kinds: Iterable[Detail]) -> str:
    """Ask whether details are to be changed or kept; repeats nothing of them."""
    return f"This looks like {in_words(kinds)}. {WHAT_TO_DO}"


@dataclass(frozen=True, slots=True)
class Found:
    """One detail in a text.

    Attributes:
        start: index of its first sign in the text.
        end: index after its last sign.
    """

    kind: Detail
    start: int
    end: int


class HoldsDetails(Exception):
    """The words may say who somebody is; nothing of them is kept yet.

    Attributes:
        kinds: What they hold.
    """

    def __init__(self, kinds: Sequence[Detail]) -> None:
        super().__init__("the words hold details")
        self.kinds = tuple(kinds)
