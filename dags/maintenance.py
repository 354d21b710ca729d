"""Every night: evidence, audit chain, sessions that are over; what is past its time; the root of a day; drift."""

from datetime import datetime
from typing import Any

from airflow.sdk import dag, task


@dag(
    schedule="41 2 * * *",
    start_date=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    catchup=False,
    max_active_runs=1,
    tags=["zorya"],
)
def maintenance() -> None:
    """What it finds is in its report and in `zorya doctor`."""

    @task
    def keep_up(dag_run: Any = None) -> dict[str, Any]:
        from zorya import upkeep
        from zorya.stages import perform

        return perform(upkeep.run, as_of=dag_run.start_date)

    @task
    def retain(dag_run: Any = None) -> dict[str, Any]:
        from zorya import retention
        from zorya.stages import perform

        return perform(retention.run, as_of=dag_run.start_date)

    @task
    def watch_drift(dag_run: Any = None) -> dict[str, Any]:
        from models.watch import drift
        from zorya.stages import perform

        return perform(drift.run, as_of=dag_run.start_date)

    @task
    def seal_day(dag_run: Any = None) -> dict[str, Any]:
        from zorya import sealing
        from zorya.stages import perform

        return perform(sealing.run, as_of=dag_run.start_date)

    keep_up()
    retain()
    watch_drift()
    seal_day()


maintenance()
