"""Care on the pages: content notes, pictures that are never loaded, one's own limit, and the key that stops."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling import queue
from labeling.care.files import SupportLine, hotlines, support, topics
from labeling.care.noting import topics_of
from labeling.web.adview import AdView
from labeling.web.casefile import CaseFile
from labeling.web.gate import Call, set_cookie
from labeling.web.speech import N_
from zorya.store import ad_history, audit, pictures, postings, reviews, sources, stopped

ON_COOKIE = "zorya_on"
"""Holds the day on which somebody went on beyond their own limit."""
PAUSE = timedelta(minutes=15)
"""A gap between two decisions that counts as a break."""
LOOKED_BACK = 200
PICTURE_WORDS = {"harmless": N_("harmless"), "sexual": N_("sexual"), "violent": N_("violent")}


@dataclass(frozen=True, slots=True)
class Notes:
    """What stands before an ad: notes, whether it is folded because its reader asked for that, its pictures."""

    notes: list[str]
    folded: bool
    pictures: list[tuple[str, str]]
    """Digest, and what was said of it (empty: nobody has judged it)."""


def surroundings(connection: Connection, call: Call, case: CaseFile) -> dict[str, Any]:
    """What the review page needs of care: notes of the open ad, and the reader's day."""
    care, day = notes_of(connection, call, case.ad), today(connection, call)
    return {"care": care, "day": day, "picture_words": PICTURE_WORDS}


def notes_of(connection: Connection, call: Call, ad: AdView) -> Notes:
    """The notes of an ad that is open."""
    version = postings.version(connection, ad.version_id)
    images = version.posting.images if version else ()
    said = pictures.said_of(connection, images)
    texts = [version.posting.text] if version else []
    found = topics_of(texts, [row.hit.code for row in ad.present])
    language = call.speech.code
    return Notes(
        notes=[topic.note[language] for topic in topics() if topic.id in found],
        folded=bool(set(found) & set(call.person.preferences.avoid)),
        pictures=[(digest, said.get(digest, "")) for digest in images],
    )


def judge_picture(call: Call) -> Response:
    """Say of a picture, once and for every ad that has it, what somebody who saw it at its source saw."""
    digest, word = call.request.path_params["digest"], call.text("word", 16)
    if word not in PICTURE_WORDS or not pictures.is_digest(digest):
        raise HTTPException(404)
    with call.app.store.writing() as connection:
        if pictures.say(connection, digest, word, by=call.person.name, at=call.now):
            audit.add(
                connection, at=call.now, actor=call.person.name, action="picture.verdict", object=digest, reason=word
            )
    task = call.text("task", 40)
    return call.go(f"/tasks/{task}" if task.isascii() and task.replace("-", "").isalnum() else "/")


def stop(call: Call) -> Response:
    """Possible child abuse material: nothing of the ad is stored or shown from now on, and nothing brings it back. The
    task under which it was read (`task`) is given back."""
    with call.app.store.writing() as connection:
        posting = ad_history.posting_of(connection, call.request.path_params["posting"])
        if posting is None or not stopped.stop(connection, posting, at=call.now, by=call.person.name):
            raise HTTPException(404)
    stopped.sweep(call.app.store, call.app.settings.evidence_dir)
    queue.release(call.app.store, call.person.name, call.text("task", 40), as_of=call.now)
    return call.go(f"/stopped/{posting}")


def show_stopped(call: Call) -> Response:
    """Address and digest of a stopped ad, and where it is reported."""
    with call.app.store.reading() as connection:
        ad = stopped.of(connection, call.request.path_params["posting"])
        if ad is None:
            raise HTTPException(404)
        country = sources.countries(connection).get(ad.source, "").upper()
    call.log("stopped.view", ad.posting_id)
    routes = hotlines()
    return call.page(
        "stopped.html",
        ad=ad,
        here=(country, routes.countries[country]) if country in routes.countries else None,
        others=[(code, line) for code, line in sorted(routes.countries.items()) if code != country],
        everywhere=routes.everywhere,
        support=support_lines(call),
    )


def end_day(call: Call) -> Response:
    """A calm end: what one has done today, and whom one may talk to."""
    with call.app.store.reading() as connection:
        day = today(connection, call)
    return call.page("day_end.html", day=day, support=support_lines(call))


@dataclass(frozen=True, slots=True)
class Today:
    """One's own day: decisions, own limit (0: none), minutes since the last break, and whether a break is due."""

    decided: int
    limit: int
    minutes: int
    break_due: bool

    def is_full(self, after: int = 0) -> bool:
        """Whether the limit is reached, or will be after so many decisions more."""
        return 0 < self.limit <= self.decided + after


def today(connection: Connection, call: Call) -> Today:
    """The day of the person who asks; nobody else is ever shown it."""
    own, house = call.person.preferences, call.app.settings.review
    midnight = call.now.replace(hour=0, minute=0, second=0, microsecond=0)
    times = reviews.times_by(connection, call.person.name, since=midnight, limit=LOOKED_BACK)
    minutes = int(since_break(times, call.now).total_seconds() // 60)
    pause = house.break_minutes if own.break_minutes is None else own.break_minutes
    return Today(
        decided=reviews.number_by(connection, call.person.name, since=midnight),
        limit=house.daily_cap if own.daily_cap is None else own.daily_cap,
        minutes=minutes,
        break_due=0 < pause <= minutes,
    )


def since_break(times: list[datetime], now: datetime) -> timedelta:
    """How long somebody has read without a gap of PAUSE; `times` are decisions, newest first."""
    begun = now
    for moment in times:
        if begun - moment > PAUSE:
            break
        begun = moment
    return now - begun


def goes_on(call: Call, *, after: int = 0) -> bool:
    """Whether the person may be given more today (`after` so many decisions more): below their limit, or they chose to
    go on."""
    if call.request.cookies.get(ON_COOKIE) == call.now.date().isoformat():
        return True
    with call.app.store.reading() as connection:
        return not today(connection, call).is_full(after)


def go_on(call: Call) -> Response:
    """Beyond one's own limit, for this day."""
    response = call.go("/queue/next")
    set_cookie(call, response, ON_COOKIE, call.now.date().isoformat(), 86400)
    return response


def support_lines(call: Call) -> tuple[SupportLine, ...]:
    """Whom to talk to, in the reader's language."""
    return support().get(call.speech.code, ())
