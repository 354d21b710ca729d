"""Fifty alerts in one mail: small in every language, each with its answer link, plurals as grammar has them."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts import card, links, partners, selection
from alerts.issue import Issue, render
from alerts.render import Asked
from alerts.words import Words
from zorya.domain.ads import Place
from zorya.domain.sharing import Exclusion
from zorya.store import reviews


@pytest.fixture
def fifty(town, settings, add_partner, as_of, ad):
    """Alerts of a campaign with many places and several sites, each with a referral to answer."""
    places = tuple(Place(f"Settlement number {name}", country="nl") for name in "abcdefgh")
    town.confirmed(*(replace(ad, places=places, source=f"board-number-{number}") for number in range(4)))
    with town.store.reading() as connection:
        (confirmed,) = reviews.confirmed_campaigns(connection)
        facts = card.read(connection, confirmed)

    def issue(language, number=50):
        add_partner(language=language)
        partner = partners.load_all(settings).get("la-strada")
        content = facts.card(partner.spec.redact)
        first = selection._alert(partner, confirmed, content, (), as_of=as_of)
        alerts = tuple(replace(first, id=f"l-{n:020d}", severity=n % 3 + 1) for n in range(number))
        address = "https://zorya.example/answers/ANSWER-f-{}-1"
        asked = {a.id: Asked(as_of + timedelta(days=7), address.format(a.id[2:])) for a in alerts}
        more = {"page": "https://zorya.example/referrals", "pause": f"https://zorya.example/pause/PAUSE-g-{'0' * 20}"}
        excluded = dict.fromkeys(Exclusion, 3)
        return Issue(partner, as_of, as_of, 1, alerts, "a@zorya.example", {}, asked=asked, excluded=excluded, **more)

    return issue


@pytest.mark.parametrize("language", ["en", "ro", "uk", "nl", "ru"])
def test_fifty_alerts_stay_below_90_kb_and_each_can_be_answered(fifty, settings, language):
    shown = render(fifty(language))
    text, html = (links.fill(settings, "la-strada", part) for part in (shown.text, shown.html))
    assert len(text.encode()) + len(html.encode()) < 90_000
    for part in (text, html):
        assert part.count("https://zorya.example/answers/") == 50
        assert part.count("https://zorya.example/pause/") == 1
        assert "ANSWER-" not in part


def test_of_too_many_the_mail_says_how_many_more_are_on_the_page(fifty):
    shown = render(fifty("en", number=600))
    for part in (shown.text, shown.html):
        told = sum(f"l-{n:020d}" in part for n in range(600))
        assert f"and {600 - told} more on your page" in part
        assert "https://zorya.example/referrals" in part


@pytest.mark.parametrize(
    ("language", "key", "n", "said"),
    [
        ("en", "screened", 1204, "1,204 ads screened"),
        ("ro", "screened", 1, "1 anunț analizat"),
        ("ro", "screened", 214, "214 anunțuri analizate"),
        ("ro", "screened", 220, "220 de anunțuri analizate"),
        ("ro", "alerts", 0, "0 alerte noi"),
        ("uk", "judged", 1, "1 кампанія, оцінена людьми"),
        ("uk", "judged", 12, "12 кампаній, оцінених людьми"),
        ("uk", "alerts", 0, "0 нових сповіщень"),
        ("ru", "urgent_alerts", 3, "3 срочных оповещения"),
        ("ru", "other_patterns", 21, "21 другой схемы"),
        ("nl", "judged", 1, "1 campagne door mensen beoordeeld"),
        ("nl", "other_languages", 2, "2 in andere talen"),
    ],
)
def test_plurals_of_what_stands_around_the_cards(language, key, n, said):
    assert Words.of(language, ZoneInfo("UTC")).plural(key, n) == said


@pytest.mark.parametrize("language", ["en", "ro", "uk", "nl", "ru"])
def test_each_reason_is_said_in_each_language(fifty, language):
    words = Words.of(language, ZoneInfo("UTC"))
    shown = render(fifty(language, number=1))
    assert all(words.plural(reason.value, 3) in shown.text for reason in Exclusion)
