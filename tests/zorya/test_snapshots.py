"""Frozen labels: the same labels are the same snapshot, and a changed file is found out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zorya import snapshots
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, Origin
from zorya.snapshots import Part

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def _ad(number: int, label: VerdictLabel = VerdictLabel.CONCERN) -> LabelledAd:
    return LabelledAd(
        id=f"a{number}",
        language="pl",
        kind=Kind.JOB,
        title="Hostessa",
        body="Wyjazd jutro.\u2028Mieszkanie gratis",
        label=label,
        patterns=(),
        group=f"g{number}",
        origin=Origin.VERDICT,
        register_="terse",
    )


def _freeze(folder: Path, *ads: LabelledAd) -> Path:
    manifest = snapshots.freeze(folder, [(Part("verdicts", len(ads), "0" * 64), ads)], as_of=NOW)
    return folder / manifest.version


def test_what_was_frozen_is_read_again(tmp_path: Path) -> None:
    ads = (_ad(1), _ad(2, VerdictLabel.NO_CONCERN))
    snapshot = snapshots.read_snapshot(_freeze(tmp_path, *ads))
    assert snapshot.ads == ads
    assert snapshot.manifest.labels == {"concern": 1, "no_concern": 1}


def test_the_same_labels_are_the_same_snapshot(tmp_path: Path) -> None:
    assert _freeze(tmp_path, _ad(1)) == _freeze(tmp_path, _ad(1))
    assert _freeze(tmp_path, _ad(1)) != _freeze(tmp_path, _ad(2))


def test_an_altered_snapshot_is_refused(tmp_path: Path) -> None:
    home = _freeze(tmp_path, _ad(1))
    lines = home / snapshots.ADS
    lines.write_text(lines.read_text("utf-8").replace("concern", "no_concern"), encoding="utf-8")
    with pytest.raises(DataFileError, match="differs from the digest"):
        snapshots.read_snapshot(home)


def test_no_snapshot_names_the_verb_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="labels export"):
        snapshots.read_snapshot(tmp_path)
