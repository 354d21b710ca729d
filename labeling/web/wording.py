"""The machine's words as people read them: verdicts, bands, reasons, states. Marked for the catalogues; the filters of
the templates say them in the reader's language.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from labeling.web.speech import N_, Speech
from zorya.domain.findings import Band
from zorya.domain.reviews import Role, TaskReason, VerdictLabel
from zorya.store.change_log import Change
from zorya.store.waiting import MOST

LABEL_WORDS = {
    VerdictLabel.CONCERN: N_("Concern"),
    VerdictLabel.OTHER_HARM: N_("Other harm"),
    VerdictLabel.NO_CONCERN: N_("No concern"),
    VerdictLabel.NOT_AN_AD: N_("Not an ad"),
    VerdictLabel.UNSURE: N_("Unsure"),
}
LABEL_HINTS = {
    VerdictLabel.CONCERN: N_("reads like recruitment into exploitation"),
    VerdictLabel.OTHER_HARM: N_("scam, money mule, sale of papers"),
    VerdictLabel.NO_CONCERN: N_("an ordinary offer"),
    VerdictLabel.NOT_AN_AD: N_("news, warning, spam, empty"),
    VerdictLabel.UNSURE: N_("a second person will look"),
}
PATTERN_WORDS = {
    "sexual_exploitation": N_("Sexual exploitation"),
    "labour_exploitation": N_("Labour exploitation"),
    "loverboy": N_("Loverboy method"),
    "marriage_brokering": N_("Marriage brokering"),
    "sponsor_arrangement": N_("Sponsor arrangement"),
    "debt_bondage": N_("Debt bondage"),
    "document_control": N_("Document control"),
}
CHANGE_WORDS = {
    "merge": N_("Merged"),
    "split": N_("Split"),
    "undo": N_("Taken back"),
    "different": N_("Said to be different advertisers"),
}
REASON_WORDS = {
    TaskReason.RISK: N_("Flagged"),
    TaskReason.DOUBT: N_("Machine in doubt"),
    TaskReason.SENTINEL: N_("Sample of unflagged ads"),
    TaskReason.LABEL_ISSUE: N_("Another look, blind"),
    TaskReason.SECOND_REVIEW: N_("Second look, blind"),
    TaskReason.ADJUDICATION: N_("Settled by a lead"),
}


BAND_WORDS = {
    Band.ALMOST_NO_CHANCE: N_("Almost no chance"),
    Band.VERY_UNLIKELY: N_("Very unlikely"),
    Band.UNLIKELY: N_("Unlikely"),
    Band.ROUGHLY_EVEN_CHANCE: N_("Roughly even chance"),
    Band.LIKELY: N_("Likely"),
    Band.VERY_LIKELY: N_("Very likely"),
    Band.ALMOST_CERTAIN: N_("Almost certain"),
}
ROLE_WORDS = {
    Role.ANALYST: N_("analyst"),
    Role.LEAD: N_("lead"),
    Role.DATA_SCIENTIST: N_("data scientist"),
    Role.PARTNER: N_("partner"),
    Role.ADMIN: N_("administrator"),
    Role.AUDITOR: N_("auditor"),
}
MEASURE_WORDS = {
    "seen": N_("Ads seen"),
    "read": N_("Ads read"),
    "new": N_("New ads"),
    "kept": N_("Ads still there"),
    "quiet_days": N_("Days without a new ad"),
    "body": N_("Median characters of text"),
    "requests": N_("Requests"),
    "not_modified": N_("Answers not modified"),
    "alike": N_("Texts shared by several ads"),
    "garbled": N_("Ads with damaged characters"),
    "yield": N_("Ad pages that gave an ad"),
}
WORDS = {
    "answer": {
        "open": N_("open"),
        "same": N_("same advertiser"),
        "different": N_("different"),
        "unsure": N_("unsure"),
    },
    "slot": {
        "phone": N_("phone"),
        "email": N_("e-mail"),
        "handle": N_("handle"),
        "link": N_("link"),
        "contact": N_("contact"),
        "place": N_("place"),
        "pay": N_("pay"),
        "age": N_("age"),
        "date": N_("date"),
        "number": N_("number"),
        "name": N_("name"),
        "words": N_("words"),
    },
    "kind": {"job": N_("job"), "dating": N_("dating"), "other": N_("other")},
    "channel": {"phone": N_("phone"), "email": N_("e-mail"), "url": N_("link")},
    "strength": {"strong": N_("strong"), "medium": N_("medium"), "weak": N_("weak")},
    "state": {"free": N_("free"), "yours": N_("yours"), "reserved": N_("reserved")},
    "run": {"ok": N_("ok"), "partial": N_("partial"), "failed": N_("failed"), "none": N_("no run")},
    "standing": {
        "": N_("no source file"),
        "draft": N_("draft"),
        "active": N_("active"),
        "paused": N_("paused"),
        "retired": N_("retired"),
    },
    "outcome": {
        "ok": N_("ok"),
        "not_modified": N_("not modified"),
        "sighted": N_("sighted"),
        "skipped": N_("skipped"),
        "robots": N_("robots"),
        "blocked": N_("blocked"),
        "capped": N_("capped"),
        "oversize": N_("oversize"),
        "empty": N_("empty"),
        "failed": N_("failed"),
        "open": N_("open"),
    },
    "field": {
        "title": N_("Title"),
        "body": N_("Text"),
        "employer": N_("Employer"),
        "places": N_("Places"),
        "pay": N_("Pay"),
        "contacts": N_("Contacts"),
        "posted_on": N_("Posted on"),
        "kind": N_("Kind"),
        "language": N_("Language"),
        "images": N_("Pictures"),
    },
}
"""Words of the machine by what they tell; each becomes a filter `…_words`. One that is not listed is shown as it is."""


def filters_of(spoken: Speech) -> dict[str, Callable[..., str]]:
    """The filters that say days, numbers and the machine's words."""
    told = {f"{about}_words": partial(spoken.told, words) for about, words in WORDS.items()}
    return told | {
        "day": spoken.day,
        "moment": spoken.moment,
        "clock": spoken.clock,
        "number": spoken.number,
        "at_most": lambda number: spoken.number(min(number, MOST)) + ("+" if number > MOST else ""),
        "percent": spoken.percent,
        "score": spoken.score,
        "coefficient": spoken.coefficient,
        "fine_percent": spoken.fine_percent,
        "language_words": lambda code: spoken.language(code or ""),
        "country_words": spoken.country,
        "said": spoken.say,
        "band_words": lambda band: spoken.say(BAND_WORDS[Band(band)]),
        "label_words": lambda label: spoken.say(LABEL_WORDS[VerdictLabel(label)]),
        "pattern_words": lambda name: spoken.say(PATTERN_WORDS[name]) if name in PATTERN_WORDS else name,
        "reason_words": lambda reason: spoken.say(REASON_WORDS[TaskReason(reason)]),
        "role_words": lambda role: spoken.say(ROLE_WORDS[Role(role)]),
        "change_words": lambda change: _change_words(change, spoken),
    }


def _change_words(change: Change, spoken: Speech) -> str:
    """`Merged, 3 ads moved`, `Taken back: no. 12`."""
    words = spoken.say(CHANGE_WORDS[change.kind])
    if change.undoes:
        words = spoken.say("%(act)s: no. %(number)s", act=words, number=change.undoes)
    if not change.moved:
        return words
    return f"{words}, " + spoken.plural("%(num)s ad moved", "%(num)s ads moved", change.moved)


def age_words(since: datetime, now: datetime, spoken: Speech) -> str:
    """`3 d`, `5 h`, `12 min`."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes >= 48 * 60:
        return spoken.say("%(days)s d", days=minutes // 1440)
    if minutes >= 60:
        return spoken.say("%(hours)s h", hours=minutes // 60)
    return spoken.say("%(minutes)s min", minutes=minutes)
