"""Verbs of people's rights: erase, hold, release, and what is past its time.

Contacts come from a file or stdin, a line each, never as an argument: those stay in a shell's history.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, say, table
from zorya.cli.sharing import AsJson, AsOf, moment_of

if TYPE_CHECKING:
    from labeling.subject_rights import Carried
    from zorya.erasure_list import Subject
    from zorya.settings import Settings
    from zorya.store import Store

Ads = Annotated[list[str] | None, typer.Argument(help="Ids of ads (p-…), as their pages have them.")]
Contacts = Annotated[
    Path | None, typer.Option("--contacts", help="File of contacts, a line each: all ads that give one. - reads stdin.")
]
By = Annotated[str, typer.Option("--by", help="Your account: a lead or an auditor. Its password is asked for.")]
OnStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]
Reason = Annotated[str, typer.Option("--reason", help="On what grounds: a case number or the wish. Names nobody.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(no_args_is_help=True, help="People's rights: erase, hold, release, what is past its time.")
    verbs = (("erase", erase), ("hold", hold), ("release", release), ("holds", holds), ("due", due), ("apply", apply))
    for name, verb in verbs:
        group.command(name)(verb)
    app.add_typer(group, name="privacy", rich_help_panel="Operators")


def erase(
    by: By,
    ads: Ads = None,
    contacts: Contacts = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    password_stdin: OnStdin = False,
    as_json: AsJson = False,
    as_of: AsOf = "",
) -> None:
    """Erase ads everywhere: texts, contacts, evidence, cards, digests, labels. What is on hold stays until released."""
    from labeling import subject_rights

    with _session(by, password_stdin) as (store, settings):
        subjects = _subjects(store, ads, contacts)
        if dry_run:
            found, kept = subject_rights.reach(store, settings, subjects)
            say(f"{len(found) - len(kept)} ads would be erased, {len(kept)} are on hold and would stay")
            raise typer.Exit(0 if found else NOTHING_TO_DO)
        done = subject_rights.erase(store, settings, subjects, subject_rights.Wish(by, reason, moment_of(as_of)))
    _tell(done, as_json=as_json)


def hold(
    by: By,
    ads: Ads = None,
    contacts: Contacts = None,
    reason: Reason = "",
    password_stdin: OnStdin = False,
    as_of: AsOf = "",
) -> None:
    """Put ads on legal hold: nothing of them is erased, whoever asks, until somebody else releases it."""
    from labeling import subject_rights

    with _session(by, password_stdin) as (store, settings):
        subjects = _subjects(store, ads, contacts)
        subject_rights.hold(store, settings, subjects, subject_rights.Wish(by, reason, moment_of(as_of)))
        found, _ = subject_rights.reach(store, settings, subjects)
    say(f"on hold: {len(found)} ads today, and later ones of these subjects; look again within half a year")


def release(
    by: By,
    ads: Ads = None,
    contacts: Contacts = None,
    reason: Reason = "",
    password_stdin: OnStdin = False,
    as_json: AsJson = False,
    as_of: AsOf = "",
) -> None:
    """End a hold that somebody else placed. What was to be erased meanwhile is erased now."""
    from labeling import subject_rights

    with _session(by, password_stdin) as (store, settings):
        subjects = _subjects(store, ads, contacts)
        done = subject_rights.release(store, settings, subjects, subject_rights.Wish(by, reason, moment_of(as_of)))
    _tell(done, as_json=as_json)


def holds(as_json: AsJson = False, as_of: AsOf = "") -> None:
    """Legal holds in force; those that nobody has looked at for half a year say so."""
    from zorya.erasure_list import REVIEW_WITHIN, ErasureList
    from zorya.settings import load_settings

    moment, found = moment_of(as_of), sorted(ErasureList(load_settings()).held.values(), key=lambda act: act.at)
    rows = [
        (
            act.token[:12],
            f"{act.at:%Y-%m-%d}",
            act.by,
            act.grounds,
            "overdue" if act.at + REVIEW_WITHIN < moment else "",
        )
        for act in found
    ]
    if as_json:
        for row in rows:
            emit(dict(zip(("hold", "since", "by", "grounds", "review"), row, strict=True)))
    else:
        table(("hold", "since", "by", "grounds", "review"), rows)
    if not rows:
        raise typer.Exit(NOTHING_TO_DO)


def due(
    erase_now: Annotated[bool, typer.Option("--erase", help="Erase it; without, it is only counted.")] = False,
    as_json: AsJson = False,
    as_of: AsOf = "",
) -> None:
    """What is past its time (settings `retention.*`): raw pages, dismissed ads, disclosed alerts. Holds win."""
    from zorya import retention
    from zorya.cli.sharing import opened

    moment = moment_of(as_of)
    with opened() as (store, settings):
        report = retention.perform(store, settings, as_of=moment, pretend=not erase_now)
    if as_json:
        emit(report.as_dict())
    else:
        table(("what", "number"), list(report.counts.items()))
        for message in report.messages:
            say(message)
    if not any(report.counts.values()):
        raise typer.Exit(NOTHING_TO_DO)


def apply(as_of: AsOf = "") -> None:
    """Bring the database in step with the erasure list, as after putting back an older backup."""
    from zorya.settings import load_settings
    from zorya.store import erasing, open_store

    settings = load_settings()
    store = open_store(settings, unerased=True)
    try:
        done = erasing.apply(store, settings, by="command line", at=moment_of(as_of))
    finally:
        store.close()
    say(f"{len(done.ads)} ads erased, {len(done.held)} on hold stay, {done.files} evidence files deleted")
    for partner, number in done.told:
        say(f"ask {partner} to erase digest no. {number}, too")


@contextmanager
def _session(by: str, on_stdin: bool) -> "Iterator[tuple[Store, Settings]]":
    """The store for a lead or auditor whose password fits."""
    from zorya.cli.alerting import prove
    from zorya.cli.sharing import opened
    from zorya.domain.reviews import Role
    from zorya.errors import PolicyRefusal
    from zorya.store import people

    with opened() as (store, settings):
        prove(store, by, on_stdin=on_stdin)
        with store.reading() as connection:
            account = people.user(connection, by)
        if account is None or account["role"] not in {Role.LEAD, Role.AUDITOR}:
            raise PolicyRefusal(f"{by!r} is neither a lead nor an auditor: one of those decides what is erased or kept")
        yield store, settings


def _subjects(store: "Store", ads: list[str] | None, contacts: Path | None) -> "list[Subject]":
    from labeling.web.contact_lookup import certain
    from zorya.domain.ids import contact_token
    from zorya.erasure_list import Subject
    from zorya.errors import ZoryaError

    found = [Subject("ad", name) for name in ads or ()]
    for number, line in _lines(contacts):
        try:
            contact = certain(line)
        except ZoryaError as exc:
            raise ZoryaError(f"{contacts}:{number}: {exc}") from exc
        found.append(Subject("contact", contact_token(store.contact_key, contact.number_or_kind, contact.value)))
    if not found:
        raise typer.BadParameter("name ads by their ids, or --contacts FILE")
    wrong = [each.value for each in found if each.kind == "ad" and not each.value.startswith("p-")]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is no id of an ad; it begins with p-")
    return found


def _tell(done: "Carried", *, as_json: bool) -> None:
    if as_json:
        emit(asdict(done))
    else:
        labelled = sum(done.snapshots.values()) + sum(done.imports.values())
        say(f"{done.ads} ads erased, {done.files} evidence files and {labelled} labelled ads with them")
        if done.held:
            say(f"{done.held} ads are on hold and stay until the hold is released")
        for partner, number in done.told:
            say(f"ask {partner} to erase digest no. {number}, too")
    if not (done.ads or done.snapshots or done.imports):
        raise typer.Exit(NOTHING_TO_DO)


def _lines(file: Path | None) -> Iterator[tuple[int, str]]:
    from zorya.errors import ZoryaError

    if file is None:
        return
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ZoryaError(f"{file}: cannot be read ({exc})") from exc
    yield from ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip())
