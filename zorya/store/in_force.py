"""Which decisions are in force: those that no later one corrects or takes back."""

from sqlalchemy import exists, select

from zorya.store.schema import verdicts

_later = verdicts.alias("later")
IN_FORCE = (
    verdicts.c.withdrawn.is_(False),
    ~exists(select(_later.c.id).where(_later.c.supersedes == verdicts.c.id)),
)
"""Asked per decision, so that only those at hand are looked at."""
