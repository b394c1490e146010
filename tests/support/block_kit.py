"""Holds Block Kit payloads to what Slack would refuse, by two hands that are not ours.

The models of Slack's own Python SDK know lengths, counts and required fields; a few
limits that they do not know are added here. `make journeys` asks Slack's own types
through the TypeScript compiler besides: each finds what the other misses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, BlockElement
from slack_sdk.models.views import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_TEXT: Final = 11_000
"""Refusals were measured from 11,300 characters on."""
METADATA: Final = 3000
_BELOW: Final = (
    "accessory",
    "element",
    "text",
    "label",
    "hint",
    "title",
    "confirm",
    "placeholder",
    "deny",
)


def complaints(payload: Mapping[str, Any]) -> list[str]:
    """Return everything that Slack would refuse, or show otherwise than meant."""
    view = payload if payload.get("type") in {"modal", "home"} else None
    blocks = payload["blocks"]
    found = list(_counted(blocks, VIEW_BLOCKS if view else MESSAGE_BLOCKS))
    for place, block in enumerate(blocks):
        found += _of_block(block, f"blocks[{place}]")
        found += _parsed(block, f"blocks[{place}]")
    if view:
        found += _of_view(view)
    elif sum(len(text) for text in every_text(payload)) > MESSAGE_TEXT:
        found.append("the message is too long")
    return list(dict.fromkeys(found))


def _counted(blocks: list[Any], most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks, at most {most}"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        yield "block_id used twice"


def _of_block(block: dict[str, Any], where: str) -> Iterator[str]:
    if len(block.get("block_id", "")) > 255:
        yield f"{where}: block_id too long"
    elements = [one for one in block.get("elements", []) if isinstance(one, dict)]
    acts = [one["action_id"] for one in elements if one.get("action_id")]
    if len(acts) != len(set(acts)):
        yield f"{where}: action_id used twice"
    if any(one["type"] == "mrkdwn" for one in every_object(block)):
        yield f"{where}: mrkdwn, which obeys what people write"
    if any(text == "" for text in every_text(block)):
        yield f"{where}: an empty text"
    if block["type"] == "actions":
        for one in elements:
            if BlockElement.parse(one) is None:
                yield f"{where}: unknown element {one['type']!r}"


def _parsed(block: dict[str, Any], where: str) -> list[str]:
    try:
        parsed = Block.parse(block)
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        return [f"{where}: {type(error).__name__}: {error}"]
    if parsed is None or type(parsed) is Block:
        return [f"{where}: unknown block {block['type']!r}"]
    found: list[str] = []
    _walk(block, parsed, where, found)
    return found


def _walk(raw: Mapping[str, Any], parsed: Any, where: str, found: list[str]) -> None:  # noqa: ANN401 -- the SDK's models share no type
    """Validate a model and those below it; name what a model dropped."""
    try:
        parsed.validate_json()
        back = parsed.to_dict()
    except SlackObjectFormationError as error:
        found.append(f"{where}: {error}")
        return
    for key, value in raw.items():
        if key not in back and value not in (None, [], {}):
            found.append(f"{where}: {key!r} is not taken by {type(parsed).__name__}")
    for inside, below, name in _below(raw, parsed):
        _walk(inside, below, f"{where}.{name}", found)


def _below(raw: Mapping[str, Any], parsed: object) -> Iterator[tuple[Any, Any, str]]:
    """Yield what stands below, as sent and as a model, with its name."""
    pairs: list[tuple[Any, Any, str]] = []
    for key in ("elements", "fields", "options"):
        models = getattr(parsed, key, None) or []
        if isinstance(raw.get(key), list):
            pairs += [
                (one, each, f"{key}[{place}]")
                for place, (one, each) in enumerate(zip(raw[key], models, strict=False))
            ]
    pairs += [(raw.get(key), getattr(parsed, key, None), key) for key in _BELOW]
    for one, each, name in pairs:
        if isinstance(one, dict) and hasattr(each, "validate_json"):
            yield one, each, name


def _of_view(view: Mapping[str, Any]) -> Iterator[str]:
    try:
        View(**view).validate_json()
    except (SlackObjectFormationError, TypeError) as error:
        yield f"view: {error}"
    if len(view.get("private_metadata", "")) > METADATA:
        yield "private_metadata too long"
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and inputs and "submit" not in view:
        yield "a form that cannot be sent"


def every_object(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object with a type, however deep."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for each in value.values():
            yield from every_object(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from every_object(each)


def every_text(value: object) -> Iterator[str]:
    """Yield every text that is shown, however deep."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "text" and isinstance(each, str):
                yield each
            else:
                yield from every_text(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from every_text(each)
