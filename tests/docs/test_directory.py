"""Every key of the directory is explained on its page."""

import re

import pytest

from knowledge import shape
from tests.support.packs import ROOT

PAGE = (ROOT / "docs" / "directory.md").read_text(encoding="utf-8")
SHAPES = (
    shape.DirectoryShape,
    shape.NumberShape,
    shape.OrganisationShape,
    shape.TeamShape,
    shape.OutOfHoursShape,
    shape.HoursShape,
    shape.PersonShape,
    shape.IdentitiesShape,
    shape.AwayShape,
)


@pytest.mark.parametrize("each", SHAPES, ids=lambda each: each.__name__)
def test_every_key_of_the_directory_is_explained(
    each: type[shape.DirectoryShape],
) -> None:
    explained = set(re.findall(r"`([a-z-]+)(?:: yes)?`", PAGE))

    keys = {field.alias for field in each.model_fields.values()}

    assert keys - explained == set()
