"""English names of the languages that an ad can be in."""

_NAMES = {
    "ro": "Romanian",
    "ru": "Russian",
    "uk": "Ukrainian",
    "bg": "Bulgarian",
    "pl": "Polish",
    "hu": "Hungarian",
    "cs": "Czech",
    "nl": "Dutch",
    "de": "German",
    "en": "English",
    "sk": "Slovak",
    "sl": "Slovene",
    "sr": "Serbian",
    "hr": "Croatian",
    "mk": "Macedonian",
    "be": "Belarusian",
    "it": "Italian",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "et": "Estonian",
    "tr": "Turkish",
    "el": "Greek",
    "sq": "Albanian",
    "sv": "Swedish",
    "da": "Danish",
    "fi": "Finnish",
}


def name_of(code: str) -> str:
    """`Romanian` for `ro`; an unknown code stays as it is."""
    return _NAMES.get(code, code)


def code_of(name: str) -> str | None:
    """The code of a language by its English name; None for one that is not listed."""
    return next((code for code, listed in _NAMES.items() if listed == name), None)
