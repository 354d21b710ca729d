"""Settings: where a value comes from, what is refused, and the keys."""

import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from zorya.errors import SettingsError
from zorya.settings import Settings, load_settings, origin_of, secret_key


@pytest.fixture
def write_file(home: Path) -> Path:
    home.mkdir(parents=True)
    path = home / "zorya.toml"
    path.write_text('language = "ro"\n[review]\nlease_minutes = 5\n', "utf-8")
    return path


def test_defaults_hold_without_a_file(home: Path) -> None:
    assert load_settings().review.lease_minutes == 20
    assert origin_of("review.lease_minutes") == "default"


def test_the_file_is_over_the_default(write_file: Path) -> None:
    assert load_settings().review.lease_minutes == 5
    assert origin_of("review.lease_minutes") == f"file {write_file}"


def test_the_environment_is_over_the_file(write_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZORYA__REVIEW__LEASE_MINUTES", "7")
    assert load_settings().review.lease_minutes == 7
    assert origin_of("review.lease_minutes") == "environment"


def test_one_value_from_the_environment_keeps_the_others_of_the_file(
    write_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZORYA__REVIEW__DAILY_CAP", "30")
    review = load_settings().review
    assert (review.lease_minutes, review.daily_cap) == (5, 30)


def test_an_unknown_key_is_refused(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "zorya.toml").write_text("langauge = 'ro'\n", "utf-8")
    with pytest.raises(SettingsError, match="langauge"):
        load_settings()


def test_a_broken_file_is_named(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "zorya.toml").write_text("language = \n", "utf-8")
    with pytest.raises(SettingsError, match=r"zorya\.toml"):
        load_settings()


def test_settings_do_not_change(home: Path) -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.language = "ro"


def test_reading_settings_makes_no_folder(home: Path) -> None:
    settings = load_settings()
    assert settings.home == home
    assert not home.exists()


def test_a_key_is_made_once_with_owner_only_rights(home: Path) -> None:
    settings = Settings(home=home)
    first = secret_key(settings, "contacts")
    path = settings.keys_dir / "contacts.key"
    assert secret_key(settings, "contacts") == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_key(settings, "other") != first


def test_many_threads_agree_on_one_new_key(home: Path) -> None:
    settings = Settings(home=home)
    gate = threading.Barrier(8)
    keys: list[bytes] = []

    def work() -> None:
        gate.wait(timeout=30)
        keys.append(secret_key(settings, "contacts"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in settings.keys_dir.iterdir()] == ["contacts.key"]


def test_a_damaged_key_is_not_replaced(home: Path) -> None:
    settings = Settings(home=home)
    settings.keys_dir.mkdir(parents=True)
    (settings.keys_dir / "contacts.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="restore it"):
        secret_key(settings, "contacts")


def test_lists_and_sections_of_the_environment_are_json_and_its_names_in_any_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("zorya__source_dirs", '["a", "b"]')
    monkeypatch.setenv("ZORYA__CRAWL", '{"timeout_s": 3, "at_once": 1}')
    monkeypatch.setenv("ZORYA__CRAWL__AT_ONCE", "2")
    settings = load_settings()
    assert settings.source_dirs == (Path("a"), Path("b"))
    assert (settings.crawl.timeout_s, settings.crawl.at_once) == (3.0, 2)


def test_a_text_that_begins_as_a_list_does_is_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZORYA__DIGEST__SMTP_HOST", "[::1]")
    assert load_settings().digest.smtp_host == "[::1]"


@pytest.mark.parametrize("name", ["ZORYA__LANGAUGE", "ZORYA__REVIEW__LEASE", "ZORYA__NO__SUCH__KEY"])
def test_an_unknown_variable_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=name.removeprefix("ZORYA__").partition("__")[0].lower()):
        load_settings()


def test_what_is_given_is_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZORYA__LANGUAGE", "nl")
    assert load_settings(language="uk").language == "uk"
