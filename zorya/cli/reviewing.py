"""Verbs of people who review: the app, accounts, the queue, labels."""

import gc
import sys
from typing import Annotated, Any

import typer

from zorya.cli.output import NOTHING_TO_DO, emit, now, say, table
from zorya.cli.queue_recall import recall
from zorya.domain.reviews import Role
from zorya.errors import QueueConflict, SettingsError
from zorya.settings import Settings, load_settings
from zorya.store import Store, audit, open_store, people, reviews, second_factors

ACTOR = "command line"


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(rich_help_panel="Run")(serve)
    for name, group, words in (
        ("user", _users(), "Accounts of the review app."),
        ("queue", _queue(), "What waits for review."),
    ):
        app.add_typer(group, name=name, help=words, no_args_is_help=True, rich_help_panel="Review")


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; keep it on this machine or behind TLS.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Run the review app; prints its address on stdout once it listens."""
    from alerts.desk import Desk
    from crawlers.catalog import load_catalog
    from crawlers.lifecycle import note_all
    from labeling.web.server import address_of, bind, make_server
    from models.registry.shelf import Shelf
    from zorya.cli.probes import open_desk

    settings = load_settings()
    store = open_store(settings)
    note_all(store, load_catalog(settings.source_folders).specs, at=now())
    try:
        listener = bind(host, port)
    except OSError as exc:
        raise SettingsError(f"cannot listen on {host}:{port}: {exc.strerror}; choose another --port") from exc
    if host not in {"127.0.0.1", "::1", "localhost"}:
        said = "put TLS in front of it before other machines use it, and name that proxy in `review.trusted_proxies`"
        say(f"zorya: the app speaks plain HTTP; {said}")
    print(address_of(listener), flush=True)
    try:
        server = make_server(
            settings,
            store,
            clock=now,
            desk=open_desk(store, settings),
            partner_desk=Desk(store, settings),
            shelf=Shelf(settings.models_dir),
            machines=_machines(store, settings),
        )
        gc.collect()
        gc.freeze()  # what stays is not looked through again: a full collection would hold up every page
        server.run(sockets=[listener])
    finally:
        store.close()


def _machines(store: Store, settings: Settings) -> dict[str, Any]:
    """What partners' machines read, each behind a door of its own."""
    from alerts.web.feed import feed_app
    from alerts.web.partner_access import Door
    from alerts.web.taxii import ROOT, Taxii

    taxii = Taxii(store, settings, Door(store, settings, now))
    return {"/feeds": feed_app(store, settings, clock=now), ROOT: taxii.app()}


def _users() -> typer.Typer:
    group = typer.Typer()

    @group.command("add")
    def add(
        name: str,
        role: Annotated[Role, typer.Option(help="What the account may do.")],
        display_name: Annotated[str, typer.Option(help="As shown to colleagues; the name by default.")] = "",
        password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from stdin.")] = False,
    ) -> None:
        """Create an account; the password is asked for twice unless it comes on stdin."""
        from labeling.web.passwords import hash_password

        password = (
            sys.stdin.readline().rstrip("\r\n")
            if password_stdin
            else typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        )
        hashed, settings = hash_password(password), load_settings()
        with open_store(settings).writing() as connection:
            added = people.add_user(
                connection,
                name=name,
                display_name=display_name or name,
                role=role,
                password_hash=hashed,
                language=settings.language,
                at=now(),
            )
            if not added:
                say(f"zorya: there is an account {name!r} already")
                raise typer.Exit(NOTHING_TO_DO)
            audit.add(connection, at=now(), actor=ACTOR, action="user.add", object=name, reason=role.value)
        say(f"account {name} added as {role.value}")

    @group.command("reset-second-factor")
    def reset_second_factor(
        name: str, reason: Annotated[str, typer.Option(help="Why; it is written to the audit log.")]
    ) -> None:
        """Forget a lost second factor and end the account's sessions; at the next log-in a role may need a new one."""
        at = now()
        with open_store(load_settings()).writing() as connection:
            if not second_factors.drop(connection, name):
                say(f"zorya: {name!r} has no second factor; `zorya user list` shows all accounts")
                raise typer.Exit(NOTHING_TO_DO)
            ended = people.end_sessions(connection, name, at=at)
            audit.add(connection, at=at, actor=ACTOR, action="second-factor.reset", object=name, reason=reason)
        say(f"the second factor of {name} is gone; sessions ended: {ended}")

    @group.command("list")
    def listing(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        """Every account, without passwords."""
        with open_store(load_settings()).reading() as connection:
            rows = people.all_users(connection)
        if as_json:
            emit(rows)
        else:
            table(("name", "role", "shown as"), [(r["name"], r["role"], r["display_name"]) for r in rows])

    return group


def _queue() -> typer.Typer:
    group = typer.Typer()
    group.command("recall")(recall)

    @group.command("stats")
    def stats(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        """Numbers of the queue."""
        from labeling import queue

        numbers = queue.stats(open_store(load_settings()), as_of=now())
        if as_json:
            emit(numbers)
            return
        flat = [(name, value) for name, value in numbers.items() if not isinstance(value, dict)]
        flat += [(f"waiting: {name}", value) for name, value in numbers["reasons"].items()]
        flat += [(f"verdicts: {name}", value) for name, value in numbers["verdicts"].items()]
        table(("", "number"), flat)

    @group.command("assign")
    def assign(
        analyst: str,
        task: Annotated[str | None, typer.Argument(help="A task id; the most pressing free one by default.")] = None,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        """Reserve a task for an analyst."""
        from labeling import queue

        settings, at = load_settings(), now()
        store = open_store(settings)
        with store.reading() as connection:
            if people.user(connection, analyst) is None:
                raise QueueConflict(f"there is no account {analyst!r}; `zorya user list` shows all")
        if task:
            leased = queue.take(store, settings, analyst, task, as_of=at)
        else:
            found = queue.next_task(store, settings, analyst, as_of=at)
            if found is None:
                say("zorya: nothing waits for this analyst")
                raise typer.Exit(NOTHING_TO_DO)
            leased = found
        with store.writing() as connection:
            audit.add(connection, at=at, actor=ACTOR, action="task.assign", object=leased.id, reason=analyst)
        answer = {"task": leased.id, "campaign": leased.campaign_id, "owner": analyst, "until": leased.lease_until}
        if as_json:
            emit(answer)
        else:
            table(tuple(answer), [tuple(answer.values())])

    @group.command("release")
    def release(task: str) -> None:
        """Give a reserved task back, whoever holds it."""
        from labeling import queue

        store = open_store(load_settings())
        with store.reading() as connection:
            found = reviews.task(connection, task)
        owner = found.owner if found else None
        if owner is None or not queue.release(store, owner, task, as_of=now(), actor=ACTOR):
            say(f"zorya: task {task} is not reserved")
            raise typer.Exit(NOTHING_TO_DO)
        say(f"task {task} is free again")

    return group
