"""Organisations an ad states, in ten languages; one name is the same in any script, two are a conflict."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaigns.grouping import group
from models.campaigns.imprint import imprint
from models.campaigns.names import apart, conflict, domain_name, name_of, same
from models.campaigns.organisations import find_organisations, organisations
from models.reading import read
from zorya.domain.ads import Kind, Posting

STATED = [
    ("en", "We are looking for staff at the Aurora Hotel in Leeds, live in.", ["Aurora"]),
    ("en", "Contract with Northmoor Care Ltd. from the first day, carers wanted.", ["Northmoor Care"]),
    ("ro", "Căutăm cameriste pentru hotelul Aurora din Sinaia, cazare și masă.", ["Aurora"]),
    ("ro", "SC Brutăria Ardeal SRL angajează brutari, contract de muncă.", ["Brutăria Ardeal"]),
    ("ro", "Brutăria Ciocârlia caută șofer, două schimburi.", ["Brutăria Ciocârlia"]),
    ("ro", "Sudor\nAngajator: Livada Nouă\nProgram de zi, contract de muncă.", ["Livada Nouă"]),
    ("ru", "Пекарня Иволга ищет упаковщиков, две смены.", ["Пекарня Иволга"]),
    ("ru", "Слесарь\nРаботодатель: Тихий Омут\nРабота в две смены.", ["Тихий Омут"]),
    ("uk", "Друкарня Конвалія шукає: водія, дві зміни, обідня перерва.", ["Друкарня Конвалія"]),
    ("bg", "Пекарна Авлига търси шофьор за две смени.", ["Пекарна Авлига"]),
    ("pl", "Spawacz\nPracodawca: Granitex\nPraca na dwie zmiany.", ["Granitex"]),
    ("pl", "Biała Skała zatrudni spawacza, dwie zmiany, posiłki.", ["Biała Skała"]),
    ("hu", "Gyöngyvirág Pékség keres sofőrt két műszakba.", ["Gyöngyvirág Pékség"]),
    ("cs", "Pekárna Žluva hledá řidiče na dvě směny.", ["Pekárna Žluva"]),
    ("nl", "Bakkerij Wielewaal zoekt een chauffeur voor twee ploegen.", ["Bakkerij Wielewaal"]),
    ("de", "Bäckerei Lindner sucht Fahrer für zwei Schichten.", ["Bäckerei Lindner"]),
    ("en", "Linden Bakery is looking for a driver, two shifts.", ["Linden Bakery"]),
    ("en", "Driver wanted\nEmployer: Vegetix\nTwo shifts, meals in the canteen.", ["Vegetix"]),
    ("de", "Koch (Tellerarium)\nDie Firma Tellerarium wächst, zwei Schichten.", ["Tellerarium"]),
    ("hu", "Varrónő (Sárgarigó Mosoda)\nA(z) Sárgarigó Mosoda új kollégákat hív.", ["Sárgarigó Mosoda"]),
    ("de", "Wir, die Hotel Berlin GmbH, suchen Hilfen für die Küche.", ["Berlin"]),
    ("ro", "SC Vântul Serii SRL angajează muncitori la ambalat, contract legal.", ["Vântul Serii"]),
    ("ro", "Angajăm ospătari la clubul de noapte „Paradis”, program de seară.", ["Paradis"]),
    ("ru", "Требуются горничные в отель «Аврора», жильё бесплатно.", ["Аврора"]),
    ("ru", "ООО «Северный Лён» приглашает швей на постоянную работу.", ["Северный Лён"]),
    ("ru", "Работаем напрямую, вакансии от компании Larkfield, склад одежды.", ["Larkfield"]),
    ("uk", "Потрібні покоївки в готель „Аврора“, житло безкоштовне.", ["Аврора"]),
    ("uk", "ТОВ «Вербова Гілка» шукає пакувальниць на склад, досвід не потрібен.", ["Вербова Гілка"]),
    ("bg", "„Тиха Стъпка“ ЕООД търси шивачки за цех в Русе, постоянен договор.", ["Тиха Стъпка"]),
    ("bg", "Търсим камериерки за хотел „Аврора“, осигурена квартира.", ["Аврора"]),
    ("pl", "Do hotelu „Aurora” przyjmiemy pokojówki, zapewniamy mieszkanie.", ["Aurora"]),
    ("pl", "Firma Złoty Kłos Sp. z o.o. zatrudni pracowników magazynu.", ["Złoty Kłos"]),
    ("pl", "Praca w opiece przez agencję pracy „Dobra Dłoń”, umowa przed wyjazdem.", ["Dobra Dłoń"]),
    ("hu", "Szobalányt keresünk az Aurora szállodába, szállás ingyen.", ["Aurora"]),
    ("hu", "A munkáltató a Csendes Völgy Kft., raktári munkára keresünk embereket.", ["Csendes Völgy"]),
    ("cs", "Přijmeme pokojské do hotelu „Aurora“, ubytování zdarma.", ["Aurora"]),
    ("cs", "Společnost Tichá Louka s.r.o. hledá šičky do provozu v okolí.", ["Tichá Louka"]),
    ("nl", "Wij zoeken kamermeisjes, contract via Polderflex Uitzendbureau, goed loon.", ["Polderflex"]),
    ("nl", "Stille Wateren B.V. zoekt medewerkers voor de inpak, ook zonder ervaring.", ["Stille Wateren"]),
    ("de", "Für unsere Küche im Hotel Gletscherblick suchen wir eine Hilfe mit Unterkunft.", ["Gletscherblick"]),
    ("de", "Die Lindenhof Pflege GmbH sucht Betreuerinnen, Vertrag vor der Abreise.", ["Lindenhof Pflege"]),
]
NOT_STATED = [
    ("en", "Hotel in Berlin looks for maids. A private club abroad needs hostesses, good money."),
    ("en", "Hotel Manager and Restaurant Staff Wanted For Busy Season\nNo experience needed, we train you."),
    ("en", "You can grow within the Hotel Group Brand and enjoy, with us, good meals and a free car park."),
    ("pl", "Firma Ochroniarska zatrudni pracowników ochrony na obiekty w całym mieście."),
    ("ro", "Hotel în Berlin caută cameriste. Club de noapte din Limassol angajează fete. Firmă serioasă."),
    ("ru", "Отель в Берлине ищет горничных. Клуб в центре города. Агентство приглашает девушек за границу."),
    ("ru", "Отель Берлин\nКлуб. Оплата каждый день, фирма Германия."),
    ("uk", "Клуб у центрі запрошує дівчат. Готель у Празі. Агентство набирає на роботу за кордон."),
    ("uk", "ФОП Вигаданенко Олена шукає продавчиню до крамниці, оплата щотижня."),
    ("bg", "Хотел в Берлин търси камериерки. Клуб в центъра. Агенцията набира жени за работа в чужбина."),
    ("pl", "Możliwość rozwoju w strukturach firmy Stabilne zatrudnienie i praca w zespole."),
    ("hu", "Berlini szállodába keresünk szobalányt. Éjszakai klubba lányokat várunk, cég fizeti az utat."),
    ("cs", "Hotel v Berlíně hledá pokojské. Klub v centru města. Firma nabízí ubytování."),
    ("nl", "Hotel in Berlijn zoekt kamermeisjes. Club in het centrum. Bedrijf zoekt medewerkers."),
    ("ru", "Новая пекарня ищет упаковщиков. Крупный завод набирает людей. Наша компания приглашает девушек."),
    ("ro", "Doamna Elena caută bonă. Familia Popescu caută menajeră. Angajator: persoană fizică, plata la zi."),
    (
        "en",
        "A busy bakery is hiring. Our company is looking for staff.\nEmployer: private family in the city, good pay.",
    ),
    ("pl", "Duża piekarnia szuka ludzi. Firma poszukuje pracowników.\nPracodawca: osoba prywatna"),
    ("de", "Große Bäckerei sucht Fahrer. Unser Unternehmen sucht Leute.\nArbeitgeber: privat"),
    ("en", "Developer (Python)\nYou write Python every day, two shifts, good meals."),
    ("hu", "Technikus (Szolnok)\nA munkahely Szolnok, két műszak, szállás."),
    ("de", "Hotel Mitarbeiter und Restaurant Team gesucht. Firma in Berlin sucht Reinigungskräfte."),
]
ONE = [
    ("Aurora", "Аврору"),
    ("Lindenhof", "Линденхоф"),
    ("Lindenhof", "Лінденгоф"),
    ("Gletscherblick", "Глетчерблик"),
    ("Zorya", "Зоря"),
    ("Złoty Kłos", "ZLOTY KLOS"),
    ("Schwarz", "Шварц"),
    ("Aurora", "Aurora Impex"),
]


@pytest.mark.parametrize(("language", "text", "names"), STATED)
def test_a_stated_organisation_is_found(language: str, text: str, names: list[str], ad: Callable[..., Posting]) -> None:
    found = find_organisations(read(ad("", text)))
    assert [each.raw for each in found] == names
    assert all(f"\n{text}"[each.start : each.end] == each.raw for each in found)


@pytest.mark.parametrize(("language", "text"), NOT_STATED)
def test_a_sort_of_house_a_place_or_a_person_is_none(language: str, text: str, ad: Callable[..., Posting]) -> None:
    assert find_organisations(read(ad("", text))) == []


@pytest.mark.parametrize(("one", "other"), ONE)
def test_a_name_is_the_same_in_any_script_and_case(one: str, other: str) -> None:
    assert same(name_of(one.split()), name_of(other.split()))


def test_one_hotel_in_three_languages_is_one_organisation(ad: Callable[..., Posting]) -> None:
    texts = ("Maids for Hotel Aurora, free room.", "Горничные в отель «Аврора».", "Покоївки, готель „Аврора“, житло.")
    assert {organisations(read(ad("", text))) for text in texts} == {frozenset({"avror"})}


def test_a_company_domain_names_it_and_free_mail_or_the_board_nobody(ad: Callable[..., Posting]) -> None:
    text = "Write to jobs@treibrazi.example, nina@gmail.com or info@kraj-board.example; www.facebook.com/page"
    stated = organisations(read(ad("Work", text)), board="https://kraj-board.example/ad/1")
    assert len(stated) == 1
    assert same(*stated, name_of(["Trei", "Brazi"]))
    assert not same(*stated, name_of(["Trei", "Lalele"]))


def test_the_field_of_the_board_counts_even_in_capitals(ad: Callable[..., Posting]) -> None:
    reading = read(ad("Zidari", "Angajăm zidari la bloc."))
    assert organisations(reading, employer="BANAT CONSTRUCT S.R.L.") == {name_of(["Banat", "Construct"])}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Trans Codrul Rar SRL", "Agro Codrul Rar SRL"), ("Codrul Logistic SRL", "Codrul Trans SRL")],
)
def test_a_line_of_business_tells_two_firms_apart(one: str, other: str, ad: Callable[..., Posting]) -> None:
    stated = [organisations(read(ad("", f"{name} angajează șoferi, contract de muncă."))) for name in (one, other)]
    assert conflict(*stated)


def test_a_line_of_business_alone_is_no_name(ad: Callable[..., Posting]) -> None:
    assert find_organisations(read(ad("", "Trans Logistic SRL angajează șoferi, contract de muncă."))) == []


def test_domains_that_differ_by_a_repeated_digit_are_two() -> None:
    assert not same(domain_name("firma2"), domain_name("firma22"))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Piekarnia Wilga szuka kierowcy na dwie zmiany.", "Drukarnia Wilga szuka kierowcy na dwie zmiany.", True),
        ("Bäckerei Lindner sucht Fahrer.", "Пекарня Линднер ищет водителя.", False),
        ("Pekárna Žluva hledá řidiče.", "Práce v pekárně „Žluva“, dvě směny.", False),
    ],
)
def test_a_trade_tells_two_firms_apart_and_is_one_in_all_languages(
    one: str, other: str, apart: bool, ad: Callable[..., Posting]
) -> None:
    stated = [organisations(read(ad("", text))) for text in (one, other)]
    assert all(stated)
    assert conflict(*stated) == apart


def test_a_domain_that_two_named_employers_share_is_the_boards() -> None:
    lindner, bauer = frozenset({"lindner", "@board"}), frozenset({"bavr", "@board"})
    assert conflict(lindner, bauer)
    assert not conflict(lindner, frozenset({"@board"}))
    assert not conflict(lindner, frozenset({"@bavr", "@board"}))
    assert not conflict(frozenset({"lindner"}), frozenset({"@lindner"}))
    assert conflict(frozenset({"@lindner"}), frozenset({"@bavr"}))


def test_two_employers_conflict_and_silence_does_not() -> None:
    aurora, lindenhof = frozenset({"avror"}), frozenset({"lindengof"})
    assert conflict(aurora, lindenhof)
    assert not conflict(aurora, frozenset())
    assert not conflict(aurora, aurora | lindenhof)


_NAMES = st.frozensets(st.text("abdg ", min_size=1, max_size=6).map(lambda text: name_of(text.split())).filter(bool))


@given(_NAMES, _NAMES, _NAMES)
def test_conflict_is_symmetric_never_with_itself_and_only_shrinks_with_more_names(
    one: frozenset[str], other: frozenset[str], more: frozenset[str]
) -> None:
    assert conflict(one, other) == conflict(other, one)
    assert not conflict(one, one)
    if one and conflict(one | more, other):
        assert conflict(one, other)


@settings(max_examples=30)
@given(st.text(max_size=200))
def test_any_text_is_read_and_names_hold_no_blanks_at_their_ends(text: str) -> None:
    found = find_organisations(read(Posting("s", "1", "", Kind.JOB, "", text)))
    assert all(each.name == each.name.strip() != "" for each in found)


@given(_NAMES, _NAMES)
def test_enough_names_apart_stay_so_with_more_names(one: frozenset[str], more: frozenset[str]) -> None:
    assert not apart(one, 3) or apart(one | more, 3)


def test_a_name_with_and_without_its_form_and_its_domain_is_one_organisation() -> None:
    one = frozenset({"lindengof", "lindengof pfleg", "@lindengof"})
    assert not apart(one, 2)
    assert apart(one | {"avror", "treibrs"}, 3)
    assert not apart(one | {"avror"}, 3)


def test_two_lawful_employers_on_one_template_are_two_campaigns(ad: Callable[..., Posting]) -> None:
    text = (
        "{name} zatrudni pracowników do pakowania kosmetyków. Umowa o pracę od pierwszego dnia, trzy zmiany, bezpłatny "
        "dojazd, szkolenie na miejscu, posiłki w stołówce. Prosimy o przesłanie życiorysu przez formularz na stronie."
    )
    names = ["Złoty Kłos Sp. z o.o.", "Cicha Łąka Sp. z o.o.", "Złoty Kłos Sp. z o.o."]
    ads = [ad("Pakowanie", text.format(name=name), name=f"n{n}") for n, name in enumerate(names)]
    found = group(imprint(read(each), id=each.native_id) for each in ads).campaign_of
    assert found["n0"] == found["n2"] != found["n1"]
