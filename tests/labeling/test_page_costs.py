"""What stands behind a page costs the same in a store three times as large, on both engines: every statement of every
GET route and digest query is recorded as it runs, none is listed by hand.

Work is counted, not timed: steps of SQLite's virtual machine; on PostgreSQL the rows that the plan's scans read. Both
are the same on a busy machine.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from labeling.web.app import ROUTES
from zorya.cli import bench_web
from zorya.cli.bench_web_house import ANSWERS, House, house
from zorya.cli.bench_web_table import Cost, compared
from zorya.errors import ZoryaError

AS_OF = datetime(2026, 11, 24, 9, tzinfo=UTC)
SMALL, LARGE = 3000, 9000
"""At both sizes every list fills its page."""
GROWTH, SLACK = 1.3, {"sqlite": 3000, "postgresql": 150}
"""What the larger store may cost of the smaller, and what a page may differ by because it shows another campaign."""
TABLES = (
    *("postings", "versions", "contacts", "assessments", "campaign_members", "campaigns", "imprints", "tasks"),
    *("alerts", "exclusions"),
)
ROUNDS = 5
REPEATED = 10
"""How often a page may ask one question: of each language, of each side of a comparison; lists ask once for all."""


class Counted:
    """Counts the work of one house's statements."""

    def __init__(self, engine: Engine) -> None:
        self.steps, self.statements = 0, list[tuple[str, Any]]()
        self._engine = engine
        engine.dispose()
        event.listen(engine, "before_cursor_execute", self._note)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", lambda connection, _: connection.set_progress_handler(self._step, 10))

    def _step(self) -> int:
        self.steps += 10
        return 0

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            self.statements.append((statement, parameters))

    def work(self, act: Callable[[], object]) -> int:
        """Steps (SQLite) or rows read (PostgreSQL) of one visit."""
        self.steps = 0
        self.statements.clear()
        act()
        return self.steps if self._engine.dialect.name == "sqlite" else self._rows_read()

    def _rows_read(self) -> int:
        ran, rows = list(self.statements), 0
        with self._engine.connect() as connection:
            for name in ("seqscan", "hashjoin", "mergejoin"):  # the way a planner takes once tables are large
                connection.execute(text(f"SET enable_{name} = off"))
            for statement, parameters in ran:
                if "FOR UPDATE" not in statement and "advisory" not in statement:
                    explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
                    found = connection.exec_driver_sql(explained, parameters).scalar()
                    rows += sum(_read(node) for node in _nodes(found[0]["Plan"]))
            connection.rollback()
        return rows


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _read(node: dict[str, Any]) -> int:
    if not node["Node Type"].endswith("Scan") or "Relation Name" not in node:
        return 0
    return int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


def _acts(house: House) -> dict[str, Callable[[], object]]:
    def visit(who: str, choose: bench_web.Chooser, chance: random.Random) -> None:
        assert house.visit(choose(house.town, chance), who) in ANSWERS

    acts: dict[str, Callable[[], object]] = {}
    for name, (who, choose) in bench_web.pages().items():
        chance = random.Random(5)
        acts[name] = lambda who=who, choose=choose, chance=chance: visit(who, choose, chance)

    def ask(query: Callable[[House], object], chance: random.Random) -> None:
        house.stir(chance)
        query(house)

    for name, query in bench_web.queries(AS_OF).items():
        chance = random.Random(5)
        acts[name] = lambda query=query, chance=chance: ask(query, chance)
    return acts


@pytest.fixture
def server(engine_name: str, request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres_server")) if engine_name == "postgresql" else ""


@pytest.mark.slow
def test_no_page_and_no_digest_query_costs_more_in_a_larger_store(both_engines: str, server: str) -> None:
    with ExitStack() as stack:
        houses = [stack.enter_context(house(n, as_of=AS_OF, server=server)) for n in (SMALL, LARGE)]
        counted = [Counted(house.store.engine) for house in houses]
        every = [_acts(house) for house in houses]
        grown = {}
        for name in every[0]:
            costs = []
            for counter, acts in zip(counted, every, strict=True):
                acts[name]()  # the first visit reserves a task, or fills a cache
                costs.append(sorted(counter.work(acts[name]) for _ in range(ROUNDS))[ROUNDS // 2])
            if costs[1] > GROWTH * costs[0] + SLACK[both_engines]:
                grown[name] = costs
    assert grown == {}


@pytest.fixture(scope="module")
def small_house() -> Iterator[House]:
    with house(600, as_of=AS_OF) as home:
        yield home


@pytest.fixture(scope="module")
def asked(small_house: House) -> dict[str, list[tuple[str, Any]]]:
    """The SELECTs of one visit of each page."""
    counter, found = Counted(small_house.store.engine), {}
    for name, act in _acts(small_house).items():
        counter.statements.clear()
        act()
        found[name] = list(counter.statements)
    return found


def test_no_statement_of_a_page_reads_a_whole_table_of_ads_or_campaigns(
    small_house: House, asked: dict[str, list[tuple[str, Any]]]
) -> None:
    whole = set()
    with small_house.store.engine.connect() as connection:
        for name, ran in asked.items():
            for statement, parameters in ran:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                scans = {str(row[3]) for row in plan if str(row[3]).startswith("SCAN ")}
                bounded = "LIMIT" in statement
                whole |= {(name, scan) for scan in scans if scan.split()[1] in TABLES and not bounded}
    assert whole == set()


def test_no_page_asks_the_same_question_for_each_of_its_rows(asked: dict[str, list[tuple[str, Any]]]) -> None:
    pages = {name: ran for name, ran in asked.items() if ran and name in bench_web.pages()}
    often = {name: Counter(statement for statement, _ in ran).most_common(1) for name, ran in pages.items()}
    assert {name: found for name, found in often.items() if found[0][1] > REPEATED} == {}


def test_a_page_that_reads_everything_is_noticed() -> None:
    with ExitStack() as stack:
        houses = [stack.enter_context(house(n, as_of=AS_OF)) for n in (1000, 3000)]

        def naive(house: House) -> None:
            with house.store.reading() as connection:
                connection.execute(text("SELECT count(*) FROM postings WHERE kind = 'job'")).scalar()

        costs = [Counted(house.store.engine).work(lambda house=house: naive(house)) for house in houses]
    assert costs[1] > GROWTH * costs[0] + SLACK["sqlite"]


def test_a_list_that_the_small_store_does_not_fill_is_called_fuller_and_other_growth_is_not_excused() -> None:
    def told(page: str, rows: int) -> str:
        small, large = [Cost(0.01, 0.01, 10)] * 3, [Cost(0.03, 0.03, rows)] * 3
        return str(compared(page, (small, large), (1000, 9000))["holds"])

    assert [told("/queue", 10), told("/queue", 50)] == ["no", "fuller"]


def test_every_page_has_an_address_to_measure() -> None:
    named = bench_web.pages()
    assert {path for method, path, _ in ROUTES if method == "GET"} <= set(named)
    with pytest.raises(ZoryaError, match="PLACES"):
        bench_web._chooser("/new/{thing}")
