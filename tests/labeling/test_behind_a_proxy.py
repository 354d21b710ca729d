"""Behind a proxy that ends TLS: its headers count when it is trusted, and no address of ours leads to plain HTTP."""

import threading
from contextlib import contextmanager
from ipaddress import ip_network

import httpx
import pytest

from labeling.web.server import address_of, bind, make_server
from zorya.settings import Settings

HTTPS = {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"}


async def _machine(scope, receive, send):
    body = f"{scope['scheme']} {scope['client'][0]}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def behind(town, clock):
    """The address of the app, and of a machine's root in it that tells what it sees."""

    @contextmanager
    def served(*trusted):
        review = town.settings.review.model_copy(update={"trusted_proxies": tuple(map(ip_network, trusted))})
        settings = town.settings.model_copy(update={"review": review})
        listener = bind("127.0.0.1", 0)
        server = make_server(settings, town.store, clock=clock, machines={"/taxii2": _machine})
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            with httpx.Client(base_url=address_of(listener), headers=HTTPS, timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(20)
            listener.close()

    return served


def test_a_trusted_proxy_says_scheme_and_reader(behind):
    with behind("127.0.0.0/8") as client:
        assert client.get("/taxii2/").text == "https 192.0.2.7"


@pytest.mark.parametrize("trusted", [(), ("192.0.2.0/24",)])
def test_anybody_else_says_nothing(behind, trusted):
    with behind(*trusted) as client:
        assert client.get("/taxii2/").text == "http 127.0.0.1"


@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
def test_a_machines_root_without_its_slash_keeps_the_scheme(behind, trusted):
    with behind(*trusted) as client:
        answer = client.get("/taxii2")
    assert (answer.status_code, answer.headers["location"]) == (308, "/taxii2/")


def test_a_cookie_is_limited_to_https_behind_a_trusted_proxy(behind, town):
    town.person("anna_l")
    secure = {}
    for trusted in ((), ("127.0.0.1",)):
        with behind(*trusted) as client:
            page = client.get("/login")
            secure[bool(trusted)] = ["secure" in value.lower() for value in page.headers.get_list("set-cookie")]
    assert secure[True]
    assert all(secure[True])
    assert not any(secure[False])


def test_a_proxy_is_an_address_or_a_network(home):
    assert Settings(home=home, review={"trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]}).review.trusted_proxies
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(home=home, review={"trusted_proxies": ["*"]})
