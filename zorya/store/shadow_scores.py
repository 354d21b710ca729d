"""What a challenger says of ads, beside the assessment by the model in use. Data scientists read it, nobody else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from zorya.domain.findings import Assessment, Band
from zorya.store.model_schema import shadow_scores
from zorya.store.rows import insert_ignore
from zorya.store.schema import assessments, versions

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Pair:
    """One version of an ad, as the model in use scored it and as the challenger does."""

    version_id: str
    score: float
    band: Band
    shadow_score: float
    shadow_band: Band


def add(connection: Connection, pairs: Iterable[tuple[str, Assessment]]) -> None:
    """Store what a challenger says: the id of the assessment by the model in use, and the challenger's own. What is
    there stays.
    """
    for assessment_id, said in pairs:
        row = {"assessment_id": assessment_id, "challenger": said.model, "score": said.score, "band": said.band}
        insert_ignore(connection, shadow_scores, row | {"scored_at": said.created_at})


def stored(connection: Connection, *, champion: str, challenger: str, since: datetime, limit: int) -> Iterator[Pair]:
    """The newest pairs of two models scored since a moment, newest first."""
    query = (
        select(
            assessments.c.version_id,
            assessments.c.score,
            assessments.c.band,
            shadow_scores.c.score.label("shadow_score"),
            shadow_scores.c.band.label("shadow_band"),
        )
        .join(assessments, assessments.c.id == shadow_scores.c.assessment_id)
        .where(
            shadow_scores.c.challenger == challenger,
            shadow_scores.c.scored_at >= since,
            assessments.c.model == champion,
        )
        .order_by(shadow_scores.c.scored_at.desc(), shadow_scores.c.assessment_id)
        .limit(limit)
    )
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield Pair(row[0], row[1], Band(row[2]), row[3], Band(row[4]))


def without(
    connection: Connection, *, champion: str, challenger: str, since: datetime, limit: int
) -> list[tuple[str, str]]:
    """(assessment, version) of the newest ads seen since a moment that the model in use scored and the challenger has
    not.
    """
    beside = and_(shadow_scores.c.assessment_id == assessments.c.id, shadow_scores.c.challenger == challenger)
    query = (
        select(assessments.c.id, versions.c.id)
        .select_from(versions)
        .join(assessments, assessments.c.version_id == versions.c.id)
        .outerjoin(shadow_scores, beside)
        .where(versions.c.seen_at >= since, assessments.c.model == champion, shadow_scores.c.assessment_id.is_(None))
        .order_by(versions.c.seen_at.desc(), versions.c.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]
