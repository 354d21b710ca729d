"""Templates, formats and static files."""

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from labeling.web import policy
from labeling.web.keymap import Key
from labeling.web.portraits_told import portrayed
from labeling.web.speech import LANGUAGES, Speech, speech
from labeling.web.ties_told import tied
from labeling.web.wording import filters_of
from zorya.domain.ids import sha256_hex
from zorya.domain.reviews import Role

HERE = Path(__file__).parent
STATIC = {
    "zorya.css": "text/css",
    "zorya.js": "text/javascript",
    "session.js": "text/javascript",
    "review.js": "text/javascript",
    "ahead.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


class Pages:
    """Draws templates in the reader's language. Everything is escaped; a missing name is an error, not a blank."""

    def __init__(self) -> None:
        self.files = {name: (HERE / "static" / name).read_bytes() for name in STATIC}
        self._versions = {name: sha256_hex(data)[:10] for name, data in self.files.items()}
        self._environments = {code: self._environment(speech(code)) for code in LANGUAGES}

    def draw(self, template: str, *, language: str, status: int = 200, **context: Any) -> HTMLResponse:
        """One page."""
        environment = self._environments[language]
        return HTMLResponse(environment.get_template(template).render(**context), status_code=status)

    def _environment(self, spoken: Speech) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        translations = spoken.translations
        environment.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
            translations.ugettext, translations.ungettext, newstyle=True
        )
        environment.filters |= filters_of(spoken)
        environment.filters |= {"portrayed": partial(portrayed, spoken=spoken), "tied": partial(tied, spoken=spoken)}
        environment.globals |= {
            "static": lambda name: f"/static/{name}?v={self._versions[name]}",
            "language": spoken.code,
            "languages": LANGUAGES,
            "keytable": lambda keys, role: _keytable(environment, role, tuple(keys.items())),
        }
        return environment


@lru_cache(maxsize=256)
def _keytable(environment: Environment, role: Role, keys: tuple[tuple[str, Key], ...]) -> Markup:
    """The table of keys that every page carries, drawn once for all who have the same keys."""
    drawn = environment.get_template("keytable.html").render(role=role, keys=dict(keys), may=policy.may)
    return Markup(drawn)  # noqa: S704 — drawn by a template, which escapes
