"""Ads erased from frozen snapshots: gone for good, told by the manifest, and no digest that lies."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zorya import erasures, snapshots
from zorya.domain.ads import Kind
from zorya.domain.ids import sha256_hex
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, Origin
from zorya.snapshots import ADS, Part, read_snapshot

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def _ad(number: int) -> LabelledAd:
    return LabelledAd(
        id=f"a{number}",
        language="pl",
        kind=Kind.JOB,
        title="Hostessa",
        body=f"Wyjazd jutro, pokój {number}",
        label=VerdictLabel.CONCERN,
        patterns=(),
        group=f"g{number}",
        origin=Origin.VERDICT,
        contacts=(f"token{number % 3}",),
    )


def _freeze(folder: Path, *ads: LabelledAd) -> Path:
    return folder / snapshots.freeze(folder, [(Part("verdicts", len(ads), ""), ads)], as_of=NOW).version


def test_what_is_erased_is_gone_and_told(tmp_path: Path) -> None:
    one, other = _freeze(tmp_path, *map(_ad, range(6))), _freeze(tmp_path, *map(_ad, range(3, 9)))
    before = read_snapshot(one).manifest
    done = erasures.erase(tmp_path, ["a4", "a8"], reason="asked for on 25 November", at=NOW)
    assert done == {one.name: 1, other.name: 2}
    held = read_snapshot(one)
    assert [ad.id for ad in held.ads] == ["a0", "a1", "a2", "a3", "a5"]
    assert "pokój 4" not in (one / ADS).read_text("utf-8")
    assert (held.manifest.version, held.manifest.sha256) == (before.version, before.sha256), "models still find it"
    (told,) = held.manifest.erased
    assert (told.ads, told.reason) == (1, "asked for on 25 November")
    assert held.manifest.digest == told.left == sha256_hex((one / ADS).read_bytes()) != held.manifest.sha256


def test_a_snapshot_altered_after_an_erasure_is_refused(tmp_path: Path) -> None:
    home = _freeze(tmp_path, _ad(1), _ad(2))
    whole = (home / ADS).read_bytes()
    erasures.erase(tmp_path, ["a1"], reason="asked", at=NOW)
    (home / ADS).write_bytes((home / ADS).read_bytes() + b"\n")
    with pytest.raises(DataFileError, match="differs from the digest"):
        read_snapshot(home)
    (home / ADS).write_bytes(whole)
    with pytest.raises(DataFileError, match="zorya labels erase"):
        read_snapshot(home)


def test_an_erasure_that_broke_off_is_ended_by_doing_it_again(tmp_path: Path) -> None:
    home = _freeze(tmp_path, _ad(1), _ad(2))
    whole = (home / ADS).read_bytes()
    erasures.erase(tmp_path, ["a1"], reason="asked", at=NOW)
    (home / ADS).write_bytes(whole)  # as after a crash between the manifest and the ads
    assert erasures.reached(tmp_path, lambda ad: ad.id == "a1").by_snapshot == {home.name: 1}
    assert erasures.erase(tmp_path, ["a1"], reason="asked", at=NOW) == {home.name: 1}
    held = read_snapshot(home)
    assert [ad.id for ad in held.ads] == ["a2"]
    assert len(held.manifest.erased) == 1


def test_erasing_twice_changes_nothing(tmp_path: Path) -> None:
    home = _freeze(tmp_path, _ad(1), _ad(2))
    erasures.erase(tmp_path, ["a1"], reason="asked", at=NOW)
    first = read_snapshot(home)
    assert erasures.erase(tmp_path, ["a1"], reason="asked again", at=NOW) == {}
    assert read_snapshot(home) == first
    assert erasures.erased_ids(tmp_path) == {"a1"}


@given(rounds=st.lists(st.sets(st.integers(0, 7), min_size=1), max_size=4))
def test_whatever_is_erased_in_whatever_order_the_rest_stays(
    rounds: list[set[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("snapshots")
    home = _freeze(folder, *map(_ad, range(8)))
    for gone in rounds:
        erasures.erase(folder, {f"a{number}" for number in gone}, reason="asked", at=NOW)
    left = set(range(8)).difference(*rounds)
    assert [ad.id for ad in read_snapshot(home).ads] == [f"a{number}" for number in sorted(left)]


def test_a_list_of_erased_ads_that_is_damaged_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / erasures.ERASED).write_text('{"id": "a1"}\nnothing\n')
    with pytest.raises(DataFileError, match=r"erased.jsonl:2"):
        erasures.erased_ids(tmp_path)
