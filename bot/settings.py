"""Settings from the environment, checked all at once at the start.

Each setting has a default that works on a laptop with no account. A wrong value
is named together with every other wrong value, and never printed: an address
may hold a password.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PACK = "derby-derbyshire-2015"
"""The pack that is shipped."""
SQLITE = "sqlite:///"


class SettingsError(Exception):
    """One or more settings are wrong.

    Attributes:
        wrong: One line a setting: its name and what to write.
    """

    def __init__(self, wrong: list[str]) -> None:
        """Keep the lines."""
        super().__init__("; ".join(wrong))
        self.wrong = tuple(wrong)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Attributes:
        database: SQLAlchemy address from ``DATABASE_URL``; the default is a
            SQLite file in ``var`` beside ``app.py``. Not shown by ``repr``.
        keys: The file of the keys that seal the record, from ``KEY_FILE``; the
            default is beside the SQLite file, or in ``var``.
        anchors: The folder of signed heads of the ledger and of what was erased,
            from ``ANCHOR_FOLDER``; the default is beside the keys.
        pack: Folder of the pack in force, from ``PACK``: a name of a shipped
            pack or a path.
        directory: The file of numbers, from ``DIRECTORY_FILE``.
        user: Who talks in a terminal, from ``SHARE_ADVICE_USER``.
        identity: The folder of the identity guard's lists, from
            ``IDENTITY_FOLDER``.
    """

    database: str
    keys: Path
    anchors: Path
    pack: Path
    directory: Path
    user: str
    identity: Path

    def __repr__(self) -> str:
        """Leave the address out: it may hold a password."""
        return f"Settings(pack={self.pack.name!r})"


def _beside(database: str, root: Path) -> Path:
    """Return where what belongs to a database lies by default, without a suffix."""
    file = database.removeprefix(SQLITE)
    return Path(file) if file != database else root / "var" / "share-advice.db"


def pack_folder(name: str, root: Path) -> Path:
    """Return the folder of a pack named by a shipped name or by a path."""
    shipped = root / "knowledge" / "packs" / name
    return shipped if "/" not in name and shipped.is_dir() else Path(name)


def read_settings(environment: Mapping[str, str], root: Path) -> Settings:
    """Read and check every setting.

    Args:
        environment: Usually ``os.environ``.
        root: The folder that holds ``app.py``.

    Raises:
        SettingsError: Names every wrong setting and what to write.
    """
    wrong: list[str] = []
    database = environment.get("DATABASE_URL", "")
    if not database:
        database = f"{SQLITE}{root / 'var' / 'share-advice.db'}"
    elif "://" not in database:
        wrong.append("DATABASE_URL: write an address, such as sqlite:////data/bot.db")
    pack = pack_folder(environment.get("PACK", "") or DEFAULT_PACK, root)
    if not pack.is_dir():
        wrong.append("PACK: write the name of a shipped pack or a folder that exists")
    named = environment.get("DIRECTORY_FILE", "")
    directory = Path(named) if named else root / "knowledge" / "directory.yaml"
    if not directory.is_file():
        wrong.append("DIRECTORY_FILE: write the path of a file that exists")
    lists = environment.get("IDENTITY_FOLDER", "")
    identity = Path(lists) if lists else root / "knowledge" / "identity"
    if not identity.is_dir():
        wrong.append("IDENTITY_FOLDER: write the path of a folder that exists")
    user = environment.get("SHARE_ADVICE_USER", "") or "local"
    if wrong:
        raise SettingsError(wrong)
    beside = _beside(database, root)
    return Settings(
        database=database,
        keys=Path(environment.get("KEY_FILE", "") or beside.with_suffix(".keys")),
        anchors=Path(
            environment.get("ANCHOR_FOLDER", "") or beside.with_suffix(".anchors")
        ),
        pack=pack,
        directory=directory,
        user=user,
        identity=identity,
    )
