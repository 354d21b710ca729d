"""Every week: train a candidate on the newest snapshot. Promotion is a person's act (`zorya model promote`)."""

from datetime import datetime
from typing import Any

from airflow.sdk import dag, task


@dag(
    schedule="23 3 * * 1",
    start_date=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    catchup=False,
    max_active_runs=1,
    tags=["zorya"],
)
def retrain() -> None:
    """Leaves the champion alone."""

    @task
    def train(dag_run: Any = None) -> dict[str, Any]:
        from models import train as stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    train()


retrain()
