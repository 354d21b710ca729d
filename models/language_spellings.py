"""The ways people really write a language: its own script, without diacritics, in the letters of another script."""

import re
import unicodedata

_UNMARKED = {"ł": "l", "đ": "dj", "ß": "ss"}
_MARKS_DROPPED = frozenset({"ro", "pl", "hu", "cs", "sk", "sr", "hr", "de"})


def _table(letters: str, written: str) -> dict[str, str]:
    """Letter → how it is written, from two rows of the same length; `.` stands for nothing."""
    return dict(zip(letters.split(" "), written.replace(".", "").split(" "), strict=True))


_CYRILLIC = "а б в г ґ д е є ё ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я '"
# Per language three habits: passport spelling, keyboard habit, chat habit.
_LATIN = {
    language: [_table(_CYRILLIC, habit) for habit in habits]
    for language, habits in {
        "ru": (
            "a b v g g d e e e zh z i i i y k l m n o p r s t u f kh ts ch sh shch . y . e yu ya '",
            "a b v g g d e je jo zh z i i i j k l m n o p r s t u f h c ch sh shh . y ' e ju ja '",
            "a b v g g d e e yo j z i i i i k l m n o p r s t u f h ts ch sh sch . i . e iu ia '",
        ),
        "uk": (
            "a b v h g d e ie e zh z y i i i k l m n o p r s t u f kh ts ch sh shch . y . e iu ia .",
            "a b v g g d e ye yo zh z y i yi y k l m n o p r s t u f h ts ch sh sch . y ' e yu ya '",
            "a b v h g d e je jo zh z y i ji j k l m n o p r s t u f h c ch sh sch . y . e ju ja .",
        ),
        "bg": (
            "a b v g g d e e e zh z i i i y k l m n o p r s t u f h ts ch sh sht a y y e yu ya '",
            "a b v g g d e e e j z i i i i k l m n o p r s t u f h c 4 6 6t u i i e iu q '",
            "a b v g g d e e e j z i i i j k l m n o p r s t u f h c ch sh sht y y j e ju ja '",
        ),
    }.items()
}
_SERBIAN = _table(
    "lj nj dž a b v g d đ e ž z i j k l m n o p r s t ć u f h c č š",
    "љ њ џ а б в г д ђ е ж з и ј к л м н о п р с т ћ у ф х ц ч ш",
)
# Moldovan Cyrillic (1924-1989, still used in Transnistria): letter groups first, then letters.
_MOLDOVAN_GROUPS = _table(
    "chi che ghi ghe cia cio ciu gia gio giu ce ci ge gi iei ea ia iu ie",
    "ки ке ги ге ча чо чу ӂя ӂо ӂу че чи ӂе ӂи ией я ия иу ие",
)
_MOLDOVAN = _table(
    "a ă â b c d e f g h i î j k l m n o p q r s ș ş t ț ţ u v w x y z",
    "а э ы б к д е ф г х и ы ж к л м н о п к р с ш ш т ц ц у в в кс й з",
)


def spellings(language: str, text: str, number: int) -> list[tuple[str, str]]:
    """(variety, text) of one text in every way its language is written; `number` chooses among Latin habits."""
    found = [(language, text)]
    if language in _MARKS_DROPPED:
        found.append((language, without_marks(text)))
    if language in _LATIN:
        found.append((f"{language}-Latn", in_latin(language, text, number)))
    if language == "sr":
        found.append(("sr-Cyrl", serbian_cyrillic(text)))
    if language == "ro":
        found.append(("ro-Cyrl", moldovan_cyrillic(text)))
    return found


def without_marks(text: str) -> str:
    """Without diacritics, as typed on a foreign keyboard."""
    bare = "".join(_UNMARKED.get(char, char) for char in text)
    return "".join(char for char in unicodedata.normalize("NFD", bare) if unicodedata.category(char) != "Mn")


def in_latin(language: str, text: str, number: int) -> str:
    """Russian, Ukrainian or Bulgarian in Latin letters, by the habit that `number` picks."""
    habits = _LATIN[language]
    table = habits[number % len(habits)]
    return "".join(table.get(char, char) for char in text.lower())


def serbian_cyrillic(text: str) -> str:
    """Serbian written in Latin letters → in Cyrillic, lower case."""
    return re.sub("lj|nj|dž|.", lambda match: _SERBIAN.get(match.group(), match.group()), text.lower())


def moldovan_cyrillic(text: str) -> str:
    """Romanian → in Cyrillic, lower case; an approximation of the Soviet spelling rules."""
    lowered = re.sub(r"(?<=\w)ci\b", "чь", re.sub(r"(?<=\w)gi\b", "ӂь", text.lower()))
    for latin, cyrillic in _MOLDOVAN_GROUPS.items():
        lowered = lowered.replace(latin, cyrillic)
    lowered = re.sub(r"(?<=[bcdfghklmnprsștțvz])i\b", "ь", lowered)
    lowered = re.sub(r"(?<=[aăâeou])i\b", "й", lowered)
    return "".join(_MOLDOVAN.get(char, char) for char in lowered)
