"""Every hour: offer confirmed campaigns, move the referral ledger's clock, render digests, deliver the outbox."""

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import dag, task


@dag(
    schedule="7 * * * *",
    start_date=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    catchup=False,
    max_active_runs=1,
    tags=["zorya"],
)
def digest() -> None:
    """Each partner's own cadence decides whether anything is due."""

    @task(retries=2, retry_delay=timedelta(minutes=1))
    def deliver(dag_run: Any = None) -> dict[str, Any]:
        from alerts import stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    deliver()


digest()
