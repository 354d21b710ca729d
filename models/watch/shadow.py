"""The challenger beside the model in use, on the ads that came: what it would flag, and what it would let go.

Both models score the same reading of each ad. Nothing is stored: no queue, campaign or alert sees a challenger's word.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scipy.stats import spearmanr

from models.reading import Reading, read
from models.registry.aliases import Alias, aliased, champion
from models.registry.kinds import load_model
from models.score import Scorer
from zorya.errors import ModelError
from zorya.redact import redact
from zorya.settings import Settings
from zorya.store import Store, postings, sources, traffic

LOOKED_AT = 2000
"""Ads at most, the newest: some 5 ms each and model."""
SHOWN = 20
_TEXT = 120


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


def compare(store: Store, settings: Settings, *, days: int, as_of: datetime) -> Shadowed:
    """Score the newest ads of the last days with both models. ModelError where there is no challenger."""
    name, folder = settings.model_recipe, settings.models_dir
    versions = champion(folder, name), aliased(folder, name, Alias.CHALLENGER)
    if versions[0] is None or versions[1] is None:
        raise ModelError(f"{name} has no challenger to compare; `zorya model list` shows the aliases")
    now, then = (Scorer(*load_model(folder, name, version)) for version in versions if version)
    readings = _readings(store, since=as_of - timedelta(days=days), until=as_of)
    ids = list(readings)
    one, two = (scorer.assess(list(readings.values()), ids, as_of=as_of) for scorer in (now, then))
    both = list(zip(one, two, strict=True))
    apart = sorted(both, key=lambda pair: (-abs(pair[0].score - pair[1].score), pair[0].version_id))
    return Shadowed(
        now.reference,
        then.reference,
        len(both),
        sum(a.band.flagged for a, _ in both),
        sum(b.band.flagged and not a.band.flagged for a, b in both),
        sum(a.band.flagged and not b.band.flagged for a, b in both),
        _correlation([a.score for a, _ in both], [b.score for _, b in both]),
        tuple(
            Difference(a.version_id, a.score, b.score, _shown(readings[a.version_id]))
            for a, b in apart[:SHOWN]
            if a.score != b.score
        ),
    )


def _readings(store: Store, *, since: datetime, until: datetime) -> dict[str, Reading]:
    with store.reading() as connection:
        ids = [ad.version_id for ad in traffic.assessed(connection, since=since, until=until)][-LOOKED_AT:]
        countries = sources.countries(connection)
        held = [version for each in ids if (version := postings.version(connection, each)) is not None]
    return {each.id: read(each.posting, country=countries.get(each.posting.source)) for each in held}


def _correlation(one: list[float], two: list[float]) -> float | None:
    if len(one) < 3 or len(set(one)) < 2 or len(set(two)) < 2:
        return None
    return round(float(spearmanr(one, two).statistic), 4)


def _shown(reading: Reading) -> str:
    return " ".join(redact(reading.text).split())[:_TEXT]
