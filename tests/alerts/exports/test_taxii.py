"""The TAXII 2.1 server, read by the OASIS client over real HTTP: a partner gets what it was told, and nothing else."""

import json
import threading
from contextlib import contextmanager

import httpx
import pytest
from taxii2client.common import TokenAuth
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from alerts import partners
from alerts.exports.to_file import Format
from alerts.web.partner_access import Door
from alerts.web.taxii import MEDIA, Taxii, collection_id
from alerts.web.throttle import Throttle
from labeling.web.server import address_of, bind, make_server
from zorya.store import partner_tokens

TOKEN, OTHER = "zorya-an-invented-token", "zorya-another-invented-token"


@contextmanager
def _served(partnership, reads=600):
    """The review app with the TAXII server mounted, on loopback; its address."""
    store, settings = partnership.town.store, partnership.settings
    clock = lambda: partnership.after(days=60)  # noqa: E731
    door = Door(store, settings, clock, reads=Throttle(reads))
    listener = bind("127.0.0.1", 0)
    listener.listen()  # who comes before the server is up waits for it
    server = make_server(settings, store, clock=clock, machines={"/taxii2": Taxii(store, settings, door).app()})
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"{address_of(listener)}taxii2/"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def _give_token(partnership, partner="la-strada", token=TOKEN):
    at = partnership.after(days=-1)
    with partnership.town.store.writing() as connection:
        partner_tokens.issue(connection, partner, token, at=at, expires_at=partnership.after(days=400))


@pytest.fixture(scope="module")
def told(open_partnership):
    """Three alerts told on three days, the second withdrawn later; served until the module ends."""
    with open_partnership() as made:
        alerts = [made.tell(at=made.after(days=day)) for day in range(3)]
        made.recall(alerts[1], at=made.after(days=3))
        _give_token(made)
        with _served(made) as address:
            yield made, address, alerts


def _collection(address, **more):
    (root,) = Server(address, user="la-strada", password=TOKEN, **more).api_roots
    (collection,) = root.collections
    return collection


def _objects(address, **filters):
    return _collection(address).get_objects(**filters).get("objects", [])


def test_the_client_finds_one_collection_and_may_only_read(told):
    _made, address, _alerts = told
    server = Server(address, user="la-strada", password=TOKEN)
    assert server.title == "Zorya"
    assert server.default.versions == [MEDIA]
    collection = _collection(address)
    assert collection.id == collection_id("la-strada")
    assert collection.title == "Alerts for La Strada (invented)"
    assert (collection.can_read, collection.can_write) == (True, False)


def test_a_bearer_token_opens_it_too(told):
    _made, address, _alerts = told
    assert ApiRoot(f"{address}alerts/", auth=TokenAuth(TOKEN)) is not None
    answer = httpx.get(address, headers={"authorization": f"Bearer {TOKEN}", "accept": MEDIA})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA


def test_it_holds_exactly_what_an_export_of_everything_told_holds(told):
    made, address, _alerts = told
    exported = {thing["id"]: thing for thing in json.loads(made.render(Format.STIX))["objects"]}
    fetched = {thing["id"]: thing for thing in _objects(address)}
    frame = {"marking-definition", "extension-definition", "identity"}
    assert {name: thing for name, thing in fetched.items() if thing["type"] not in frame} == {
        name: thing for name, thing in exported.items() if thing["type"] not in frame
    }
    assert exported.keys() <= fetched.keys()


def test_a_withdrawn_alert_is_revoked_there(told):
    _made, address, _alerts = told
    groupings = _objects(address, type="grouping")
    assert sorted(bool(thing.get("revoked")) for thing in groupings) == [False, False, True]


@pytest.mark.parametrize("size", [1, 5, 7])
def test_pages_give_every_object_and_again_only_a_country_that_alerts_share(told, size):
    _made, address, _alerts = told
    whole = [thing["id"] for thing in _objects(address)]
    pages = [page["objects"] for page in as_pages(_collection(address).get_objects, per_request=size)]
    paged = [thing["id"] for page in pages for thing in page]
    assert set(paged) == set(whole)
    assert {name.partition("--")[0] for name in paged if paged.count(name) > 1} <= {"location"}
    assert all(len(page) == size for page in pages[:-1])


def test_the_manifest_names_the_same_objects_in_the_same_order(told):
    _made, address, _alerts = told
    records = _collection(address).get_manifest()["objects"]
    assert [record["id"] for record in records] == [thing["id"] for thing in _objects(address)]
    moments = [record["date_added"] for record in records]
    assert moments == sorted(moments)


def test_who_asks_for_what_came_after_the_newest_seen_misses_nothing(told):
    _made, address, _alerts = told
    records = _collection(address).get_manifest()["objects"]
    for cut in sorted({record["date_added"] for record in records}):
        later = {record["id"] for record in records if record["date_added"] > cut}
        assert later <= {thing["id"] for thing in _objects(address, added_after=cut)}
    assert _objects(address, added_after=records[-1]["date_added"]) == []


