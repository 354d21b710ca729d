"""The gazetteer: names in ten languages, words that are no places, and who goes where."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.gazetteer import FILES, Gazetteer
from models.lexicon_files import PlaceFile
from models.places import find_places
from zorya.datafiles import load

FOUND = [
    ("ru", "Вакансии: Киев, Кишинёв, Кишинев", ["Kyiv", "Chișinău"]),
    ("ru", "жильё в Кёльне и в Нью-Йорке", ["Cologne", "New York"]),
    ("uk", "Київ, у Львові, до Праги, у Празі", ["Kyiv", "Lviv", "Prague"]),
    ("uk", "у Кривому Розі та Тель-Авіві", ["Kryvyi Rih", "Tel Aviv"]),
    ("bg", "гр. София, Пловдив и Слънчев бряг", ["Sofia", "Plovdiv", "Sunny Beach"]),
    ("pl", "w Krakowie, Łodzi, Białymstoku i Bielsku-Białej", ["Kraków", "Łódź", "Białystok", "Bielsko-Biała"]),
    ("hu", "Bécsben, Budapesten, Németországból", ["Vienna", "Budapest", "Germany"]),
    ("hu", "Cipruson, Máltán és Izlandon", ["Cyprus", "Malta", "Iceland"]),
    ("hu", "Munka Essenben, Lyonban vagy Dániában", ["Essen", "Lyon", "Denmark"]),
    ("cs", "v Praze, v Brně, z Českých Budějovic", ["Prague", "Brno"]),
    ("ro", "la București, Chisinau și Țările de Jos", ["Bucharest", "Chișinău", "Netherlands"]),
    ("nl", "Den Haag, België en Keulen", ["The Hague", "Belgium", "Cologne"]),
    ("de", "München, Köln, Tschechien", ["Munich", "Cologne", "Czechia"]),
    ("en", "Kiev, Kyiv, New York City, the UK", ["Kyiv", "New York City", "United Kingdom"]),
    ("en", "work in Nice, in Split and in Bath", ["Nice", "Split", "Bath"]),
    ("en", "WORK IN BATH", ["Bath"]),
]
NO_PLACES = [
    ("en", "a nice bath, we split the bill, reading, a side bar, german and italian food, good luck, an island smile"),
    ("ru", "Опыт работы с ELK, интеграция с OSS"),
    ("en", "Nice people wanted. Reading required. Split shifts, Essen, Bath"),
    ("ru", "английский язык, китайская кухня, сорок евро, примерно, бар, вена, смела, резина, дания"),
    ("uk", "рівне світло, суми до сплати, смілі"),
    ("bg", "английски език, шумен бар"),
    ("pl", "język polski, po polsku, dania obiadowe, piła, tych, wrześniu, poznanie, przemysłu, sumy, luck"),
    ("hu", "hatvan, pápa, baja, eger, érd. Bárban dolgozó lányok, pápában, romani"),
    ("cs", "písek, tábor, most, polská firma"),
    ("ro", "roman, cetate, medias, bursa"),
    ("nl", "turkey, geel, breda's, best"),
    ("de", "das Essen, wieder, Halle, Hamm, einigen"),
]
DESTINATION = [
    ("ru", "Работа в Германии"),
    ("ru", "требуются швеи в Варшаву"),
    ("uk", "робота в Німеччині"),
    ("uk", "виїзд до Польщі"),
    ("bg", "търсим жени за Германия"),
    ("bg", "работа в Гърция"),
    ("pl", "wyjazd do Holandii"),
    ("pl", "praca w Berlinie"),
    ("hu", "munka Ausztriában"),
    ("hu", "kiutazás Németországba"),
    ("hu", "munka Cipruson"),
    ("hu", "munka Máltán"),
    ("cs", "práce v Rakousku"),
    ("cs", "odjezd do Itálie"),
    ("ro", "plecare în Italia"),
    ("ro", "locuri de muncă în Olanda"),
    ("nl", "werk in Rotterdam"),
    ("nl", "vertrek naar Duitsland"),
    ("de", "nach Deutschland"),
    ("de", "Arbeit in Köln"),
    ("en", "jobs in Dubai"),
    ("en", "relocate to Cyprus"),
]
ORIGIN = [
    ("ru", "девушки из Молдовы"),
    ("ru", "с Украины"),
    ("uk", "жінки з України"),
    ("bg", "жени от България"),
    ("pl", "dziewczyny z Ukrainy"),
    ("hu", "lányok Romániából"),
    ("cs", "ženy z Moldavska"),
    ("ro", "fete din Moldova"),
    ("nl", "vrouwen uit Polen"),
    ("de", "Frauen aus Rumänien"),
    ("en", "girls from Romania"),
]
NO_ROLE = [
    ("ru", "наш офис в Киеве"),
    ("ru", "товары из Китая"),
    ("ru", "официальный дистрибьютор в Украине приглашает на работу"),
    ("ru", "вместе с Украиной"),
    ("uk", "офіс у Львові"),
    ("uk", "одяг з Італії"),
    ("bg", "офис в София"),
    ("bg", "коли от Германия"),
    ("pl", "siedziba w Warszawie"),
    ("pl", "samochody z Niemiec"),
    ("pl", "współpraca z Polską"),
    ("hu", "irodánk Budapesten"),
    ("hu", "ruha Olaszországból"),
    ("cs", "kancelář v Praze"),
    ("cs", "dovoz z Německa"),
    ("ro", "sediul în București"),
    ("ro", "mașini din Germania"),
    ("nl", "kantoor in Utrecht"),
    ("nl", "goederen uit China"),
    ("de", "Büro in Wien"),
    ("de", "Waren aus China"),
    ("en", "our office in London"),
    ("en", "coffee from Brazil"),
    ("en", "We like Germany"),
]


@pytest.mark.parametrize(("language", "text", "names"), FOUND)
def test_places_are_found_in_every_spelling(language: str, text: str, names: list[str]) -> None:
    assert [place.name for place in find_places(text)] == names


@pytest.mark.parametrize(("language", "text"), NO_PLACES)
def test_words_that_are_also_names_are_left_alone(language: str, text: str) -> None:
    assert find_places(text) == []


@pytest.mark.parametrize(
    ("text", "role"),
    [(text, "destination") for _, text in DESTINATION] + [(text, "origin") for _, text in ORIGIN],
)
def test_a_role_is_what_the_words_say(text: str, role: str) -> None:
    assert [place.role for place in find_places(text)] == [role]


@pytest.mark.parametrize("text", [text for _, text in NO_ROLE])
def test_a_place_that_is_only_mentioned_has_no_role(text: str) -> None:
    assert [place.role for place in find_places(text)] == [None]


def test_from_here_to_there() -> None:
    found = find_places("Приглашаем из Молдовы в Турцию, Анталью и Аланью. Наш офис в Киеве.")
    assert [(place.country, place.role) for place in found] == [
        ("md", "origin"),
        ("tr", "destination"),
        ("tr", "destination"),
        ("tr", "destination"),
        ("ua", None),
    ]


def test_a_later_mention_gives_the_role() -> None:
    [place] = find_places("Germania! Angajăm. Locuri de muncă în Germania")
    assert (place.raw, place.role) == ("Germania", "destination")


def test_a_field_that_holds_only_a_place_needs_no_preposition() -> None:
    assert find_places("Split") == []
    assert [place.country for place in find_places("Split", field=True)] == ["hr"]


def test_every_origin_country_has_its_cities_and_the_whole_is_large() -> None:
    counts: dict[str, int] = {}
    for path in FILES:
        for country, places in load(path, PlaceFile).places.items():
            counts[country] = counts.get(country, 0) + len(places)
    assert sum(counts.values()) >= 1000
    assert all(counts[country] >= 25 for country in ("md", "ua", "ro", "bg", "pl", "hu", "cz"))


def test_loading_and_searching_are_quick() -> None:
    begun = time.process_time()
    Gazetteer()
    assert time.process_time() - begun < 1.0
    text = "Работа в Германии, Варшаве и Кишинёве. " * 2_000
    begun = time.process_time()
    find_places(text)
    assert time.process_time() - begun < 5.0


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_what_is_found_stands_in_the_text(text: str) -> None:
    whole = f"{text} Köln {text}"
    assert all(place.raw in whole and place.country for place in find_places(whole))
