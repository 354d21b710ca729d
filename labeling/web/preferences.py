"""The page of one's own: language, colours, keys, password, sessions. Nobody else sees what is chosen here."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from labeling.care.files import topics
from labeling.preferences import MOST, Preferences, Theme
from labeling.web.gate import LANGUAGE_COOKIE, SESSION_COOKIE, Call, Person, safe_path, set_cookie
from labeling.web.keymap import KeyRefused, caps_of, code_of, keymap, shipped
from labeling.web.passwords import WeakPassword, hash_password, matches
from labeling.web.policy import REVIEWERS
from labeling.web.speech import LANGUAGES, N_
from zorya.store import audit, identities, people

LONGEST = 3
"""A session may be extended until it has lasted so many times `review.session_hours`; then one logs in anew."""
YEAR_S = 365 * 86400
SAID = {
    "kept": N_("Kept."),
    "password": N_("The password is another one now, and your other sessions have ended."),
    "linked": N_("Linked. From now on you can come in through your organisation."),
    "ended": N_("That session has ended."),
    "others": N_("Every other session of yours has ended."),
}
THEME_WORDS = {
    Theme.SYSTEM: N_("as the system has it"),
    Theme.LIGHT: N_("light"),
    Theme.DARK: N_("dark"),
}


def show(call: Call) -> Response:
    """What this person has chosen, and where they are signed in."""
    return _page(call, said=SAID.get(call.request.query_params.get("said", ""), ""))


def choose(call: Call) -> Response:
    """Keep what a form names; what it does not name stays as it was."""
    response = call.go(safe_path(call.text("next", 200) or "/preferences?said=kept"))
    chosen, language = _chosen(call, call.person.preferences), call.text("language", 5)
    with call.app.store.writing() as connection:
        people.set_preferences(connection, call.person.name, chosen.as_row())
        if language in LANGUAGES:
            people.set_language(connection, call.person.name, language)
            set_cookie(call, response, LANGUAGE_COOKIE, language, YEAR_S)
    return response


def choose_care(call: Call) -> Response:
    """Keep which topics the queue passes over, one's own limit and one's break; empty is what the house says."""
    known = {topic.id for topic in topics()}
    avoid = tuple(topic for topic in call.texts("avoid") if topic in known)
    cap, pause = _number(call.text("daily_cap", 5)), _number(call.text("break_minutes", 5))
    chosen = replace(call.person.preferences, avoid=avoid, daily_cap=cap, break_minutes=pause)
    with call.app.store.writing() as connection:
        people.set_preferences(connection, call.person.name, chosen.as_row())
    return call.go("/preferences?said=kept#care")


def _number(typed: str) -> int | None:
    return min(int(typed), MOST) if typed.isascii() and typed.isdecimal() else None


def choose_keys(call: Call) -> Response:
    """Keep which key does what; all of them as shipped where that is asked for."""
    own = {} if call.text("shipped") else _own_keys(call)
    try:
        keymap(own)
    except KeyRefused as exc:
        return _page(call, status=422, error=str(exc), typed=own)
    chosen = replace(call.person.preferences, keys=own)
    with call.app.store.writing() as connection:
        people.set_preferences(connection, call.person.name, chosen.as_row())
    return call.go("/preferences?said=kept#keys-own")


def _own_keys(call: Call) -> dict[str, str]:
    """What differs from the shipped keys; a letter stands for its key."""
    typed = {action: code_of(call.text(f"key.{action}", 40)) for action in shipped() if f"key.{action}" in call.form}
    return {action: code for action, code in typed.items() if code != shipped()[action].code}


def change_password(call: Call) -> Response:
    """Another password, for who knows the one in force; every other session ends with the old one."""
    name, key = call.person.name, f"password|{call.person.name}"
    wait = call.app.throttle.wait(key, at=call.now)
    if wait > timedelta(0):
        return _page(call, status=429, error=call.wait_words(wait))
    with call.app.store.reading() as connection:
        account = people.user(connection, name)
    if not matches(call.text("old", 256), account["password_hash"] if account else None):
        call.app.throttle.failed(key, at=call.now)
        return _page(call, status=422, error=N_("That is not the password in force."))
    call.app.throttle.succeeded(key)
    if call.text("new", 257) != call.text("again", 257):
        return _page(call, status=422, error=N_("The new password was typed in two ways."))
    try:
        hashed = hash_password(call.text("new", 257))
    except WeakPassword:
        return _page(call, status=422, error=N_("A password has 10 to 256 characters."))
    with call.app.store.writing() as connection:
        people.set_password(connection, name, hashed)
        people.end_sessions(connection, name, at=call.now, but=_own_hash(call))
        audit.add(connection, at=call.now, actor=name, action="user.password", object=name)
    return call.go("/preferences?said=password#sessions")


def end_sessions(call: Call) -> Response:
    """End one's other sessions, or the one that is named, at once."""
    name, only = call.person.name, call.text("session", 64)
    with call.app.store.writing() as connection:
        people.end_sessions(connection, name, at=call.now, only=only, but="" if only else _own_hash(call))
        audit.add(connection, at=call.now, actor=name, action="user.sessions", object=name)
    return call.go(f"/preferences?said={'ended' if only else 'others'}#sessions")


