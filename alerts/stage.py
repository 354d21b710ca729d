"""The whole room in one step: offer what was confirmed, move the ledger's clock, tell of matches, render, deliver."""

from datetime import datetime

from alerts import deconflict_mail, digest, ledger, outbox, selection
from zorya.domain.runs import StageReport
from zorya.settings import Settings
from zorya.store import Store


def run(store: Store, settings: Settings, *, as_of: datetime, partner: str | None = None) -> StageReport:
    """Select, ledger, matches, digest, deliver; again at the same moment: nothing. `partner` limits the last two."""
    selected = selection.run(store, settings, as_of=as_of)
    clocked = ledger.run(store, settings, as_of=as_of)
    matched = deconflict_mail.run(store, settings, as_of=as_of)
    rendered = digest.run(store, settings, as_of=as_of, partner=partner)
    delivered = outbox.deliver(store, settings, as_of=as_of, partner=partner)
    reports = (selected, clocked, matched, rendered, delivered)
    counts = {name: number for report in reports for name, number in report.counts.items()}
    return StageReport("alerts", as_of, counts, tuple(line for report in reports for line in report.messages))
