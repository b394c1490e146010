"""The shape of a pack's files, as an administrator writes them.

Pydantic checks here that each key exists, is known and holds the right kind of
thing; what the words mean, and whether they fit together, is
:mod:`knowledge.load`'s work. Conditions are taken as they are and read there,
because their positions are needed.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from knowledge.problems import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from knowledge.yaml_text import Node

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
PassageId = Annotated[str, StringConstraints(pattern=r"^[A-Z]+[A-Za-z0-9]*(-\w+)*$")]
Count = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Flag = Literal["yes", "no"]
When = Any
"""A condition; read with positions by the loader."""
_DAY = r"^(\d{4}-\d{2}-\d{2})?$"
Day = Annotated[str, StringConstraints(pattern=_DAY)]
"""A date as it is written; whether there is such a day is for its reader to say."""
_SPAN = r"\d{1,2}:\d{2} *- *\d{1,2}:\d{2}"
_SPANS = rf"^(closed|{_SPAN}( *, *{_SPAN})*)?$"
Spans = Annotated[str, StringConstraints(pattern=_SPANS)]
_HOLIDAY_SPANS = rf"^(closed|as-usual|{_SPAN}( *, *{_SPAN})*)?$"
HolidaySpans = Annotated[str, StringConstraints(pattern=_HOLIDAY_SPANS)]
_EMAIL = r"^([A-Za-z0-9._+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?$"
Email = Annotated[str, StringConstraints(pattern=_EMAIL, max_length=254)]
"""An address that can hold no second one, and no line of a header."""
_SLACK = r"^([ET][A-Z0-9]+:[UW][A-Z0-9]+)?$"
SlackName = Annotated[str, StringConstraints(pattern=_SLACK)]
_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TEAMS = rf"^({_GUID}:{_GUID})?$"
TeamsName = Annotated[str, StringConstraints(pattern=_TEAMS)]
_LOCAL = r"^[A-Za-z0-9._-]*$"
LocalName = Annotated[str, StringConstraints(pattern=_LOCAL)]


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class _Shape(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=_kebab, validate_by_name=False
    )


class DocumentShape(_Shape):
    """``document`` in pack.yaml."""

    title: Words
    publisher: Words
    edition: Words
    published: Words
    review_due: Words
    first_edition: str = ""
    builds_on: str = ""
    national_advice_superseded: str = ""
    missing_from_our_copy: str = ""


class SourceShape(_Shape):
    """``source`` in pack.yaml."""

    file: Words
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    headings: list[Words]


class PackShape(_Shape):
    """pack.yaml."""

    id: Id
    title: Words
    jurisdiction: Words
    document: DocumentShape
    source: SourceShape
    licence: Words
    owner: Words
    deputies: list[Words] = Field(default_factory=list)
    review_due: Words
    in_force_from: str = ""
    in_force_to: str = ""
    superseded_by: str = ""
    signed_off_by: str = ""
    signed_off_on: str = ""
    trial_notice: Words


class EditShape(_Shape):
    """One piece of overlay.yaml: words that stand in a file, and those instead."""

    file: Words
    why: Words
    was: Words
    write: str


class OverlayShape(_Shape):
    """overlay.yaml."""

    over: Words
    written_for: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    edits: dict[Id, EditShape]


class PassageShape(_Shape):
    """One passage in passages.yaml."""

    text: Words
    lead_in: str = ""
    sic: str = ""
    asked_as: list[Words] = Field(default_factory=list)


class NoticeShape(_Shape):
    """One notice in notices.yaml."""

    kind: Literal["currency", "reconstruction", "trial", "ours"]
    text: Words
    about: list[PassageId] = Field(default_factory=list)
    written: Words
    by: Words
    source: Words
    confidence: Words
    expires: Words


class RowShape(_Shape):
    """One row of a routing table."""

    if_: When = None
    to: str = ""
    else_: str = ""


class RungShape(_Shape):
    """One row of a level or an alert."""

    if_: When = None
    is_: str = ""
    else_: str = ""


class AgainShape(_Shape):
    """One question asked again after a pause."""

    if_: When = None
    question: str = ""
    else_: str = ""


class QuotesShape(_Shape):
    """Passages or notices under a condition."""

    if_: When = None
    passages: list[str] = Field(default_factory=list)
    notices: list[str] = Field(default_factory=list)


class FixedShape(_Shape):
    """A field whose answer follows from earlier answers."""

    if_: When
    to: str
    because: Words


class FieldShape(_Shape):
    """One line of a form or worksheet."""

    kind: Literal["one", "many", "line", "text", "date"]
    label: Words
    hint: str = ""
    choices: dict[Id, Words] = Field(default_factory=dict)
    exclusive: str = ""
    if_: When = None
    required: When = "no"
    fixed: FixedShape | None = None
    check: Literal["", "reference"] = ""
    quotes: list[str] = Field(default_factory=list)
    without_not_sure: str = ""


class VariantShape(_Shape):
    """Other words for a question, under a condition."""

    if_: When
    ask: str = ""
    why: str = ""


class QuestionShape(_Shape):
    """One question in flow.yaml."""

    kind: Literal["one", "many", "worksheet", "form", "text", "date"]
    ask: Words
    why: Words
    help: str = ""
    choices: dict[Id, Words] = Field(default_factory=dict)
    exclusive: str = ""
    without_not_sure: str = ""
    lines: dict[Id, Words] = Field(default_factory=dict)
    fields: dict[Id, FieldShape] = Field(default_factory=dict)
    notes_label: str = ""
    label: str = ""
    quotes: list[str | QuotesShape] = Field(default_factory=list)
    notices: list[str | QuotesShape] = Field(default_factory=list)
    depends_on: list[str] | Literal["everything"] = Field(default_factory=list)
    variants: list[VariantShape] = Field(default_factory=list)
    outside_routes: Flag = "no"
    routes: list[RowShape]


class PauseShape(_Shape):
    """What a pause waits for."""

    advice: Flag = "no"
    again: list[AgainShape] = Field(default_factory=list)


class OutcomeShape(_Shape):
    """One outcome in flow.yaml."""

    title: Words
    text: Words
    level: str | list[RungShape]
    alert: str | list[RungShape]
    decision: str
    pause: PauseShape | None = None
    fixed: Flag = "no"
    quotes: list[str | QuotesShape] = Field(default_factory=list)
    notices: list[str | QuotesShape] = Field(default_factory=list)
    routes: list[RowShape]


class ForkShape(_Shape):
    """One fork in flow.yaml."""

    about: Words
    routes: list[RowShape]


class DoubtShape(_Shape):
    """One doubt in flow.yaml."""

    question: str
    when: When
    again: When = None
    counts_as: str = ""


class InstructionShape(_Shape):
    """One instruction in flow.yaml."""

    text: Words
    at: list[str] = Field(default_factory=list)
    if_: When = None
    says: list[Id] = Field(default_factory=list)
    numbers: list[str] = Field(default_factory=list)


class AlertShape(_Shape):
    """One row of ``alerts`` in flow.yaml."""

    if_: When
    urgency: Literal["routine", "today", "urgent"]
    because: Words


class ShownWithShape(_Shape):
    """One row of ``shown-with`` in flow.yaml."""

    at: list[str] = Field(default_factory=list)
    if_: When = None
    passages: list[str] = Field(default_factory=list)
    notices: list[str] = Field(default_factory=list)


class FlowShape(_Shape):
    """flow.yaml."""

    start: str
    conditions: dict[Id, When] = Field(default_factory=dict)
    doubts: dict[Id, DoubtShape] = Field(default_factory=dict)
    questions: dict[Id, QuestionShape]
    outcomes: dict[Id, OutcomeShape]
    forks: dict[Id, ForkShape] = Field(default_factory=dict)
    instructions: dict[Id, InstructionShape] = Field(default_factory=dict)
    alerts: list[AlertShape] = Field(default_factory=list)
    shown_with: list[ShownWithShape] = Field(default_factory=list)


class PhrasesShape(_Shape):
    """phrases.yaml."""

    danger: list[Words]
    data_protection: list[Words]
    answers: dict[Id, list[Words]]
    synonyms: list[list[Words]] = Field(default_factory=list)
    who_and_where: list[Words] = Field(default_factory=list)
    avoid: dict[str, Words] = Field(default_factory=dict)


class NumberShape(_Shape):
    """One number in directory.yaml."""

    label: Words
    number: Words
    hours: str = ""
    note: str = ""
    fictional: Flag = "no"


class OrganisationShape(_Shape):
    """One organisation in directory.yaml."""

    label: Words


class HoursShape(_Shape):
    """Hours of a week in directory.yaml; the key that names fewer days counts."""

    every_day: Spans = ""
    weekdays: Spans = ""
    weekend: Spans = ""
    monday: Spans = ""
    tuesday: Spans = ""
    wednesday: Spans = ""
    thursday: Spans = ""
    friday: Spans = ""
    saturday: Spans = ""
    sunday: Spans = ""
    bank_holidays: HolidaySpans = "closed"


class OutOfHoursShape(_Shape):
    """Who is told while a team is closed, in directory.yaml."""

    people: list[str] = Field(default_factory=list)
    ring: str = ""


class TeamShape(_Shape):
    """One team in directory.yaml."""

    label: Words
    organisation: str
    region: Literal["england", "wales", "scotland", "northern-ireland"] = "england"
    hours: HoursShape
    leads: list[str] = Field(default_factory=list)
    deputies: list[str] = Field(default_factory=list)
    managers: list[str] = Field(default_factory=list)
    alternates: list[str] = Field(default_factory=list)
    out_of_hours: OutOfHoursShape = OutOfHoursShape()
    ring: str
    disagreement: str = ""
    designated_officer: str = "designated-officer"


class AwayShape(_Shape):
    """Days on which a person in directory.yaml is away."""

    from_: Day
    to: Day
    cover: str = ""


class IdentitiesShape(_Shape):
    """What each channel calls a person in directory.yaml."""

    slack: SlackName = ""
    teams: TeamsName = ""
    page: LocalName = ""


class PersonShape(_Shape):
    """One person in directory.yaml."""

    name: Words
    teams: list[str] = Field(default_factory=list)
    email: Email = ""
    number: str = ""
    identities: IdentitiesShape = IdentitiesShape()
    hours: HoursShape | None = None
    away: list[AwayShape] = Field(default_factory=list)
    left: Day = ""
    fictional: Flag = "no"


class DirectoryShape(_Shape):
    """directory.yaml; its entries are shaped one by one by its reader."""

    organisation: Words
    numbers: dict[Id, Any]
    organisations: dict[Id, Any] = Field(default_factory=dict)
    teams: dict[Id, Any] = Field(default_factory=dict)
    people: dict[Id, Any] = Field(default_factory=dict)
    default_team: str = ""
    administrators: list[str] = Field(default_factory=list)


class OrganisationRetentionShape(_Shape):
    """What an organisation keeps otherwise; what it leaves out is as for all."""

    keep_days: Count = ""
    keep_years: Count = ""
    outcomes: dict[Id, Count] = Field(default_factory=dict)


class RetentionShape(_Shape):
    """retention.yaml."""

    approved_by: Words
    keep_days: Count
    keep_years: Count
    outcomes: dict[Id, Count] = Field(default_factory=dict)
    organisations: dict[Id, OrganisationRetentionShape] = Field(default_factory=dict)


class ChangeShape(_Shape):
    """One answer of a *never lighter* rule, with its values from the lightest."""

    answer: Words
    lightest_first: list[str | list[str]]


class RuleShape(_Shape):
    """One safety rule; exactly one of its last four keys says what it asks."""

    number: Words
    name: Words
    why: Words
    at: list[str] = Field(default_factory=list)
    when: When = None
    beyond: str = ""
    compares: list[Literal["outcome", "level", "alert"]] = Field(default_factory=list)
    advice: Literal["any", "none"] = "any"
    always: When = None
    never: When = None
    never_lighter: list[ChangeShape] = Field(default_factory=list)
    unaffected_by: list[Words] = Field(default_factory=list)


class StructureShape(_Shape):
    """One check of a flow's structure that is built in, and its limit."""

    number: Words
    name: Words
    why: Words
    check: Words
    limit: str = ""


