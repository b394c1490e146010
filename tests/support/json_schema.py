"""As much of JSON Schema as the two published schemas in `schemas/` use.

Small, so that a test of a card or of an app package needs no further library. What it
does not know it refuses loudly, rather than pass something unchecked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""Whatever JSON can hold."""
SCHEMAS: Final = Path(__file__).parent / "schemas"
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}
_NOTES: Final = {"$comment", "version", "definitions", "default"}


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema of the folder."""
    found: dict[str, Any] = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    return found


class Checker:
    """Checks values against one schema; they must stay as they are meanwhile."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._whole = whole
        self._known: dict[tuple[int, int], tuple[object, bool]] = {}

    def errors(self, value: object, rule: Json = None, at: str = "") -> Iterator[str]:
        """Yield what is wrong; nothing where the value is right."""
        for word, given in (self._whole if rule is None else rule).items():
            if word not in _NOTES:
                yield from self._word(word, given, value, at, rule or self._whole)

    def _fits(self, value: object, rule: Json) -> bool:
        """Say whether a value is right; each level above it asks again."""
        key = (id(value), id(rule))
        if key not in self._known:
            # The value is kept as well, so that no other one gets its id meanwhile.
            self._known[key] = (value, not any(self.errors(value, rule)))
        return self._known[key][1]

    def _word(  # noqa: C901, PLR0912 -- one case a word of the language
        self, word: str, given: Json, value: Json, at: str, rule: Json
    ) -> Iterator[str]:
        match word:
            case "$ref":
                name = given.removeprefix("#/definitions/")
                yield from self.errors(value, self._whole["definitions"][name], at)
            case "type":
                wanted = _TYPES[given]
                wrong = isinstance(value, bool) and given in {"number", "integer"}
                if wrong or not isinstance(value, wanted):
                    yield f"{at}: not of type {given}"
            case "enum" | "const":
                if value not in (given if word == "enum" else [given]):
                    yield f"{at}: {value!r} is not one of {given}"
            case "allOf":
                for each in given:
                    yield from self.errors(value, each, at)
            case "anyOf":
                if not any(self._fits(value, each) for each in given):
                    yield f"{at}: fits none of what is allowed"
            case "properties" if isinstance(value, dict):
                for key in given.keys() & value.keys():
                    yield from self.errors(value[key], given[key], f"{at}.{key}")
            case "additionalProperties" if isinstance(value, dict):
                yield from self._further(given, value, at, rule)
            case "required" if isinstance(value, dict):
                yield from (f"{at}: lacks {key}" for key in given if key not in value)
            case "dependencies" if isinstance(value, dict):
                for key in given.keys() & value.keys():
                    yield from (
                        f"{at}: lacks {one}" for one in given[key] if one not in value
                    )
            case "items" if isinstance(value, list):
                for n, each in enumerate(value):
                    yield from self.errors(each, given, f"{at}[{n}]")
            case "pattern" if isinstance(value, str):
                if not re.search(given, value):
                    yield f"{at}: {value!r} does not match {given}"
            case _ if word in _LIMITS:
                kind, measure, fits = _LIMITS[word]
                if isinstance(value, kind) and not fits(measure(value), given):
                    yield f"{at}: {word} is {given}"
            case "uniqueItems" | "properties" | "additionalProperties" | "required":
                return
            case "items" | "pattern" | "dependencies":
                return
            case _:
                raise NotImplementedError(word)

    def _further(
        self,
        given: Json,
        value: dict[str, Any],
        at: str,
        rule: Json,
    ) -> Iterator[str]:
        for key in value.keys() - rule.get("properties", {}).keys():
            if given is False:
                yield f"{at}: {key} is not known"
            elif given is not True:
                yield from self.errors(value[key], given, f"{at}.{key}")


_LIMITS: Final[Mapping[str, Any]] = {
    "maxLength": (str, len, lambda found, most: found <= most),
    "minLength": (str, len, lambda found, least: found >= least),
    "maxItems": (list, len, lambda found, most: found <= most),
    "minItems": (list, len, lambda found, least: found >= least),
    "minProperties": (dict, len, lambda found, least: found >= least),
    "maximum": ((int, float), lambda value: value, lambda found, most: found <= most),
}
