"""Reading by what was compiled before says the same as reading by what was just compiled."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from models.catalogue import Catalogue, catalogue
from models.catalogue_files import load_specs, shipped_lists
from models.facts.fact_file import fact_files
from models.facts.telling import fact_entries
from models.gazetteer import Gazetteer, gazetteer
from models.phrases import PhraseMatcher, parse_phrase
from models.shared_pass import shared_pass
from models.signs import sign_entries
from zorya.settings import Settings

_READ = """
import sys
from pathlib import Path
from zorya import compiled
compiled.keep_in(Path(sys.argv[1]))
from dataclasses import replace
from zorya.labelled import load_corpus
from models.reading import read
from models.known_words import known_words
from zorya.domain.ads import Kind, Posting
for ad in load_corpus(Path(sys.argv[2])).ads[:: int(sys.argv[3])]:
    found = read(Posting("file", ad.id, "", Kind("other"), ad.title, ad.body))
    normal = found.indicators.normalised
    told = replace(found.indicators, normalised=replace(normal, undone=frozenset()))
    print(repr((found.language, found.contacts, found.facts, found.places, told, sorted(normal.undone))))
    print(repr(normal.text))
known = known_words()
print(*(sorted(getattr(known, name)) for name in known.__dataclass_fields__), sep="\\n")
"""


def _plain(kept: dict[str, Any]) -> Any:
    return orjson.loads(orjson.dumps(kept))


def _reads(cache: Path, every: int) -> bytes:
    """What a process of its own reads of the seed corpus, in words. Hashing differs from process to process."""
    return subprocess.run(
        [sys.executable, "-c", _READ, str(cache), str(Settings().corpus_dir), str(every)],
        env=os.environ | {"PYTHONHASHSEED": "random"},
        capture_output=True,
        check=True,
    ).stdout


def test_ads_are_read_the_same_cold_and_warm(tmp_path: Path) -> None:
    cold = _reads(tmp_path / "cache", 20)
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    warm = _reads(tmp_path / "cache", 20)
    assert set(kept) >= {"catalogue.bin", "known_words.bin", "phrases.bin", "places.bin"}
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()} == kept
    assert warm == cold
    assert cold.count(b"IndicatorHit") > 10


def test_the_restored_catalogue_is_the_files() -> None:
    shipped = catalogue()
    assert list(shipped.specs) == sorted(load_specs(), key=lambda spec: (spec.code[0], int(spec.code[1:])))
    fresh = Catalogue(shipped.specs, shipped.frame)
    assert fresh.ruleset == shipped.ruleset
    assert _plain(fresh.kept()) == _plain(shipped.kept())


def test_the_restored_phrases_are_the_files() -> None:
    entries = dict.fromkeys((*sign_entries(shipped_lists()), *fact_entries(fact_files())))
    fresh = PhraseMatcher((key, parse_phrase(source)) for key, source in entries)
    restored = shared_pass().matcher
    assert list(restored.entries) == list(fresh.entries)
    assert orjson.loads(orjson.dumps(fresh.index)) == restored.index
    assert shared_pass().cancels == {file.fact: file.cancelled_by for file in fact_files()}


def test_the_restored_places_are_the_files() -> None:
    fresh, restored = Gazetteer(), gazetteer()
    assert fresh.first == restored.first
    assert all(
        fresh.named(word) == restored.named(word) and fresh.forms(word) == restored.forms(word) for word in fresh.first
    )
