"""What a reader sees: redacted, escaped, in five languages, small, without a link."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from string import Formatter

import pytest
from babel import Locale

from alerts import card, digest, selection
from alerts.addresses import defang
from alerts.redaction import Redaction
from alerts.render import MAX_BYTES
from alerts.words import Words, catalogue
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.findings import CampaignHit, State, Strength
from zorya.store import indicator_texts, linking, reviews, sharing
from zorya.store.indicator_texts import IndicatorText

LANGUAGES = ["en", "ro", "uk", "nl", "ru"]
HOSTILE = "<script>alert(1)</script><mj-include path='/etc/passwd'/>{{ 7*7 }}\"' =HYPERLINK(\"x\")\u202e\x07"


def _preview(town, settings, as_of, partner="la-strada"):
    return digest.preview(town.store, settings, partner, as_of=as_of)


class _Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_speaks_its_own_words(town, settings, add_partner, as_of, language):
    add_partner(language=language)
    town.confirmed(severity=3)
    shown = _preview(town, settings, as_of)
    assert shown.subject.startswith("[TLP:AMBER] 1 ")
    assert f'<html lang="{language}"' in shown.html
    words = Words.of(language, digest.load_all(settings).get("la-strada").spec.zone)
    for key in ("tlp_amber", "severity_3", "band_very_likely", "pattern_labour_exploitation", "how", "draft"):
        assert words.text(key) in shown.text


def test_a_translation_that_nobody_checked_says_so(town, settings, add_partner, as_of):
    assert [code for code in LANGUAGES if not getattr(catalogue(), code).draft] == ["en"]
    add_partner(language="nl")
    town.confirmed()
    assert "Conceptvertaling" in _preview(town, settings, as_of).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_key_placeholder_and_plural_form(language):
    english, other = catalogue().en, getattr(catalogue(), language)
    assert list(other.texts) == list(english.texts)
    assert list(other.plurals) == list(english.plurals)
    for key, text in english.texts.items():
        assert _places(other.texts[key]) == _places(text), key
    categories = set(Locale.parse(other.locale).plural_form.tags) | {"other"}
    for key, forms in other.plurals.items():
        assert set(forms) == categories, key
        assert all(_places(form) == {"n"} for form in forms.values()), key


def _places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("ro", 1, "1 alertă nouă"),
        ("ro", 3, "3 alerte noi"),
        ("ro", 25, "25 de alerte noi"),
        ("uk", 2, "2 нові сповіщення"),
        ("uk", 11, "11 нових сповіщень"),
        ("ru", 21, "21 новое оповещение"),
        ("nl", 2, "2 nieuwe meldingen"),
    ],
)
def test_plurals(language, n, said):
    from zoneinfo import ZoneInfo

    assert Words.of(language, ZoneInfo("UTC")).plural("alerts", n) == said


def test_the_subject_tells_nothing_of_the_contents(town, settings, add_partner, as_of, ad):
    add_partner()
    town.confirmed(replace(ad, places=(Place("Rotterdam", "Rotterdam", "nl"),), employer="Bright Future"), severity=3)
    subject = _preview(town, settings, as_of).subject
    assert re.fullmatch(r"\[TLP:AMBER\] 1 new alert, [\d–]+ Nov 2026", subject)


def test_places_that_name_a_country_too_are_told_apart(town, settings, add_partner, as_of, ad):
    add_partner()
    places = (Place("Almería, Spania"), Place("Roquetas, Spania"))
    town.confirmed(*(replace(ad, url=f"{ad.url}{number}", places=(each,)) for number, each in enumerate(places)))
    assert "Almería, Spania; Roquetas, Spania" in _preview(town, settings, as_of).text


def test_contacts_never_appear_in_clear(town, settings, add_partner, as_of, ad):
    add_partner()
    contacts = (
        Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123"),
        Contact(ContactKind.WHATSAPP, "+4917604069012", "0176 040690-12"),
        Contact(ContactKind.EMAIL, "anna.recruit@work.example", "anna.recruit@work.example"),
        Contact(ContactKind.TELEGRAM, "work_dream_example", "@work_dream_example"),
    )
    urls = (
        "https://t.me/s/work_dream_example/4",
        "https://jobs.example/call/447700900123",
        "https://jobs.example/x?mail=anna.recruit%40work.example",
        "https://jobs.example/user/work_dream_example",
        "https://jobs.example/tel/0049-176-040690-12",
    )
    place = Place("Rotterdam +44 7700 900123 @work_dream_example anna.recruit@work.example")
    ads = [replace(ad, url=url, contacts=contacts, places=(place,)) for url in urls]
    town.confirmed(*ads, title="Call +44 7700 900123")
    shown = _preview(town, settings, as_of)
    for part in (shown.text, shown.html, shown.subject):
        for secret in ("900123", "900 123", "work_dream", "anna.recruit", "069012", "0690-12"):
            assert secret not in part
    assert "phone +44 … 123" in shown.text


def test_hostile_text_cannot_break_the_mail(town, settings, add_partner, as_of, ad):
    add_partner(name="<b>Partner</b> & {{ 7*7 }}")
    hostile = replace(
        ad, places=(Place(HOSTILE),), url=f"https://jobs.example/{HOSTILE}", source="jobs-example", language="ro"
    )
    town.confirmed(hostile, title=HOSTILE)
    shown = _preview(town, settings, as_of)
    page = _Page(shown.html)
    assert not {"script", "a", "img", "iframe", "form", "link", "object", "b"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "{{ 7*7 }}" in page.text
    assert "49" not in page.text
    assert "\u202e" not in shown.html + shown.text
    assert "\x07" not in shown.html + shown.text
    assert "\n=" not in shown.text


def test_the_mail_fetches_and_links_nothing(town, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    html = _preview(town, settings, as_of).html
    page = _Page(html)
    assert not [value for _, name, value in page.attributes if name in {"href", "src", "background", "srcset"}]
    assert "@import" not in html
    assert "url(" not in html
    assert "hxxps://jobs[.]example/ad/7" in page.text


def test_ad_text_itself_is_not_passed_on(town, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    shown = _preview(town, settings, as_of)
    assert "Hostess" not in shown.text + shown.html
    assert "No papers needed" not in shown.text + shown.html


def test_only_present_indicators_are_named(town, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    shown = _preview(town, settings, as_of)
    assert "Keeps the passport" in shown.html
    assert "Names the employer" not in shown.html


def test_a_strong_link_of_the_campaign_is_named_before_what_texts_say(town, store, as_of):
    campaign = town.confirmed()
    hit = CampaignHit("H1", 1, "In a job and in a dating ad", State.PRESENT, Strength.STRONG, "One contact.", ("p-1",))
    with store.writing() as connection:
        linking.set_hits(connection, campaign, [hit], at=as_of)
        (confirmed,) = reviews.confirmed_campaigns(connection)
        named = [each["code"] for each in card.read(connection, replace(confirmed, indicators=())).facts["why"]]
    assert named[0] == "H1"
    assert len(named) > 1


def _told(town, revision):
    text = IndicatorText("B3", revision, "nl", "Houdt het paspoort in", "Wie zijn paspoort mist, kan niet weg.")
    with town.store.writing() as connection:
        indicator_texts.note(connection, [text])


def test_signs_are_named_in_the_partners_language(town, settings, add_partner, as_of):
    add_partner(language="nl")
    town.confirmed()
    _told(town, revision=1)
    shown = _preview(town, settings, as_of)
    assert "Houdt het paspoort in" in shown.text
    assert "Houdt het paspoort in" in shown.html
    assert "Keeps the passport" not in shown.text + shown.html


def test_a_sign_of_another_revision_keeps_the_title_that_reviewers_saw(town, settings, add_partner, as_of):
    add_partner(language="nl")
    town.confirmed()
    _told(town, revision=2)
    html = _preview(town, settings, as_of).html
    assert "Keeps the passport" in html
    assert 'lang="en"' in html


def test_a_very_large_digest_stays_small_and_counts_what_it_leaves_out(town, settings, add_partner, as_of, store):
    add_partner()
    campaign = town.confirmed()
    with store.reading() as connection:
        (confirmed,) = reviews.confirmed_campaigns(connection)
        content = card.read(connection, confirmed).card(Redaction())
    partner = digest.load_all(settings).get("la-strada")
    alert = selection._alert(partner, confirmed, content, (), as_of=as_of)
    alerts = tuple(replace(alert, id=f"l-{number:020d}") for number in range(700))
    shown = digest.render(digest.Issue(partner, as_of, as_of, 1, alerts, "Zorya <a@zorya.example>", {}))
    assert len(shown.html.encode()) + len(shown.text.encode()) < MAX_BYTES
    assert alerts[0].id in shown.html
    told = {part: sum(each.id in part for each in alerts) for part in (shown.text, shown.html)}
    for part, number in told.items():
        assert number >= 50
        assert f"and {700 - number} more; write to us for them" in part
    assert campaign not in shown.html


def test_dark_mode_and_marking_bar(town, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    html = _preview(town, settings, as_of).html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert html.count("TLP:AMBER</strong>") == 3  # two bars, one card
    assert "clients who need to know" in html


def test_no_word_accuses_anybody():
    for code in LANGUAGES:
        text = " ".join(getattr(catalogue(), code).texts.values()).lower()
        for word in (
            "trafficker",
            "victim",
            "traficant",
            "victim",
            "жертв",
            "торговц",
            "slachtoffer",
            "mensenhandelaar",
        ):
            assert word not in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://jobs.example/ad/7?id=3", "hxxps://jobs[.]example/ad/7?id=3"),
        ("http://user:secret@jobs.example:8080/ad", "hxxp://jobs[.]example/ad"),
        ("https://jobs.example/go?to=https://evil.example", "hxxps://jobs[.]example/go?to=https:// evil.example"),
        ("https://wa.me/447700900123", "hxxps://wa[.]me/…"),
        ("https://jobs.example/2026-11-24/12345678", "hxxps://jobs[.]example/2026-11-24/12345678"),
        ("https://jobs.example/tel/+447700900123", "hxxps://jobs[.]example/…"),
        ("not an address", ""),
        ("https://[broken", ""),
    ],
)
def test_defanged_addresses(url, shown):
    assert defang(url, ()) == shown


def test_a_digest_keeps_what_was_rendered(town, store, settings, add_partner, as_of):
    from datetime import timedelta

    add_partner()
    town.confirmed()
    town.offer(settings, as_of=as_of - timedelta(days=2))
    digest.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        made = sharing.last_digest(connection, "la-strada")
    assert "No. la-strada/0001" in made.text
    assert "Preview" not in made.html
