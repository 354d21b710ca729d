"""Topics of waiting tasks, so that the queue can pass over what a person does not want to read."""

from sqlalchemy import Connection

from labeling.care.noting import as_column, topics_of
from zorya.domain.findings import State
from zorya.store import assessments, campaigns, postings, reviews

TASKS_A_RUN = 5000
ADS_A_CAMPAIGN = 20


def note_topics(connection: Connection) -> int:
    """Look at the campaigns of open tasks that were not looked at yet; returns how many were."""
    waiting = reviews.without_topics(connection, limit=TASKS_A_RUN)
    for task in waiting:
        live = campaigns.resolve(connection, task.campaign_id)
        reviews.set_topics(connection, task.id, as_column(campaign_topics(connection, live)))
    return len(waiting)


def campaign_topics(connection: Connection, campaign_id: str) -> tuple[str, ...]:
    """Topics of a campaign's first ads."""
    names = [member.posting_id for member in campaigns.members(connection, campaign_id, limit=ADS_A_CAMPAIGN)]
    found = assessments.current_of_campaign(connection, names)
    codes = {hit.code for each in found.values() for hit in each.hits if hit.state is State.PRESENT}
    return topics_of([version.posting.text for version in postings.currents(connection, names)], codes)
