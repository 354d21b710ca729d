"""Source files: what is accepted, and how a fault is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawlers.catalog import load_catalog, load_source
from zorya.errors import DataFileError, ZoryaError
from zorya.settings import REPOSITORY, Settings

GOOD = """id: aa_good
title: A board
homepage: https://board.example/
kind: job
country: ro
languages: [ro]
owner: someone
basis: public listings
engine: listing
start: [https://board.example/jobs]
follow: {ad: "a.ad"}
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_minimal_source_gets_polite_defaults(tmp_path: Path) -> None:
    spec = load_source(write(tmp_path, "aa_good.yml", GOOD))
    assert (spec.limits.delay, spec.status, spec.expect.min_postings) == (1.0, "draft", 1)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("title:", "titel:"), 2, "titel"),
        (("kind: job", "kind: jobs"), 4, "kind"),
        (("id: aa_good", "id: aa_other"), 1, "aa_other"),
        (('follow: {ad: "a.ad"}', ""), None, "follow.ad"),
        (('"a.ad"', '"a..ad"'), 11, "CSS"),
        (('"a.ad"', '"//a[@x="'), 11, "XPath"),
        (("engine: listing", "engine: json_api"), None, "json.items"),
        (("engine: listing", "engine: telegram"), None, "follow.ad"),
        (("https://board.example/jobs", "ftp://board.example/jobs"), 10, "http"),
        (("country: ro", "country: no"), 5, "country"),
        (("owner: someone", "owner: someone\nschedule: hourly"), 8, "cron"),
        (("owner: someone", "owner: someone\nowner: other"), 8, "twice"),
        (("owner: someone", "owner: someone\nfields: {title: {css: h1, xpath: //h1}}"), 8, "exactly one"),
        (("owner: someone", "owner: someone\nfields: {native_id: {url: '('}}"), 8, "regular expression"),
        (("owner: someone", "owner: someone\nencoding: windows-9999"), 8, "encoding"),
        (("owner: someone", "owner: someone\nlimits: {delay: 0}"), 8, "delay"),
        (("owner: someone", "owner: [someone"), None, "YAML"),
    ],
)
def test_a_fault_names_file_line_and_remedy(
    tmp_path: Path, change: tuple[str, str], line: int | None, words: str
) -> None:
    path = write(tmp_path, "aa_good.yml", GOOD.replace(*change))
    with pytest.raises(DataFileError) as caught:
        load_source(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert line is None or caught.value.line == line


def test_a_broken_file_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, "aa_good.yml", GOOD)
    write(tmp_path, "bb_bad.yml", GOOD.replace("kind: job", "kid: job"))
    write(tmp_path, "_template.yml", "not: a source")
    (tmp_path / "ro").mkdir()
    write(tmp_path / "ro", "aa_good.yml", GOOD)
    catalog = load_catalog([tmp_path, tmp_path / "missing"])
    assert [spec.id for spec in catalog.specs] == ["aa_good"]
    assert sorted(error.path.name for error in catalog.errors) == ["aa_good.yml", "bb_bad.yml"]


def test_asking_for_a_source_explains_itself(tmp_path: Path) -> None:
    write(tmp_path, "aa_good.yml", GOOD)
    write(tmp_path, "bb_bad.yml", GOOD.replace("kind: job", "kid: job"))
    catalog = load_catalog([tmp_path])
    with pytest.raises(ZoryaError, match="aa_good"):
        catalog.get("aa_goo")
    with pytest.raises(DataFileError, match=r"bb_bad\.yml:"):
        catalog.get("bb_bad")


def test_every_shipped_source_is_valid_and_polite() -> None:
    catalog = load_catalog(Settings().source_folders)
    assert catalog.errors == ()
    for spec in catalog.specs:
        assert spec.limits.delay >= 1, spec.id


def test_the_template_is_a_valid_source(tmp_path: Path) -> None:
    template = (REPOSITORY / "crawlers" / "sources" / "_template.yml").read_text(encoding="utf-8")
    assert load_source(write(tmp_path, "xx_site.yml", template)).id == "xx_site"


def test_the_catalog_imports_no_scrapy() -> None:
    code = "import sys, crawlers.catalog; sys.exit(any(m.split('.')[0] in {'scrapy', 'twisted'} for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0
