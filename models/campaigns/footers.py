"""Contacts of a board: such as stand in a footer, under ads of otherwise different text."""

from collections.abc import Iterable

import numpy as np

from models.campaigns.boilerplate import MIN_TEXTS, SAMPLE, are_boilerplate
from models.campaigns.imprint import Imprint
from models.campaigns.texts import wholes_of


def in_footer(contact: str, held: Iterable[tuple[int, Imprint]]) -> bool:
    """Whether a contact stands in one sentence of texts enough, and these say otherwise different things: the sentence
    *with this contact* is boilerplate. (A phrase of many advertisers, each with a number of his own, is none.) `held`
    are (text, ad) of the texts by which the contact is judged, in order of their rank."""
    samples: dict[int, dict[int, str]] = {}
    for text, ad in held:
        for sentence in (sentence for key, sentence in ad.stands if key == contact):
            sample = samples.setdefault(sentence, {})
            if text in sample or len(sample) < SAMPLE:
                sample[text] = ad.wording
    return any(_differ(list(sample.values())) for sample in samples.values() if len(sample) >= MIN_TEXTS)


def _differ(wordings: list[str]) -> bool:
    return bool(are_boilerplate(wholes_of(wordings), [np.arange(len(wordings))])[0])
