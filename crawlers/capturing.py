"""One page into the evidence, because a person asks for it: a crawl of one address, on record as every crawl is.

It is filed under `capture@` and a digest of the address: it is no source, holds up no crawl, and counts in no health.
"""

import time
from datetime import datetime, timedelta

from crawlers.fetch import no_page, single
from crawlers.runner import begin, run_child
from zorya.domain import ids
from zorya.domain.ads import Capture
from zorya.domain.runs import RunReport, RunStatus
from zorya.errors import SourceBusy
from zorya.settings import Settings
from zorya.store import Store, archive, audit


def capture(store: Store, settings: Settings, url: str, *, as_of: datetime, by: str, reason: str = "") -> Capture:
    """Fetch an address under all guards and keep the exchange; every call keeps one, for every moment is another fact.

    Raises PolicyRefusal when robots.txt, the guard or the site say no, NotReached when no page came.
    """
    spec = single(url)
    name = f"capture@{ids.url_key(url)[:12]}"
    turn = begin(store, settings, spec, as_of=as_of, name=name, noted=False)
    if isinstance(turn, RunReport):
        raise SourceBusy(f"{url} was captured at this very moment; ask again")
    try:
        ending = run_child(turn.order(capture=url), limit=settings.crawl.run_limit_s)
        account = turn.account(ending)
        with store.reading() as connection:
            kept = archive.of_run(connection, turn.run_id)
        status = RunStatus.OK if kept else RunStatus.FAILED
        why = tuple(one.reason for one in account.requests if one.reason) or ((ending,) if ending else ())
        ended = as_of + timedelta(seconds=time.monotonic() - turn.began)
        counted = (len(account.requests), account.outcomes)
        turn.finish(RunReport(turn.run_id, name, as_of, ended, status, *counted, messages=why))
    finally:
        turn.release()
    if not kept:
        raise no_page(url, account.requests, ending)
    with store.writing() as connection:
        audit.add(connection, at=as_of, actor=by, action="evidence-capture", object=kept[0].id, reason=reason)
    return kept[0]
