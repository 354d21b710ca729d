"""Flags among ordinary ads are counted per set and language, with exact intervals."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from scipy.stats import binomtest

from models.evaluation.false_alarms import count, exact_interval
from models.score import Scorer

LURE = (
    "Angajăm fete 18-25 ani pentru club în Cipru, fără experiență, câștiguri mari garantate, cazare și bilet plătite "
    "de noi și reținute din salariu, îți facem actele, poze întregi doar pe WhatsApp +44 7700 900123"
)


@pytest.mark.parametrize(("found", "of"), [(0, 300), (3, 300), (300, 300), (1, 2)])
def test_interval_is_clopper_pearsons(found: int, of: int) -> None:
    expected = binomtest(found, of).proportion_ci(method="exact")
    assert exact_interval(found, of) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_every_flag_is_told_and_masked(tmp_path: Path, scorer: Scorer, as_of: datetime) -> None:
    ads = [{"id": "1", "title": "Brutar", "body": "Căutăm brutar cu contract de muncă în Cluj."}]
    ads.append({"id": "2", "title": "", "body": LURE})
    (tmp_path / "town.jsonl").write_text("\n".join(map(json.dumps, ads)), encoding="utf-8")
    found = count(tmp_path, scorer, as_of=as_of)
    assert [(flag.id, flag.language) for flag in found.flags] == [("2", "ro")]
    assert "900123" not in found.flags[0].text
    rows = {(row["set"], row["language"]): (row["ads"], row["flagged"]) for row in found.rows()}
    assert rows == {("town", "ro"): (2, 1), ("all", "ro"): (2, 1), ("all", "all"): (2, 1)}


def test_a_text_posted_again_and_again_is_one_wording(tmp_path: Path, scorer: Scorer, as_of: datetime) -> None:
    again = [LURE.replace("900123", f"9001{number}4") for number in range(5)]
    bodies = [*again, "Căutăm brutar cu contract de muncă în Cluj."]
    ads = [{"id": str(number), "title": "", "body": body} for number, body in enumerate(bodies)]
    (tmp_path / "town.jsonl").write_text("\n".join(map(json.dumps, ads)), encoding="utf-8")
    found = count(tmp_path, scorer, as_of=as_of)
    assert len(found.flags) == 5
    assert [(each.language, each.flagged is not None) for each in found.wordings] == [("ro", True), ("ro", False)]
    assert set(found.flags[0].indicators) <= set(found.wordings[0].flagged or ())
