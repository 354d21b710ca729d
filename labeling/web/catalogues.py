"""Keeping the catalogues in step with the code: what is said, and what each language lacks.

`make messages` writes every message of code and templates into `translations/*.po`; what is new there is empty until
somebody translates it, what nobody says any more is dropped.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from labeling.web.keymap import shipped
from labeling.web.questions import questions
from labeling.web.speech import FOLDER, LANGUAGES

LABELING = Path(__file__).parent.parent
_METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
_KEYWORDS = {
    "_": None,
    "N_": None,
    "say": None,
    "gettext": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
    "VerdictRefused": None,
    "QueueConflict": None,
    "KeyRefused": None,
    "LogInRefused": None,
}
"""What marks a message: gettext's names, `Speech`'s methods, and refusals that a page shows as they are."""


def messages() -> Catalog:
    """Every message of the review app, of its keys and questions, sorted."""
    found = Catalog(project="Zorya", charset="utf-8")
    options = {"**.html": {"newstyle_gettext": "true", "silent": "false"}}
    for file, _, message, comments, context in extract_from_dir(
        str(LABELING), _METHODS, options_map=options, keywords=_KEYWORDS
    ):
        found.add(message, auto_comments=comments, context=context, locations=[(file, 0)])
    for said in (*(key.says for key in shipped().values()), *(each.ask for each in questions())):
        found.add(said)
    return found


def translated() -> Iterator[tuple[str, Path, Catalog]]:
    """Each language but English, its file and its catalogue."""
    for code in LANGUAGES:
        path = FOLDER / f"{code}.po"
        if code != "en":
            with path.open("rb") as file:
                yield code, path, read_po(file, locale=code)


def update() -> dict[str, int]:
    """Bring the catalogues up to date; language → messages that wait for a translation."""
    said, waiting = messages(), {}
    for code, path, catalogue in translated():
        catalogue.update(said, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
        waiting[code] = sum(not all(_forms(message.string)) for message in catalogue if message.id)
    return waiting


def _forms(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


if __name__ == "__main__":
    for language, missing in update().items():
        print(f"{language}: {missing} to translate")
