"""What people decided, frozen for training."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from labeling import queue, snapshots
from labeling.imports.stored import ImportManifest, keep
from labeling.queue import Decision
from zorya.cli import app
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.reviews import VerdictLabel
from zorya.errors import NothingToDo
from zorya.labelled import Origin, load_corpus
from zorya.settings import ReviewSettings
from zorya.snapshots import Snapshot, find, newest, read_snapshot
from zorya.store import audit, campaigns, postings

CONCERN = Decision(VerdictLabel.CONCERN, ("sexual_exploitation",), 3, ("A1",))
LAWFUL = Decision(VerdictLabel.NO_CONCERN)


@pytest.fixture
def decide(town: Any) -> Callable[..., str]:
    """`decide(campaign, who, decision)`: one decision."""

    def call(campaign: str, who: str, decision: Decision) -> None:
        with town.store.reading() as connection:
            open_ones = [task for task in queue.reviews.tasks_of_campaign(connection, campaign) if not task.done_at]
        queue.take(town.store, town.settings, who, open_ones[0].id, as_of=town.at)
        queue.submit(town.store, town.settings, who, open_ones[0].id, decision, as_of=town.at)

    return call


def _frozen(town: Any, *, without: tuple[str, ...] = (snapshots.SEED,), **review: Any) -> Snapshot:
    settings = town.settings.model_copy(update={"review": ReviewSettings(**review)})
    done = snapshots.export(town.store, settings, as_of=town.at, actor="anna", without=without)
    return read_snapshot(settings.snapshots_dir / done.manifest.version)


def test_every_ad_of_a_confirmed_campaign_is_frozen_with_what_the_store_knows(town, decide):
    campaign = town.campaigns[0]
    decide(campaign, "anna", CONCERN)
    decide(campaign, "boris", CONCERN)
    ads = _frozen(town).ads
    assert len(ads) == 3
    assert {(ad.label, ad.patterns, ad.indicators, ad.origin) for ad in ads} == {
        (VerdictLabel.CONCERN, ("sexual_exploitation",), ("A1",), Origin.VERDICT)
    }
    assert {(ad.group, ad.campaign, ad.source) for ad in ads} == {(campaign, campaign, "invented-board")}
    assert "NL" in {ad.destination for ad in ads} or all(ad.destination is None for ad in ads)


def test_a_concern_waits_for_as_many_people_as_the_setting_asks(town, decide):
    decide(town.campaigns[0], "anna", CONCERN)
    with pytest.raises(NothingToDo):
        _frozen(town)
    assert len(_frozen(town, concern_analysts=1).ads) == 3


def test_people_who_disagree_teach_nothing_and_unsure_is_no_label(town, decide):
    decide(town.campaigns[0], "anna", CONCERN)
    decide(town.campaigns[0], "boris", LAWFUL)
    decide(town.campaigns[1], "anna", Decision(VerdictLabel.UNSURE))
    decide(town.campaigns[2], "anna", LAWFUL)
    done = snapshots.export(town.store, town.settings, as_of=town.at, actor="anna", without=(snapshots.SEED,))
    assert done.left_out == {"split": 1, "unsure": 1}
    assert {ad.label for ad in read_snapshot(town.settings.snapshots_dir / done.manifest.version).ads} == {
        VerdictLabel.NO_CONCERN
    }


def test_no_contact_and_no_name_of_an_analyst_is_in_a_snapshot(town, decide):
    for campaign in town.campaigns[1:6]:
        decide(campaign, "anna", LAWFUL)
    snapshot = _frozen(town)
    text = (town.settings.snapshots_dir / snapshot.manifest.version / "ads.jsonl").read_text("utf-8")
    assert not any(told in text for told in ("zoria_example", "04069011", "900177", '"anna"'))
    assert any(ad.contacts for ad in snapshot.ads)
    assert len({ad.analyst for ad in snapshot.ads}) == 1


def test_ads_that_share_a_contact_share_its_token_and_its_stand_in(seed, as_of):
    number = Contact(ContactKind.PHONE, "+40700000001", "0700 000 001")
    for campaign in ("Ad one", "Ad two"):
        seed.ad(0.9, title=campaign, body="Sună la 0700 000 001 azi.", contacts=(number,))
    seed.person("anna")
    from labeling import sampling

    sampling.run(seed.store, seed.settings, as_of=as_of)
    while task := queue.next_task(seed.store, seed.settings, "anna", as_of=as_of):
        queue.submit(seed.store, seed.settings, "anna", task.id, LAWFUL, as_of=as_of)
    one, two = _frozen(seed).ads
    assert one.contacts == two.contacts != ()
    assert one.body == two.body
    assert "+44 7700 900" in one.body


def test_an_ad_that_changed_and_was_not_screened_again_waits(town, decide):
    decide(town.campaigns[1], "anna", LAWFUL)
    with town.store.writing() as connection:
        first = campaigns.members(connection, town.campaigns[1])[0].posting_id
        known = postings.current(connection, first).posting
        postings.record(connection, replace(known, body="Call +44 7700 900999"), capture_id=None, seen_at=town.at)
    with pytest.raises(NothingToDo):
        _frozen(town)


def test_the_destination_is_the_country_an_ad_says_it_leads_to(seed, as_of):
    places = (Place("Cluj", "Cluj", "ro", "origin"), Place("Gent", "Gent", "be", "destination"))
    seed.ad(0.9, places=places)
    seed.person("anna")
    from labeling import sampling

    sampling.run(seed.store, seed.settings, as_of=as_of)
    task = queue.next_task(seed.store, seed.settings, "anna", as_of=as_of)
    assert task
    queue.submit(seed.store, seed.settings, "anna", task.id, LAWFUL, as_of=as_of)
    assert [ad.destination for ad in _frozen(seed).ads] == ["BE"]


def test_the_seed_corpus_is_part_of_it_unless_left_out(town, decide):
    decide(town.campaigns[0], "anna", LAWFUL)
    parts = _frozen(town, without=()).manifest.parts
    assert [part.name for part in parts] == ["verdicts", "seed"]


def test_an_ad_that_two_sets_have_is_frozen_once(town, tmp_path):
    seed = load_corpus(town.settings.corpus_dir).ads[0]
    again = seed.model_copy(
        update={"id": "mine:1", "group": "mine:1", "body": f"{seed.body} ", "origin": Origin.IMPORT}
    )
    other = again.model_copy(update={"id": "mine:2", "body": "Another ad"})
    about = ImportManifest("mine", "Mine", "own", 0, "", "0" * 64, "mine", {}, town.at.isoformat())
    keep(town.settings.imports_dir, [again, other], about)
    done = snapshots.export(town.store, town.settings, as_of=town.at, actor="anna")
    assert done.left_out == {"repeated": 1}
    assert {part.name: part.ads for part in done.manifest.parts}["mine"] == 1


def test_the_same_labels_are_the_same_snapshot_and_each_export_is_logged(town, decide):
    decide(town.campaigns[0], "anna", LAWFUL)
    first = _frozen(town).manifest.version
    town.at += timedelta(days=1)
    assert _frozen(town).manifest.version == first
    with town.store.reading() as connection:
        actions = [entry["action"] for entry in audit.page(connection) if entry["object"] == first]
    assert actions == ["labels.export", "labels.export"]


def test_the_newest_snapshot_is_found_and_a_version_by_its_beginning(town, decide):
    folder = town.settings.snapshots_dir
    assert newest(folder) is None
    decide(town.campaigns[0], "anna", LAWFUL)
    old = _frozen(town).manifest.version
    town.at += timedelta(hours=1)
    decide(town.campaigns[1], "anna", LAWFUL)
    new = _frozen(town).manifest.version
    assert newest(folder) == find(folder, "newest") == folder / new
    assert find(folder, old[:6]) == folder / old


def test_export_list_and_show_on_the_command_line(town, decide):
    def zorya(*words: str) -> Any:
        return CliRunner().invoke(app, list(words), catch_exceptions=False)

    assert zorya("labels", "list").exit_code == 3
    decide(town.campaigns[2], "anna", LAWFUL)
    version = json.loads(zorya("labels", "export", "--json", "--without", "seed").stdout)["version"]
    assert version in zorya("labels", "list").stdout
    shown = json.loads(zorya("labels", "show", "newest", "--json").stdout)
    assert shown["label"] == {"no_concern": 1}
    assert shown["origin"] == {"verdict": 1}
    assert "invented-board" in zorya("labels", "show", version[:5]).stdout
