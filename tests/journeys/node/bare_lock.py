"""Take the addresses out of a lock of npm, which leaves versions and hashes.

Whoever installs from it then asks the registry that their own npm is set to. `make
lock` runs it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(path: Path) -> None:
    """Write a lock anew without the fields that name addresses."""
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
