"""Hostile addresses against the guard's own decisions; the crawls behind it are in test_hostile_crawls."""

import socket
from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from scrapy import Request

from crawlers import guard
from crawlers.guard import AddressGuard, Refused

KIT = run_path(str(Path(__file__).with_name("hostile.py")))
hostile = KIT["hostile"]
local_only = KIT["local_only"]

ZONES = ("example", "example.", "xn--p1ai", "co.uk", "md", "ua", "pl", "com", "org", "a-b_c.example")


def ordinary() -> list[tuple[str, list[str]]]:
    """Addresses as boards have them, and what they resolve to."""
    hosts = [f"{name}{number}.{zone}" for number in range(25) for name in ("jobs", "www.rabota-") for zone in ZONES]
    firsts = (3, 8, 23, 45, 93, 141, 172, 185, 192, 212)
    return [
        (
            f"http{'s' * (index % 2)}://{host}{('', ':8080', ':8443')[index % 3]}/ads?page={index}",
            [f"{firsts[index % 10]}.{33 + index % 100}.{index % 250}.7", f"2a02:{index:x}::7"],
        )
        for index, host in enumerate(hosts)
    ]


@pytest.fixture
def verdict(run_async: Any) -> Callable[..., str]:
    """What the guard says to an address that resolves as given, or as the system's resolver says; empty: it passes."""

    def ask(url: str, addresses: list[str] | None = None) -> str:
        watch = AddressGuard()
        try:
            url = Request(url).url  # as the crawl writes it
            if addresses is None:
                run_async(watch.check(url))
            else:
                watch.admit(*watch.target(url), addresses)
        except ValueError:
            return "no address"
        except Refused as exc:
            return str(exc.outcome)
        return ""

    return ask


@pytest.mark.parametrize("port", [80, 8080])
def test_no_hostile_address_passes_the_guard(verdict: Any, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr("socket.getaddrinfo", local_only(socket.getaddrinfo))
    addresses = hostile(port)
    assert len(addresses) >= 300
    assert [url for url in addresses if not verdict(url)] == []


def test_control_without_the_address_check_most_of_them_pass(verdict: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", local_only(socket.getaddrinfo))
    monkeypatch.setattr(guard, "forbidden_address", lambda address: False)
    monkeypatch.setattr(guard, "plain_host", lambda host: True)
    assert sum(not verdict(url) for url in hostile(80)) > 150


def test_no_ordinary_address_is_blocked(verdict: Any) -> None:
    found = ordinary()
    assert len(found) == 500
    assert [(url, verdict(url, addresses)) for url, addresses in found if verdict(url, addresses)] == []
