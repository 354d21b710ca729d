"""One kind of page of a site: the votes of its pages for selectors, and the reading by those that won."""

import re
from dataclasses import dataclass, field
from typing import Any, Self
from zlib import crc32

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.draft import Draft
from crawlers.fields import Reading
from crawlers.learning import facts, nodes
from crawlers.learning.agreement import f1, words
from crawlers.learning.paths import only, selectors, tag_path
from crawlers.learning.votes import ENOUGH, Ballot
from crawlers.markup import hides_sentence
from crawlers.page import Page
from crawlers.text import node_text, one_line

SHORTEST = 30
"""Characters below which a learned body is not believed."""
_ALIKE = 0.5
"""Share of tag.class pairs that two pages of one kind have in common."""
_HOLDS = 0.6
"""F1 of the best element below which a page says nothing about where its body stands."""
_BODIES = 6
_LEEWAY = 400
"""Characters that a page may have beside its body, more than half as much again as any before."""
_TAG_CLASS = re.compile(r"<([a-z][a-z0-9]*)\b[^<>]{0,300}?\bclass=[\"']([^\"'<>]{1,200})[\"']", re.IGNORECASE)


def sketch(source: str) -> frozenset[int]:
    """A page's fingerprint: the 64 smallest hashes of its tag.class pairs without digits."""
    pairs = {f"{tag}.{name}" for tag, named in _TAG_CLASS.findall(source) for name in named.split() if name.isascii()}
    return frozenset(sorted(crc32(pair.encode()) for pair in pairs if not re.search(r"\d", pair))[:64])


def _beside(document: LexborHTMLParser, node: LexborNode) -> int:
    return len(document.body.text()) - len(node.text()) if document.body is not None else 0


