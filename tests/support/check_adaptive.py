"""Checks a card as Teams would: the published schema, versions and sizes.

Every typed object of the card is checked by itself, so that a complaint names its
place, and the version in which each element and property came is compared with what
the card declares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from tests.support.json_schema import Checker, Json, schema

SCHEMA: Final = schema("adaptive-card-1.5.json")
MOST_BYTES: Final = 28 * 1024
MOST_ACTIONS: Final = 6
"""Buttons in one row. Source: https://learn.microsoft.com/microsoftteams/platform
/task-modules-and-cards/cards/design-effective-cards (read November 2026)."""
_UNTYPED: Final = {
    "choices": "Input.Choice",
    "columns": "Column",
    "facts": "Fact",
    "refresh": "Refresh",
}
_NOT_OF_THE_SCHEMA: Final = {"data", "msteams"}


def complaints(card: dict[str, Any], most: str = "1.5") -> list[str]:
    """Return what is wrong with a card; nothing where Teams takes it."""
    found = [*_versions(card, most), *_sizes(card)]
    checker = Checker(SCHEMA)
    names: list[str] = []
    for at, kind, one in _typed(card):
        rule = SCHEMA["definitions"].get(kind)
        if rule is None:
            found.append(f"{at}: {kind!r} is no type of this version")
            continue
        shallow = {k: v for k, v in one.items() if k not in _NOT_OF_THE_SCHEMA}
        found += [f"{at}{each}" for each in checker.errors(shallow, rule)]
        found += _newer(at, kind, one, card)
        if "id" in one and kind.startswith(("Input.", "Container", "RichText")):
            names.append(one["id"])
    found += [f"id {name} stands twice" for name in set(names) if names.count(name) > 1]
    return found


@cache
def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _versions(card: dict[str, Any], most: str) -> Iterator[str]:
    if _key(card.get("version", "0")) > _key(most):
        yield f"version {card['version']}; the client takes up to {most}"


def _sizes(card: dict[str, Any]) -> Iterator[str]:
    size = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        yield f"{size} bytes; Teams takes {MOST_BYTES}"
    rows = [one for _, kind, one in _typed(card) if kind == "ActionSet"]
    for row in (card, *rows):
        if len(row.get("actions", [])) > MOST_ACTIONS:
            yield f"{len(row['actions'])} buttons in one row"


def _newer(
    at: str, kind: str, one: dict[str, Any], card: dict[str, Any]
) -> Iterator[str]:
    declared = _key(card["version"])
    for key, version in _since(kind).items():
        if (not key or key in one) and _key(version) > declared:
            yield f"{at}.{key}: came with {version}"


@cache
def _since(kind: str) -> Mapping[str, str]:
    """Return in which version each property came, and the element itself under ""."""
    rules = [SCHEMA["definitions"][kind], *_above(SCHEMA["definitions"][kind])]
    since = {"": rules[0].get("version", "1.0")}
    for rule in reversed(rules):
        for key, about in rule.get("properties", {}).items():
            if about:
                since[key] = about.get("version", "1.0")
    return since


def _above(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in rule.get("allOf", []):
        above = SCHEMA["definitions"][each["$ref"].removeprefix("#/definitions/")]
        yield above
        yield from _above(above)


def _typed(
    node: Json,
    at: str = "card",
    name: str = "",
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every object that has a definition of its own: place, name, object."""
    if isinstance(node, list):
        for n, each in enumerate(node):
            yield from _typed(each, f"{at}[{n}]", name)
    elif isinstance(node, dict):
        kind = node.get("type", name)
        if kind:
            yield at, kind, node
        for key, value in node.items():
            if key not in _NOT_OF_THE_SCHEMA:
                yield from _typed(value, f"{at}.{key}", _UNTYPED.get(key, ""))
