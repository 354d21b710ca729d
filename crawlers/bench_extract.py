"""`zorya bench extract`: what reading a page costs, as ratios within one run, and how much of its text it finds.

Every way is timed by process CPU time in interleaved rounds, the least of them counts. Before anything is timed the
outputs that are claimed to be equal are compared. The sites are invented (`crawlers.bench_sites`); a folder of saved
pages can be given as well.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawlers import jobposting
from crawlers.bench_sites import LAYOUTS, SitePage, page, with_job_posting
from crawlers.draft import Draft
from crawlers.encodings import decode
from crawlers.fields import Reading
from crawlers.learning import SiteLearner
from crawlers.learning.agreement import token_f1
from crawlers.page import Page
from crawlers.reading import read_page
from zorya.settings import Settings

ROUNDS = 3
SEED = 20261124
"""Another seed than the rules of learning were written on; the ten layouts are the same."""
_FIRST = 5
_LANGUAGES = ("en", "ru", "pl", "ro", "de")
"""What a source file declares; a saved page may be in another language, which matters to dates only."""
_US = 1e6

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    structured: int = 4
    """Pages per layout with JSON-LD, and pages per layout that trafilatura and the general reading get."""
    site: int = 1000
    """Pages of a learned site."""
    rounds: int = ROUNDS


class Counted(SiteLearner):
    """A learner that counts the pages it had read in full."""

    def __init__(self) -> None:
        super().__init__()
        self.full: set[str] = set()

    def note(self, page: Page, full: Draft, reading: Reading) -> Draft:
        """Count, then learn."""
        self.full.add(page.url)
        return super().note(page, full, reading)


def measure(
    settings: Settings | None = None, *, as_of: datetime, pages: Path | None = None, scale: Scale | None = None
) -> list[Row]:
    """Rows of {measure, value, of}. `pages` is a folder of saved pages, its `ground-truth.json` the truth on them."""
    scale, today = scale or Scale(), as_of.date()
    rows = structured(scale, today) + learned(scale, today)
    return rows + (saved(pages, scale, today) if pages else [])


def structured(scale: Scale, today: date) -> list[Row]:
    """The structured-data path against a bare parse and extruct, on pages of all layouts with JSON-LD."""
    made = [with_job_posting(page(layout, n, seed=SEED)) for layout in LAYOUTS for n in range(scale.structured)]
    sources = [(one.url, one.source) for one in made]
    raised = _assert_equal(sources)
    best = _least(
        scale.rounds,
        {
            "bare": lambda: _drained(LexborHTMLParser(source) for _, source in sources),
            "ours": lambda: _drained(_read(url, source, today) for url, source in sources),
            "extruct": lambda: _drained(_extruct(source, url) for url, source in sources),
        },
    )
    each = {name: spent / len(sources) * _US for name, spent in best.items()}
    return [
        _row("structured: pages with output equal to extruct's", len(sources) - raised, f"{len(sources)} pages"),
        _row("bare lexbor parse, µs a page", each["bare"], "generated pages with JSON-LD"),
        _row("structured path, µs a page", each["ours"], "whole reading to a draft"),
        _row("extruct, all syntaxes, µs a page", each["extruct"], ""),
        _row("structured path ÷ bare lexbor parse", best["ours"] / best["bare"], "target ≤ 10"),
        _row("extruct ÷ structured path", best["extruct"] / best["ours"], "target ≥ 50"),
    ]


def _assert_equal(sources: Sequence[tuple[str, str]]) -> int:
    """Fail unless our JobPostings are extruct's; returns on how many pages extruct raised."""
    raised = 0
    for url, source in sources:
        try:
            theirs = jobposting.job_postings(_extruct(source, url).get("json-ld", []))
        except Exception:  # extruct raises on two in a hundred real pages; that is one of the reasons not to use it
            raised += 1
            continue
        ours = jobposting.job_postings(jobposting.blocks(Page(source, url).scripts())[0])
        if ours != theirs:
            raise AssertionError(f"{url}: the structured path and extruct read different JobPostings")
    return raised


def learned(scale: Scale, today: date) -> list[Row]:
    """Unseen sites by learned selectors, learning and sampling included; quality beside trafilatura's."""
    rows, totals, scores = [], [0.0, 0.0, 0.0, 0.0], []
    for layout in LAYOUTS:
        site = [page(layout, number, seed=SEED) for number in range(scale.site)]
        learner, drafts = _read_site(site, today)
        best = _least(
            scale.rounds,
            {
                "bare": lambda: _drained(LexborHTMLParser(one.source) for one in site),  # noqa: B023
                "ours": lambda: _read_site(site, today),  # noqa: B023
            },
        )
        late = len({one.url for one in site[_FIRST:]} & learner.full)
        scores.append(_quality(site, drafts, today))
        rows.append(_row(f"{layout}: learned ÷ bare lexbor parse", best["ours"] / best["bare"], f"{len(site)} pages"))
        rows.append(_row(f"{layout}: share in need of main text after {_FIRST} pages", late / len(site), ""))
        rows += [_row(f"{layout}: token F1, {name}", value, "against the truth") for name, value in scores[-1].items()]
        totals = [a + b for a, b in zip(totals, (best["ours"], best["bare"], late, len(site)), strict=True)]
    rows.append(_row("learned ÷ bare lexbor parse, all sites", totals[0] / totals[1], "target ≤ 3, moonshot ≤ 2"))
    rows.append(_row("pages in need of main text after five, all sites", totals[2] / totals[3], "target ≤ 0.02"))
    for name in scores[0]:
        rows.append(_row(f"token F1, {name}, all sites", sum(one[name] for one in scores) / len(scores), ""))
    return rows


