"""Folds inside a training set teach: by language where languages are many and even, else by group and wording."""

from collections.abc import Callable

from models.classifiers.folds import folds_of
from models.examples import Example

Make = Callable[..., Example]


def _ads(make: Make, language: str, number: int) -> list[Example]:
    return [
        make(
            f"{language}{n}",
            f"shop {chr(97 + n % 26)}{chr(97 + n // 26)} in {language}",  # worded apart
            language=language,
            group=f"{language}{n}",
            concern=n % 3 == 0,
        )
        for n in range(number)
    ]


def test_even_languages_are_held_out_whole(make: Make) -> None:
    examples = [ad for language in ("ro", "uk", "pl") for ad in _ads(make, language, 12)]
    side = folds_of(examples)
    assert len(set(side)) == 3
    assert all(len({side[n] for n, ad in enumerate(examples) if ad.ad.language == each}) == 1 for each in ("ro", "pl"))


def test_stray_ads_of_other_languages_make_no_folds(make: Make) -> None:
    examples = _ads(make, "en", 40) + [ad for language in ("it", "de", "es") for ad in _ads(make, language, 1)]
    side = folds_of(examples)
    holding = {each for each, ad in zip(side, examples, strict=True) if ad.ad.is_concern}
    assert len(holding) >= 3
    assert max(side.count(each) for each in set(side)) < 15


def test_one_large_language_is_not_held_out_from_a_handful(make: Make) -> None:
    examples = [ad for language, number in (("ru", 40), ("en", 6), ("bg", 6)) for ad in _ads(make, language, number)]
    side = folds_of(examples)
    assert len({side[n] for n, ad in enumerate(examples) if ad.ad.language == "ru"}) > 1