class RulesShape(_Shape):
    """core_rules.yaml, and a pack's safety.yaml."""

    conditions: dict[Id, When] = Field(default_factory=dict)
    rules: dict[Id, RuleShape] = Field(default_factory=dict)
    structure: dict[Id, StructureShape] = Field(default_factory=dict)


ShapeT = TypeVar("ShapeT", bound=BaseModel)

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_too_short": "is empty",
    "string_type": "must be words, not a list or mapping",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "string_pattern_mismatch": "is not written as it must be",
}
_WRITE = {
    "missing": "add it",
    "string_too_short": "fill it in",
    "string_pattern_mismatch": "use small letters, digits and single hyphens for ids",
    "string_too_long": "shorten it",
}
_FORMS = {
    _DAY: "write it as year-month-day, such as 2027-01-31",
    _SPANS: "write hours such as 09:00-17:00, or closed",
    _HOLIDAY_SPANS: "write hours such as 09:00-17:00, closed or as-usual",
    _EMAIL: "write one address, such as name@example.org",
    _SLACK: "write workspace and member, such as T012AB3CD:U045EF6GH",
    _TEAMS: "write tenant:user, both as Entra shows the object id, in small letters",
    _LOCAL: "use letters, digits, dots, hyphens and underscores",
}


def shaped(
    shape: type[ShapeT],
    name: str,
    node: Node,
    problems: list[Problem],
    under: str = "",
) -> ShapeT | None:
    """Check the shape of a file or of one entry of it.

    Args:
        shape: What it must be.
        name: How the administrator knows the file.
        node: The file or the entry.
        problems: Every fault is added here.
        under: The keys that lead to the entry, parted by dots.

    Returns:
        The shape, or None with every fault added to ``problems``.
    """
    try:
        return shape.model_validate(node.plain())
    except ValidationError as error:
        problems.extend(
            _problem(name, node, fault, under)
            for fault in error.errors(include_url=False, include_input=False)
        )
        return None