def _read_site(site: Sequence[SitePage], today: date) -> tuple[Counted, list[Draft]]:
    learner = Counted()
    return learner, [_read(one.url, one.source, today, learner) for one in site]


def _quality(site: Sequence[SitePage], drafts: Sequence[Draft], today: date) -> dict[str, float]:
    """Mean token F1: learned on all pages, the others on at most 40 of them."""
    some = site[:: max(1, len(site) // 40)]
    ways: dict[str, Callable[[SitePage], str]] = {
        "general reading": lambda one: _read(one.url, one.source, today).body,
        "trafilatura": lambda one: _trafilatura(one.source),
    }
    found = {name: sum(token_f1(way(one), one.body) for one in some) / len(some) for name, way in ways.items()}
    ours = sum(token_f1(draft.body, one.body) for draft, one in zip(drafts, site, strict=True)) / len(site)
    return {"learned": ours} | found


def saved(folder: Path, scale: Scale, today: date) -> list[Row]:
    """Saved pages of a folder: costs on all of them, token F1 on those with a known text."""
    files = sorted(path for path in folder.rglob("*.html") if path.stat().st_size < 2_000_000)
    sources = {path: decode(path.read_bytes(), content_type=None) for path in files}
    known = [(sources[path], text) for path, text in _truths(folder, files)]
    texts = [source for source in sources.values() if source.strip()]
    raised = _assert_equal([(path.as_uri(), source) for path, source in sources.items() if "ld+json" in source])
    best = _least(
        max(1, scale.rounds - 1),
        {
            "bare lexbor parse": lambda: _drained(map(LexborHTMLParser, texts)),
            "general reading": lambda: _drained(_read("https://saved.example/", source, today) for source in texts),
            "trafilatura": lambda: _drained(map(_trafilatura, texts)),
        },
    )
    rows = [_row("saved: pages on which extruct raises", raised, "of those with JSON-LD; equal output on the others")]
    rows += [
        _row(f"saved: {name}, µs a page", spent / len(texts) * _US, f"{len(texts)}") for name, spent in best.items()
    ]
    if known:
        ours = [token_f1(_read("https://saved.example/", source, today).body, text) for source, text in known]
        theirs = [token_f1(_trafilatura(source), text) for source, text in known]
        rows.append(_row("saved: token F1, general reading", sum(ours) / len(ours), f"{len(known)} pages with truth"))
        rows.append(_row("saved: token F1, trafilatura", sum(theirs) / len(theirs), f"{len(known)} pages with truth"))
    return rows


def _truths(folder: Path, files: Sequence[Path]) -> list[tuple[Path, str]]:
    """(page, its text) by the `ground-truth.json` files: {name of the page without .html: {"articleBody": text}}."""
    by_place = {(path.parent, path.stem): path for path in files}
    found = []
    for truth in sorted(folder.rglob("ground-truth.json")):
        for name, fields in json.loads(truth.read_text("utf-8")).items():
            if path := by_place.get((truth.parent, name)):
                found.append((path, str(fields["articleBody"])))
    return found


def _read(url: str, source: str, today: date, learner: SiteLearner | None = None) -> Draft:
    drafts = read_page(Page(source, url), rules={}, reading=Reading(today, languages=_LANGUAGES), learner=learner)
    return drafts[0] if drafts else Draft()


def _extruct(source: str, url: str) -> dict[str, Any]:
    import extruct

    found: dict[str, Any] = extruct.extract(source, base_url=url)
    return found


def _trafilatura(source: str) -> str:
    """trafilatura as it comes, without the readers' comments: the better of its modes where the truth is known."""
    from trafilatura import extract

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return extract(source, include_comments=False) or ""


def _drained(results: Iterable[object]) -> None:
    """Ask for every result and keep none: trees that pile up would cost the bare parse more than itself."""
    deque(results, maxlen=0)


def _least(rounds: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Least CPU seconds of each way over interleaved rounds."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.process_time()
            way()
            best[name] = min(best[name], time.process_time() - began)
    return best


def _row(measure: str, value: float, of: str) -> Row:
    return {"measure": measure, "value": round(value, 4), "of": of}
