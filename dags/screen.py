"""Screen what the crawls brought, then queue what people should see, and file it for search and insights."""

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Asset, dag, task


@dag(
    schedule=[Asset("zorya_postings")],
    start_date=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    catchup=False,
    max_active_runs=1,
    tags=["zorya"],
)
def screen() -> None:
    """Runs whenever a crawl has ended; several crawls that end together are screened together."""

    @task(retries=2, retry_delay=timedelta(seconds=30))
    def assess(dag_run: Any = None) -> dict[str, Any]:
        from models import screen as stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    @task(retries=2, retry_delay=timedelta(seconds=30))
    def enqueue(dag_run: Any = None) -> dict[str, Any]:
        from labeling import sampling as stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    @task(retries=2, retry_delay=timedelta(seconds=30))
    def index(dag_run: Any = None) -> dict[str, Any]:
        from labeling import index as stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    assess() >> enqueue() >> index()


screen()
