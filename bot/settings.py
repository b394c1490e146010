"""Settings from the environment, checked all at once at the start.

Each setting has a default that works on a laptop with no account. A wrong value
is named together with every other wrong value, and never printed: an address
may hold a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from bot import overload
from bot.escalation import SOUND, Times
from bot.overload import Limits

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
class MailSettings:
    """How mail is sent; the login is not shown by `repr`.

    Attributes:
        server: Name and port, from ``MAIL_SERVER``.
        sender: The address that mails come from, from ``MAIL_FROM``.
        tls: Whether STARTTLS is asked for, from ``MAIL_TLS``.
        user: Who signs in, from ``MAIL_USER``; empty where nobody has to.
        password: What ``MAIL_PASSWORD_FILE`` holds.
    """

    server: tuple[str, int]
    sender: str
    tls: bool = True
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Leave the login out."""
        return f"MailSettings(server={self.server!r}, tls={self.tls!r})"


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
        retention: The file that says how long records are kept, from
            ``RETENTION_FILE``.
        mail: How mail is sent; None where no server is named.
        times: Times to acknowledge.
        anchor_mail: The addresses that signed heads are sent to, from
            ``ANCHOR_MAIL``; none for the administrators.
        limits: How much one person, one organisation and one process may ask for.
        heartbeat: The address to ask for while all is well, from
            ``HEARTBEAT_URL``; empty for none. Not shown by ``repr``.
        metrics: Address and port on which `serve` gives figures, from ``METRICS``;
            None for none.
    """

    database: str
    keys: Path
    anchors: Path
    pack: Path
    directory: Path
    user: str
    identity: Path
    retention: Path
    mail: MailSettings | None = None
    times: Times = SOUND
    limits: Limits = overload.SOUND
    heartbeat: str = ""
    metrics: tuple[str, int] | None = None
    anchor_mail: tuple[str, ...] = ()

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
    kept_in = root / "knowledge"
    directory = _file(environment, "DIRECTORY_FILE", kept_in / "directory.yaml", wrong)
    retention = _file(environment, "RETENTION_FILE", kept_in / "retention.yaml", wrong)
    lists = environment.get("IDENTITY_FOLDER", "")
    identity = Path(lists) if lists else root / "knowledge" / "identity"
    if not identity.is_dir():
        wrong.append("IDENTITY_FOLDER: write the path of a folder that exists")
    user = environment.get("SHARE_ADVICE_USER", "") or "local"
    mail = _mail(environment, wrong)
    anchor_mail = _anchor_mail(environment, wrong)
    times = _times(environment, wrong)
    limits = _limits(environment, wrong)
    heartbeat = environment.get("HEARTBEAT_URL", "")
    if heartbeat and not heartbeat.startswith(("https://", "http://")):
        wrong.append("HEARTBEAT_URL: write an address that begins with https://")
    metrics = _metrics(environment.get("METRICS", ""), wrong)
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
        retention=retention,
        mail=mail,
        times=times,
        limits=limits,
        heartbeat=heartbeat,
        metrics=metrics,
        anchor_mail=anchor_mail,
    )


def _file(
    environment: Mapping[str, str], key: str, usual: Path, wrong: list[str]
) -> Path:
    """Return a file that a setting names, or the usual one."""
    file = Path(environment.get(key, "") or usual)
    if not file.is_file():
        wrong.append(f"{key}: write the path of a file that exists")
    return file


def _metrics(written: str, wrong: list[str]) -> tuple[str, int] | None:
    """Read where figures are given: a port of this machine, or an address with one."""
    if not written:
        return None
    found = re.fullmatch(r"(?:(\[[0-9a-f:]+\]|[0-9.]+):)?(\d{1,5})", written)
    port = int(found[2]) if found else 0
    if found is None or not 0 < port <= _HIGHEST_PORT:
        wrong.append("METRICS: write a port, such as 9464, or an address with a port")
        return None
    return (found[1] or "127.0.0.1").strip("[]"), port


# ---- secrets in files ---------------------------------------------------------------

SECRETS = (
    "DATABASE_URL",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "TEAMS_APP_SECRET",
)
"""Settings that a file may hold instead: the name of each with ``_FILE`` behind it."""


def with_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with every secret that stands in a file read from it.

    What is in a process's environment can be seen by whoever may list processes, and
    is shown by the tools that run containers; a mounted file is not.

    Args:
        environment: Usually ``os.environ``.

    Raises:
        SettingsError: A file cannot be read, is empty or can be reached by others, or
            a secret is given twice; names the setting and never what is in it.
    """
    wrong: list[str] = []
    found = dict(environment)
    for name in SECRETS:
        key = f"{name}_FILE"
        path = found.get(key, "")
        if not path:
            continue
        if found.get(name):
            wrong.append(f"{key}: {name} is set too; take one away")
            continue
        found[name] = secret_in(key, path, wrong)
    if wrong:
        raise SettingsError(wrong)
    return found


def secret_in(key: str, named: str, wrong: list[str]) -> str:
    """Return what a file holds, without the line's end; empty where that is wrong.

    Args:
        key: What named the file, to be said where it is wrong.
        named: The path.
        wrong: What is wrong is added here.
    """
    path = Path(named)
    try:
        if path.stat().st_mode & _OPEN_TO_OTHERS:
            wrong.append(f"{key}: others can reach it; run chmod 600 on it")
            return ""
        secret = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not 0 < len(secret) <= _LONGEST_SECRET:
        wrong.append(f"{key}: write the path of a file that holds it")
    return secret


# ---- limits -------------------------------------------------------------------------

_HIGHEST_LIMIT = 1_000_000


