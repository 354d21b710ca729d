"""What `zorya doctor` looks at. Every check only reads; a bad one says how to mend it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from zorya.datafiles import load
from zorya.errors import DataFileError, ZoryaError
from zorya.settings import REPOSITORY, Settings, config_file


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the self-check; `state` is ok, bad or info."""

    name: str
    state: str
    detail: str
    remedy: str = ""


def everything(settings: Settings) -> list[Check]:
    """All checks, most basic first."""
    from zorya.cli.channel_checks import channels
    from zorya.cli.program_checks import airflow, programs, translation

    return [
        _python(),
        _configuration(),
        _home(settings),
        _database(settings),
        _keys(settings),
        *data_files(settings),
        *channels(settings),
        *_drift(settings),
        airflow(),
        translation(settings.translation_dir),
        *programs(),
    ]


def data_files(settings: Settings) -> list[Check]:
    """Every file that a domain expert may change, read with its schema: what is in force and what is shipped."""
    readers: tuple[tuple[str, Callable[[Settings], Iterator[str | DataFileError]]], ...] = (
        ("sources", _sources),
        ("partners", _partners),
        ("offer advice", _offers),
        ("indicators", _indicators),
        ("lexicons", _lexicons),
        ("phrases", _phrases),
        ("recipes", _recipes),
        ("corpus", _corpus),
        ("cards", _cards),
        ("mappings", _mappings),
        ("review app", _review_files),
    )
    checks: list[Check] = []
    for name, reader in readers:
        found = list(reader(settings))
        faults = [item for item in found if isinstance(item, ZoryaError)]
        checks += [Check(name, "bad", str(fault), "mend the file at that line") for fault in faults]
        if not faults:
            checks.append(Check(name, "ok" if found else "info", f"{len(found)} read"))
    return checks


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", "ok", f"{version} at {sys.executable}")


def _configuration() -> Check:
    path = config_file()
    return Check("settings", "ok" if path.is_file() else "info", f"{path}{'' if path.is_file() else ' (not there)'}")


def _home(settings: Settings) -> Check:
    home = settings.home
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Check(
            "home", "bad", f"{home} cannot be written", "change its owner, or set ZORYA_HOME to another folder"
        )
    free = shutil.disk_usage(existing).free
    if free < 512 * 1024**2:
        return Check("home", "bad", f"{home}: {free // 1024**2} MB free", "make room: evidence is never dropped to fit")
    return Check("home", "ok", f"{home} ({free // 1024**3} GB free)")


def _database(settings: Settings) -> Check:
    from zorya.store.engine import HEAD, make_engine, revision_of

    try:
        engine = make_engine(settings.resolved_database_url)
        shown = engine.url.render_as_string(hide_password=True)
        file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
        if file is not None and not file.is_file():
            return Check("database", "info", f"{shown}: not there yet, the first command makes it")
        revision = revision_of(engine)
        engine.dispose()
    except ZoryaError as exc:
        return Check("database", "bad", str(exc), "correct `database_url`, or start the server")
    if revision is None:
        return Check("database", "info", f"{shown}: empty, the first command fills it")
    if revision != HEAD:
        remedy = "zorya db upgrade" if revision < HEAD else "update Zorya: the database is newer than this code"
        return Check("database", "bad", f"{shown}: revision {revision}, this code needs {HEAD}", remedy)
    return Check("database", "ok", f"{shown}, revision {revision}")


def _drift(settings: Settings) -> Iterator[Check]:
    """Whether the ads that come are still those the model in use was judged on."""
    from datetime import UTC, datetime

    from models.watch.drift import watch
    from zorya.store import open_store
    from zorya.store.engine import HEAD, make_engine, revision_of

    try:
        engine = make_engine(settings.resolved_database_url)
        file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
        if (file is not None and not file.is_file()) or revision_of(engine) != HEAD:
            return  # the check of the database has said so
        found = watch(open_store(settings), as_of=datetime.now(UTC))
    except ZoryaError:
        return
    for alarm in found.alarms:
        yield Check("drift", "bad", alarm, "look at it: `zorya model drift`, then label and retrain")
    if not found.alarms:
        judged = "nothing that lasts" if found.is_judged else "too few ads to judge"
        yield Check("drift", "ok" if found.is_judged else "info", judged)


def _keys(settings: Settings) -> Check:
    path = settings.keys_dir / "contacts.key"
    if not path.is_file():
        return Check("keys", "info", f"{path}: not there yet, made on first use")
    if path.stat().st_size != 32:
        return Check("keys", "bad", f"{path}: expected 32 bytes", "restore it from your key backup")
    if path.stat().st_mode & 0o077:
        return Check("keys", "bad", f"{path} can be read by others", f"chmod 600 {path}")
    return Check("keys", "ok", f"{path} (keep a copy apart from the database's)")


def _sources(settings: Settings) -> Iterator[str | DataFileError]:
    from crawlers.catalog import load_catalog

    catalog = load_catalog(settings.source_folders)
    yield from (spec.id for spec in catalog.specs)
    yield from catalog.errors


def _partners(settings: Settings) -> Iterator[str | DataFileError]:
    from alerts.partners import load_all, read
    from alerts.routes import FILE, RouteFile

    catalog, shipped = load_all(settings), REPOSITORY / "demo" / "partners"
    yield from catalog.partners
    yield from catalog.faults
    yield from _each((path for path in shipped.glob("*.yml") if path.name != FILE), read)
    yield from _each([shipped / FILE], lambda path: load(path, RouteFile))


