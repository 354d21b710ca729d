"""Every week: freeze the labels, train a candidate, measure it, propose it. It is put in use once a person approves."""

from datetime import datetime
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task


@dag(
    schedule="23 3 * * 1",
    start_date=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    catchup=False,
    max_active_runs=1,
    tags=["zorya"],
)
def retrain() -> None:
    """The model in use changes by approval here, or by `zorya model promote`."""

    @task
    def snapshot(dag_run: Any = None) -> dict[str, Any]:
        from labeling import snapshots as stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    @task
    def train(dag_run: Any = None) -> dict[str, Any]:
        from models import train as stage
        from zorya.stages import perform

        return perform(stage.run, as_of=dag_run.start_date)

    @task
    def measure(dag_run: Any = None) -> dict[str, Any]:
        from models import retraining as stage
        from zorya.stages import perform

        return perform(stage.measure, as_of=dag_run.start_date)

    @task
    def propose(dag_run: Any = None) -> dict[str, Any]:
        from models import retraining as stage
        from zorya.stages import perform

        return perform(stage.propose, as_of=dag_run.start_date)

    ask = ApprovalOperator(
        task_id="ask",
        subject="Put the challenger in use?",
        body="What `propose` reported:\n\n{{ ti.xcom_pull(task_ids='propose')['messages'] | join('\n\n') }}",
        params={"reason": Param(type="string", minLength=1, title="Why; kept in the history")},
    )

    @task
    def put_in_use(approval: Any, ti: Any = None) -> dict[str, Any]:
        from models import retraining as stage
        from zorya.stages import perform

        return perform(
            stage.put_in_use,
            approval["responded_by_user"]["name"],
            approval["params_input"]["reason"],
            as_of=ti.start_date,
        )

    snapshot() >> train() >> measure() >> propose() >> ask
    put_in_use(ask.output)


retrain()
