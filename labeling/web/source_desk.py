"""/sources/new: paste an address, look at what a polite probe found, keep the draft."""

from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from labeling.web.gate import Call, refused
from labeling.web.speech import N_
from zorya.domain.sources import Probe, SourceDesk
from zorya.errors import ZoryaError
from zorya.store import audit

LONGEST_DRAFT = 100_000
SHOWN_ADS = 5


def new(call: Call) -> Response:
    """The form."""
    return _page(call)


def probe(call: Call) -> Response:
    """Read the site as a crawl would, in this thread; at most two people at a time send us out."""
    desk, url = call.app.desk, call.text("url", 2000).strip()
    if desk is None:
        return refused(call, 404, N_("This server looks at no addresses. On the command line: zorya source add URL"))
    if not call.app.probes.acquire(blocking=False):
        return _page(
            call, status=429, url=url, error=N_("Other addresses are being looked at. Try again in half a minute.")
        )
    try:
        with call.app.store.writing() as connection:
            host = urlsplit(url).hostname if "\\" not in url else None
            audit.add(
                connection,
                at=call.now,
                actor=call.person.name,
                action="source.probe",
                object=(host or url.partition("?")[0])[:200],
            )
        found = desk.probe(url)
    except (ZoryaError, ValueError) as exc:
        return _page(call, status=400, url=url, error=call.say("This address cannot be looked at: %(why)s", why=exc))
    finally:
        call.app.probes.release()
    return _page(call, url=url, found=found, draft=found.draft)


def keep(call: Call) -> Response:
    """Keep a draft, as found or as edited. It crawls nothing until a person has answered for it."""
    desk, draft = call.app.desk, call.text("draft", LONGEST_DRAFT).replace("\r\n", "\n")
    if desk is None:
        return refused(call, 404, N_("This server keeps no drafts. On the command line: zorya source add URL --store"))
    try:
        path = _kept(desk, draft, by=call.person.name)
    except ZoryaError as exc:
        return _page(call, status=400, draft=draft, error=call.say("Not kept: %(why)s", why=exc))
    return _page(call, kept=str(path), draft_id=path.stem)


def _kept(desk: SourceDesk, draft: str, *, by: str) -> Any:
    if not draft.strip():
        raise ZoryaError("the draft is empty")
    return desk.keep(draft, by=by)


def _page(
    call: Call,
    *,
    status: int = 200,
    url: str = "",
    error: str = "",
    found: Probe | None = None,
    draft: str = "",
    kept: str = "",
    draft_id: str = "",
) -> Response:
    return call.page(
        "source_new.html",
        status=status,
        ready=call.app.desk is not None,
        url=url,
        error=error,
        found=found,
        ads=found.ads[:SHOWN_ADS] if found else (),
        draft=draft,
        kept=kept,
        draft_id=draft_id,
    )
