"""Cards fetched ahead, so that Enter shows the next one at once: reserved when handed over, given back when their
reader leaves. Without a script nobody asks for them, and each card is a page of its own.
"""

from starlette.responses import Response

from labeling import queue
from labeling.web import caring, filters, reviewing
from labeling.web.gate import Call
from labeling.web.reviewing import is_mine, page, skipped, task_of
from zorya.errors import QueueConflict
from zorya.store import audit, campaigns, overview

MOST = 2
"""Cards that wait in one browser."""
_NONE = 204


def hand_over(call: Call) -> Response:
    """The review page of the card after this one and those `after` it, reserved; 204 where none is to be had.

    None either once the reader's own limit of the day would be reached: the next page asks them whether to go on.
    """
    task, behind = task_of(call), call.texts("after")[: MOST + 1]
    before = 1 + len(behind)
    if not is_mine(call, task) or before > MOST or not caring.goes_on(call, after=before):
        return Response(status_code=_NONE)
    wanted = filters.of_query(call.request.query_params)
    following = queue.next_task(
        call.app.store,
        call.app.settings,
        call.person.name,
        as_of=call.now,
        narrowed=filters.narrowing(call, wanted),
        skip=[*skipped(call), task.id, *behind],
    )
    return page(call, following, ahead=before) if following else Response(status_code=_NONE)


def leave(call: Call) -> Response:
    """Give back cards that were fetched and never shown."""
    for name in call.texts("task")[:MOST]:
        queue.release(call.app.store, call.person.name, name, as_of=call.now)
    return Response(status_code=_NONE)


def arrive(call: Call, name: str) -> Response:
    """After a verdict whose reader sees the next card already: reserve that one from now on and log that it is looked
    at; answers what was saved. Where somebody else has it by now, on to another one."""
    try:
        task = queue.take(call.app.store, call.app.settings, call.person.name, name, as_of=call.now)
    except QueueConflict:
        return call.go(reviewing.next_address(call, "saved"))
    with call.app.store.writing() as connection:
        live = campaigns.resolve(connection, task.campaign_id)
        view = overview.campaign_views(connection, [live]).get(live)
        if view:
            audit.add(connection, at=call.now, actor=call.person.name, action="ad.view", object=view.version_id)
    with call.app.store.reading() as connection:
        saved = reviewing.recent_decisions(connection, call.person.name)[0]
        return call.page("saved.html", saved=saved, to_dismiss=reviewing.to_dismiss(connection, call, saved[0]))