def _limits(environment: Mapping[str, str], wrong: list[str]) -> Limits:
    usual = overload.SOUND
    return Limits(
        turns=_limit(environment, "LIMIT_TURNS_A_MINUTE", usual.turns, wrong),
        organisation_turns=_limit(
            environment,
            "LIMIT_ORGANISATION_TURNS_A_MINUTE",
            usual.organisation_turns,
            wrong,
        ),
        sessions=_limit(environment, "LIMIT_SESSIONS_A_DAY", usual.sessions, wrong),
        in_flight=_limit(environment, "LIMIT_IN_FLIGHT", usual.in_flight, wrong),
    )


def _limit(
    environment: Mapping[str, str], key: str, usual: int, wrong: list[str]
) -> int:
    written = environment.get(key, "")
    if not written:
        return usual
    limit = int(written) if re.fullmatch(r"[0-9]{1,7}", written) else 0
    if not 0 < limit <= _HIGHEST_LIMIT:
        wrong.append(f"{key}: write a whole number, from 1 to {_HIGHEST_LIMIT}")
        return usual
    return limit


# ---- mail -------------------------------------------------------------------------

_MAIL_KEYS = ("MAIL_FROM", "MAIL_TLS", "MAIL_USER", "MAIL_PASSWORD_FILE")
_ADDRESS = re.compile(r"[A-Za-z0-9._+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SUBMISSION = 587
"""The port for handing in mail. Source: RFC 6409 (read November 2026)."""
_HIGHEST_PORT = 65535
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_OPEN_TO_OTHERS = 0o077
_LONGEST_SECRET = 1024


def _mail(environment: Mapping[str, str], wrong: list[str]) -> MailSettings | None:
    named = environment.get("MAIL_SERVER", "")
    if not named:
        wrong.extend(
            f"{key}: name the server in MAIL_SERVER too, or take this away"
            for key in _MAIL_KEYS
            if environment.get(key)
        )
        return None
    server = _server(named, wrong)
    sender = environment.get("MAIL_FROM", "")
    if not _ADDRESS.fullmatch(sender):
        wrong.append("MAIL_FROM: write the address that mails come from")
    tls = environment.get("MAIL_TLS", "") or "starttls"
    if tls not in {"starttls", "none"}:
        wrong.append("MAIL_TLS: write starttls or none")
    if tls == "none" and server[0] not in _THIS_MACHINE:
        wrong.append("MAIL_TLS: none is only for a server on this machine")
    user = environment.get("MAIL_USER", "")
    if user and tls == "none":
        wrong.append("MAIL_USER: a login is never sent without TLS; take one away")
    password = _password(environment, user, wrong)
    return MailSettings(server, sender, tls == "starttls", user, password)


def _server(named: str, wrong: list[str]) -> tuple[str, int]:
    found = re.fullmatch(r"(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?", named)
    port = int(found[2] or _SUBMISSION) if found else 0
    if found is None or not 0 < port <= _HIGHEST_PORT:
        wrong.append("MAIL_SERVER: write name:port, such as mail.example.org:587")
        return "", 0
    return found[1].strip("[]"), port


def _password(environment: Mapping[str, str], user: str, wrong: list[str]) -> str:
    named = environment.get("MAIL_PASSWORD_FILE", "")
    if bool(named) != bool(user):
        wrong.append("MAIL_PASSWORD_FILE: needs MAIL_USER, and MAIL_USER needs it")
    if not named:
        return ""
    return secret_in("MAIL_PASSWORD_FILE", named, wrong)


def _anchor_mail(environment: Mapping[str, str], wrong: list[str]) -> tuple[str, ...]:
    written = environment.get("ANCHOR_MAIL", "")
    found = tuple(each.strip() for each in written.split(",") if each.strip())
    if found and not environment.get("MAIL_SERVER"):
        wrong.append("ANCHOR_MAIL: name the server in MAIL_SERVER too")
    if not all(_ADDRESS.fullmatch(each) for each in found):
        wrong.append("ANCHOR_MAIL: write addresses, with commas between")
    return found


# ---- times to acknowledge -----------------------------------------------------------

_LONGEST_WAIT = 24 * 60
_MINUTES = (
    ("ACKNOWLEDGE_URGENT_MINUTES", SOUND.urgent),
    ("ACKNOWLEDGE_TODAY_MINUTES", SOUND.today),
    ("REPEAT_URGENT_MINUTES", SOUND.repeat),
)


def _times(environment: Mapping[str, str], wrong: list[str]) -> Times:
    urgent, today, repeat = (
        _minutes(environment, key, usual, wrong) for key, usual in _MINUTES
    )
    if urgent > today:
        wrong.append("ACKNOWLEDGE_TODAY_MINUTES: write no less than for urgent")
    key = "ACKNOWLEDGE_ROUTINE_AT"
    opens = SOUND.routine
    try:
        if environment.get(key):
            opens = time.fromisoformat(environment[key])
    except ValueError:
        wrong.append(f"{key}: write a time of day, such as 09:00")
    if opens.tzinfo is not None or opens.second or opens.microsecond:
        wrong.append(f"{key}: write a time of day, such as 09:00")
    return Times(urgent, today, opens, repeat)


def _minutes(
    environment: Mapping[str, str], key: str, usual: timedelta, wrong: list[str]
) -> timedelta:
    written = environment.get(key, "")
    if not written:
        return usual
    minutes = int(written) if re.fullmatch(r"[0-9]{1,4}", written) else 0
    if not 0 < minutes <= _LONGEST_WAIT:
        wrong.append(f"{key}: write whole minutes, from 1 to {_LONGEST_WAIT}")
        return usual
    return timedelta(minutes=minutes)
