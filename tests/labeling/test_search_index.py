"""The index that ads are found by: words, phrases, facets, pages, counts; the same answers on both engines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from labeling import index
from zorya.domain import search_words
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.ids import contact_token
from zorya.store import campaigns, postings, search, search_filing
from zorya.store.search_schema import daily_ads, search_ads

PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")
ADS = {
    "menajere": {"title": "Angajăm menajere", "body": "Olanda, cazare gratis, biletul plătit.", "language": "ro"},
    "робота": {"title": "Робота в Нідерландах", "body": "П’ять днів, житло безкоштовно. Olanda.", "language": "uk"},
    "kelner": {"title": "Kelner, Kraków", "body": "Umowa o pracę, 30 zł za godzinę.", "language": "pl"},
}


@pytest.fixture
def filed(seed):
    """Three ads, filed; name → posting id."""
    names = {}
    for day, (name, ad) in enumerate(ADS.items()):
        campaign = seed.ad(
            0.9 if name == "menajere" else 0.1,
            seen_at=seed.at - timedelta(days=3 - day),
            contacts=(PHONE,) if name != "kelner" else (),
            places=(Place("NL", "Nederland", "nl", "destination"), Place("MD", "Moldova", "md", "origin")),
            **ad,
        )
        with seed.store.reading() as connection:
            names[name] = campaigns.members(connection, campaign)[0].posting_id
    index.run(seed.store, seed.settings, as_of=seed.at)
    return seed, names


def _found(filed, typed="", facets=(), **more):
    seed, names = filed
    known = {posting: name for name, posting in names.items()}
    with seed.store.reading() as connection:
        rows = search.find(connection, search_words.question(typed), facets, limit=more.pop("limit", 50), **more)
    return [known[row.posting_id] for row in rows]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("olan", ["робота", "menajere"]),
        ("angajam", ["menajere"]),
        ("ANGAJĂM Menajere", ["menajere"]),
        ("п'ять", ["робота"]),
        ("пять", ["робота"]),
        ('"cazare gratis"', ["menajere"]),
        ('"gratis cazare"', []),
        ("olanda -cazare", ["робота"]),
        ("krakow", ["kelner"]),
        ("zl", ["kelner"]),
        ("z", []),
        ("umo*", ["kelner"]),
        ("nothing like it", []),
        ("", ["kelner", "робота", "menajere"]),
    ],
)
def test_words_are_found_whatever_their_case_and_accents(filed, typed, names):
    assert _found(filed, typed) == names


@pytest.mark.parametrize(
    ("facets", "names"),
    [
        (["language:ro"], ["menajere"]),
        (["destination:nl"], ["kelner", "робота", "menajere"]),
        (["corridor:md-nl", "language:pl"], ["kelner"]),
        (["flagged:yes"], ["menajere"]),
        (["language:bg"], []),
    ],
)
def test_facets_narrow_what_is_found(filed, facets, names):
    assert _found(filed, facets=facets) == names


def test_a_contact_is_found_by_its_token_and_by_nothing_else(filed):
    token = contact_token(filed[0].store.contact_key, "phone", PHONE.value)[: search_filing.TOKEN_LETTERS]
    assert _found(filed, facets=[f"contact:{token}"]) == ["робота", "menajere"]
    for typed in ("447700900123", "7700", "900123", "+44 7700 900123"):
        assert _found(filed, typed) == []


def test_pages_go_on_where_the_last_one_ended(filed):
    seed, _ = filed
    shown, before = [], None
    while True:
        with seed.store.reading() as connection:
            rows = search.find(connection, search_words.question("olanda"), before=before, limit=1)
        if not rows:
            break
        shown.append(rows[0].posting_id)
        before = rows[0].key
    assert len(shown) == len(set(shown)) == 2


def test_days_bound_what_is_found(filed):
    seed, _ = filed
    second = (seed.at - timedelta(days=2)).date()
    assert _found(filed, first_day=second, last_day=second) == ["робота"]
    assert _found(filed, first_day=second) == ["kelner", "робота"]


def test_a_changed_ad_is_found_by_its_new_words_only(filed):
    seed, names = filed
    with seed.store.writing() as connection:
        posting = postings.current(connection, names["kelner"]).posting
        postings.record(connection, replace(posting, body="Hotel w Pradze"), capture_id=None, seen_at=seed.at)
    index.run(seed.store, seed.settings, as_of=seed.at)
    assert _found(filed, "umowa") == []
    assert _found(filed, "pradze") == ["kelner"]


def test_counts_stay_equal_to_what_is_filed(filed):
    seed, names = filed
    seed.ad(0.99, **ADS["kelner"], native_id="again")
    index.run(seed.store, seed.settings, as_of=seed.at)
    with seed.store.writing() as connection:
        search_filing.search_backlog.refile(connection, names["kelner"])
    index.run(seed.store, seed.settings, as_of=seed.at)
    counted = {}
    with seed.store.reading() as connection:
        for facets in connection.execute(select(search_ads.c.facets)).scalars():
            for facet in facets:
                counted[facet] = counted.get(facet, 0) + 1
        rows = connection.execute(select(daily_ads)).all()
    told = {}
    for row in rows:
        told[f"{row.dimension}:{row.value}"] = told.get(f"{row.dimension}:{row.value}", 0) + row.ads
    assert told.pop("all:all") == 4
    assert told == {name: number for name, number in counted.items() if name.partition(":")[0] in search_filing.COUNTED}
    assert sum(row.flagged for row in rows if row.dimension == "all") == 2


def test_a_second_run_files_nothing(filed):
    seed, _ = filed
    assert index.run(seed.store, seed.settings, as_of=seed.at).counts["filed"] == 0


def test_what_is_offered_is_what_was_seen(filed):
    seed, _ = filed
    with seed.store.reading() as connection:
        offered = search.values(connection, since=date(2026, 11, 1))
    assert offered["language"] == {"ro": 1, "uk": 1, "pl": 1}
    assert offered["corridor"] == {"md-nl": 3}


def test_an_erased_ad_is_found_no_more(filed):
    seed, names = filed
    with seed.store.writing() as connection:
        for table in ("contacts", "assessments"):
            connection.execute(
                text(f"DELETE FROM {table} WHERE version_id IN (SELECT id FROM versions WHERE posting_id = :p)"),
                {"p": names["menajere"]},
            )
        for table, column in (("campaign_members", "posting_id"), ("versions", "posting_id"), ("postings", "id")):
            connection.execute(text(f"DELETE FROM {table} WHERE {column} = :p"), {"p": names["menajere"]})
    assert _found(filed, "olanda") == ["робота"]


def test_a_page_of_results_reads_indexes_only(filed):
    seed, _ = filed
    wanted = search_words.question("olanda cazare")
    with seed.store.reading() as connection:
        for question, facets in ((wanted, ["language:ro"]), (search_words.question(""), [])):
            query, key = search._matching(connection.dialect.name, question, facets)
            plan = _plan(connection, query.where(key < 2**62).order_by(key.desc()).limit(50), seed.store.is_sqlite)
            assert "Seq Scan" not in plan
            assert "TEMP B-TREE" not in plan
            assert "VIRTUAL TABLE INDEX" in plan or "SEARCH" in plan or not seed.store.is_sqlite


def _plan(connection, query, is_sqlite):
    statement = query.compile(connection, compile_kwargs={"literal_binds": True})
    if not is_sqlite:
        connection.execute(text("SET enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}")
    return "\n".join(str(row[-1]) for row in rows)


@given(st.text(max_size=60))
def test_any_question_can_be_asked_and_finds_itself(typed):
    asked = search_words.question(typed)
    held = list(search_words.words(typed))
    for part in asked.wanted:
        assert all(word and word.isalnum() for word in part.words)
        assert search_words.matches(part, held) or '"' in typed or "'" in typed or len(part.words) > 1


@given(st.text(max_size=40))
def test_folding_a_folded_word_changes_nothing(typed):
    for word in search_words.words(typed):
        assert search_words.fold(word.folded) == word.folded
        assert 0 <= word.start < word.end <= len(typed)
