"""Languages of ads and of their parts."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue import catalogue
from models.language_eval import SHORT, on_files
from models.language_spellings import in_latin, moldovan_cyrillic, serbian_cyrillic, spellings, without_marks
from models.language_training import Sample, train
from models.reading import read
from zorya.domain.ads import Kind, Posting
from zorya.domain.language_profile import parse_table, profile
from zorya.domain.languages import identify, language_at, parts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Angajam femei pentru curatenie in Germania, cazare asigurata si plata saptamanal", "ro"),
        ("Ангажэм фемей пентру курэцение ын Ӂермания, казаре асигуратэ ши платэ сэптэмынал", "ro"),
        ("rabota v germanii bez opyta, zhile predostavlyaetsya", "ru"),
        ("robota v nimechchyni bez dosvidu, zhytlo nadaiemo bezkoshtovno", "uk"),
        ("rabota v germaniya bez opit, osigureno zhilishte i hrana", "bg"),
        ("Работа в Германии без опыта", "ru"),
        ("Робота в Німеччині без досвіду", "uk"),
        ("Работа в Германия без опит, осигурена квартира", "bg"),
        ("Praca w Niemczech bez doświadczenia", "pl"),
        ("Munka Németországban tapasztalat nélkül", "hu"),
        ("Práce v Německu bez praxe, ubytování zajištěno", "cs"),
        ("Werk in Duitsland zonder ervaring, huisvesting geregeld", "nl"),
        ("Arbeit in der Schweiz ohne Erfahrung, Zimmer vorhanden", "de"),
        ("Work in Germany, no experience needed, housing provided", "en"),
        ("Посао у Немачкој без искуства, смештај обезбеђен", "sr"),
        ("Posao u Njemačkoj bez iskustva, smještaj osiguran i plaća redovita", "hr"),
        ("Offre d'emploi : nous recherchons une serveuse pour notre restaurant à Lyon, logement fourni.", "fr"),
        ("Darbs Vācijā bez pieredzes, nodrošinām dzīvesvietu un labu algu katru mēnesi", "lv"),
    ],
)
def test_language_is_named(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("podmienky dohodneme na pohovore", "sk"),
        ("riadenie skladu a vedenie kolektívu", "sk"),
        ("vozidlo aj telefón k dispozícii", "sk"),
        ("podmínky dohodneme na pohovoru", "cs"),
        ("řízení skladu a vedení kolektivu", "cs"),
        ("vůz i telefon jsou k dispozici", "cs"),
    ],
)
def test_short_slovak_and_czech_are_told_apart(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize(
    "text", ["", "OK!!!", "+44 7700 900123", "xqz wvk pfft brrk zzzq", "https://jobs.example/rabota/germania"]
)
def test_what_is_in_no_language_is_unknown(text: str) -> None:
    assert identify(text) is None


def test_addresses_do_not_speak() -> None:
    text = "Munka Bécsben, szállás van https://work-in-germany.example/apply-now-for-the-best-housing-and-good-pay"
    assert identify(text) == "hu"


def test_each_sentence_has_its_language() -> None:
    romanian = "Angajăm fete pentru bar în Cipru, cazare asigurată. "
    russian = "Требуются девушки для работы в баре, жильё бесплатно.\n"
    english = "We are looking for girls who want to work in our bar."
    at = len(romanian), len(romanian + russian)
    assert parts(romanian + russian + english) == (
        (0, at[0], "ro"),
        (at[0], at[1], "ru"),
        (at[1], at[1] + len(english), "en"),
    )


def test_names_and_short_lines_go_with_the_ad() -> None:
    text = "Hotel Grand Palace Prague\nCăutăm bucătar cu experiență, program de zi.\nBella Vista Spa\nTelegram: ok"
    assert parts(text) == ((0, len(text), "ro"),)


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_parts_are_the_whole_text_in_order(text: str) -> None:
    found = parts(text)
    assert "".join(text[start:end] for start, end, _ in found) == text
    assert all(start < end for start, end, _ in found)
    assert all(before[1] == after[0] and before[2] != after[2] for before, after in pairwise(found))
    assert all(language_at(found, start) == language for start, _, language in found)


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_any_text_is_judged(text: str) -> None:
    assert identify(text) == identify(text)


def test_no_lane_overflows_into_the_next() -> None:
    """The heaviest sequences, as many as are read at once, leave the likeliest variety the likeliest."""
    for variety, text in (("hu", "hogy egy és "), ("uk", "що і ї "), ("ro", "și în ")):
        assert profile().tally(text * 1000).best()[0] == variety


def test_a_single_word_counts_by_the_language_of_its_part() -> None:
    """A one-word phrase of one language is not heard in another's sentence."""
    phrase, language = next(
        (source, language)
        for spec in catalogue().specs
        if spec.status == "active" and spec.code != "E6"
        for language, phrases in spec.phrases.items()
        for source in phrases.present
        if language == "ro" and source.isalpha() and source.isascii()
    )
    around = "Căutăm personal pentru restaurant, program de zi și salariu bun. "
    text = f"{around}{phrase}. "
    heard = catalogue().read(text, language, ((0, len(text), "ro"),)).hits
    unheard = catalogue().read(text, language, ((0, len(around), "ro"), (len(around), len(text), "hu"))).hits
    assert [hit.code for hit in heard] != [hit.code for hit in unheard]


def test_a_reading_tells_the_parts() -> None:
    posting = Posting(
        "x", "1", "x:1", Kind.JOB, "Work abroad for women", "Требуются девушки для работы в баре, жильё бесплатно."
    )
    reading = read(posting)
    assert [language for _, _, language in reading.parts] == ["en", "ru"]
    assert reading.text[reading.parts[1][0] :] == posting.body


def test_spellings() -> None:
    assert without_marks("Căutăm łódź straße") == "Cautam lodz strasse"
    assert in_latin("ru", "Работа ещё", 0) == "rabota eshche"
    assert in_latin("uk", "житло", 1) == "zhytlo"
    assert serbian_cyrillic("Ljubav i džep") == "љубав и џеп"
    assert moldovan_cyrillic("munci chimie") == "мунчь кимие"
    assert {variety for variety, _ in spellings("ro", "în", 0)} == {"ro", "ro-Cyrl"}


def test_a_profile_learns_what_it_is_shown() -> None:
    shown = [
        Sample(language, sentence, f"{number}")
        for number in range(40)
        for language, sentence in (("aa", "kato pelo kato rini moto"), ("bb", "wuxy zorth wuxy quint brax"))
    ]
    learned = parse_table(train(shown))
    assert learned.tally("kato rini").best()[0] == "aa"
    assert learned.tally("zorth brax").best()[0] == "bb"


def test_accuracy_on_files_counts_by_stated_language(tmp_path: Path) -> None:
    file = tmp_path / "ads.jsonl"
    file.write_text(
        '{"title": "Munka Bécsben", "body": "Szállás és étkezés biztosított, jó fizetés.", "language": "hu"}\n'
        '{"title": "Work in Vienna", "body": "Good pay and housing for everyone.", "language": "hu"}\n',
        encoding="utf-8",
    )
    rows = {row["language"]: row for row in on_files([file])}
    assert rows["hu"]["both whole"] == 0.5
    assert rows["all"][f"both {SHORT}"] == 0.5
