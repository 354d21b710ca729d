"""`zorya check-offer`: an offer's words, link, number or name, for a hotline's desk or as a page of its own."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from zorya.cli.output import emit, now, say
from zorya.errors import ZoryaError

if TYPE_CHECKING:
    from alerts.offers.answer import Answer, Texts
    from models.score import Scorer
    from zorya.domain.ads import Contact
    from zorya.domain.offers import SeenBefore
    from zorya.store import Store

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("check-offer", rich_help_panel="Everybody")(check_offer)


def check_offer(
    what: Annotated[
        str, typer.Argument(metavar="[TEXT|URL|PHONE|-]", help="The offer, its address, a contact, or - for stdin.")
    ] = "",
    *,
    lang: Annotated[str, typer.Option(help="Language of the answer: en, ro, uk, nl or ru.")] = "en",
    country: Annotated[
        str, typer.Option(metavar="CC", help="Where the asker is, such as md: whom to call there.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Run the page that a hotline can offer to the public.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --serve: address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve: port; 0 takes a free one.")] = 0,
    per_hour: Annotated[
        int, typer.Option(min=0, help="With --serve: questions an hour from one address; 0: any.")
    ] = 30,
) -> None:
    """Is this offer safe? What its words say and leave out, whether it was seen before, whom to call. Nothing is kept.

    A link is opened once, behind the crawlers' guard; the page of --serve opens none.
    """
    from alerts.offers.advice import advice
    from alerts.offers.answer import LANGUAGES

    if bool(what) == serve:
        raise ZoryaError("give the offer, its address or a contact (or - for stdin), or --serve")
    if lang not in LANGUAGES:
        raise ZoryaError(f"--lang {lang}: choose one of {', '.join(LANGUAGES)}")
    asker = country.lower()
    if asker and asker not in advice().countries:
        raise ZoryaError(f"--country {country}: there is advice for {', '.join(advice().countries)}; leave it out else")
    with _desk() as desk:
        if serve:
            _serve(desk, host, port, per_hour)
        else:
            _print(desk.ask(_offer(what), language=lang, asker=asker or None, as_of=now()), as_json=as_json)


class Desk:
    """Reads offers with the model in use and looks them up in the store; writes nothing."""

    def __init__(self, store: "Store", scorer: "Scorer") -> None:
        self.store, self._scorer = store, scorer

    def ask(self, text: str, *, language: str, asker: str | None, as_of: datetime) -> "Answer":
        """The answer in a language; `asker` is a country, ISO alpha-2."""
        from alerts.offers.answer import answer
        from models.offer import read_offer

        reading = read_offer(text, self._scorer, country=asker, as_of=as_of)
        seen = self._seen(text, reading.contacts, is_text=reading.is_text)
        return answer(reading, seen, language=language, texts=_texts(language), asker=asker)

    def _seen(self, text: str, contacts: "tuple[Contact, ...]", *, is_text: bool) -> "SeenBefore | None":
        from models.offer import same_words
        from zorya.domain.ads import ContactKind
        from zorya.domain.ids import contact_token
        from zorya.store import offers

        tying = [contact for contact in contacts if contact.kind is not ContactKind.URL]
        if not tying and not is_text:
            return None
        tokens = [contact_token(self.store.contact_key, each.number_or_kind, each.value) for each in tying]
        with self.store.reading() as connection:
            found = offers.holding(connection, tokens)
            if is_text:
                found |= same_words(connection, text)
            return offers.seen(connection, found)


@contextmanager
def _desk() -> Iterator[Desk]:
    from models.score import load_scorer
    from zorya.settings import load_settings
    from zorya.store import open_store

    settings = load_settings()
    scorer = load_scorer(settings, as_of=now())
    store = open_store(settings)
    try:
        yield Desk(store, scorer)
    finally:
        store.close()


@cache
def _texts(language: str) -> "Texts":
    """Titles of the indicators and why they matter, in a language."""
    from models import told
    from models.catalogue import catalogue

    if language == "en":
        return {(spec.code, spec.revision): (spec.title, spec.why) for spec in catalogue().specs}
    return {(each.code, each.revision): (each.title, each.why) for each in told.texts() if each.language == language}


def _offer(what: str) -> str:
    """The words to read: those given, of stdin, or of the ads of a page."""
    if what == "-":
        what = sys.stdin.buffer.read().decode("utf-8", "replace")
    what = what.strip()
    if not what:
        raise ZoryaError("there is nothing to read: give the words of the offer, a link, a number or a name")
    if not _LINK.fullmatch(what) or _is_contact(what):
        return what
    from crawlers.extract import extract
    from crawlers.fetch import fetch
    from zorya.settings import load_settings

    postings = list(extract(fetch(what, load_settings(), as_of=now()), today=now().date()))
    if len(postings) != 1:
        found = "no ad" if not postings else f"{len(postings)} ads"
        raise ZoryaError(f"{what}: the page has {found}; give the address of the ad itself, or its words")
    return postings[0].text


def _is_contact(link: str) -> bool:
    """A link to a messenger or network is a contact, and is looked up without being opened."""
    from models.contacts import find_contacts
    from zorya.domain.ads import ContactKind

    return any(contact.kind is not ContactKind.URL for contact in find_contacts(link))


def _print(found: "Answer", *, as_json: bool) -> None:
    if as_json:
        emit(asdict(found))
        return
    print(found.first)
    for section in found.sections:
        print(f"\n{section.heading}")
        for line, more in section.lines:
            print(f"  • {line}")
            if more:
                print(f"    {more}")
    print("\n" + "\n".join(found.last))


def _serve(desk: Desk, host: str, port: int, per_hour: int) -> None:
    from alerts.web.offer_page import OfferPage, bind, serve
    from alerts.web.throttle import Throttle

    listener, address = bind(host, port)
    print(address, flush=True)
    say("Questions are answered from what is stored and kept nowhere. Ctrl-C stops the page.")
    serve(OfferPage(desk.ask, Throttle(per_hour), clock=now), listener)
