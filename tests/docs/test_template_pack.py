"""The empty pack loads, runs, and says of itself what has to be filled in."""

import re
from pathlib import Path

import pytest

import app
from knowledge.load import load_folder, read_files
from tests.support.packs import ROOT

TEMPLATE = ROOT / "docs" / "template-pack"


def test_the_template_loads_as_it_is() -> None:
    pack, _ = load_folder(TEMPLATE)

    assert pack.id == "my-pack"
    assert set(pack.flow.outcomes) >= {"act-now", "seek-advice"}


@pytest.mark.parametrize("name", ["pack.yaml", "flow.yaml", "notices.yaml"])
def test_what_has_to_be_filled_in_says_so(name: str) -> None:
    assert "FILL IN" in read_files(TEMPLATE)[name]


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(TEMPLATE.glob("*.yaml"))]
)
def test_every_file_says_at_its_top_how_it_is_written(name: str) -> None:
    lines = read_files(TEMPLATE)[name].splitlines()

    assert lines[0].startswith("# ")
    assert sum(line.strip().startswith("#") for line in lines) >= 4


def test_check_and_cases_of_the_template_are_green(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["knowledge", "check", str(TEMPLATE)]) == 0
    assert app.main(["knowledge", "cases", str(TEMPLATE)]) == 0

    assert "none differs" in capsys.readouterr().out


def test_proving_the_template_names_in_short_what_it_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["knowledge", "prove", str(TEMPLATE)]) == 1

    shown = capsys.readouterr().err
    assert "The safety rules speak of" in shown
    assert len(shown.splitlines()) == 1


def test_the_readme_names_every_file() -> None:
    readme = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in Path(TEMPLATE).iterdir()} - {"README.md"}

    assert files <= set(re.findall(r"`([\w.-]+)`", readme))
