"""Invented ads for the benchmark's invented sites: ordinary work, assembled from sentence banks by a seed."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

_BANKS: dict[str, tuple[str, ...]] = {
    "en": (
        "We are looking for a {job} for our team in {place}.",
        "The working day begins at {n} in the morning and ends in the afternoon.",
        "You will look after {n} regular customers and keep the place tidy.",
        "Experience is welcome but we show you everything during the first weeks.",
        "The contract is signed before the first day and registered as the law asks.",
        "Overtime is paid separately, and every second weekend is free.",
        "We offer a room close to work for {n}0 a month, which nobody is obliged to take.",
        "Please bring a reference or simply tell us what you did before.",
        "Our firm has been family run for {n} years and trains young people.",
        "A driving licence helps, though the bus stops in front of the door.",
        "Meals during the shift are free, work clothes are washed by us.",
        "You report to the shift leader, {name}, who answers your questions.",
    ),
    "ru": (
        "В команду в городе {place} требуется {job}.",
        "График пять через два, смена начинается в {n} часов утра.",
        "Мы обучаем всему необходимому в течение первых недель работы.",
        "Договор подписывается до первого рабочего дня, все взносы платит предприятие.",
        "Опыт приветствуется, но главное для нас аккуратность и желание учиться.",
        "Сверхурочные часы оплачиваются отдельно, каждые вторые выходные свободны.",
        "Рядом с работой можно снять комнату, это необязательно.",
        "Обед за счёт предприятия, спецодежду выдаём и стираем сами.",
        "Нашей фирме уже {n} лет, у нас работают целыми семьями.",
        "На вопросы ответит начальник смены, {name}, по будням до вечера.",
    ),
    "pl": (
        "Do zespołu w miejscowości {place} szukamy osoby na stanowisko: {job}.",
        "Praca od poniedziałku do piątku, początek o godzinie {n} rano.",
        "Doświadczenie mile widziane, ale wszystkiego uczymy w pierwszych tygodniach.",
        "Umowę podpisujemy przed pierwszym dniem pracy, składki opłaca firma.",
        "Nadgodziny są płatne osobno, a co drugi weekend jest wolny.",
        "W pobliżu można wynająć pokój, nie jest to obowiązkowe.",
        "Posiłek na zmianie jest bezpłatny, odzież roboczą zapewniamy.",
        "Działamy od {n} lat i chętnie przyjmujemy osoby bez stażu.",
        "Na pytania odpowiada kierowniczka zmiany, {name}.",
    ),
    "ro": (
        "Căutăm {job} pentru echipa noastră din {place}.",
        "Programul începe la ora {n} dimineața și se termină după-amiaza.",
        "Experiența este binevenită, dar vă învățăm totul în primele săptămâni.",
        "Contractul se semnează înainte de prima zi de lucru și se înregistrează.",
        "Orele suplimentare se plătesc separat, iar fiecare al doilea weekend este liber.",
        "Masa de prânz este gratuită, hainele de lucru le oferim noi.",
        "Firma noastră lucrează de {n} ani și primește oameni fără vechime.",
        "La întrebări răspunde șefa de tură, {name}, în fiecare zi lucrătoare.",
    ),
    "de": (
        "Für unser Team in {place} suchen wir {job}.",
        "Die Schicht beginnt um {n} Uhr und endet am Nachmittag.",
        "Erfahrung ist schön, aber wir arbeiten Sie in den ersten Wochen gründlich ein.",
        "Der Vertrag wird vor dem ersten Arbeitstag unterschrieben und angemeldet.",
        "Überstunden werden eigens bezahlt, jedes zweite Wochenende ist frei.",
        "Ein Zimmer in der Nähe vermitteln wir gern, verpflichtend ist das nicht.",
        "Das Essen während der Schicht ist frei, Arbeitskleidung stellen wir.",
        "Den Betrieb gibt es seit {n} Jahren, wir bilden auch aus.",
        "Fragen beantwortet die Schichtleitung, {name}.",
    ),
}
_JOBS = {
    "en": ("baker", "care assistant", "gardener", "warehouse clerk", "receptionist", "tailor", "bus driver"),
    "ru": ("пекарь", "сиделка", "садовник", "кладовщик", "администратор", "швея", "водитель автобуса"),
    "pl": ("piekarz", "opiekunka", "ogrodnik", "magazynier", "recepcjonistka", "krawcowa", "kierowca"),
    "ro": ("brutar", "îngrijitoare", "grădinar", "magazioner", "recepționeră", "croitoreasă", "șofer"),
    "de": ("Bäckerin", "Pflegehilfe", "Gärtner", "Lagerkraft", "Empfangskraft", "Schneiderin", "Busfahrer"),
}
_PLACES = ("Ostheim", "Nowe Pole", "Valea Mare", "Riverton", "Заречье", "Lindau an der Ost", "Kamień Górny", "Лесное")
_NAMES = ("A. Winter", "M. Popa", "J. Nowak", "О. Лесная", "K. Berg")
_PAY = ("{n}00 EUR / month", "{n}0 zł/h", "{n} 000 лей в месяц", "{n}500 RON / lună", "{n},50 €/Stunde")
_ADDED = {
    "en": ("part time", "full time", "mornings", "from spring"),
    "ru": ("на полдня", "полный день", "утренняя смена", "с весны"),
    "pl": ("pół etatu", "pełny etat", "rano", "od wiosny"),
    "ro": ("jumătate de normă", "normă întreagă", "dimineața", "din primăvară"),
    "de": ("Teilzeit", "Vollzeit", "Frühschicht", "ab Frühjahr"),
}


@dataclass(frozen=True, slots=True)
class Ad:
    """One invented ad; `parts` are its paragraphs, the truth a reader has to find. Empty means not stated."""

    number: int
    language: str
    title: str
    parts: tuple[str, ...]
    place: str
    pay: str
    employer: str
    phone: str
    posted_on: date


def ad(seed: str, number: int, language: str) -> Ad:
    """The ad with this number on the site with this seed: one short paragraph to some thirty sentences."""
    dice = random.Random(f"{seed}:{number}")  # noqa: S311 — invented data
    job, place = dice.choice(_JOBS[language]), dice.choice(_PLACES)
    wanted = dice.choices((1, 2, 4, 7), (1, 3, 4, 2))[0]
    parts = []
    for _ in range(wanted):
        chosen = dice.sample(_BANKS[language], dice.randint(2, 5))
        filled = (one.format(job=job, place=place, n=dice.randint(5, 29), name=dice.choice(_NAMES)) for one in chosen)
        parts.append(" ".join(filled))
    return Ad(
        number,
        language,
        f"{job[0].upper()}{job[1:]}, {dice.choice(_ADDED[language])}, {place}",
        tuple(parts),
        place if dice.random() < 0.9 else "",
        dice.choice(_PAY).format(n=dice.randint(9, 30)) if dice.random() < 0.8 else "",
        f"{dice.choice(_NAMES)} & Co" if dice.random() < 0.7 else "",
        f"+44 7700 900{dice.randint(100, 999)}" if dice.random() < 0.6 else "",
        date(2026, 11, 20) - timedelta(days=dice.randint(0, 60)),
    )


def languages() -> tuple[str, ...]:
    """Languages of the sentence banks."""
    return tuple(_BANKS)
