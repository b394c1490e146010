"""Invented situations to start from, so that a newcomer has something to answer.

They only tell a story: the person still answers every question, and no answer is
filled in. None is about anybody, and no place or organisation in them exists.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One invented situation.

    Attributes:
        id: Stable, for addresses.
        title: What it is about, in a line.
        text: The situation, told to the practitioner.
        shows: What it lets a newcomer see.
    """

    id: str
    title: str
    text: str
    shows: str


EXAMPLES: tuple[Example, ...] = (
    Example(
        "home-time",
        "An injury, and home time is near",
        "You teach a class of six-year-olds. A child has a bruise in the shape of a"
        " hand and says that an adult at home did it. Home time is in an hour. Nobody"
        " at home has been asked whether you may tell anyone.",
        "Danger comes first, before any question about consent.",
    ),
    Example(
        "early-help",
        "Help that a parent agrees to",
        "You are a health visitor. A mother of a baby is short of food and sleep and"
        " would like help. She is happy for you to talk to the children's centre. She"
        " cares well for the baby, and nothing makes you fear for anyone.",
        "Sharing with agreement, to the end.",
    ),
    Example(
        "stranger-rings",
        "Someone rings and asks",
        "You answer the telephone at a youth club. The caller says he is the uncle of"
        " a girl who comes on Tuesdays, and asks which school she goes to. You have"
        " never met him. Nobody has told you of any worry about her.",
        "Checking first who is asking, and coming back later.",
    ),
    Example(
        "not-sure",
        "Something is wrong, and you cannot say what",
        "You work in a nursery. A boy of four has become quiet and flinches when"
        " voices are raised. He has said nothing, and there is no mark on him. You are"
        " not sure whether it means anything.",
        "Not sure is an answer, and it leads to a person.",
    ),
)


def example(id: str) -> Example | None:  # noqa: A002 -- the example's own word
    """Return the example of that id, or None."""
    return next((one for one in EXAMPLES if one.id == id), None)