def _problem(name: str, node: Node, fault: ErrorDetails, under: str) -> Problem:
    path = [step for step in fault["loc"] if _in_file(step)]
    kind = str(fault["type"])
    line, column = node.position(*path)
    keys = (*([under] if under else []), *(str(step) for step in path))
    key = ".".join(keys) or "the file"
    what = f"{key} {_WORDS.get(kind, str(fault['msg']).lower())}"
    write = _WRITE.get(kind, "")
    if kind == "extra_forbidden":
        write = _nearest(str(path[-1]), _keys())
    elif kind == "literal_error":
        write = f"write {fault.get('ctx', {}).get('expected', 'another')}"
    elif kind == "string_pattern_mismatch":
        write = _FORMS.get(str(fault.get("ctx", {}).get("pattern")), write)
    return Problem(name, line, column, what, write)


def _in_file(step: str | int) -> bool:
    """Leave out the steps that pydantic adds for the parts of a union."""
    return isinstance(step, int) or not (
        step == "str" or "[" in step or step.endswith("Shape")
    )


def _nearest(word: str, known: set[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "remove it"


def _keys() -> set[str]:
    """Every key that any shape here knows; close enough for *did you mean*."""
    return {
        field.alias or name
        for each in _Shape.__subclasses__()
        for name, field in each.model_fields.items()
    }
