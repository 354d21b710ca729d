"""Labels that a model doubts go back to people."""

import json
import random

import pytest
from typer.testing import CliRunner

from labeling import issues, queue, sampling
from labeling.queue import Decision
from models.registry.aliases import Alias, set_alias
from models.registry.manifest import FILE, Manifest
from zorya.cli import app
from zorya.domain.ads import Kind
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, Origin, load_corpus
from zorya.store import audit, reviews

CONCERN = Decision(VerdictLabel.CONCERN, ("loverboy",), 2)
LAWFUL = Decision(VerdictLabel.NO_CONCERN)


def _ad(number, concern, *, group="", origin=Origin.VERDICT):
    label = VerdictLabel.CONCERN if concern else VerdictLabel.NO_CONCERN
    return LabelledAd(
        id=f"v-{number}", language="en", kind=Kind.JOB, title=f"Ad {number}", body="Text", label=label, patterns=(),
        group=group or f"c-{number}", origin=origin,
    )  # fmt: skip


def _learnt(chance, *, share=0.25, number=400):
    """Ads whose labels are true and what a fair model thinks of them."""
    ads = [_ad(n, n < number * share) for n in range(number)]
    likely = {ad.id: min(0.99, max(0.01, (0.8 if ad.is_concern else 0.1) + chance.gauss(0, 0.1))) for ad in ads}
    return ads, likely


def test_flipped_labels_are_found_and_few_others():
    chance = random.Random(5)
    ads, likely = _learnt(chance)
    flipped = {ad.id for ad in chance.sample(ads, 12)}
    labelled = [_ad(ad.id[2:], ad.is_concern is not (ad.id in flipped)) for ad in ads]
    found = {name for issue in issues.find(labelled, likely) for name in issue.ads}
    assert len(found & flipped) >= 9
    assert len(found - flipped) <= 2


def test_a_model_that_agrees_with_every_label_doubts_none():
    ads = [_ad(n, n < 10) for n in range(40)]
    assert issues.find(ads, {ad.id: 0.9 if ad.is_concern else 0.05 for ad in ads}) == []


def test_a_model_calibrated_to_a_rare_class_doubts_the_same_labels():
    chance = random.Random(7)
    ads, likely = _learnt(chance)
    flipped = {ad.id for ad in chance.sample(ads, 12)}
    labelled = [_ad(ad.id[2:], ad.is_concern is not (ad.id in flipped)) for ad in ads]

    def at(prevalence):
        odds = {name: p / (1 - p) * prevalence for name, p in likely.items()}
        found = issues.find(labelled, {name: each / (1 + each) for name, each in odds.items()})
        return {name for issue in found for name in issue.ads}

    assert len(at(0.05) & flipped) >= 10
    assert len(at(0.05) ^ at(1.0)) <= 8


def test_a_campaign_is_doubted_when_half_of_its_ads_are():
    ads = [_ad(n, n < 10) for n in range(40)] + [_ad(n, False, group="c-big") for n in range(40, 44)]
    likely = {ad.id: 0.9 if ad.is_concern else 0.05 for ad in ads}
    assert not issues.find(ads, likely | {"v-40": 0.95})
    (issue,) = issues.find(ads, likely | {"v-40": 0.95, "v-41": 0.95})
    assert (issue.group, issue.ads, issue.label) == ("c-big", ("v-40", "v-41"), VerdictLabel.NO_CONCERN)


def test_a_file_that_is_no_out_of_fold_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "out_of_fold.jsonl"
    path.write_text('{"id": "a", "probabilities": {"concern": 0.5}}\n{"id": "b"}\n', "utf-8")
    with pytest.raises(DataFileError, match=r"jsonl:2"):
        issues.out_of_fold(path)


@pytest.fixture
def doubted(town):
    """A campaign that anna found lawful, and the issue a model makes of it."""
    campaign = town.campaigns[2]
    with town.store.reading() as connection:
        (task,) = reviews.tasks_of_campaign(connection, campaign)
    queue.take(town.store, town.settings, "anna", task.id, as_of=town.at)
    queue.submit(town.store, town.settings, "anna", task.id, LAWFUL, as_of=town.at)
    return issues.Issue(campaign, Origin.VERDICT, VerdictLabel.NO_CONCERN, 0.9, 0.8, ("v-1",), "Ad")