@dataclass(slots=True)
class Template:
    """Pages alike. `strain` and `doubt` grow with pages that do not fit and with sampled ones that disagree."""

    sketch: frozenset[int] = frozenset()
    fields: dict[str, Ballot] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    apart: dict[str, list[int]] = field(default_factory=dict)
    examples: int = 0
    checks: int = 0
    agreed: int = 0
    rest: int = 0
    """Most characters of source text, scripts included, that stood beside the body on a page of this kind."""
    strain: float = 0.0
    doubt: float = 0.0
    chosen: dict[str, str] = field(default_factory=dict)
    """Winning selectors by field; holds "body" once the template is trusted."""

    @property
    def trusted(self) -> bool:
        """True when pages are read by its selectors."""
        return "body" in self.chosen

    @property
    def apart_selector(self) -> str:
        """What to leave out of the body: parts that no example counted to the answer."""
        return ", ".join(name for name, (seen, kept) in self.apart.items() if seen >= 2 and kept == 0)

    def alike(self, other: frozenset[int]) -> float:
        """Jaccard similarity of the fingerprints; pages without classes are all alike."""
        if not self.sketch and not other:
            return 1.0
        smallest = sorted(self.sketch | other)[:64]
        return sum(one in self.sketch and one in other for one in smallest) / len(smallest)

    def is_like(self, other: frozenset[int]) -> bool:
        """True for a page of this kind."""
        return self.alike(other) >= _ALIKE

    @property
    def usual_f1(self) -> float:
        """Mean F1 of the chosen body against full readings of the examples: a full reading is not the truth either."""
        return self.fields["body"].votes[self.chosen["body"]].mean

    def read(self, page: Page, reading: Reading) -> Draft | None:
        """The draft by the chosen selectors; None where the page does not fit."""
        document = page.lexbor
        node = only(document, self.chosen["body"])
        if node is None or tag_path(node) not in self.paths or _beside(document, node) > 1.5 * self.rest + _LEEWAY:
            return None
        near = node.parent or node
        named = self.chosen.get("title")
        title = one_line(facts.value(near, named) or facts.value(document, named)) if named else ""
        title = title or page.title
        body = self._body(node, title)
        if len(body) < SHORTEST:
            return None
        flags = ("hidden_text",) if hides_sentence(node) else ()
        return Draft(title=title, body=body, **facts.read(page, near, self.chosen, reading), flags=flags)

    def _body(self, node: LexborNode, title: str) -> str:
        apart = self.apart_selector
        if apart and node.css_first(apart) is not None:
            node = node.clone()
            for part in node.css(apart):
                if part.parent is not None:
                    part.decompose()
        text = node_text(node)
        return text.removeprefix(title).lstrip() if title and text != title else text

    def learn(self, page: Page, full: Draft, reading: Reading) -> bool:
        """Let a fully read page vote; False when no element holds what was read."""
        document = page.lexbor
        found = nodes.holders(document, full.body)
        best = max((one.f1 for one in found), default=0.0)
        if best < _HOLDS:
            return False
        self.examples += 1
        self.rest = max(self.rest, _beside(document, found[0].node))
        self._vote_body(document, found[:_BODIES], best, full.body)
        self._vote_title(document, full.title)
        self._vote_facts(document, full, reading)
        wanted = words(full.body)
        for selector, belongs in dict(nodes.strangers(found[0].node, wanted)).items():
            counts = self.apart.setdefault(selector, [0, 0])
            counts[0] += 1
            counts[1] += belongs
        self._choose()
        return True

    def widen(self, page: Page, full: Draft) -> bool:
        """Accept the place where a page of this kind has its body if the chosen selector finds what was read."""
        node = only(page.lexbor, self.chosen["body"])
        if node is None or f1(nodes.visible_words(node), words(full.body)) < self.usual_f1 - 0.1:
            return False
        self.paths.add(tag_path(node))
        self.rest = max(self.rest, _beside(page.lexbor, node))
        return True

    def _vote_body(self, document: LexborHTMLParser, found: list[nodes.Holder], best: float, answer: str) -> None:
        ballot, wanted = self.fields.setdefault("body", Ballot()), words(answer)
        value = str(crc32(answer.encode("utf-8", "replace")))
        proposed = {selector: one.f1 for one in found for selector in selectors(document, one.node)[:6]}
        for selector in list(ballot.votes):
            if selector not in proposed:
                node = only(document, selector)
                score = f1(nodes.visible_words(node), wanted) if node is not None else 0.0
                ballot.cast(selector, score if score >= best - 0.1 else 0.0, value)
                if node is not None and score >= best - 0.1:
                    self.paths.add(tag_path(node))
        for selector, score in proposed.items():
            ballot.cast(selector, score, value)
        self.paths |= {tag_path(one.node) for one in found}

    def _vote_title(self, document: LexborHTMLParser, title: str) -> None:
        ballot = self.fields.setdefault("title", Ballot())
        value = str(crc32(title.encode("utf-8", "replace")))
        places = nodes.with_text(document, title) if title else []
        proposed = dict.fromkeys(selector for node in places for selector in selectors(document, node)[:4])
        for selector in dict.fromkeys((*ballot.votes, *proposed)):
            found = one_line(facts.value(document, selector))
            ballot.cast(selector, float(bool(title) and found.casefold() == title.casefold()), value)

    def _vote_facts(self, document: LexborHTMLParser, full: Draft, reading: Reading) -> None:
        proposed: dict[str, dict[str, None]] = {name: {} for name in facts.NAMES}
        for name, selector in facts.candidates(document, reading, dated=full.posted_on is not None):
            proposed[name][selector] = None
        for name, found in proposed.items():
            ballot = self.fields.setdefault(name, Ballot())
            for selector in dict.fromkeys((*ballot.votes, *found)):
                text = facts.value(document, selector)
                stated = facts.state(name, text, reading)
                differs = name == "posted_on" and full.posted_on and stated.get(name) != full.posted_on
                ballot.cast(selector, float(bool(stated) and not differs), text[:40])

    def _choose(self) -> None:
        winners = {name: ballot.winner(varied=name != "posted_on") for name, ballot in self.fields.items()}
        if not winners.get("body") or self.examples < ENOUGH:
            self.chosen = {}
            return
        self.chosen = {name: winner for name, winner in winners.items() if winner}

    def state(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "state": "trusted" if self.trusted else "learning",
            "chosen": self.chosen,
            "examples": self.examples,
            "sampled": self.checks,
            "agreed": self.agreed,
            "rest": self.rest,
            "strain": round(self.strain, 2),
            "doubt": self.doubt,
            "sketch": sorted(self.sketch),
            "paths": sorted(self.paths),
            "apart": self.apart,
            "votes": {name: ballot.state() for name, ballot in self.fields.items()},
        }

    @classmethod
    def of(cls, state: dict[str, Any]) -> Self:
        """From the JSON form."""
        return cls(
            sketch=frozenset(state["sketch"]),
            fields={name: Ballot.of(votes) for name, votes in state["votes"].items()},
            paths=set(state["paths"]),
            apart={name: list(counts) for name, counts in state["apart"].items()},
            examples=state["examples"],
            checks=state["sampled"],
            agreed=state["agreed"],
            rest=state["rest"],
            strain=state["strain"],
            doubt=state["doubt"],
            chosen=dict(state["chosen"]),
        )
