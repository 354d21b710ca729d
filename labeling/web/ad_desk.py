"""One ad by itself: why it is here, its evidence, its history, and what resembles it. Each is an address of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web import caring, casefile
from labeling.web.adview import AdView, hide, open_ad
from labeling.web.gate import Call
from labeling.web.policy import REVIEWERS
from labeling.web.reviewing import MIN_REVEAL_REASON, log_ad
from labeling.web.speech import N_
from labeling.web.wording import WORDS
from zorya.domain.reviews import Verdict
from zorya.store import ad_history, campaigns, glances, resemblance, reviews

TABS = {
    "why": N_("Why"),
    "translation": N_("Translation"),
    "evidence": N_("Evidence"),
    "history": N_("History"),
    "similar": N_("Similar"),
}
SHOWN_VERSIONS, SHOWN_DECISIONS, SHOWN_REPOSTS, SHOWN_SIMILAR = 50, 100, 20, 60
TIE_WORDS = {
    "contact": N_("the same contact (%(detail)s)"),
    "text": N_("%(share)s of the wording in common"),
    "repost": N_("the same words again on this source"),
}


def why(call: Call) -> Response:
    """The ad's text, its indicators and what moved the score."""
    return _page(call, "why")


def evidence(call: Call) -> Response:
    """What was captured of the ad: when, where it lies, its digest."""
    return _page(call, "evidence", _custody)


def history(call: Call) -> Response:
    """Decisions, versions and sightings. Nothing in it can be altered."""
    return _page(call, "history", _history)


def similar(call: Call) -> Response:
    """Ads that resemble this one, with what ties them and what was decided."""
    return _page(call, "similar", _similar)


def reveal(call: Call) -> Response:
    """Show the ad's contacts once, to who says why; the reason is logged first."""
    reason = " ".join(call.text("reason", 300).split())
    if len(reason) < MIN_REVEAL_REASON:
        return _page(call, "why", status=422, error=N_("Say in a few words why you need the contacts; it is logged."))
    return _page(
        call, "why", reveal_for=reason, said=N_("Contacts are shown on this page until you leave it. This was logged.")
    )


More = Callable[[Connection, Call, AdView, str], Mapping[str, Any]]
"""What a tab shows beside the ad itself; its last argument is the ad's campaign, empty where it has none."""


def _page(
    call: Call,
    tab: str,
    more: More = lambda *_: {},
    *,
    status: int = 200,
    said: str = "",
    error: str = "",
    reveal_for: str = "",
) -> Response:
    asked = str(call.request.path_params["posting"])
    with call.app.store.reading() as connection:
        ad = ad_of(connection, call, asked, reveal=bool(reveal_for))
        if ad.posting_id != asked and call.request.method == "GET":
            return call.go(address_of_tab(ad.posting_id, tab))
        context = head(connection, call, ad, tab)
        context |= {"care": caring.notes_of(connection, call, ad), **more(connection, call, ad, context["campaign"])}
    log_ad(call, ad.version_id, reveal_for=reveal_for)
    return call.page("ad.html", status=status, **context | {"revealed": bool(reveal_for), "said": said, "error": error})


def ad_of(connection: Connection, call: Call, asked: str, *, reveal: bool = False) -> AdView:
    """The ad of an address; 404 where there is none."""
    posting = ad_history.posting_of(connection, asked)
    ad = open_ad(connection, posting, spoken=call.speech, reveal=reveal) if posting else None
    if ad is None:
        raise HTTPException(404)
    return ad


def head(connection: Connection, call: Call, ad: AdView, tab: str) -> dict[str, Any]:
    """What the page of an ad has on every tab; one for a translation where any model is installed."""
    models, asked = call.app.translators, (ad.language, call.speech.code)
    is_read = models.pair_for(*asked) is not None or models.is_missed(*asked)
    shown = (name for name in TABS if name != "translation" or is_read)
    return {
        "ad": ad,
        "campaign": campaigns.of_posting(connection, ad.posting_id) or "",
        "tab": tab,
        "tabs": [(name, address_of_tab(ad.posting_id, name), TABS[name]) for name in shown],
        "revealed": False,
        "may_reveal": call.person.role in REVIEWERS,
    }


def address_of_tab(posting: str, tab: str) -> str:
    """Where a part of an ad's page is."""
    return f"/ads/{posting}" if tab == "why" else f"/ads/{posting}/{tab}"


def _custody(connection: Connection, call: Call, ad: AdView, campaign: str) -> dict[str, Any]:
    return {"versions": ad_history.versions_of(connection, ad.posting_id, limit=SHOWN_VERSIONS)}


def _history(connection: Connection, call: Call, ad: AdView, campaign: str) -> dict[str, Any]:
    earlier, later = ad_history.reposts(connection, ad.posting_id, limit=SHOWN_REPOSTS)
    family = campaigns.family(connection, campaign) if campaign else []
    given = ad_history.decisions(connection, family, limit=SHOWN_DECISIONS)
    blind = is_blind(call, [each.verdict for each in given if each.in_force])
    return {
        "decisions": [each for each in given if not blind or each.verdict.analyst == call.person.name],
        "blind": blind,
        "versions": ad_history.versions_of(connection, ad.posting_id, limit=SHOWN_VERSIONS),
        "earlier": earlier,
        "later": later,
    }


def is_blind(call: Call, verdicts: list[Verdict]) -> bool:
    """Whether decisions stay hidden: from a reviewer who has not given theirs on this campaign."""
    return call.person.role in REVIEWERS and all(verdict.analyst != call.person.name for verdict in verdicts)


def _similar(connection: Connection, call: Call, ad: AdView, campaign: str) -> dict[str, Any]:
    tied = resemblance.ties(connection, ad.posting_id, ad.version_id)
    names = list(tied)[:SHOWN_SIMILAR]
    shown = glances.glances(connection, names)
    homes = campaigns.of_postings(connection, names)
    decided = _decided(connection, call, set(homes.values()))
    rows = []
    for name in names:
        if name not in shown:
            continue
        found, home = shown[name], homes.get(name, "")
        rows.append(
            {
                "posting_id": name,
                "title": hide(found.title, found.contacts) or casefile.NO_TITLE,
                "language": found.language,
                "source": found.source,
                "first_seen": found.first_seen,
                "band": found.band,
                "ties": [_told(call, tie) for tie in tied[name]],
                "campaign": home,
                "is_here": home == campaign,
                "verdicts": decided.get(home, ()),
            }
        )
    return {"rows": rows, "left_out": len(tied) - len(names)}


def _told(call: Call, tie: resemblance.Tie) -> str:
    """A tie in words."""
    if tie.kind == "edge":
        return call.say(casefile.EDGE_WORDS.get(tie.detail, tie.detail))
    share = call.speech.percent(tie.share) if tie.share is not None else ""
    words = TIE_WORDS[tie.kind]
    return call.say(words, detail=call.speech.told(WORDS["channel"], tie.detail), share=share)


def _decided(connection: Connection, call: Call, homes: set[str]) -> dict[str, tuple[Verdict, ...] | None]:
    """Campaign → its decisions in force; None where they are hidden from who asks."""
    kin = campaigns.kin(connection, sorted(homes))
    held: dict[str, list[Verdict]] = {home: [] for home in homes}
    for verdict in reviews.verdicts_in_force(connection, kin):
        held[kin[verdict.campaign_id]].append(verdict)
    return {home: None if given and is_blind(call, given) else tuple(given) for home, given in held.items()}
