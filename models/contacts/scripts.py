"""Names that only exist in Latin letters (handles, addresses), where Cyrillic look-alikes were slipped in."""

import re

_LATIN = re.compile(r"[A-Za-z]")
_ALIKE = str.maketrans(
    "асеорхукмтвніѕјАВЕКМНОРСТХІЅЈУ",
    "aceopxykmtbhisjABEKMHOPCTXISJY",
)


def one_script(name: str) -> tuple[str, bool]:
    """The name with look-alikes as Latin letters where it also has Latin ones, and whether any was replaced."""
    if name.isascii() or not _LATIN.search(name):
        return name, False
    meant = name.translate(_ALIKE)
    return meant, meant != name
