"""The country an address tells of: national phone numbers and `lei` are read by it where no source says."""

from urllib.parse import urlsplit

_NO_COUNTRY = frozenset(
    (
        "ai",
        "cc",
        "co",
        "eu",
        "fm",
        "gg",
        "io",
        "la",
        "ly",
        "me",
        "nu",
        "pw",
        "sh",
        "so",
        "st",
        "su",
        "tk",
        "to",
        "tv",
        "vc",
        "ws",
    )
)
"""Two letters that are sold as a word."""


def country_of_address(url: str) -> str | None:
    """ISO 3166-1 alpha-2, lower case, of the ending of a host; None for `.com` and its like, addresses, files."""
    try:
        ending = (urlsplit(url).hostname or "").rpartition(".")[2]
    except ValueError:
        return None
    if len(ending) != 2 or not ending.isascii() or not ending.isalpha() or ending in _NO_COUNTRY:
        return None
    return "gb" if ending == "uk" else ending
