"""The card of the catalogue: what is counted on ordinary ads, and that no more of an ad than the wording gets on it."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import catalogue_card as counts
from models.catalogue import catalogue
from models.catalogue_card_text import render
from models.ordinary import name_of, read_set, sets_of
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError
from zorya.labelled import Corpus, LabelledAd

ADS = [
    {
        "id": "1",
        "title": "Agenție serioasă angajează fete",
        "body": "Îți facem actele, contract la sosire, fără experiență.",
    },
    {"id": "2", "title": "Vând bicicletă", "body": "Bicicletă roșie, puțin folosită, preț negociabil, Chișinău."},
    {
        "id": "3",
        "title": "Ospătar",
        "body": "Fără experiență, te învățăm noi. Sunați la 069 000 123, întrebați de Zinaida.",
    },
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [json.dumps(ad, ensure_ascii=False) for ad in ADS]
    (tmp_path / "plain.jsonl").write_text("\n".join(lines[:2]), encoding="utf-8")
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress("\n".join(lines[2:]).encode()))
    return tmp_path


def count(folder: Path) -> counts.Ordinary:
    ordinary = counts.Ordinary()
    for path in sets_of(folder):
        counts.count_ordinary(ordinary, name_of(path), read_set(path))
    return ordinary


def page(ordinary: counts.Ordinary) -> str:
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    return render(
        catalogue(), {}, counts.labelled(Corpus((), "")), ordinary, as_of=moment, commit="abc1234", limit=None
    )


def test_ads_are_counted_by_set_and_number_of_indicators(folder: Path) -> None:
    ordinary = count(folder)
    assert {name: share.ads for name, share in ordinary.sets.items()} == {"packed": 1, "plain": 2}
    assert ordinary.sets["plain"].at_least[1] == ordinary.sets["plain"].at_least[3] == 1
    assert ordinary.total.at_least[1] == 2


def test_the_ilo_rule_is_counted_beside(folder: Path) -> None:
    assert count(folder).total.rule == 1


def test_the_page_names_how_many_ads_of_which_sets_and_the_study(folder: Path) -> None:
    text = page(count(folder))
    assert "3 public ads in 2 sets" in text
    assert "98.4 %" in text
    assert "| packed | 1 |" in text


def test_no_text_of_an_ad_but_the_matched_wording_is_on_the_page(folder: Path) -> None:
    text = page(count(folder))
    assert "fără experiență" in text
    assert not [word for word in ("Zinaida", "069", "bicicletă", "Chișinău") if word in text]


def test_corpus_rows_say_what_was_put_down_and_not_found() -> None:
    def ad(name: str, body: str, *codes: str) -> LabelledAd:
        label = VerdictLabel.CONCERN if codes else VerdictLabel.NO_CONCERN
        return LabelledAd(
            id=name, language="ro", kind=Kind.JOB, title="", body=body, label=label, patterns=(), group=name,
            indicators=codes,
        )  # fmt: skip

    corpus = Corpus(
        (
            ad("a", "Angajăm fete, fără experiență.", "B3", "D2"),
            ad("b", "Fără experiență."),
        ),
        "",
    )
    row = counts.labelled(corpus)["ro"]
    assert (row.found, row.missed) == (1, 1)
    assert row.beside >= 1
    assert (row.concern.ads, row.no_concern.ads) == (1, 1)


def test_every_remedy_is_for_a_code_of_the_catalogue() -> None:
    assert set(counts.remedies()) <= set(catalogue().by_code)


def test_a_bad_line_is_named(folder: Path) -> None:
    broken = folder / "plain.jsonl"
    broken.write_text('{"id": "1", "title": "a", "body": "b"}\n["no object"]\n', encoding="utf-8")
    with pytest.raises(DataFileError, match=r"plain.jsonl:2:"):
        list(read_set(broken))


def test_a_truncated_archive_is_named(folder: Path) -> None:
    packed = folder / "packed.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(DataFileError, match=r"packed.jsonl.gz"):
        list(read_set(packed))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no ads here"):
        sets_of(tmp_path)


def test_only_the_first_ads_of_a_set_when_limited(folder: Path) -> None:
    assert [posting.native_id for posting in read_set(folder / "plain.jsonl", limit=1)] == ["1"]
