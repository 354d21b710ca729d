"""The demo town: its data keeps the house rules, its boards answer, its ports are remembered."""

import re
import socket
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.partners import load_all
from crawlers.catalog import load_catalog
from crawlers.spec import Engine
from demo.boards import Ad, all_boards
from demo.home import add_accounts, choose_ports, write_settings
from demo.town import HOST, open_town, read_ports
from zorya.settings import load_settings
from zorya.store import Store, people

ADS = [(name, ad) for name, board in all_boards().items() for ad in board.ads]
RESERVED = re.compile(r"^(447700900\d{3}|49176040690\d{2}|493023125\d{3}|3363998\d{4}|120255501\d{2})$")


@pytest.fixture
def ports(home: Path) -> Iterator[dict[str, int]]:
    """Ports of an open town."""
    with open_town(home) as opened:
        yield opened


def fetch(port: int, path: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=10) as reply:
        return reply.read(), reply.headers["Content-Type"]


def test_there_are_enough_ads_and_twelve_campaigns_of_two_to_five() -> None:
    sizes = Counter(ad.campaign for _, ad in ADS if ad.campaign)
    assert len(ADS) >= 160
    assert len(sizes) == 12
    assert all(2 <= size <= 5 for size in sizes.values())


def test_most_campaigns_speak_several_languages() -> None:
    languages: dict[str, set[str]] = defaultdict(set)
    for name, ad in ADS:
        if ad.campaign:
            languages[ad.campaign].add(all_boards()[name].language_of(ad))
    assert sum(len(spoken) > 1 for spoken in languages.values()) >= 10


def test_all_ten_languages_are_spoken() -> None:
    spoken = {all_boards()[name].language_of(ad) for name, ad in ADS}
    assert spoken == {"ro", "ru", "uk", "bg", "pl", "hu", "cs", "nl", "de", "en"}


@pytest.mark.parametrize("ad", [ad for _, ad in ADS], ids=[f"{name}-{ad.id}" for name, ad in ADS])
def test_contacts_are_invented(ad: Ad) -> None:
    folded = ad.body.translate(str.maketrans({"O": "0", "о": "0", "О": "0", "\ufe0f": "", "\u20e3": ""}))
    for number in re.findall(r"(?<![\w@])[+➕(]?\d(?:[ ().-]*\d){8,14}(?!\w)", folded):
        digits = re.sub(r"\D", "", number).removeprefix("00")
        assert RESERVED.match(digits), number
    for address in re.findall(r"[\w.]+@[\w.]+\w", ad.body):
        assert address.endswith(".example")
    for handle in re.findall(r"(?<![\w.])@ ?(\w+)", ad.body):
        assert handle.endswith("_example")


def test_the_source_files_are_valid_and_cover_every_engine(home: Path, ports: dict[str, int]) -> None:
    catalog = load_catalog([home / "demo" / "sources"])
    assert catalog.errors == ()
    assert {spec.engine for spec in catalog.active} == set(Engine)


def test_partners_are_valid(home: Path, ports: dict[str, int]) -> None:
    write_settings(home, ports)
    partners = load_all(load_settings())
    assert partners.faults == ()
    assert {partner.spec.language for partner in partners.partners.values()} == {"ro", "nl", "uk"}


def test_the_square_links_to_every_board(ports: dict[str, int]) -> None:
    page, _ = fetch(ports["square"], "/")
    assert all(f"http://{HOST}:{port}/".encode() in page for name, port in ports.items() if name != "square")


def test_the_russian_board_names_its_charset_only_in_the_page(ports: dict[str, int]) -> None:
    page, content_type = fetch(ports["rabota"], "/")
    assert content_type == "text/html"
    assert b'charset="windows-1251"' in page
    assert "Девушки" in page.decode("windows-1251")


def test_the_bad_guests_misbehave(ports: dict[str, int]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="500") as caught:
        fetch(ports["munca"], "/anunt/m125")
    caught.value.close()
    assert fetch(ports["rabota"], "/job/20433")[0] == b""
    assert b'"description": "<p>Um</script>' in fetch(ports["gradjob"], "/vacancy/v27")[0]


def test_no_page_shows_what_the_writer_meant(ports: dict[str, int]) -> None:
    pages = [
        fetch(ports["munca"], "/anunt/m101"),
        fetch(ports["opendoor"], "/api/jobs"),
        fetch(ports["kraj"], "/rss.xml"),
    ]
    assert not any(re.search(rb"campaign|\bk\d\d\b", page) for page, _ in pages)


def test_a_second_opening_takes_the_same_ports(home: Path) -> None:
    with open_town(home) as first:
        pass
    with open_town(home) as second:
        assert second == first == read_ports(home)


def test_a_port_that_somebody_else_took_is_replaced(home: Path) -> None:
    with open_town(home) as first:
        pass
    with socket.socket() as other:
        other.bind((HOST, first["kraj"]))
        other.listen()
        with open_town(home) as second:
            assert second["kraj"] != first["kraj"]
            assert second["munca"] == first["munca"]


def test_service_ports_differ_and_are_remembered(home: Path) -> None:
    wanted = {"review": 0, "airflow": 0, "worker_logs": 0, "trigger_logs": 0}
    first = choose_ports(home, wanted)
    assert len(set(first.values())) == 4
    assert choose_ports(home, wanted) == first


def test_accounts_are_made_once(sqlite_store: Store, as_of: object) -> None:
    for _ in range(2):
        add_accounts(sqlite_store, at=as_of)  # type: ignore[arg-type]
    with sqlite_store.reading() as connection:
        assert [row["name"] for row in people.all_users(connection)] == ["ana", "ben", "lea"]
