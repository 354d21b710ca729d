"""Labels of one account or source that models which had not seen them contradict more than other people's labels.

A label is *contradicted* where the out-of-fold probability says the opposite. Within one language and
one label, under the rule that everybody's labels are contradicted alike, the number of contradictions among one
account's labels is hypergeometric (Fisher's exact test, 1935); over languages and labels the numbers are added and
their exact distribution is the convolution (the exact conditional form of Mantel and Haenszel's test, 1959). So nobody
is suspected for working in a language that the model reads badly, nor for finding more concern than others. P-values
are corrected for the number of accounts (Holm 1979): on honest labels an alarm comes in at most `ALARM` of all checks.

A suspicion is a question about labels, never a finding about a person: a tired hour and a misread guideline look alike.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import gammaln

from models.examples import Array
from zorya.errors import ModelError
from zorya.labelled import LabelledAd

Strata = Counter[tuple[str | None, bool]]
"""Ads of each language and label."""
ALARM = 0.01
"""Chance of an alarm on honest labels, per check of a whole snapshot."""
LEAST = 3
"""Contradicted labels below which nobody is suspected, whatever the odds."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Labels to look at again. `kind` is `analyst` or `source`; `who` a token or a name; `expected` the contradictions
    to be expected were they as good as other people's; `ads` the contradicted ids, the most contradicted first.
    """

    kind: str
    who: str
    labels: int
    contradicted: int
    expected: float
    p_value: float
    ads: tuple[str, ...]

    def sentence(self) -> str:
        """What a person reads."""
        return (
            f"{self.kind} {self.who}: {self.contradicted} of {self.labels} labels are contradicted, "
            f"{self.expected:.1f} expected (p = {self.p_value:.1g})"
        )


def suspicions(ads: Sequence[LabelledAd], concern: Mapping[str, float]) -> list[Suspicion]:
    """Accounts and sources to ask about, the surest first. `concern`: id → out-of-fold probability, at the prevalence
    of the labels; ads without one are left out.
    """
    judged = [ad for ad in ads if ad.id in concern]
    against = {ad.id: concern[ad.id] if not ad.is_concern else 1 - concern[ad.id] for ad in judged}
    everyone = _strata(judged), _strata(ad for ad in judged if against[ad.id] > 0.5)
    found = []
    for kind in ("analyst", "source"):
        held: dict[str, list[LabelledAd]] = {}
        for ad in judged:
            held.setdefault(getattr(ad, kind), []).append(ad)
        found += [_tested(kind, who, own, against, everyone) for who, own in held.items() if who]
    ordered = sorted(found, key=lambda each: (each.p_value, each.kind, each.who))
    return [each for each in _corrected(ordered) if each.p_value < ALARM and each.contradicted >= LEAST]


def out_of_fold(path: Path) -> dict[str, float]:
    """Id → probability of concern from the file that training leaves beside a model; errors name the line."""
    found: dict[str, float] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as exc:
        raise ModelError(f"{path}: not there; train the model again, it is written beside it") from exc
    for number, line in enumerate(lines, 1):
        try:
            values = json.loads(line)
            found[str(values["id"])] = float(values["probabilities"]["concern"])
        except (ValueError, KeyError, TypeError) as exc:
            raise ModelError(f"{path}:{number}: not an id with its probabilities; train the model again") from exc
    return found


def _tested(
    kind: str, who: str, own: Sequence[LabelledAd], against: Mapping[str, float], everyone: tuple[Strata, Strata]
) -> Suspicion:
    ids = sorted((ad.id for ad in own if against[ad.id] > 0.5), key=lambda each: (-against[each], each))
    (sizes, hits), mine = everyone, _strata(own)
    chance, expected = np.ones(1), 0.0
    for stratum, number in mine.items():
        chance = np.convolve(chance, _hypergeometric(sizes[stratum], hits[stratum], number))
        expected += number * hits[stratum] / sizes[stratum]
    p_value = float(min(1.0, chance[len(ids) :].sum()))
    return Suspicion(kind, who, len(own), len(ids), expected, p_value, tuple(ids))


def _hypergeometric(size: int, hits: int, drawn: int) -> Array:
    """Chance of 0, 1, … hits among `drawn` of `size`, of which `hits` are."""
    number = np.arange(min(hits, drawn) + 1, dtype=np.float64)
    rest = drawn - number
    possible = rest <= size - hits
    log = (
        _choose(hits, number)
        + _choose(size - hits, np.where(possible, rest, 0))
        - _choose(size, np.array(float(drawn)))
    )
    return np.where(possible, np.exp(log), 0.0)


def _choose(size: int, number: Array) -> Array:
    """Logarithm of the number of ways to choose."""
    return np.asarray(gammaln(size + 1) - gammaln(number + 1) - gammaln(size - number + 1))


def _strata(ads: Iterable[LabelledAd]) -> Strata:
    return Counter((ad.language, ad.is_concern) for ad in ads)


def _corrected(ordered: Sequence[Suspicion]) -> list[Suspicion]:
    """Holm: the i-th smallest of n p-values counts n - i times, and none less than the one before."""
    corrected, above = [], 0.0
    for place, each in enumerate(ordered):
        above = max(above, min(1.0, each.p_value * (len(ordered) - place)))
        corrected.append(Suspicion(each.kind, each.who, each.labels, each.contradicted, each.expected, above, each.ads))
    return corrected