def test_a_recall_is_new_to_who_has_seen_the_alert(told):
    made, address, _alerts = told
    seen = made.after(days=2, hours=12).isoformat().replace("+00:00", "Z")
    new = _objects(address, added_after=seen)
    assert {thing["type"] for thing in new if thing.get("revoked")} == {"grouping", "observed-data", "note", "opinion"}
    assert not [thing for thing in new if thing["type"] == "url"]


def test_one_object_and_its_versions(told):
    _made, address, _alerts = told
    thing = _objects(address, type="note")[0]
    collection = _collection(address)
    assert collection.get_object(thing["id"])["objects"] == [thing]
    assert collection.object_versions(thing["id"])["versions"] == [thing["modified"]]
    assert _objects(address, id=thing["id"], version=thing["modified"]) == [thing]
    assert _objects(address, id=thing["id"], version="2020-01-01T00:00:00Z") == []
    assert _objects(address, spec_version="2.0") == []


def _status(address, path="alerts/collections/la-strada/objects/", token=TOKEN, method="GET", **more):
    headers = {"authorization": f"Bearer {token}", "accept": MEDIA} | more.pop("headers", {})
    return httpx.request(method, f"{address}{path}", headers=headers, **more)


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("alerts/collections/la-strada/objects/", {"params": {"added_after": "yesterday"}}, 400),
        ("alerts/collections/la-strada/objects/", {"params": {"added_after": "2026-11-24T09:00:00"}}, 400),
        ("alerts/collections/la-strada/objects/", {"params": {"limit": "-1"}}, 400),
        ("alerts/collections/la-strada/objects/", {"params": {"limit": "²"}}, 400),
        ("alerts/collections/la-strada/objects/", {"params": {"next": "%%%"}}, 400),
        ("alerts/collections/la-strada/objects/", {"params": {"match[version]": "newest"}}, 400),
        ("alerts/collections/la-strada/objects/", {"headers": {"accept": "text/html"}}, 406),
        ("alerts/collections/la-strada/objects/", {"method": "POST"}, 403),
        ("alerts/collections/la-strada/objects/note--1/", {"method": "DELETE"}, 403),
        ("alerts/collections/la-strada/objects/note--1/", {}, 404),
        ("alerts/collections/dorcas/objects/", {}, 404),
        ("alerts/status/1/", {}, 404),
        ("alerts/collections", {}, 404),
        ("alerts/collections/", {"token": "zorya-a-guess"}, 401),
        ("", {"token": "zorya-a-guess"}, 401),
    ],
)
def test_what_is_wrong_is_said_in_taxii(told, path, more, status):
    _made, address, _alerts = told
    answer = _status(address, path, **more)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA
    assert answer.json()["http_status"] == str(status)


def test_every_read_is_logged_under_the_partner(told):
    made, address, _alerts = told
    (before, *_rest) = made.logged("taxii.read") or [{"seq": 0}]
    _status(address)
    (entry, *_rest) = made.logged("taxii.read")
    assert entry["seq"] > before["seq"]
    assert entry["actor"] == "partner:la-strada"
    assert entry["object"] == collection_id("la-strada")
    assert entry["reason"].startswith("objects: ")


def test_another_partners_token_opens_another_collection(open_partnership):
    with open_partnership() as made:
        alert = made.tell()
        path = partners.load_all(made.settings).get("la-strada").path
        path.with_name("dorcas.yml").write_text(path.read_text())
        _give_token(made)
        _give_token(made, "dorcas", OTHER)
        with _served(made) as address:
            for name in ("la-strada", collection_id("la-strada")):
                assert _status(address, f"alerts/collections/{name}/objects/", OTHER).status_code == 404
            assert _status(address, "alerts/collections/dorcas/objects/", OTHER).json() == {}
            (url,) = _status(address, params={"match[type]": "url"}).json()["objects"]
            assert url["value"] == alert.content["addresses"][0].replace("hxxps", "https").replace("[.]", ".")


def test_a_revoked_token_opens_nothing_and_too_many_reads_are_stopped(open_partnership):
    with open_partnership() as made:
        made.tell()
        _give_token(made)
        with _served(made, reads=3) as address:
            assert [_status(address).status_code for _ in range(4)] == [200, 200, 200, 429]
            with made.town.store.writing() as connection:
                partner_tokens.revoke(connection, "la-strada", at=made.after(days=1))
            assert _status(address).status_code == 401


def test_what_is_told_and_not_approved_as_it_reads_now_is_not_there(open_partnership):
    with open_partnership() as made:
        alert = made.tell()
        _give_token(made)
        made.town.withdraw(alert.campaign_id)
        with _served(made) as address:
            things = _status(address).json()["objects"]
            assert not [thing for thing in things if thing["type"] in {"grouping", "note", "url", "observed-data"}]


def test_masked_holds_no_secret(told):
    made, address, _alerts = told
    text = _status(address).text
    assert not [secret for secret in made.secrets if secret in text]


def test_a_collection_that_the_client_opens_by_its_address(told):
    _made, address, _alerts = told
    where = f"{address}alerts/collections/{collection_id('la-strada')}/"
    collection = Collection(where, user="la-strada", password=TOKEN)
    assert collection.get_objects(limit=2)["more"]
