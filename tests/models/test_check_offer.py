"""`zorya check-offer` with the real model and store: words, numbers, links; nothing of the asker is left behind."""

import json
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from alerts.offers.answer import Answer
from models import screen
from models.offer import read_offer
from models.score import Scorer
from zorya.cli import app
from zorya.cli.offers import Desk
from zorya.domain.ads import Posting
from zorya.domain.findings import Band
from zorya.domain.offers import PayOffered, Unsaid
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.settings import Settings
from zorya.store import Store, campaigns, postings, reviews
from zorya.store.metadata import metadata

LURE = (
    "Hostess în Olanda! Fete 18-25 ani, fără experiență, cazare și transport plătit, salariu 3000 euro pe săptămână. "
    "Pașaportul se predă la sosire. Plecare mâine. Scrie la +44 7700 900123."
)
LAWFUL = (
    "Restaurant Grünwald GmbH in Köln sucht Kellnerin, Vollzeit 40 Stunden, 2300 Euro brutto im Monat, schriftlicher "
    "Arbeitsvertrag. Bewerbung an jobs@gruenwald.example"
)


@pytest.fixture
def desk(store: Store, settings: Settings, scorer: Scorer, with_model: Callable[[Settings], None],
         ad: Callable[..., Posting], as_of: datetime) -> Desk:  # fmt: skip
    """A store that has seen the lure on two boards."""
    with_model(settings)
    with store.writing() as connection:
        for number, source in enumerate(("board-one", "board-two")):
            posting = ad("Hostess", LURE, name=str(number), source=source)
            postings.record(connection, posting, capture_id=None, seen_at=as_of + timedelta(days=number))
    screen.run(store, settings, as_of=as_of)
    return Desk(store, scorer)


def ask(desk: Desk, text: str, as_of: datetime, *, asker: str | None = None) -> Answer:
    return desk.ask(text, language="en", asker=asker, as_of=as_of)


def section(found: Answer, key: str) -> str:
    return "\n".join(line for each in found.sections if each.key == key for line, _ in each.lines)


def test_a_lure_is_called_one_with_its_words(scorer: Scorer, as_of: datetime) -> None:
    found = read_offer(LURE, scorer, as_of=as_of)
    assert found.band is not None
    assert found.band.flagged
    quoted = {sign.hit.code: sign.quotes for sign in found.present}
    assert quoted["D6"] == ("Pașaportul se predă la sosire",)
    assert found.pay is PayOffered.FAR_ABOVE
    assert found.countries == ("nl",)
    assert {Unsaid.EMPLOYER, Unsaid.CONTRACT, Unsaid.HOURS} <= set(found.unsaid)


def test_a_lawful_offer_leaves_few_questions(scorer: Scorer, as_of: datetime) -> None:
    found = read_offer(LAWFUL, scorer, as_of=as_of)
    assert found.band in (Band.ALMOST_NO_CHANCE, Band.VERY_UNLIKELY)
    assert not {Unsaid.EMPLOYER, Unsaid.PLACE, Unsaid.CONTRACT, Unsaid.PAY, Unsaid.HOURS} & set(found.unsaid)


def test_the_same_words_with_another_number_were_seen_before(desk: Desk, as_of: datetime) -> None:
    found = ask(desk, LURE.replace("900123", "900456"), as_of)
    assert "2 ads with this contact or these words, on 2 sites" in section(found, "seen")


@pytest.mark.parametrize("written", ["+44 7700 900123", "0044 7700-900-123"])
def test_a_number_alone_is_found_however_it_is_written(desk: Desk, as_of: datetime, written: str) -> None:
    assert "2 ads" in section(ask(desk, written, as_of), "seen")


def test_a_national_number_is_read_as_of_the_askers_country(desk: Desk, as_of: datetime) -> None:
    assert "2 ads" in section(ask(desk, "07700 900123", as_of, asker="gb"), "seen")


def test_an_unknown_number_is_not_called_safe(desk: Desk, as_of: datetime) -> None:
    found = ask(desk, "+44 7700 900999", as_of)
    assert found.level == "unread"
    assert section(found, "seen").startswith("We have not seen this contact")


def test_one_person_confirms_nothing(desk: Desk, as_of: datetime) -> None:
    judge(desk.store, as_of, "ana")
    found = ask(desk, "+44 7700 900123", as_of)
    assert found.level == "unread"
    assert section(found, "seen").endswith("Nobody has decided yet what they are.")


def test_what_two_people_confirmed_is_said_first(desk: Desk, as_of: datetime) -> None:
    judge(desk.store, as_of, "ana", "ion")
    found = ask(desk, "+44 7700 900123", as_of)
    assert found.level == "known"
    assert "At least two people reviewed 2 ads of them" in section(found, "seen")


def test_asking_changes_nothing_in_the_store(desk: Desk, as_of: datetime) -> None:
    before = rows(desk.store)
    ask(desk, LAWFUL + " Tel +44 7700 900777", as_of)
    assert rows(desk.store) == before


def test_asking_leaves_no_trace_on_disk(desk: Desk, settings: Settings, as_of: datetime) -> None:
    asked = "Unheard-of wording zqxv, +44 7700 900888"
    ask(desk, asked, as_of)
    files = [path for path in Path(settings.home).rglob("*") if path.is_file() and not path.is_symlink()]
    assert not any(b"zqxv" in path.read_bytes() or b"900888" in path.read_bytes() for path in files)


def test_the_verb_answers_as_text_and_as_json(settings: Settings, with_model: Callable[[Settings], None]) -> None:
    with_model(settings)
    told = CliRunner().invoke(app, ["check-offer", LURE, "--lang", "nl"])
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("Er zijn ernstige signalen.")
    parsed = json.loads(CliRunner().invoke(app, ["check-offer", LURE, "--json"]).stdout)
    assert parsed["level"] == "serious"


def test_a_link_is_opened_once_behind_the_guard(settings: Settings, with_model: Callable[[Settings], None]) -> None:
    with_model(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refused = CliRunner().invoke(app, ["check-offer", f"http://127.0.0.1:{listener.getsockname()[1]}/ad/1"])
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert refused.exit_code != 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "or --serve"),
        (["offer", "--serve"], "or --serve"),
        (["offer", "--lang", "fr"], "--lang fr: choose one of en, ro, uk, nl, ru"),
        (["offer", "--country", "zz"], "--country zz: there is advice for md, ro"),
        (["  "], "there is nothing to read"),
    ],
)
def test_wrong_use_names_the_remedy(
    arguments: list[str], says: str, settings: Settings, with_model: Callable[[Settings], None]
) -> None:
    with_model(settings)
    answer = CliRunner().invoke(app, ["check-offer", *arguments])
    assert answer.exit_code != 0
    assert says in str(answer.exception)


def judge(store: Store, at: datetime, *analysts: str) -> None:
    """A concern from each of these people on every campaign."""
    with store.writing() as connection:
        for campaign in campaigns.newest(connection, limit=10):
            for number, analyst in enumerate(analysts, 1):
                name = f"{campaign}-{analyst}"
                reviews.add_task(connection, Task(name, campaign, number, TaskReason.RISK, 1.0, at))
                verdict = Verdict(name, name, campaign, analyst, VerdictLabel.CONCERN, at, severity=2)
                reviews.add_verdict(connection, verdict)


def rows(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
