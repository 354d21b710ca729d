"""Filing ads for search and counting them by day: one transaction keeps the index, the backlog and the counts in step.

Contacts are cut out of the words: they are looked up by their keyed token alone.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import postgresql, sqlite

from zorya.domain import ids
from zorya.domain.ads import Contact, Place, PostingVersion
from zorya.domain.findings import Assessment, State
from zorya.domain.search_words import words
from zorya.redact import contact_like, contact_spans
from zorya.store import assessments, postings, search_backlog, search_index, sources
from zorya.store.schema import postings as postings_table
from zorya.store.search_schema import daily_ads, search_ads

BATCH = 200
MOST_WORDS = 4000
"""Words of an ad that are filed; a longer text is one of a forum or a whole page."""
PATTERN_FROM = 0.5
"""A pattern is a facet of an ad from this probability on."""
COUNTED = ("all", "language", "source", "corridor", "sector", "indicator", "destination", "pattern")
"""Dimensions of facets that are counted by day; `all` stands for every ad."""
UNKNOWN = "unknown"
SECTOR = "F"
"""Indicator group that names the sector of work (models/indicators/f_sector.yml)."""
TOKEN_LETTERS = 32
"""Hex digits of a contact's keyed token among the words: 128 bits."""
_MOST_CORRIDORS = 9
_NOT_PLAIN = re.compile(r"[^a-z0-9._-]+")
_FIGURES = re.compile(r"\d{6,}")


def file_next(connection: Connection, *, limit: int = BATCH) -> int:
    """File the next ads of the backlog; how many there were."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7269924)"))  # one filer at a time: counts are differences
    search_index.sweep(connection)
    names = search_backlog.take(connection, limit=limit)
    versions = {version.posting_id: version for version in postings.currents(connection, names)}
    scores = assessments.current_of_campaign(connection, versions)
    reached = _contacts(connection, [version.id for version in versions.values()])
    countries, seen = sources.countries(connection), _first_seen(connection, versions)
    known = _known(connection, versions)
    change: Counter[tuple[str, date, str, str]] = Counter()
    for name, version in versions.items():
        key, before = known.get(name, (None, []))
        found = facets_of(version, scores.get(name), countries.get(version.posting.source))
        tokens = [f"contact:{token[:TOKEN_LETTERS]}" for token, _ in reached.get(version.id, ())]
        held = [*_words(version, reached.get(version.id, ())), *found, *tokens]
        if key is None:
            key = _free_key(connection, ids.search_key(seen[name], name))
            search_index.add(connection, key, name, found, held)
        else:
            search_index.change(connection, key, found, held)
        day = seen[name].astimezone(UTC).date()
        change.update(_counts(day, found))
        change.subtract(_counts(day, before))
    _add(connection, change)
    return len(names)


def facets_of(version: PostingVersion, assessment: Assessment | None, country: str | None) -> list[str]:
    """What an ad can be filtered by, `dimension:value`, sorted. `country` is that of its board."""
    posting = version.posting
    ends = _countries(posting.places, "destination") or _countries(posting.places, None)
    origins = _countries(posting.places, "origin") or ({country.lower()} if country else set())
    routes = sorted((one, other) for one in origins for other in ends if one != other)[:_MOST_CORRIDORS]
    language = (assessment.language if assessment else None) or posting.language
    found = {
        f"source:{plain(posting.source)}",
        f"kind:{posting.kind.value}",
        f"language:{plain(language or 'unknown')}",
    }
    found |= {f"destination:{plain(end)}" for end in ends}
    found |= {f"corridor:{plain(one)}-{plain(other)}" for one, other in routes}
    if assessment is None:
        return sorted(found)
    codes = {hit.code for hit in assessment.hits if hit.state is State.PRESENT}
    found |= {f"indicator:{plain(code)}" for code in codes}
    found |= {f"sector:{plain(code)}" for code in codes if code.startswith(SECTOR)}
    found |= {f"pattern:{plain(name)}" for name, share in assessment.patterns.items() if share >= PATTERN_FROM}
    found.add(f"band:{assessment.band}")
    if assessment.band.flagged and not assessment.abstain:
        found.add("flagged:yes")
    return sorted(found)


def plain(value: str) -> str:
    """A value as it stands behind a dimension: lower case, nothing that an index would part."""
    return _NOT_PLAIN.sub("-", value.lower())[:72]


def _countries(places: Iterable[Place], role: str | None) -> set[str]:
    return {place.country.lower() for place in places if place.country and place.role == role}


def _words(version: PostingVersion, reached: Collection[tuple[str, Contact]]) -> list[str]:
    """Folded words of an ad, without contacts and what looks like one."""
    posting = version.posting
    whole = "\n".join((posting.text, posting.employer or "", *(place.raw for place in posting.places)))
    stated = [*posting.contacts, *(contact for _, contact in reached)]
    spans = [(span.start, span.end) for span in contact_spans(whole, stated)] + contact_like(whole)
    letters = list(whole)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    found = (word.folded for word in words("".join(letters)))
    return [word for word in found if not _FIGURES.search(word)][:MOST_WORDS]


def _contacts(connection: Connection, version_ids: list[str]) -> dict[str, list[tuple[str, Contact]]]:
    """Version → (token, contact) of what its screening read."""
    found: dict[str, list[tuple[str, Contact]]] = {}
    for name in version_ids:
        found[name] = [(token, contact) for contact, token in assessments.contacts_of(connection, name)]
    return found


def _first_seen(connection: Connection, names: Collection[str]) -> dict[str, datetime]:
    columns = (postings_table.c.id, postings_table.c.first_seen)
    rows = connection.execute(select(*columns).where(postings_table.c.id.in_(list(names))))
    return {row.id: row.first_seen for row in rows}


def _known(connection: Connection, names: Collection[str]) -> dict[str, tuple[int | None, list[str]]]:
    columns = (search_ads.c.posting_id, search_ads.c.key, search_ads.c.facets)
    rows = connection.execute(select(*columns).where(search_ads.c.posting_id.in_(list(names))))
    return {row.posting_id: (row.key, row.facets) for row in rows}


def _free_key(connection: Connection, key: int) -> int:
    while connection.execute(select(search_ads.c.key).where(search_ads.c.key == key)).first() is not None:
        key += 1
    return key


def _counts(day: date, facets: Collection[str]) -> Counter[tuple[str, date, str, str]]:
    """What an ad adds to the counts of its day; nothing when it has not been filed before."""
    if not facets:
        return Counter()
    pairs = [("all", "all"), *(_parted(facet) for facet in facets)]
    measures = ("ads", "flagged") if "flagged:yes" in facets else ("ads",)
    counted = [(name, value) for name, value in pairs if name in COUNTED]
    return Counter((name, day, value, measure) for name, value in counted for measure in measures)


def _parted(facet: str) -> tuple[str, str]:
    name, _, value = facet.partition(":")
    return name, value


def _add(connection: Connection, change: Mapping[tuple[str, date, str, str], int]) -> None:
    """Add differences to the counts."""
    rows: dict[tuple[str, date, str], dict[str, int]] = {}
    for (name, day, value, measure), number in change.items():
        if number:
            rows.setdefault((name, day, value), {"ads": 0, "flagged": 0})[measure] = number
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(daily_ads)
    sums = {name: daily_ads.c[name] + statement.excluded[name] for name in ("ads", "flagged")}
    adding = statement.on_conflict_do_update(index_elements=list(daily_ads.primary_key), set_=sums)
    values = [{"dimension": n, "day": d, "value": v, **numbers} for (n, d, v), numbers in sorted(rows.items())]
    connection.execute(adding, values)
