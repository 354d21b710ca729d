"""Compiled data files: the same value cold and warm, never a stale or a broken one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from zorya.compiled import Table, compiled, keep_in, lines, words_of
from zorya.errors import DataFileError

CODE = Path(__file__).parent


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    """A folder that is kept in while the test runs."""
    folder = tmp_path / "home" / "cache"
    keep_in(folder)
    yield folder
    keep_in(None)


class Builder:
    """Reads a file, and counts how often it had to."""

    def __init__(self, path: Path) -> None:
        self.path, self.built = path, 0

    def __call__(self) -> Any:
        self.built += 1
        return {"words": tuple(self.path.read_text(encoding="utf-8").split())}


@pytest.fixture
def build(tmp_path: Path) -> Builder:
    """Over one file of words."""
    path = tmp_path / "words.txt"
    path.write_text("hotel kitchen", encoding="utf-8")
    return Builder(path)


def get(build: Builder) -> Any:
    return compiled("words", [build.path], CODE, build)


def test_a_value_is_built_once(cache: Path, build: Builder) -> None:
    assert get(build) == get(build) == {"words": ["hotel", "kitchen"]}
    assert build.built == 1
    assert [path.name for path in cache.iterdir()] == ["words.bin"]


def test_nothing_is_kept_until_it_is_said_where(build: Builder, tmp_path: Path) -> None:
    assert get(build) == get(build) == {"words": ["hotel", "kitchen"]}
    assert build.built == 2
    assert list(tmp_path.iterdir()) == [build.path]


def test_a_changed_file_is_seen_though_size_and_time_are_the_same(cache: Path, build: Builder) -> None:
    get(build)
    was = build.path.stat()
    build.path.write_text("motel kitchen", encoding="utf-8")
    os.utime(build.path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert get(build) == {"words": ["motel", "kitchen"]}


def test_a_changed_compiler_is_seen(cache: Path, build: Builder, tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("was", "is")]
    for place in places:
        place.mkdir()
        (place / "compiler.py").write_text(f"# {place.name}", encoding="utf-8")
        compiled("words", [build.path], place, build)
    assert build.built == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda held: b"",
        lambda held: held[:-3],
        lambda held: held[:70] + bytes([held[70] ^ 1]) + held[71:],
        lambda held: b"\0" * len(held),
    ],
    ids=["empty", "cut", "one bit", "zeros"],
)
def test_a_broken_file_is_replaced(cache: Path, build: Builder, spoil: Callable[[bytes], bytes]) -> None:
    value, path = get(build), cache / "words.bin"
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    assert get(build) == value
    assert path.read_bytes() == whole


def test_where_nothing_can_be_written_the_value_is_built_each_time(tmp_path: Path, build: Builder) -> None:
    (tmp_path / "home").write_text("a file, so no folder can be made below it", encoding="utf-8")
    keep_in(tmp_path / "home" / "cache")
    try:
        assert get(build) == get(build) == {"words": ["hotel", "kitchen"]}
    finally:
        keep_in(None)
    assert build.built == 2


def test_writers_side_by_side_leave_one_whole_file(cache: Path, build: Builder) -> None:
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(lambda _: get(build), range(40)))
    assert values == [values[0]] * 40
    assert [path.name for path in cache.iterdir()] == ["words.bin"]
    built = build.built
    get(build)
    assert build.built == built


def test_a_fault_of_a_file_is_told_and_not_kept(cache: Path, build: Builder) -> None:
    def fail() -> Any:
        raise DataFileError(build.path, "not valid")

    with pytest.raises(DataFileError):
        compiled("words", [build.path], CODE, fail)
    assert not cache.exists()


def test_the_command_line_keeps_what_it_compiled_in_the_home_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ran = subprocess.run(
        [sys.executable, "-m", "zorya", "indicators", "list", "--json"],
        env=os.environ | {"ZORYA__HOME": str(home)},
        capture_output=True,
        check=True,
    )
    assert ran.stdout
    assert (home / "cache" / "catalogue.bin").is_file()


@pytest.mark.parametrize("values", [{}, {"я": [1, ["a"]]}, {"": None, "a b": {"c": "d\ne"}, "b": 7}])
def test_a_table_gives_back_what_it_was_made_of(values: dict[str, Any]) -> None:
    table = Table(Table.of(values))
    assert dict(table) == values
    assert len(table) == len(values)
    assert "no such word" not in table
    assert table.get("no such word") is None


@pytest.mark.parametrize("words", [[], ["a"], ["b", "я", "a b"]])
def test_lines_give_back_their_words(words: list[str]) -> None:
    assert words_of(lines(words)) == words
