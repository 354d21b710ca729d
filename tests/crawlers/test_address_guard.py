"""The address guard and the robots policy, as decisions; the crawl tests see them at work."""

from typing import Any

import pytest

from crawlers.guard import AddressGuard, Refused, forbidden_address
from crawlers.robots import rules_from
from crawlers.settings import scrapy_settings
from zorya.settings import CrawlSettings

FORBIDDEN = """
127.0.0.1 10.1.2.3 172.31.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
::1 :: ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2001:0:1::1 fc00::1 fe80::1%eth0 fec0::1 ff02::1
2001:db8::1 not-an-address
"""


@pytest.mark.parametrize("address", FORBIDDEN.split())
def test_addresses_that_are_not_plainly_public_are_forbidden(address: str) -> None:
    assert forbidden_address(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:2800:220:1::1"])
def test_public_addresses_pass(address: str) -> None:
    assert not forbidden_address(address)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://board.example/", "file:///etc/passwd", "http://board.example:22/", "http://board.example:5432/"),
        *(
            "http://good.example\\@127.0.0.1/",
            "http://user:pw@board.example/",
            "http://",
            "http://board.example:99999/",
        ),
        *("http://[::1", "gopher://board.example/", "http://board.example:80 80/"),
    ],
)
def test_suspicious_addresses_are_refused_by_their_form(url: str) -> None:
    with pytest.raises(Refused, match="address guard"):
        AddressGuard().target(url)


def test_one_bad_address_among_good_ones_refuses_the_host() -> None:
    guard = AddressGuard()
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        guard.admit("board.example", 443, ["93.184.216.34", "10.0.0.1"])
    assert guard.passed("board.example", 443) == ()


def test_only_checked_addresses_are_handed_out() -> None:
    guard = AddressGuard()
    guard.admit("board.example", 443, ["93.184.216.34"])
    assert guard.passed("board.example", 443) == ("93.184.216.34",)
    assert guard.passed("board.example", 80) == guard.passed("other.example", 443) == ()


def test_an_exception_holds_for_its_port_only() -> None:
    guard = AddressGuard(["127.0.0.1:8001"])
    guard.admit("127.0.0.1", 8001, ["127.0.0.1"])
    with pytest.raises(Refused):
        guard.admit("127.0.0.1", 8080, ["127.0.0.1"])


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (200, b"User-agent: *\nDisallow: /private", False),
        (200, b"User-agent: *\nDisallow: /", True),
        (200, b"<html>not a robots file</html>", False),
        (404, b"", False),
        (410, b"", False),
        (401, b"", True),
        (403, b"", True),
        (429, b"", True),
        (500, b"", True),
        (503, b"<html>busy</html>", True),
        (302, b"", True),
    ],
)
def test_robots_by_status(status: int, body: bytes, *, refused: bool) -> None:
    assert bool(rules_from(status, body).refusal("https://board.example/jobs/1", "ZoryaBot/0.1")) is refused


def test_a_longer_delay_in_robots_is_obeyed_within_reason() -> None:
    assert rules_from(200, b"User-agent: *\nCrawl-delay: 7").delay("ZoryaBot") == 7
    assert rules_from(200, b"User-agent: *\nCrawl-delay: 1e9").delay("ZoryaBot") == 60


def test_the_dangerous_defaults_of_scrapy_are_closed(source: Any, board: Any) -> None:
    values = scrapy_settings(CrawlSettings(), source(board))
    expected = {
        "ROBOTSTXT_OBEY": True,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_MAXSIZE": 10 * 1024 * 1024,
        "DOWNLOAD_TIMEOUT": 30.0,
        "REDIRECT_MAX_TIMES": 5,
    }
    assert {name: values[name] for name in expected} == expected
    assert [scheme for scheme, handler in values["DOWNLOAD_HANDLERS"].items() if handler] == ["http", "https"]
