"""A process dies before or after each thing it does for an alert, and starts again.

Whatever the point, a turn that was shown as accepted leads to a lead being told; what
is told twice is recognisable as the same, and nothing is told of a turn that was not.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.both import BOTH, a_database_of
from tests.support.dying import KILLED, SENDER_DIES, WRITER_DIES
from tests.support.packs import ROOT

SENT_BUT_NOT_KEPT = {"after-send", "before-advance", "after-advance"}
"""Between the send and the commit that keeps it: only there a repeat is possible."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOTH)
def test_wherever_a_process_dies_the_lead_is_told(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with a_database_of(kind, request, tmp_path) as database:
        command = ["tests.support.dying", "points", database, str(tmp_path)]
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )

    found = json.loads(done.stdout)
    assert set(found) == {*WRITER_DIES, *SENDER_DIES}
    for point, seen in found.items():
        times = 2 if point in SENT_BUT_NOT_KEPT else 1
        ids = {line.split()[0] for line in seen["sent"]}
        assert KILLED in seen["codes"], point
        assert seen["codes"][-1] == 0, point
        assert len(seen["sent"]) == times, point
        assert len(ids) == 1, point
        assert seen["sent"][0].endswith(" morgan-ellery"), point