def stay(call: Call) -> Response:
    """Let the session last as long again, up to LONGEST times its length."""
    until = longest(call.person, call.app.settings.review.session_hours, call.now)
    with call.app.store.writing() as connection:
        people.extend_session(connection, call.request.cookies[SESSION_COOKIE], expires_at=until)
    response = call.go(safe_path(call.text("next", 200) or "/"))
    seconds = int((until - call.now).total_seconds())
    set_cookie(call, response, SESSION_COOKIE, call.request.cookies[SESSION_COOKIE], seconds)
    return response


def longest(person: Person, session_hours: int, now: datetime) -> datetime:
    """When the session would end if it were extended now."""
    length = timedelta(hours=session_hours)
    return max(person.session_ends, min(now + length, person.session_began + LONGEST * length))


def _chosen(call: Call, before: Preferences) -> Preferences:
    changes: dict[str, Any] = {}
    if (theme := call.text("theme", 10)) in set(Theme):
        changes["theme"] = Theme(theme)
    if (keys := call.text("keys", 3)) in {"on", "off"}:
        changes["keys_on"] = keys == "on"
    if (latin := call.text("latin", 6)) in {"open", "folded"}:
        changes["latin_open"] = latin == "open"
    return replace(before, **changes)


def _shown_keys(own: Mapping[str, str]) -> dict[str, str]:
    """Act → its key as one types it."""
    return {action: " ".join(caps_of(own.get(action, key.code))) for action, key in shipped().items()}


def _own_hash(call: Call) -> str:
    return people.hash_of(call.request.cookies[SESSION_COOKIE])


def _page(
    call: Call, *, status: int = 200, said: str = "", error: str = "", typed: Mapping[str, str] | None = None
) -> Response:
    with call.app.store.reading() as connection:
        sessions = people.sessions_of(connection, call.person.name, at=call.now)
        account = people.user(connection, call.person.name)
        issuers = identities.issuers_of(connection, call.person.name)
    house = call.app.settings.organisation
    return call.page(
        "preferences.html",
        status=status,
        said=said,
        error=error,
        chosen=call.person.preferences,
        themes=THEME_WORDS,
        topics=topics() if call.person.role in REVIEWERS else (),
        review=call.app.settings.review,
        own_keys=_shown_keys(call.person.preferences.keys if typed is None else typed),
        keys_refused=typed is not None,
        sessions=sessions,
        own=_own_hash(call),
        organisation=(house.name or call.say("your organisation")) if call.app.organisation else "",
        linked=house.issuer in issuers,
        has_password=bool(account and account["password_hash"]),
    )
