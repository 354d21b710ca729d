"""Stage *index*: files new and changed ads for search and insights, and rolls verdicts and the queue up by day."""

from datetime import datetime

from zorya.domain.runs import StageReport
from zorya.settings import Settings
from zorya.store import Store, rollups, search_filing


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """File what waits and count; running it again files and counts nothing twice."""
    filed = 0
    while True:
        with store.writing() as connection:
            number = search_filing.file_next(connection)
        filed += number
        if number < search_filing.BATCH:
            break
    with store.writing() as connection:
        counts = {
            "filed": filed,
            "days": rollups.decisions(connection, at=as_of),
            "open": rollups.queue(connection, at=as_of),
        }
    return StageReport("index", as_of, counts, ())
