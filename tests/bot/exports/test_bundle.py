"""The bundle that anybody can verify: no database, and one changed sign is seen."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.exports.bundle import NoBundle, bundle, verify
from bot.filing import Filing, fingerprint_of
from bot.store import SqlStore
from tests.support.fakes import START
from tests.support.filed import HOSTILE, decided, filed

Spoil = Callable[[dict[str, Any]], object]


def spoilt(filing: Filing, spoil: Spoil) -> str:
    whole = json.loads(bundle(filing, START))
    spoil(whole)
    return json.dumps(whole)


def test_a_bundle_verifies_and_has_the_fingerprint_of_the_record(
    filing: Filing,
) -> None:
    found = verify(bundle(filing, START))

    assert found.wrong == ()
    assert found.reference == filing.row.reference
    assert found.fingerprint == fingerprint_of(filing)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_literal_in_a_bundle_and_verifies(
    store: SqlStore, kind: str
) -> None:
    filing = filed(store, decided(store, HOSTILE[kind]))

    text = bundle(filing, START)

    assert verify(text).wrong == ()
    advice = json.loads(text)["record"]["advice"]
    assert advice[0]["advice"] == HOSTILE[kind]


def an_answer(whole: dict[str, Any], question: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in whole["record"]["questions"] if one["question"] == question
    )
    return found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: an_answer(whole, "decision")["answer"].update(reasons="Other."),
        lambda whole: whole["decision"].update(departing=True),
        lambda whole: whole["decision"].update(at="2020-01-01T00:00:00Z"),
        lambda whole: whole["facts"][3]["body"].update(value="yes"),
        lambda whole: whole["facts"].pop(2),
        lambda whole: whole["facts"].reverse(),
        lambda whole: whole["record"]["passages"].pop(),
        lambda whole: whole["guidance"]["files"].update({"x.yaml": ""}),
        lambda whole: whole["guidance"].update(hash="0" * 64),
        lambda whole: whole.update(guidance=None),
        lambda whole: whole.update({"decided-at-fact": 2}),
    ],
)
def test_a_bundle_that_was_changed_does_not_verify(
    filing: Filing, spoil: Spoil
) -> None:
    assert verify(spoilt(filing, spoil)).wrong


def test_whoever_mends_the_fingerprint_is_seen_by_rebuilding(filing: Filing) -> None:
    def lie(whole: dict[str, Any]) -> None:
        an_answer(whole, "decision")["answer"]["reasons"] = "Other."
        whole["fingerprint"] = verify(json.dumps(whole)).fingerprint

    found = verify(spoilt(filing, lie))

    assert found.wrong == ("Rebuilt from its facts, the record differs in: questions.",)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other/9"}', "[" * 20_000, "null", '"x"']
)
def test_what_is_no_bundle_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NoBundle) as error:
        verify(text)

    assert str(error.value) == ""
    assert error.value.__cause__ is None


def test_a_bundle_with_a_missing_part_is_no_bundle(filing: Filing) -> None:
    with pytest.raises(NoBundle):
        verify(spoilt(filing, lambda whole: whole.pop("facts")))
