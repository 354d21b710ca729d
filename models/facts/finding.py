"""All facts of one ad text."""

from collections.abc import Sequence

from models.facts.ages import find_age
from models.facts.hours import find_hours
from models.facts.numbers import numbers
from models.facts.record import Facts
from models.facts.telling import fact_reader
from models.normalise import normalise
from models.phrases import Words
from zorya.domain.ads import Place
from zorya.domain.pay import find_pay


def find_facts(
    text: str,
    *,
    language: str | None = None,
    country: str | None = None,
    words: Words | None = None,
    places: Sequence[Place] = (),
) -> Facts:
    """Facts of one ad text. `language` (ISO 639-1) decides which single words count, `country` (ISO alpha-2) what
    `lei` are; `words` are the text's words where they are known already; `places` those the ad names, with roles.
    """
    found = words or Words(text, normalise(text))
    told = numbers(found)
    return Facts(
        age=find_age(found, told),
        pays=tuple(find_pay(text, country=country)),
        hours=find_hours(found, told),
        stated=fact_reader().read(found, language),
        destinations=tuple(
            dict.fromkeys(place.country for place in places if place.role == "destination" and place.country)
        ),
    )
