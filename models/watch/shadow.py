"""The challenger beside the model in use, on the ads that come: what it would flag, and what it would let go.

While a name has a challenger, the stage *screen* scores each ad with it too and stores that beside the assessment, from
the same reading and under the same rules. No queue, campaign, page or alert sees a challenger's word.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.reading import Reading, read
from models.registry.aliases import Alias, aliased, champion
from models.registry.kinds import load_model
from models.score import Scorer
from zorya.domain.findings import Assessment
from zorya.errors import ModelError
from zorya.redact import redact
from zorya.settings import Settings
from zorya.store import Store, postings, shadow_scores, sources
from zorya.store.shadow_scores import Pair

CAUGHT_UP = 2000
"""Ads at most that are scored after the fact, the newest: some 5 ms each."""
LOOKED_AT = 100_000
"""Stored pairs at most that are compared, the newest."""
SHOWN = 20
_TEXT = 120
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """An ad on which the two differ; `text` has its contacts masked."""

    version: str
    was: float
    would_be: float
    text: str


@dataclass(frozen=True, slots=True)
class Shadowed:
    """`gained` and `lost` are the flags that only one of them raises, counted whole; `differences` the ads on which
    the scores differ most. `correlation` is Spearman's, None with fewer than three ads.
    """

    champion: str
    challenger: str
    ads: int
    flagged: int
    gained: int
    lost: int
    correlation: float | None
    differences: tuple[Difference, ...]


def challenger_scorer(settings: Settings) -> Scorer | None:
    """The challenger of the configured recipe, loaded; None where there is none or `shadow_challenger` is off.
    ModelError where it cannot be read.
    """
    folder, name = settings.models_dir, settings.model_recipe
    version = aliased(folder, name, Alias.CHALLENGER) if settings.shadow_challenger else None
    return None if version is None else Scorer(*load_model(folder, name, version))


def beside(
    scorer: Scorer | None, readings: Sequence[Reading], said: Sequence[Assessment], *, as_of: datetime
) -> list[tuple[str, Assessment]]:
    """What a challenger says of ads that the model in use has scored, each with the id of that assessment; nothing
    without a challenger.
    """
    if scorer is None:
        return []
    own = scorer.assess(readings, [each.version_id for each in said], as_of=as_of)
    return [(each.id, other) for each, other in zip(said, own, strict=True)]


def catch_up(store: Store, settings: Settings, *, days: int, as_of: datetime) -> int:
    """Score with the challenger the newest ads of the last days that it has not scored; how many they were. ModelError
    where there is none.
    """
    in_use, _ = _both(settings)
    scorer = challenger_scorer(settings)
    if scorer is None:
        raise ModelError("`shadow_challenger` is off: no ad is scored in shadow")
    with store.reading() as connection:
        countries = sources.countries(connection)
        waiting = shadow_scores.without(
            connection,
            champion=in_use,
            challenger=scorer.reference,
            since=as_of - timedelta(days=days),
            limit=CAUGHT_UP,
        )
    for at in range(0, len(waiting), _BATCH):
        batch = waiting[at : at + _BATCH]
        with store.reading() as connection:
            held = [postings.version(connection, version) for _, version in batch]
        readings = [read(each.posting, country=countries.get(each.posting.source)) for each in held if each]
        said = scorer.assess(readings, [each.id for each in held if each], as_of=as_of)
        ids = [assessment for (assessment, _), each in zip(batch, held, strict=True) if each]
        with store.writing() as connection:
            shadow_scores.add(connection, zip(ids, said, strict=True))
    return len(waiting)


def compare(store: Store, settings: Settings, *, days: int, as_of: datetime) -> Shadowed:
    """What is stored of the last days, both models side by side. ModelError where there is no challenger."""
    in_use, challenger = _both(settings)
    flagged = gained = lost = 0
    one: list[float] = []
    two: list[float] = []
    apart: list[tuple[float, str, Pair]] = []
    with store.reading() as connection:
        for pair in shadow_scores.stored(
            connection,
            champion=in_use,
            challenger=challenger,
            since=as_of - timedelta(days=days),
            limit=LOOKED_AT,
        ):
            flagged += pair.band.flagged
            gained += pair.shadow_band.flagged and not pair.band.flagged
            lost += pair.band.flagged and not pair.shadow_band.flagged
            one.append(pair.score)
            two.append(pair.shadow_score)
            if pair.score != pair.shadow_score:
                apart.append((-abs(pair.score - pair.shadow_score), pair.version_id, pair))
                apart = heapq.nsmallest(SHOWN, apart) if len(apart) > 10 * SHOWN else apart
        differences = tuple(
            Difference(pair.version_id, pair.score, pair.shadow_score, _shown(held.posting.text))
            for _, _, pair in heapq.nsmallest(SHOWN, apart)
            if (held := postings.version(connection, pair.version_id)) is not None
        )
    return Shadowed(in_use, challenger, len(one), flagged, gained, lost, _correlation(one, two), differences)


def _both(settings: Settings) -> tuple[str, str]:
    """References of the model in use and of its challenger."""
    name, folder = settings.model_recipe, settings.models_dir
    versions = champion(folder, name), aliased(folder, name, Alias.CHALLENGER)
    if None in versions:
        raise ModelError(f"{name} has no challenger; `zorya model challenge VERSION` makes a stored version one")
    return f"{name}@{versions[0]}", f"{name}@{versions[1]}"


def _correlation(one: list[float], two: list[float]) -> float | None:
    if len(one) < 3 or len(set(one)) < 2 or len(set(two)) < 2:
        return None
    from scipy.stats import spearmanr  # the stage *screen* loads this module, and needs none of it

    return round(float(spearmanr(one, two).statistic), 4)


def _shown(text: str) -> str:
    return " ".join(redact(text).split())[:_TEXT]
