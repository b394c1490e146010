"""Settings are checked at once, and an address is never printed."""

from pathlib import Path

import pytest

from bot.settings import DEFAULT_PACK, SettingsError, read_settings
from tests.support.packs import ROOT, SHIPPED

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
