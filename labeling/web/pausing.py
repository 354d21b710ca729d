"""The link at the foot of a partner's mails: it pauses new digests, and takes that pause back. Needs no account.

Nothing happens on GET: mail programs open links by themselves. A mail program's own button (RFC 8058) sends
`List-Unsubscribe=One-Click`, reads no page and follows no redirection: the answer to a POST is the page itself.
"""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web.approving import desk_of
from labeling.web.gate import Call, refused
from labeling.web.speech import N_
from zorya.domain.partner_desk import Pausing


def show(call: Call) -> Response:
    """What the link would do. Reads only."""
    seen = desk_of(call).pausing(_token(call), at=call.now)
    return _page(call, seen) if seen else _spent(call)


def press(call: Call) -> Response:
    """Pause, or resume; one press of a mail program's own button pauses."""
    act = "pause" if call.text("List-Unsubscribe", 20) == "One-Click" else call.text("act", 10)
    if act not in {"pause", "resume"}:
        raise HTTPException(400)
    desk, token = desk_of(call), _token(call)
    seen = desk.pause(token, at=call.now) if act == "pause" else desk.resume(token, at=call.now)
    return _page(call, seen) if seen else _spent(call)


def _page(call: Call, seen: Pausing) -> Response:
    return replace(call, language=seen.language).page("pause.html", seen=seen)


def _spent(call: Call) -> Response:
    return refused(call, 410, N_("This link was used or has run out. The newest mail holds one that works."))


def _token(call: Call) -> str:
    return str(call.request.path_params["token"])[:100]
