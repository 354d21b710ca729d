"""Looking back (`/lookback`): was this number, name or wording ever in an ad, also one that is gone? And the evidence
of it, packed for a lawyer. What is typed is sent in a form and stands in no address.
"""

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from labeling import lookback
from labeling.lookback import Looked, Wanted
from labeling.web import casefile
from labeling.web.adview import contacts_of, hide
from labeling.web.gate import Call
from labeling.web.search_filters import day_of, of_query
from labeling.web.speech import N_
from zorya import packages
from zorya.errors import EvidenceError, PolicyRefusal, ZoryaError
from zorya.redact import redact
from zorya.store import assessments, postings
from zorya.store.lookback import Remembered

MOST_ADS = 50
_AD = re.compile(r"p-[0-9a-f]{8,40}")
ACT_WORDS = {
    "ad.view": N_("opened"),
    "contact.reveal": N_("saw the contacts"),
    "evidence-capture": N_("captured a page by hand"),
    "evidence-export": N_("handed it on"),
}
NO_ADS = N_("Choose at least one ad.")
NOT_PACKED = N_(
    "No package was made: a stored page is missing or damaged. The operator finds out by: zorya evidence verify"
)
NO_CAPTURE = N_("No page is kept of this ad, so there is nothing to hand on.")


def show(call: Call) -> Response:
    """The empty form."""
    return _page(call, None)


def look(call: Call) -> Response:
    """What was found, on the answer to the form itself."""
    days = of_query({"since": call.text("since", 20), "until": call.text("until", 20)})
    wanted = Wanted(" ".join(call.text("q", 200).split()), day_of(days.since), day_of(days.until))
    reason = _reason(call)
    try:
        found = lookback.look(call.app.store, wanted, by=call.person.name, reason=reason, at=call.now)
    except PolicyRefusal as exc:
        return _page(call, None, status=429, error=str(exc))
    except ZoryaError as exc:
        return _page(call, None, status=422, error=str(exc))
    return _page(call, found)


def pack(call: Call) -> Response:
    """An evidence package of ads, to be saved; its name tells the digest that the receiver must be told another way."""
    named = (name for name in call.texts("ad") if _AD.fullmatch(name))
    names, reason = tuple(dict.fromkeys(named))[:MOST_ADS], _reason(call)
    if not names or len(reason) < lookback.MIN_REASON:
        return _page(call, None, status=422, error=lookback.NO_REASON if names else NO_ADS)
    folder = Path(tempfile.mkdtemp(prefix="zorya-package-"))
    try:
        target = folder / "evidence.wacz"
        made = packages.make(
            call.app.store,
            call.app.settings,
            names,
            target=target,
            by=call.person.name,
            reason=reason,
            as_of=call.now,
        )
    except ZoryaError as exc:
        shutil.rmtree(folder, ignore_errors=True)
        damaged = isinstance(exc, EvidenceError)
        return _page(call, None, status=409 if damaged else 422, error=NOT_PACKED if damaged else NO_CAPTURE)
    name = f"evidence-{call.now:%Y%m%d-%H%M}-sha256-{made.packed.digest}.wacz"
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(target, media_type="application/wacz+zip", filename=name, background=gone)


def _reason(call: Call) -> str:
    return " ".join(call.text("reason", 300).split())


def _page(call: Call, found: Looked | None, *, status: int = 200, error: str = "") -> Response:
    rows: list[dict[str, Any]] = []
    if found:
        with call.app.store.reading() as connection:
            rows = [row for row in (_row(connection, one) for one in found.found) if row]
    typed = "" if found and found.by_contact else call.text("q", 200)
    return call.page(
        "lookback.html",
        status=status,
        looked=found is not None,
        rows=rows,
        more=bool(found and found.more),
        error=error,
        typed=typed if status != 429 else "",
        since=call.text("since", 20),
        until=call.text("until", 20),
        reason=call.text("reason", 300),
    )


def _row(connection: Connection, one: Remembered) -> dict[str, Any]:
    """An ad as the page shows it, contacts masked."""
    newest = postings.current(connection, one.posting_id)
    if newest is None:
        return {}
    contacts = [*contacts_of(connection, newest.id), *newest.posting.contacts]
    title = hide(newest.posting.title, contacts)
    if assessments.latest(connection, newest.id) is None:  # nobody has looked for its contacts yet
        title = redact(title)
    return {
        "ad": one,
        "title": title or casefile.NO_TITLE,
        "language": newest.posting.language,
        "acts": [(who, ACT_WORDS[act], at) for who, act, at in _newest(one.seen_by)],
    }


def _newest(acts: Iterable[tuple[str, str, Any]]) -> list[tuple[str, str, Any]]:
    """The last act of each person and kind, the newest first."""
    last = {(who, act): at for who, act, at in acts}
    return sorted(((who, act, at) for (who, act), at in last.items()), key=lambda row: row[2], reverse=True)
