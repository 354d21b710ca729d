"""SiteLearner: what a source's earlier pages taught, and when to doubt it. Knows no store, no clock, no network."""

from typing import Any

from crawlers.draft import Draft
from crawlers.fields import Reading
from crawlers.learning.agreement import token_f1
from crawlers.learning.template import Template, sketch
from crawlers.page import Page
from crawlers.page_links import CODED
from zorya.domain.ids import sha256_hex

SAMPLED = 400
"""Of so many pages one is read in full all the same; which one, its address decides, not the order of the crawl."""
_DOUBTED = 50
"""The same while a template is in doubt."""
_AGREES = 0.9
_SEVERAL = 3
_MISFITS = 5
_TEMPLATES = 6
_TAUGHT = 5
"""Pages with structured data that are learned from, for the site's pages without."""


class SiteLearner:
    """Reads the pages of one source by what its first pages taught."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        known = state or {}
        self.templates = [Template.of(one) for one in known.get("templates", [])]
        self.coded: bool = known.get("coded", False)
        """True when pages of the site were seen that hold contacts in data attributes."""
        self.retired: int = known.get("retired", 0)
        """Templates given up because their selectors ceased to agree."""
        self._taught = 0
        self._checking: tuple[str, Template, Draft] | None = None

    def read(self, page: Page, reading: Reading) -> Draft | None:
        """The draft by learned selectors; None when the page must be read in full, and then noted."""
        self._checking = None
        for template in self.templates if page.whole else ():
            if not template.trusted or (draft := template.read(page, reading)) is None:
                continue
            every = _DOUBTED if template.doubt else SAMPLED
            if int(sha256_hex(page.url.encode("utf-8", "replace"))[:8], 16) % every == 0:
                self._checking = (page.url, template, draft)
                return None
            template.strain = max(0.0, template.strain - 0.1)
            return draft
        return None

    def note(self, page: Page, full: Draft, reading: Reading) -> Draft:
        """Learn from a page that was read in full; the draft to use for it.

        A sampled page keeps the learned reading where the two agree, so that sampling changes no posting.
        """
        self.coded = self.coded or (page.whole and page.lexbor.css_first(CODED) is not None)
        checking, self._checking = self._checking, None
        if checking and checking[0] == page.url:
            return self._check(checking[1], checking[2], full)
        if page.whole and full.body and "parser_truncated" not in full.flags:
            self._learn(page, full, reading)
        return full

    def teach(self, page: Page, stated: Draft, reading: Reading) -> None:
        """Learn from one of the first pages whose structured data or rules give title and body."""
        if self._taught < _TAUGHT and page.whole and not any(template.trusted for template in self.templates):
            self._taught += 1
            self.coded = self.coded or page.lexbor.css_first(CODED) is not None
            self._learn(page, stated, reading)

    def state(self) -> dict[str, Any]:
        """JSON form: all that the next run needs."""
        templates = [template.state() for template in self.templates]
        return {"templates": templates, "coded": self.coded, "retired": self.retired}

    def _check(self, template: Template, learned: Draft, full: Draft) -> Draft:
        template.checks += 1
        lost = "parser_truncated" in full.flags
        if not lost and token_f1(learned.body, full.body) >= min(_AGREES, template.usual_f1 - 0.1):
            template.agreed += 1
            template.doubt = max(0.0, template.doubt - 0.5)
            return learned.flagged(*full.flags)
        template.doubt += 1
        if template.doubt >= _SEVERAL:
            self._retire(template)
        return full

    def _learn(self, page: Page, full: Draft, reading: Reading) -> None:
        mark = sketch(page.source)
        template = max(self.templates, key=lambda one: one.alike(mark), default=None)
        if template is None or not template.is_like(mark):
            if len(self.templates) >= _TEMPLATES:
                self.templates.remove(min(self.templates, key=lambda one: (one.trusted, one.examples)))
            template = Template(mark)
            self.templates.append(template)
        if not template.trusted:
            template.learn(page, full, reading)
        elif not template.widen(page, full):
            template.strain += 1
            if template.strain >= _MISFITS:
                self._retire(template)

    def _retire(self, template: Template) -> None:
        self.templates.remove(template)
        self.retired += 1
