"""The catalogue's words for people in the languages of pages and mails, as the store keeps them."""

from collections.abc import Iterator

from models.catalogue import catalogue
from models.linked_spec import linked_file
from zorya.store.indicator_texts import IndicatorText


def texts() -> Iterator[IndicatorText]:
    """Every title, English and translated, with why the indicator matters, of groups A–H as the files stand now."""
    for spec in (*catalogue().specs, *linked_file().indicators):
        yield IndicatorText(spec.code, spec.revision, "en", spec.title, spec.why)
        for language, title in spec.titles.items():
            yield IndicatorText(spec.code, spec.revision, language, title, spec.whys.get(language, spec.why))
