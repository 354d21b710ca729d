"""Who is asked next: the order of organisations along a corridor. `routes.yml` beside the partner files."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from alerts.partner_spec import Code
from zorya.datafiles import DataModel

FILE = "routes.yml"


class Route(DataModel):
    """One corridor. It fits a campaign when each list that is not empty meets what the campaign says, or it says
    nothing of it; `organisations` are ids of partners, in the order in which they are asked.
    """

    name: str = Field(min_length=1, max_length=80)
    languages: tuple[Code, ...] = ()
    countries: tuple[Code, ...] = ()
    organisations: tuple[str, ...] = Field(min_length=1)


class RouteFile(DataModel):
    """`routes.yml`: the first route that fits counts, so the general ones stand last."""

    routes: tuple[Route, ...]


def next_after(partner: str, routes: Iterable[Route], content: Mapping[str, object]) -> tuple[str, ...]:
    """Who is asked after a partner, in order: those behind it on the first route that fits, then those before it."""
    for route in routes:
        asked = ((route.languages, content.get("languages")), (route.countries, content.get("countries")))
        if all(
            not wanted or not isinstance(said, list) or not said or set(wanted) & set(said) for wanted, said in asked
        ):
            order = list(dict.fromkeys(route.organisations))
            at = order.index(partner) + 1 if partner in order else 0
            return tuple(name for name in (*order[at:], *order[:at]) if name != partner)
    return ()
