"""Our own words over somebody else's pack, and a report of what fits."""

import pytest

from knowledge.load import content_hash, load
from knowledge.overlay import joined, read_overlay, told
from knowledge.problems import PackError
from tests.support.packs import shipped_files, shipped_pack

OWNER = """
  who-we-are:
    file: pack.yaml
    why: the person in our team
    was: "owner: Not yet named"
    write: "owner: Ana Okoro"
"""


def overlay(edits: str, written_for: str = "") -> str:
    for_ = written_for or shipped_pack().hash
    return f"over: derby-derbyshire-2015\nwritten-for: {for_}\nedits:{edits}"


def an_edit(file: str, was: str) -> str:
    return OWNER.replace("pack.yaml", file).replace("owner: Not yet named", was)


def test_what_fits_is_put_in_and_the_pack_loads() -> None:
    shape, _ = read_overlay(overlay(OWNER))

    result = joined(shipped_files(), shape)

    assert result.fits
    assert load(result.files).owner == "Ana Okoro"
    assert "All 1 pieces fit." in told(result, shape)


@pytest.mark.parametrize(
    ("file", "was", "says"),
    [
        ("pack.yaml", "owner: Somebody", "do not stand there any more"),
        ("flow.yaml", "kind: one", "stand there"),
        ("flow.yml", "kind: one", "did you mean flow.yaml?"),
        ("source.txt", "Be honest", "the document's own words cannot be changed"),
        ("passages.yaml", "Be honest", "the document's own words cannot be changed"),
    ],
)
def test_what_does_not_fit_is_reported_and_nothing_is_guessed(
    file: str, was: str, says: str
) -> None:
    shape, _ = read_overlay(overlay(an_edit(file, was)))

    result = joined(shipped_files(), shape)

    assert not result.fits
    assert says in told(result, shape)


def test_a_pack_that_has_moved_on_is_said_so() -> None:
    shape, _ = read_overlay(overlay(OWNER, "0" * 64))

    result = joined(shipped_files(), shape)

    assert result.moved_on
    assert "has changed since this was written" in told(result, shape)
    assert content_hash(shipped_files()) == shipped_pack().hash


def test_an_overlay_that_is_not_one_is_named_with_its_line() -> None:
    with pytest.raises(PackError, match=r"overlay\.yaml:\d+:"):
        read_overlay("over: a-pack\nedits: {}\n")
