"""Settings are checked at once, and an address is never printed."""

import re
from datetime import time
from pathlib import Path

import pytest

from bot.escalation import SOUND, Times
from bot.overload import Limits
from bot.settings import (
    DEFAULT_PACK,
    MailSettings,
    SettingsError,
    read_settings,
    with_secrets,
)
from tests.support.packs import ROOT, SHIPPED
from tests.support.people import minutes

MARKED = "hunter2"


def test_nothing_need_be_set_on_a_laptop() -> None:
    settings = read_settings({}, ROOT)

    assert settings.database == f"sqlite:///{ROOT / 'var' / 'share-advice.db'}"
    assert settings.keys == ROOT / "var" / "share-advice.keys"
    assert settings.anchors == ROOT / "var" / "share-advice.anchors"
    assert settings.pack == SHIPPED
    assert settings.pack.name == DEFAULT_PACK
    assert settings.directory == ROOT / "knowledge" / "directory.yaml"
    assert settings.user == "local"
    assert settings.identity == ROOT / "knowledge" / "identity"
    assert settings.mail is None
    assert settings.times == SOUND


def test_every_setting_is_taken_from_the_environment(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.yaml"
    numbers.write_text("organisation: Ours\n")

    settings = read_settings(
        {
            "DATABASE_URL": "sqlite:////data/bot.db",
            "KEY_FILE": "/keys/bot.keys",
            "ANCHOR_FOLDER": "/anchors",
            "PACK": str(tmp_path),
            "DIRECTORY_FILE": str(numbers),
            "SHARE_ADVICE_USER": "ana",
            "IDENTITY_FOLDER": str(tmp_path),
        },
        ROOT,
    )

    assert settings.database == "sqlite:////data/bot.db"
    assert settings.keys == Path("/keys/bot.keys")
    assert settings.anchors == Path("/anchors")
    assert settings.pack == tmp_path
    assert settings.directory == numbers
    assert settings.user == "ana"
    assert settings.identity == tmp_path


def test_every_wrong_setting_is_named_at_once() -> None:
    environment = {
        "DATABASE_URL": f"{MARKED}.db",
        "PACK": "no-such-pack",
        "DIRECTORY_FILE": "/no/such/file",
    }

    with pytest.raises(SettingsError) as error:
        read_settings(environment, ROOT)

    assert [line.split(":")[0] for line in error.value.wrong] == list(environment)


def test_a_wrong_value_is_never_repeated() -> None:
    environment = {"DATABASE_URL": f"ana:{MARKED}@db", "PACK": MARKED}

    with pytest.raises(SettingsError) as error:
        read_settings(environment, ROOT)

    assert MARKED not in str(error.value)
    assert MARKED not in repr(error.value)


def test_settings_can_be_printed_without_the_address() -> None:
    address = f"postgresql://ana:{MARKED}@db/bot"

    settings = read_settings({"DATABASE_URL": address}, ROOT)

    assert MARKED not in repr(settings)
    assert MARKED not in str(settings)


@pytest.mark.parametrize(
    ("database", "keys"),
    [
        ("sqlite:////data/bot.db", Path("/data/bot.keys")),
        ("postgresql+psycopg://db/bot", ROOT / "var" / "share-advice.keys"),
    ],
)
def test_keys_lie_beside_the_database_file_or_in_var(database: str, keys: Path) -> None:
    settings = read_settings({"DATABASE_URL": database}, ROOT)

    assert settings.keys == keys


# ---- mail and times ---------------------------------------------------------------


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """A file that only its owner can read, with a password in it."""
    path = tmp_path / "password"
    path.write_text(f"{MARKED}\n")
    path.chmod(0o600)
    return path


def wrong(**environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as error:
        read_settings(environment, ROOT)
    return error.value.wrong


def test_mail_is_sent_through_the_server_that_is_named(password: Path) -> None:
    environment = {
        "MAIL_SERVER": "mail.example.org",
        "MAIL_FROM": "alerts@example.org",
        "MAIL_USER": "bot",
        "MAIL_PASSWORD_FILE": str(password),
    }

    mail = read_settings(environment, ROOT).mail

    server = ("mail.example.org", 587)
    assert mail == MailSettings(
        server, "alerts@example.org", tls=True, user="bot", password=MARKED
    )
    assert MARKED not in repr(mail)


@pytest.mark.parametrize("server", ["127.0.0.1:2525", "[::1]:2525", "localhost:2525"])
def test_a_server_on_this_machine_needs_no_tls(server: str) -> None:
    environment = {"MAIL_SERVER": server, "MAIL_FROM": "a@b.org", "MAIL_TLS": "none"}

    mail = read_settings(environment, ROOT).mail

    assert mail is not None
    assert mail.server[1] == 2525
    assert not mail.tls


def test_mail_without_tls_stays_on_this_machine() -> None:
    found = wrong(MAIL_SERVER="mail.example.org", MAIL_FROM="a@b.org", MAIL_TLS="none")

    assert found == ("MAIL_TLS: none is only for a server on this machine",)


def test_a_login_is_never_sent_without_tls(password: Path) -> None:
    found = wrong(
        MAIL_SERVER="127.0.0.1:25",
        MAIL_FROM="a@b.org",
        MAIL_TLS="none",
        MAIL_USER="bot",
        MAIL_PASSWORD_FILE=str(password),
    )

    assert found[0].startswith("MAIL_USER: a login is never sent without TLS")


def test_a_password_that_others_can_read_is_refused(password: Path) -> None:
    password.chmod(0o640)

    found = wrong(
        MAIL_SERVER="mail.example.org",
        MAIL_FROM="a@b.org",
        MAIL_USER="bot",
        MAIL_PASSWORD_FILE=str(password),
    )

    assert found == ("MAIL_PASSWORD_FILE: others can reach it; run chmod 600 on it",)


def test_every_wrong_setting_of_mail_and_times_is_named_at_once() -> None:
    found = wrong(
        MAIL_SERVER="mail example org",
        MAIL_FROM="alerts@example.org\r\nBcc: x@example.org",
        MAIL_TLS="yes",
        MAIL_USER="bot",
        ACKNOWLEDGE_URGENT_MINUTES="soon",
        ACKNOWLEDGE_TODAY_MINUTES="0",
        ACKNOWLEDGE_ROUTINE_AT="25:00",
        REPEAT_URGENT_MINUTES="100000",
    )

    assert {line.split(":")[0] for line in found} == {
        "MAIL_SERVER",
        "MAIL_FROM",
        "MAIL_TLS",
        "MAIL_PASSWORD_FILE",
        "ACKNOWLEDGE_URGENT_MINUTES",
        "ACKNOWLEDGE_TODAY_MINUTES",
        "ACKNOWLEDGE_ROUTINE_AT",
        "REPEAT_URGENT_MINUTES",
    }


def test_mail_settings_without_a_server_are_not_passed_over() -> None:
    assert wrong(MAIL_FROM="a@b.org") == (
        "MAIL_FROM: name the server in MAIL_SERVER too, or take this away",
    )


def test_times_to_acknowledge_are_the_organisations_to_set() -> None:
    environment = {
        "ACKNOWLEDGE_URGENT_MINUTES": "5",
        "ACKNOWLEDGE_TODAY_MINUTES": "60",
        "ACKNOWLEDGE_ROUTINE_AT": "08:30",
        "REPEAT_URGENT_MINUTES": "10",
    }

    assert read_settings(environment, ROOT).times == Times(
        minutes(5), minutes(60), time(8, 30), minutes(10)
    )


def test_what_is_urgent_never_waits_longer_than_what_is_for_today() -> None:
    found = wrong(ACKNOWLEDGE_TODAY_MINUTES="10")

    assert found == ("ACKNOWLEDGE_TODAY_MINUTES: write no less than for urgent",)


def test_every_setting_is_in_the_readme() -> None:
    code = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"', code))

    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    first = re.findall(r"(?m)^\| (`[A-Z_]+`[^|]*) \|", readme)
    named = {name for cell in first for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert read - named == set()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),  # noqa: S104 -- said in so many words
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_figures_are_for_this_machine_unless_an_address_is_named(
    written: str, read: tuple[str, int]
) -> None:
    assert read_settings({}, ROOT).metrics is None
    assert read_settings({"METRICS": written}, ROOT).metrics == read


@pytest.mark.parametrize("written", ["on", "0", "70000", "host:9464", ":9464"])
def test_a_place_for_figures_that_is_none_is_named(written: str) -> None:
    with pytest.raises(SettingsError, match="METRICS"):
        read_settings({"METRICS": written}, ROOT)


def test_signed_heads_go_to_the_addresses_that_are_set() -> None:
    mail = {"MAIL_SERVER": "mail.example.org", "MAIL_FROM": "bot@example.org"}

    settings = read_settings(
        mail | {"ANCHOR_MAIL": "dpo@example.org, audit@example.org"}, ROOT
    )

    assert settings.anchor_mail == ("dpo@example.org", "audit@example.org")
    assert read_settings(mail, ROOT).anchor_mail == ()


@pytest.mark.parametrize(
    "environment",
    [
        {"ANCHOR_MAIL": "dpo@example.org"},
        {
            "ANCHOR_MAIL": f"{MARKED} <dpo@example.org>",
            "MAIL_SERVER": "mail.example.org",
            "MAIL_FROM": "bot@example.org",
        },
    ],
    ids=["no server", "no address"],
)
def test_an_address_that_signed_heads_cannot_reach_is_refused(
    environment: dict[str, str],
) -> None:
    with pytest.raises(SettingsError) as error:
        read_settings(environment, ROOT)

    (line,) = error.value.wrong
    assert line.startswith("ANCHOR_MAIL:")
    assert MARKED not in line


# ---- limits -------------------------------------------------------------------------


def test_an_organisation_may_set_its_own_limits() -> None:
    settings = read_settings(
        {
            "LIMIT_TURNS_A_MINUTE": "30",
            "LIMIT_ORGANISATION_TURNS_A_MINUTE": "900",
            "LIMIT_SESSIONS_A_DAY": "12",
            "LIMIT_IN_FLIGHT": "64",
        },
        ROOT,
    )

    assert settings.limits == Limits(30, 900, 12, 64)
    assert read_settings({}, ROOT).limits == Limits()


@pytest.mark.parametrize("written", ["0", "-1", "none", "1.5", "10000000"])
def test_a_limit_that_is_none_is_named(written: str) -> None:
    with pytest.raises(SettingsError, match="LIMIT_IN_FLIGHT: write a whole number"):
        read_settings({"LIMIT_IN_FLIGHT": written}, ROOT)


# ---- secrets in files ---------------------------------------------------------------


def a_secret(folder: Path, words: str = f"{MARKED}\n", mode: int = 0o600) -> str:
    path = folder / "secret"
    path.write_text(words)
    path.chmod(mode)
    return str(path)


def refused(**environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        with_secrets(environment)
    assert MARKED not in str(caught.value)
    return caught.value.wrong


def test_a_file_may_hold_a_secret(tmp_path: Path) -> None:
    found = with_secrets({"SLACK_BOT_TOKEN_FILE": a_secret(tmp_path), "PACK": "ours"})

    assert found["SLACK_BOT_TOKEN"] == MARKED
    assert found["PACK"] == "ours"


def test_a_secret_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    found = refused(TEAMS_APP_SECRET_FILE=a_secret(tmp_path, mode=0o640))

    assert found == ("TEAMS_APP_SECRET_FILE: others can reach it; run chmod 600 on it",)


def test_every_wrong_secret_is_named_at_once(tmp_path: Path) -> None:
    found = refused(
        DATABASE_URL_FILE="/nowhere",
        SLACK_BOT_TOKEN_FILE=a_secret(tmp_path),
        SLACK_BOT_TOKEN=MARKED,
    )

    assert found == (
        "DATABASE_URL_FILE: write the path of a file that holds it",
        "SLACK_BOT_TOKEN_FILE: SLACK_BOT_TOKEN is set too; take one away",
    )
