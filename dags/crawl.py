"""One DAG for each active source, at the schedule its file asks for; its asset says that postings may have changed."""

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Asset, dag, task

from crawlers.catalog import load_catalog
from crawlers.spec import SourceSpec
from zorya.settings import load_settings

POSTINGS = Asset("zorya_postings")


def crawl_dag(spec: SourceSpec) -> DAG:
    """The DAG of one source."""

    @dag(
        dag_id=f"crawl_{spec.id}",
        description=spec.title,
        schedule=spec.schedule,
        start_date=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        catchup=False,
        max_active_runs=1,
        tags=["zorya", "crawl"],
    )
    def build() -> None:
        @task(retries=1, retry_delay=timedelta(minutes=2), outlets=[POSTINGS])
        def crawl(source: str, dag_run: Any = None) -> dict[str, Any]:
            from crawlers.runner import crawl_source
            from zorya.stages import perform

            return perform(crawl_source, source, as_of=dag_run.start_date)

        crawl(spec.id)

    return build()


for source in load_catalog(load_settings().source_folders).active:
    globals()[f"crawl_{source.id}"] = crawl_dag(source)
