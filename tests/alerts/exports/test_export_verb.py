"""`zorya alert export`: the file on stdout, talk on stderr, documented exit codes; no password, no file."""

import json

import pytest
from typer.testing import CliRunner

from alerts.exports.to_file import Format
from labeling.web.passwords import hash_password
from zorya.cli import app
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.store.people_schema import users

WORD = "an invented word"


@pytest.fixture
def zorya(partnership, monkeypatch, tmp_path):
    """Run the verb as Lena, who types her password; expected failures are raised as they are in `main`."""
    monkeypatch.setenv("ZORYA_HOME", str(partnership.settings.home))
    partnership.tell()
    with partnership.town.store.writing() as connection:
        connection.execute(users.update().where(users.c.name == "lena").values(password_hash=hash_password(WORD)))

    def call(*arguments, word=WORD):
        line = ["alert", "export", *map(str, arguments), "--by", "lena", "--to", str(tmp_path), "--password-stdin"]
        result = CliRunner().invoke(app, line, input=f"{word}\n")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.mark.parametrize(("kind", "ending"), [("stix", "stix.json"), ("misp", "misp.json"), ("htcds", "htcds.json")])
def test_it_prints_the_file_it_wrote(zorya, tmp_path, kind, ending):
    result = zorya("--partner", "la-strada", "--format", kind)
    (path,) = tmp_path.glob("TLP-AMBER_*")
    assert result.stdout.strip() == str(path)
    assert path.name == f"TLP-AMBER_la-strada_told.{ending}"
    assert json.loads(path.read_text())


def test_a_wrong_password_writes_nothing(zorya, tmp_path):
    with pytest.raises(PolicyRefusal, match="do not fit together"):
        zorya("--partner", "la-strada", word="a guess")
    assert not list(tmp_path.glob("TLP*"))


@pytest.mark.parametrize("asked", [(), ("l-1", "--partner", "la-strada"), ("--digest", "g-1")])
def test_what_to_export_is_said_in_one_way(zorya, asked):
    with pytest.raises(ZoryaError, match="name alerts, or a partner"):
        zorya(*asked)


def test_an_unknown_format_names_those_there_are(zorya):
    result = zorya("--partner", "la-strada", "--format", "pdf")
    assert result.exit_code == 2
    assert "stix, misp, csv, htcds" in result.output


def test_a_folder_that_is_not_there_is_no_file_name(partnership, tmp_path):
    partnership.tell()
    for name in ("nowhere", "nowhere/x.csv"):
        with pytest.raises(ZoryaError, match="no folder"):
            partnership.export(tmp_path / name, Format.CSV, partner="la-strada")
