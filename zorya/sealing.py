"""The seal of a day: its root is made once it is over, and every time-stamp authority is asked to sign it. What an
authority could not be asked then is asked for again on later days.
"""

from datetime import date, datetime, timedelta

from zorya.domain.day_roots import DayRoot
from zorya.domain.runs import StageReport
from zorya.errors import EvidenceError, NothingToDo
from zorya.evidence.timestamps import fetch
from zorya.settings import Settings
from zorya.store import Store, roots

ASKED_AGAIN = 14
"""Newest roots whose missing time-stamps are asked for again."""


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Make the root of the day before `as_of` (UTC) and have the newest roots time-stamped."""
    day = as_of.date() - timedelta(days=1)
    try:
        root, problems = seal(store, settings, day, as_of=as_of)
    except NothingToDo:
        return StageReport("seal", as_of, {"captures": 0, "stamps": 0, "stamps_missing": 0}, ())
    with store.reading() as connection:
        held = roots.stamps(connection, day)
    missing = len(settings.evidence.timestamp_authorities) - len(held)
    counts = {"captures": root.leaves - 2, "stamps": len(held), "stamps_missing": max(missing, 0)}
    return StageReport("seal", as_of, counts, tuple(problems))


def seal(store: Store, settings: Settings, day: date, *, as_of: datetime) -> tuple[DayRoot, list[str]]:
    """The root of a day, made if it is not there, and why time-stamps are missing that could not be had."""
    with store.writing() as connection:
        root = roots.make(connection, day, at=as_of)
    problems: list[str] = []
    with store.reading() as connection:
        newest = roots.latest(connection, limit=ASKED_AGAIN)
        held = {one.day: roots.stamps(connection, one.day) for one in newest}
    for authority in settings.evidence.timestamp_authorities:
        try:
            for one in newest:
                if authority.name not in held[one.day]:
                    stamp = fetch(authority, one.document())
                    with store.writing() as connection:
                        roots.add_stamp(connection, one.day, authority.name, stamp.token, at=stamp.at)
        except EvidenceError as exc:  # it is asked once a day, not once for each root
            problems.append(str(exc))
    return root, problems