def _ask(town, *found, limit=20):
    return issues.ask(town.store, found, as_of=town.at, actor="anna", limit=limit)


def test_a_doubted_label_is_looked_at_by_somebody_who_has_not_judged(town, doubted):
    assert _ask(town, doubted) == {"asked": 1}
    with town.store.reading() as connection:
        task = reviews.tasks_of_campaign(connection, doubted.group)[-1]
        assert audit.page(connection)[0]["action"] == "labels.issues"
    assert task.reason is TaskReason.LABEL_ISSUE
    with pytest.raises(queue.QueueConflict):
        queue.take(town.store, town.settings, "anna", task.id, as_of=town.at)
    assert queue.take(town.store, town.settings, "boris", task.id, as_of=town.at).id == task.id


def test_the_same_doubt_is_asked_about_once(town, doubted):
    _ask(town, doubted)
    assert _ask(town, doubted) == {"waiting": 1}
    with town.store.reading() as connection:
        task = reviews.tasks_of_campaign(connection, doubted.group)[-1]
    queue.take(town.store, town.settings, "boris", task.id, as_of=town.at)
    queue.submit(town.store, town.settings, "boris", task.id, LAWFUL, as_of=town.at)
    assert _ask(town, doubted) == {"answered": 1}


def test_a_concern_seen_on_the_other_look_is_decided_by_a_third_person(town, doubted):
    _ask(town, doubted)
    with town.store.reading() as connection:
        task = reviews.tasks_of_campaign(connection, doubted.group)[-1]
    queue.take(town.store, town.settings, "boris", task.id, as_of=town.at)
    queue.submit(town.store, town.settings, "boris", task.id, CONCERN, as_of=town.at)
    with town.store.reading() as connection:
        waiting = [t for t in reviews.tasks_of_campaign(connection, doubted.group) if t.done_at is None]
    assert [task.reason for task in waiting] == [TaskReason.SECOND_REVIEW]


def test_no_more_are_asked_than_the_limit_and_seed_ads_never(town, doubted):
    seed = issues.Issue("scenario", Origin.SEED, VerdictLabel.CONCERN, 0.1, 0.8, ("ro-1",), "Ad")
    assert _ask(town, seed, doubted, limit=1) == {"not_verdicts": 1, "asked": 1}
    sampling.run(town.store, town.settings, as_of=town.at)
    assert queue.stats(town.store, as_of=town.at)["reasons"]["label_issue"] == 1


def test_the_verb_reads_what_the_model_in_use_learnt_from(sqlite_settings):
    ads = load_corpus(sqlite_settings.corpus_dir).ads
    manifest = Manifest("linear", "a" * 12, "linear", "0" * 64, "0" * 64, {}, "2026-11-24T09:00:00+00:00")
    home = sqlite_settings.models_dir / manifest.name / manifest.version
    home.mkdir(parents=True)
    (home / FILE).write_text(manifest.text(), "utf-8")
    set_alias(sqlite_settings.models_dir, manifest.name, Alias.CHAMPION, manifest.version)
    likely = {ad.id: 0.9 if ad.is_concern else 0.1 for ad in ads}
    group = next(ad.group for ad in ads if ad.is_concern)
    likely |= {ad.id: 0.01 for ad in ads if ad.group == group}
    lines = [json.dumps({"id": name, "probabilities": {"concern": p}}) for name, p in likely.items()]
    (home / "out_of_fold.jsonl").write_text("\n".join(lines), "utf-8")
    told = json.loads(CliRunner().invoke(app, ["labels", "issues", "--ask", "--json"], catch_exceptions=False).stdout)
    assert [issue["group"] for issue in told["issues"]] == [group]
    assert told["queue"] == {"not_verdicts": 1}
