"""What pages and digests cost as the store grows: every GET route and every digest query at several sizes, interleaved.

A page must cost at the largest size what it costs at the smallest: p50 at most 1.2 times, p99 at most twice. Wall times
are of a request over a socket; `cpu` is of server and client together, and tells on a busy machine what wall times do
not. `rows` says how many rows and list items a page shows on average: a list that the smallest store does not fill
costs more where it is full, which is no growth (`holds`: *fuller*). Then people work as a crawl writes.

What digests offer is measured as in an ordinary hour: every confirmed campaign was looked at once, and before each
round a handful of campaigns changed. One partner was told of nearly all; for the other the card of each that changed
is read anew.
"""

import gc
import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from zorya.cli import bench_web_load
from zorya.cli.bench_web_house import ADMIN, LEAD, House, house
from zorya.cli.bench_web_table import Cost, Rows, compared, save
from zorya.cli.bench_web_town import LANGUAGES, SOURCES, WEIGHTS, Town
from zorya.domain.reviews import Role
from zorya.errors import ZoryaError
from zorya.settings import Settings

Chooser = Callable[[Town, random.Random], str]


def _pressing(town: Town, chance: random.Random) -> str:
    """An open task behind which a page of others waits."""
    return town.open_tasks[chance.randrange(len(town.open_tasks) * 3 // 4)]


def _weighty(town: Town, chance: random.Random) -> int:
    """A question behind which a page of lighter ones waits."""
    return chance.randrange(max(town.proposals // WEIGHTS, 1)) * WEIGHTS + chance.randint(WEIGHTS // 3, WEIGHTS // 2)


PLACES: dict[str, Chooser] = {
    "task": lambda town, chance: chance.choice(town.open_tasks),
    "campaign": lambda town, chance: chance.choice(town.campaigns),
    "posting": lambda town, chance: chance.choice(town.postings),
    "proposal": lambda town, chance: str(chance.randint(1, town.proposals)),
    "source": lambda town, chance: chance.choice(SOURCES),
    "file": lambda town, chance: "flags.csv",
    **{name: lambda town, chance: "none" for name in ("alert", "referral", "token", "model", "digest")},
}
"""What stands for `{name}` in the address of a page."""
VARIANTS: dict[str, Chooser] = {
    "/queue?language=": lambda town, chance: f"/queue?language={LANGUAGES[0]}",
    "/queue?band=": lambda town, chance: "/queue?band=likely",
    "/queue?reason=": lambda town, chance: "/queue?reason=risk",
    "/queue?after=": lambda town, chance: f"/queue?after={_pressing(town, chance)}",
    "/campaigns/ (the largest)": lambda town, chance: f"/campaigns/{town.largest}",
    "/proposals?after=": lambda town, chance: f"/proposals?after={_weighty(town, chance)}",
    "/agreement/{file}": lambda town, chance: "/agreement/weeks.csv",
    "/audit?actor=": lambda town, chance: "/audit?actor=ana",
    "/audit?check=1": lambda town, chance: "/audit?check=1",
    "/audit?before=": lambda town, chance: f"/audit?before={chance.randint(150, 290)}",
}
"""Pages with filters, deep pages (behind which there is a full one at every size), the campaign with the most ads."""


def measure(
    settings: Settings,
    *,
    as_of: datetime,
    sizes: Sequence[int] = (1000, 10_000),
    out: Path | None = None,
    server: str = "",
    rounds: int = 60,
    users: int = 20,
) -> dict[str, Rows]:
    """Tables `pages` (the smallest against the largest size) and `load`. `server`: a PostgreSQL in which databases may
    be made and dropped; SQLite by default."""
    with ExitStack() as stack:
        houses = [stack.enter_context(house(size, as_of=as_of, server=server)) for size in (min(sizes), max(sizes))]
        told = [compared(name, costs, sizes) for name, costs in _spent(houses, rounds, as_of).items()]
        load = bench_web_load.measure(houses[-1].settings, houses[-1].cookies[LEAD], users=users) if users else []
    tables = {"pages": told, "load": load}
    if out is not None:
        save(tables, out)
    return {name: rows for name, rows in tables.items() if rows}


def pages() -> dict[str, tuple[str, Chooser]]:
    """Every page: what it is called → who opens it, and how its address is made. ZoryaError for a part of an address
    that nothing here stands for."""
    from labeling.web.app import ROUTES
    from labeling.web.policy import may

    found: dict[str, tuple[str, Chooser]] = {}
    for method, path, _ in ROUTES:
        if method == "GET":
            found[path] = (LEAD if may(Role.LEAD, method, path) else ADMIN, _chooser(path))
    return found | {name: (LEAD, choose) for name, choose in VARIANTS.items()}


def queries(as_of: datetime) -> dict[str, Callable[[House], object]]:
    """What the queue and the digests ask without a page."""
    from alerts import digest, selection
    from alerts.partners import load_all
    from labeling import queue
    from zorya.store import sharing

    def next_task(house: House) -> None:
        task = queue.next_task(house.store, house.settings, ADMIN, as_of=as_of)
        if task:
            queue.release(house.store, ADMIN, task.id, as_of=as_of)

    def due(house: House) -> None:
        catalog = load_all(house.settings)
        with house.store.reading() as connection:
            digest.due(connection, house.settings, catalog.get("bench"), as_of=as_of)

    def offer(house: House) -> None:
        if not selection.run(house.store, house.settings, as_of=as_of).counts["looked_at"]:
            raise ZoryaError("bench web: no campaign had changed: nothing was measured")

    def deliveries(house: House) -> None:
        with house.store.reading() as connection:
            sharing.due_deliveries(connection, at=as_of)
            sharing.history(connection, "bench")

    return {
        "queue: next free task": next_task,
        "digest: what to offer": offer,
        "digest: what is due": due,
        "digest: deliveries and history": deliveries,
    }


def _chooser(path: str) -> Chooser:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    if unknown := [name for name in names if name not in PLACES]:
        raise ZoryaError(f"{path}: say in zorya.cli.bench_web.PLACES what stands for {', '.join(unknown)}")

    def choose(town: Town, chance: random.Random) -> str:
        address = path
        for name in names:
            address = address.replace(f"{{{name}}}", PLACES[name](town, chance))
        return address

    return choose


def _spent(houses: Sequence[House], rounds: int, as_of: datetime) -> dict[str, list[list[Cost]]]:
    """What each visit of each page and query cost, by house; the houses take turns."""
    chance = random.Random(11)  # noqa: S311 — which pages are looked at
    every: dict[str, Callable[[House], object]] = dict(queries(as_of))
    for name, (who, choose) in pages().items():
        every[name] = partial(_opened, choose=choose, who=who, chance=chance)
    spent: dict[str, list[list[Cost]]] = {name: [[] for _ in houses] for name in every}
    for turn in range(rounds + 2):  # the first two of each warm what a running house has warm
        if turn in {0, 2}:
            gc.collect()
            gc.freeze()  # what the bench itself remembers of the towns is nothing that an app would collect
        for each in houses:
            each.stir(chance)
        for name, act in every.items():
            for place, each in enumerate(houses):
                each.rows, wall, cpu = 0, time.perf_counter(), time.process_time()
                act(each)
                taken = Cost(time.perf_counter() - wall, time.process_time() - cpu, each.rows)
                if turn > 1:
                    spent[name][place].append(taken)
    return spent


def _opened(house: House, *, choose: Chooser, who: str, chance: random.Random) -> None:
    house.visit(choose(house.town, chance), who)
