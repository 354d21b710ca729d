"""Pay promised against usual wages: invented ads, each read whole."""

from pathlib import Path

import pytest

from models.lexicon_files import WageFile
from models.pay_plausibility import FILE, PayPlausibility, judge_pay, wages
from models.reading import read
from models.score import PAY, reason_text
from zorya.datafiles import load
from zorya.domain.ads import Kind, Posting
from zorya.domain.pay import find_pay, rates
from zorya.errors import DataFileError


def _judged(title: str, body: str, country: str | None = None) -> PayPlausibility:
    posting = Posting("test-board", "1", "https://board.example/1", Kind.JOB, title, body)
    return read(posting, country=country).facts.plausibility


@pytest.mark.parametrize(
    ("title", "body", "verdict", "country", "occupation"),
    [
        ("Chelneriță în Cipru", "Salariu 5000 euro pe lună.", "far_above", "cy", "services"),
        ("Официантки на Кипр", "Работа на Кипре, 6000 евро в месяц.", "far_above", "cy", "services"),
        ("Kelnerka, praca w Holandii", "Zarobki 15000 euro miesięcznie.", "far_above", "nl", "services"),
        ("Orderpicker in Tilburg, Nederland", "€ 16 per uur.", "usual", "nl", "elementary"),
        ("Spawacz, praca w Niemczech", "3 500 euro miesięcznie.", "usual", "de", "crafts"),
        ("Softwareentwickler in Deutschland", "5.500 € im Monat.", "usual", "de", "professionals"),
        ("Cules de căpșuni în Germania", "Plata 700 euro pe lună.", "below", "de", "elementary"),
        ("Kellnerin in Österreich", "5.500 € pro Monat.", "above", "at", "services"),
    ],
)
def test_verdict(title: str, body: str, verdict: str, country: str, occupation: str) -> None:
    found = _judged(title, body)
    assert (found.verdict, found.country, found.occupation) == (verdict, country, occupation)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Waitress wanted", "Good pay and tips."),
        ("Waitress wanted", "5000 EUR per month."),
        ("Waitress in Cyprus", "A prize of 5000 EUR."),
        ("Kasyno online, praca w Polsce", "Wygraj 900 000 zł miesięcznie."),
        ("Kelner, praca w Polsce", "Premia 2 zł/h."),
    ],
    ids=["no pay", "no country", "no period", "too much", "too little"],
)
def test_unknown_is_said(title: str, body: str) -> None:
    found = _judged(title, body)
    assert (found.verdict, found.ratio, found.why) == ("unknown", None, "")


def test_sentence_gives_the_numbers_and_the_span_the_amount() -> None:
    text = "Waitress in Cyprus, 5000 EUR per month."
    found = judge_pay(find_pay(text), ["cy"], "services")
    assert found.why == (
        "5,000 EUR for a full-time month is 3.1 times what service and sales workers usually earn in Cyprus "
        "(1,611 EUR gross, 2024)"
    )
    assert [text[slice(*span)] for span in found.spans] == ["5000 EUR per month"]


def test_net_is_compared_with_net() -> None:
    gross = judge_pay(find_pay("3000 EUR gross per month"), ["de"], None)
    net = judge_pay(find_pay("3000 EUR net per month"), ["de"], None)
    assert gross.ratio is not None
    assert net.ratio is not None
    assert net.ratio == pytest.approx(gross.ratio / wages().net_share, abs=0.02)


def test_of_several_countries_the_richest_counts() -> None:
    pays = find_pay("4000 EUR per month")
    assert judge_pay(pays, ["bg", "nl", "ro"], None).country == "nl"


def test_a_currency_paid_in_one_country_only_tells_the_country() -> None:
    assert judge_pay(find_pay("6000 zł miesięcznie"), [], None).country == "pl"
    assert judge_pay(find_pay("2000 EUR per month"), [], None).country is None


def test_every_figure_names_a_source_and_lies_where_wages_lie() -> None:
    table = wages()
    assert {group.isco for group in load(FILE, WageFile).groups.values()} == set(range(1, 10))
    for code, country in table.countries.items():
        assert 300 < country.annual / 12 / rates()[country.currency] < 8000, code
        assert table.usual(code, "elementary") < table.usual(code, "managers")


def test_a_figure_without_its_source_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "wages.yml"
    broken.write_text(FILE.read_text("utf-8").replace("source: cbs", "source: hearsay"), encoding="utf-8")
    with pytest.raises(DataFileError, match="no source hearsay"):
        load(broken, WageFile)


def test_rates_by_the_day_are_judged_as_of_single_days() -> None:
    assert judge_pay(find_pay("240 EUR per day"), ["it"], "services").verdict == "above"
    assert judge_pay(find_pay("5040 EUR per month"), ["it"], "services").verdict == "far_above"


def test_a_currency_of_another_country_is_in_the_offers_favour() -> None:
    assert judge_pay(find_pay("148 DKK per hour"), ["pl"], "elementary").country == "dk"


def test_reason_of_unusual_pay_gives_the_numbers() -> None:
    posting = Posting(
        "test-board", "1", "https://board.example/1", Kind.JOB, "Waitress in Cyprus", "6000 EUR per month."
    )
    reading = read(posting)
    (hit,) = [hit for hit in reading.indicators.hits if hit.code == PAY]
    assert reason_text(hit, reading.facts) == f"{hit.title}: {reading.facts.plausibility.why}"
    assert "3.7 times what service and sales workers usually earn in Cyprus" in reason_text(hit, reading.facts)
