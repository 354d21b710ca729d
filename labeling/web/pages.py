"""The pages around the review: my day, the queue, help."""

from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import Response

from labeling.queue_mix import QueueMix, mix_of
from labeling.web import caring, filters
from labeling.web.gate import Call
from labeling.web.policy import LEADS, REVIEWERS, may
from labeling.web.reviewing import SAID, decided_today, recent_decisions
from labeling.web.speech import N_, Speech
from labeling.web.wording import age_words
from zorya.domain.findings import MODIFIERS, PATTERNS, Band
from zorya.domain.reviews import TaskReason, VerdictLabel
from zorya.store import deconfliction, lead_flags, partner_standing, proposals, waiting

GUIDELINES = Path(__file__).parent.parent / "guidelines"
MIX_WORDS = {
    TaskReason.RISK: N_(
        "every flagged campaign by its score; many ads raise it by up to %(many)s, a first sighting by %(new)s"
    ),
    TaskReason.DOUBT: N_("where the machine is unsure, at most %(doubt)s of what is open"),
    TaskReason.SENTINEL: N_("%(sentinel)s of the unflagged, drawn by lot"),
    TaskReason.SECOND_REVIEW: N_("every concern and every doubt, and %(second)s of the other answers by lot"),
    TaskReason.LABEL_ISSUE: N_("labels that a model doubts"),
}

PAGES = (
    ("/referrals", N_("Referrals"), N_("what your organisation answers for, and until when")),
    ("/deconflict", N_("Deconflict"), N_("whether another organisation works on the same contact, without showing it")),
    ("/search", N_("Search"), N_("ads by their words, contacts and filters")),
    ("/insights", N_("Insights"), N_("what is flagged and judged, over time, by corridor, sector and language")),
    ("/agreement", N_("Agreement"), N_("how far people agree who judged the same campaign")),
    ("/sources", N_("Sources"), N_("which boards are read, and how each crawl went")),
    ("/models", N_("Models"), N_("which model scores, how well, and who put it in use")),
    ("/people", N_("People"), N_("accounts, their sessions and second factors")),
    ("/audit", N_("Log"), N_("who saw, decided, revealed or exported what; check its chain there")),
    ("/help", N_("Help"), N_("keys, bands and the guidelines")),
)
"""What the day of somebody who reviews nothing begins with: pages, their names, and what is found there."""


def my_day(call: Call) -> Response:
    """What waits, what I did, what I can take back."""
    said = SAID.get(call.request.query_params.get("said", ""), "")
    if call.person.role not in REVIEWERS:
        may_open = [each for each in PAGES if may(call.person.role, "GET", each[0])]
        return call.page("day.html", said=said, reviewer=False, may_open=may_open)
    with call.app.store.reading() as connection:
        name = call.person.name
        numbers = waiting.overall(connection, at=call.now)
        held = filters.rows_of(connection, call, waiting.held_by(connection, name, at=call.now))
        free = waiting.for_person(connection, name, at=call.now)
        recent = recent_decisions(connection, name)
        done = decided_today(connection, call)
        day = caring.today(connection, call)
        to_compare = proposals.waiting(connection)
        is_lead = call.person.role in LEADS
        flagged = len(lead_flags.waiting(connection, limit=100)) if is_lead else None
        reported = deconfliction.count_alarms(connection) if is_lead else 0
        paused = partner_standing.paused(connection) if is_lead else {}
    return call.page(
        "day.html",
        said=said,
        reviewer=True,
        numbers=numbers,
        mine=held,
        for_me=free,
        oldest=age_words(numbers.oldest, call.now, call.speech) if numbers.oldest else "—",
        recent=recent,
        decided_today=done,
        day=day,
        to_compare=to_compare,
        flagged=flagged,
        reported=reported,
        paused=paused,
    )


def queue_list(call: Call) -> Response:
    """Open tasks with filters in the address, page by page; how the queue is mixed, and what waits of each."""
    asked = call.request.query_params
    wanted = filters.of_query(asked)
    rows, more = filters.waiting_rows(call, wanted, after=asked.get("after", "")[:40])
    said = asked.get("said", "")
    with call.app.store.reading() as connection:
        codes = waiting.languages(connection)
        numbers = waiting.overall(connection, at=call.now)
        mix = _mixed(mix_of(call.app.settings), call.speech)
        mixed = [(reason, numbers.reasons[reason], words) for reason, words in mix]
        saved = recent_decisions(connection, call.person.name)[:1] if said == "finished" else []
    call.log("queue.view", wanted.as_query() or "all")
    offered = {
        "language": [(code, call.speech.language(code)) for code in codes],
        "reason": [reason.value for reason in TaskReason if reason is not TaskReason.ADJUDICATION],
        "band": [band.value for band in reversed(Band)],
    }
    return call.page(
        "queue.html",
        rows=rows,
        more=more,
        total=numbers.open,
        wanted=wanted,
        offered=offered,
        mixed=mixed,
        said=N_("Nothing is waiting for you here. Well done; take a break.") if said in {"empty", "finished"} else "",
        saved=saved[0] if saved else None,
    )


def _mixed(mix: QueueMix, spoken: Speech) -> list[tuple[TaskReason, str]]:
    """Each reason to be in the queue, and the rule of the mix in words."""
    shares = {
        "many": mix.risk.many_ads,
        "new": mix.risk.novelty,
        "doubt": mix.doubt.share,
        "sentinel": mix.sentinel.share,
        "second": mix.second_look.share,
    }
    told = {name: spoken.fine_percent(share) for name, share in shares.items()}
    return [(reason, spoken.say(words, **told)) for reason, words in MIX_WORDS.items()]


def help_page(call: Call) -> Response:
    """Keys, bands and the guidelines."""
    return call.page("help.html", labels=_guides(VerdictLabel), patterns=_guides((*PATTERNS, *MODIFIERS)))


def _guides(names: Any) -> list[tuple[str, Markup]]:
    return [(str(name), _guide(str(name))) for name in names]


@cache
def _guide(name: str) -> Markup:
    """A guideline as HTML; raw HTML in the file is escaped."""
    text = (GUIDELINES / f"{name}.md").read_text(encoding="utf-8")
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))  # noqa: S704 — our own file, HTML off