def _offers(_settings: Settings) -> Iterator[str | DataFileError]:
    from alerts.offers import advice, answer
    from alerts.words import Catalogue

    yield from _each([advice.FILE], lambda path: load(path, advice.Advice))
    yield from _each([answer.FILE], lambda path: load(path, Catalogue))


def _indicators(_settings: Settings) -> Iterator[str | DataFileError]:
    from models import catalogue_card, decision_rule, indicator_lock
    from models.catalogue import FOLDER
    from models.catalogue_files import load_specs
    from models.decision_rule_file import DecisionRuleFile
    from models.linked_spec import linked_file

    try:
        specs = load_specs()
        yield from (spec.code for spec in specs)
        yield from indicator_lock.faults(specs, FOLDER)
        yield from (spec.code for spec in linked_file().indicators)
    except DataFileError as exc:
        yield exc
    yield from _each([decision_rule.FILE], lambda path: load(path, DecisionRuleFile))
    yield from _each([catalogue_card.REMEDIES], lambda path: load(path, catalogue_card.Remedies))


def _lexicons(_settings: Settings) -> Iterator[str | DataFileError]:
    from models import pay_plausibility
    from models.campaigns import organisation_words, roles, style
    from models.catalogue import WARNING_FRAME
    from models.contacts.lexicon import FILE as CONTACT_WORDS
    from models.contacts.lexicon_file import ContactWords
    from models.facts import fact_file, numbers
    from models.function_words import FILE as FUNCTION_WORDS
    from models.gazetteer import FILES, FOLDER
    from models.identity_words import FILE as IDENTITY_WORDS
    from models.indicator_spec import WarningFrame
    from models.lexicon_files import (
        Endings,
        FunctionWords,
        IdentityWords,
        NegationFile,
        NumberFile,
        PlaceFile,
        RoleFile,
        WageFile,
    )
    from models.negation import NEGATION
    from models.place_roles import ROLES

    yield from _each([WARNING_FRAME], lambda path: load(path, WarningFrame))
    yield from _each([NEGATION], lambda path: load(path, NegationFile))
    yield from _each([CONTACT_WORDS], lambda path: load(path, ContactWords))
    yield from _each(FILES, lambda path: load(path, PlaceFile))
    yield from _each([FOLDER / "endings.yml"], lambda path: load(path, Endings))
    yield from _each([ROLES], lambda path: load(path, RoleFile))
    yield from _each(fact_file.FOLDER.glob("*.yml"), lambda path: load(path, fact_file.FactFile))
    yield from _each([pay_plausibility.FILE], lambda path: load(path, WageFile))
    yield from _each([numbers.FILE], lambda path: load(path, NumberFile))
    yield from _each([organisation_words.FILE], lambda path: load(path, organisation_words.OrganisationFile))
    yield from _each([roles.FILE], lambda path: load(path, roles.OfferRoles))
    yield from _each([style.FILE], lambda path: load(path, style.StyleFile))
    yield from _each([FUNCTION_WORDS], lambda path: load(path, FunctionWords))
    yield from _each([IDENTITY_WORDS], lambda path: load(path, IdentityWords))


def _phrases(_settings: Settings) -> Iterator[str | DataFileError]:
    """Phrases that no text can match, where the files are sound otherwise."""
    from models import dead_phrases

    yield from _each(dead_phrases.files(), dead_phrases.check)


def _recipes(_settings: Settings) -> Iterator[str | DataFileError]:
    from models.recipe import FOLDER, read_recipe

    yield from _each(FOLDER.glob("*.yml"), read_recipe)


def _cards(_settings: Settings) -> Iterator[str | DataFileError]:
    from models.registry import card

    yield from _each([card.STANDING], lambda path: load(path, card.StandingSections))


def _corpus(settings: Settings) -> Iterator[str | DataFileError]:
    from zorya.labelled import load_corpus

    try:
        yield from (ad.id for ad in load_corpus(settings.corpus_dir).ads)
    except DataFileError as exc:
        yield exc


def _mappings(settings: Settings) -> Iterator[str | DataFileError]:
    from labeling.imports.mapping import FOLDER, Mapping

    yield from _each(FOLDER.glob("*.yml"), lambda path: load(path, Mapping))


def _review_files(settings: Settings) -> Iterator[str | DataFileError]:
    from labeling import queue_mix
    from labeling.care import files
    from labeling.web import keymap, questions, romanising
    from zorya.evidence import report_words

    yield from _each({queue_mix.FILE, settings.review.queue_mix}, lambda path: load(path, queue_mix.QueueMix))
    yield from _each([report_words.FILE], lambda path: load(path, report_words.WordFile))
    yield from _each([keymap.FILE], lambda path: load(path, keymap.KeyFile))
    yield from _each([questions.FILE], lambda path: load(path, questions.QuestionFile))
    yield from _each([romanising.FILE], lambda path: load(path, romanising.RomanisationFile))
    for name, kind in files.KINDS.items():
        yield from _each([files.FOLDER / f"{name}.yml"], partial(load, model=kind))


def _each(paths: Iterable[Path], read: Callable[[Path], object]) -> Iterator[str | DataFileError]:
    """One faulty file never hides the others."""
    for path in sorted(paths):
        try:
            read(path)
            yield path.stem
        except DataFileError as exc:
            yield exc
