"""The verbs of `zorya`, by who uses them: what `zorya --help` prints, and the modules to import when a verb is called.

Nothing else is imported for the help, and one verb never pays for another's libraries.
"""

import shutil
import textwrap
from itertools import groupby
from typing import NamedTuple


class Verb(NamedTuple):
    """A verb or group of verbs."""

    name: str
    audience: str
    modules: tuple[str, ...]
    """Modules of `zorya.cli` that register it, in order."""
    help: str
    """The first paragraph of its own help; tests/architecture/test_verbs.py holds the two together."""


VERBS = (
    Verb(
        "demo",
        "Whole chain",
        ("running",),
        "Open the demo: invented boards, Airflow and the review app, on this machine only. Ctrl-C stops it all.",
    ),
    Verb(
        "run",
        "Whole chain",
        ("running",),
        "One pass of the chain without a scheduler: crawl, screen, enqueue, index, alert. For cron.",
    ),
    Verb("serve", "Run", ("reviewing",), "Run the review app; prints its address on stdout once it listens."),
    Verb(
        "doctor",
        "Operators",
        ("operating",),
        "Say what is missing and how to mend it; exit code 4 when something is.",
    ),
    Verb(
        "schema",
        "Operators",
        ("schemas",),
        "JSON Schemas of the files that experts edit: sources, partners, indicators, word lists, recipes, labelled "
        "ads.",
    ),
    Verb(
        "crawl",
        "Operators",
        ("crawling",),
        "Crawl sources now; each in its own process, each with a report in which every request has an outcome.",
    ),
    Verb("settings", "Operators", ("operating",), "What is set, and where it was set."),
    Verb("db", "Operators", ("operating",), "The database."),
    Verb(
        "privacy",
        "Operators",
        ("privacy",),
        "People's rights: erase, hold, release, what is past its time.",
    ),
    Verb("audit", "Operators", ("operating",), "Who saw, changed, sent or exported what."),
    Verb("evidence", "Operators", ("evidence",), "What servers sent, unchanged."),
    Verb("source", "Operators", ("sources", "standing", "health"), "Sources: what is crawled, and how it fares."),
    Verb(
        "extract",
        "Everybody",
        ("crawling",),
        "Read one page, feed, preview, JSON answer or WARC; print one JSON object per ad, a line each.",
    ),
    Verb(
        "check-offer",
        "Everybody",
        ("offers",),
        "Is this offer safe? What its words say and leave out, whether it was seen before, whom to call. Nothing is "
        "kept.",
    ),
    Verb(
        "screen",
        "Data scientists",
        ("modelling",),
        "Read ads as JSON lines, print one assessment a line (design §6).",
    ),
    Verb(
        "campaigns",
        "Data scientists",
        ("modelling",),
        'Group ads given as JSON lines, print one {"id", "campaign"} a line (design §6).',
    ),
    Verb(
        "bench",
        "Data scientists",
        ("benching",),
        "Measure: an ad (read), campaigns, recipes (model), phrases (patterns), pages (extract; web), crawls, starts.",
    ),
    Verb("model", "Data scientists", ("modelling",), "Train, list and show models."),
    Verb(
        "indicators",
        "Data scientists",
        ("indicators",),
        "The indicator catalogue, and what it does on stored ads.",
    ),
    Verb("language", "Data scientists", ("languages",), "Telling languages apart: train and measure."),
    Verb("ads", "Review", ("ads",), "Ads that are stored: find them by words, contacts and filters."),
    Verb("user", "Review", ("reviewing",), "Accounts of the review app."),
    Verb("queue", "Review", ("reviewing",), "What waits for review."),
    Verb("translation", "Review", ("translation",), "Offline translation of ads in the review app."),
    Verb(
        "campaign",
        "Review",
        ("campaigning",),
        "Campaigns: look at them, merge, split, take back, answer proposals.",
    ),
    Verb("labels", "Review", ("labels",), "What people decided: freeze, import, compare and doubt it."),
    Verb("digest", "Partners", ("digesting",), "Look at, send, trace and prove the partners' digests."),
    Verb("partner", "Partners", ("sharing",), "List, add, test and resume partner organisations."),
    Verb("alert", "Partners", ("alerting",), "Alerts for partners: what waits, and who lets it leave."),
    Verb("referral", "Partners", ("referring",), "Referrals: who is responsible, since when, until when."),
    Verb(
        "deconflict",
        "Partners",
        ("deconflicting",),
        "Whether two organisations hold the same contact, without showing either the other's case.",
    ),
)
ABOUT = "Reads public job and dating ads and puts those that look like trafficking recruitment in front of people."


def modules_of(name: str | None = None) -> tuple[str, ...]:
    """The modules that register a verb; all of them for None and for a name that is no verb."""
    named = [verb for verb in VERBS if verb.name == name] or VERBS
    return tuple(dict.fromkeys(module for verb in named for module in verb.modules))


def overview() -> str:
    """What `zorya --help` says, as wide as the terminal."""
    width = max(60, min(shutil.get_terminal_size().columns, 120))
    lines = ["Usage: zorya [--help] VERB …", "", *textwrap.wrap(ABOUT, width)]
    indent = max(len(verb.name) for verb in VERBS) + 4
    for audience, verbs in groupby(VERBS, key=lambda verb: verb.audience):
        lines += ["", audience]
        for verb in verbs:
            first = f"  {verb.name:{indent - 2}}"
            lines += textwrap.wrap(verb.help, width, initial_indent=first, subsequent_indent=" " * indent)
    return "\n".join([*lines, "", "zorya VERB --help tells more of one."])
