"""A wrong data file is reported with file, line and remedy."""

from pathlib import Path

import pytest
from pydantic import Field

from zorya.datafiles import DataModel, load, read_yaml
from zorya.errors import DataFileError


class Inner(DataModel):
    host: str
    port: int = Field(ge=1)


class Outer(DataModel):
    title: str
    servers: tuple[Inner, ...] = ()
    home: Inner | None = None


GOOD = "title: Works\nservers:\n  - host: a\n    port: 1\n"

BAD: list[tuple[str, bytes, int | None, str]] = [
    ("unknown key", b"title: x\ntitel: y\n", 2, "remove it or correct its spelling"),
    ("wrong type", b"title: x\nservers:\n  - host: a\n    port: many\n", 4, "servers.0.port"),
    ("out of range", b"title: x\nservers:\n  - host: a\n    port: 0\n", 4, "servers.0.port"),
    ("missing key", b"servers: []\n", 1, "title"),
    ("missing key inside", b"title: x\nhome:\n  port: 3\n", 2, "home.host"),
    ("key twice", b"title: x\ntitle: y\n", 2, "appears twice"),
    ("key twice inside", b"title: x\nhome:\n  host: a\n  host: b\n  port: 1\n", 4, "appears twice"),
    ("not YAML", b"title: x\nservers: [\n", 3, "not valid YAML"),
    ("tab", b"title: x\nhome:\n\thost: a\n", 3, "not valid YAML"),
    ("not UTF-8", "title: Женщина\n".encode("cp1251"), None, "not UTF-8"),
    ("empty", b"", 1, "key: value"),
    ("a list", b"- a\n- b\n", 1, "key: value"),
    ("python object", b"title: !!python/object/apply:os.system [id]\n", 1, "not valid YAML"),
    ("NUL byte", b"title: a\x00b\n", None, "not valid YAML"),
]


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.yml"
    path.write_text(GOOD, "utf-8")
    assert load(path, Outer) == Outer(title="Works", servers=(Inner(host="a", port=1),))


@pytest.mark.parametrize(("content", "line", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_names_line_and_remedy(tmp_path: Path, content: bytes, line: int | None, words: str) -> None:
    path = tmp_path / "bad.yml"
    path.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        load(path, Outer)
    assert caught.value.path == path
    assert caught.value.line == line
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}: " if line else f"{path}: ")


def test_the_other_faults_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text("titel: x\nservers: 3\n", "utf-8")
    with pytest.raises(DataFileError, match=r"and 2 more"):
        load(path, Outer)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        read_yaml(tmp_path / "none.yml")


def test_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        read_yaml(tmp_path)
