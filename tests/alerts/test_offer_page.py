"""The public page: nothing kept, nothing executed, so many questions an hour, five languages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from alerts.offers.answer import Answer, answer, words_in
from alerts.web.offer_page import LONGEST, OfferPage
from alerts.web.throttle import Throttle
from zorya.domain.offers import OfferReading, PayOffered

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PAYLOADS = (
    "<script>document.title='x'</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
)


class Desk:
    """Answers with the words it was asked about, so that whatever a page draws comes from outside."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None]] = []

    def __call__(self, text: str, *, language: str, asker: str | None, as_of: datetime) -> Answer:
        self.asked.append((text, language, asker))
        reading = OfferReading(True, text, None, (), (), (), PayOffered.UNKNOWN, None, (), (), warns=False)
        return answer(reading, None, language=language, texts={}, asker=asker)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def client(desk: Desk, per_hour: int = 0) -> TestClient:
    return TestClient(OfferPage(desk, Throttle(per_hour), clock=lambda: NOW).app(), base_url="http://check.example")


@pytest.mark.parametrize(
    ("header", "language"),
    [("uk-UA,uk;q=0.9,en", "uk"), ("fr-FR,ro;q=0.5", "ro"), ("ru", "ru"), ("", "en"), ("fr,de", "en")],
)
def test_the_browsers_language_is_spoken(desk: Desk, header: str, language: str) -> None:
    page = client(desk).get("/", headers={"accept-language": header})
    assert words_in(language).text("title") in page.text
    assert page.headers["content-language"] == language


def test_a_chosen_language_goes_before_the_browsers(desk: Desk) -> None:
    page = client(desk).get("/?lang=nl", headers={"accept-language": "ro"})
    assert words_in("nl").text("title") in page.text


def test_an_offer_is_answered_on_the_same_page_in_the_same_language(desk: Desk) -> None:
    page = client(desk).post("/?lang=ro", data={"text": " Hostess ", "country": "md"})
    assert desk.asked == [("Hostess", "ro", "md")]
    assert words_in("ro").text("too_little") in page.text
    assert 'value="md" selected' in page.text


def test_nothing_asked_is_kept_by_browser_address_or_cookie(desk: Desk) -> None:
    page = client(desk).post("/", data={"text": "Hostess"})
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    assert str(page.url) == "http://check.example/"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_stay_words(desk: Desk, payload: str) -> None:
    page = client(desk).post("/", data={"text": payload, "country": payload})
    assert payload not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_braces_are_no_template(desk: Desk) -> None:
    assert "{{ 7*7 }}" in client(desk).post("/", data={"text": "{{ 7*7 }}"}).text


def test_an_unknown_country_is_no_country(desk: Desk) -> None:
    client(desk).post("/", data={"text": "Hostess", "country": "zz"})
    assert desk.asked == [("Hostess", "en", None)]


def test_a_question_without_words_asks_nothing(desk: Desk) -> None:
    assert client(desk).post("/", data={"text": "  "}).status_code == 200
    assert desk.asked == []


def test_too_long_a_text_is_refused_with_the_limit(desk: Desk) -> None:
    page = client(desk).post("/", data={"text": "a" * (LONGEST + 1)})
    assert page.status_code == 413
    assert "20,000" in page.text
    assert desk.asked == []


def test_a_body_of_any_other_size_is_not_read(desk: Desk) -> None:
    assert client(desk).post("/", data={"text": "a" * 200_000}).status_code == 413


def test_after_so_many_questions_an_hour_the_page_names_another_way(desk: Desk) -> None:
    asking = client(desk, per_hour=2)
    codes = [asking.post("/", data={"text": "Hostess"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_failure_tells_nothing_of_what_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(text: str, *, language: str, asker: str | None, as_of: datetime) -> Answer:
        raise ValueError(text)

    page = OfferPage(fails, Throttle(0), clock=lambda: NOW)
    asked = TestClient(page.app(), raise_server_exceptions=False).post("/", data={"text": "+44 7700 900123"})
    assert asked.status_code == 500
    written = capsys.readouterr()
    assert "900123" not in asked.text + written.out + written.err


def test_an_unknown_address_says_so(desk: Desk) -> None:
    assert client(desk).get("/admin").status_code == 404


def test_questions_of_the_last_hour_count() -> None:
    throttle = Throttle(1)
    assert throttle.allows("192.0.2.1", NOW)
    assert not throttle.allows("192.0.2.1", NOW + timedelta(minutes=59))
    assert throttle.allows("192.0.2.2", NOW)
    assert throttle.allows("192.0.2.1", NOW + timedelta(hours=1))


def test_the_page_asks_nothing_of_other_machines() -> None:
    folder = Path(OfferPage.__init__.__code__.co_filename).parent
    files = [*folder.glob("templates/*"), *folder.glob("static/*")]
    assert not any("http" in path.read_text("utf-8").replace('https://" %}', "") for path in files)
