"""Microdata and RDFa on a page, in the shape of JSON-LD: JobPosting, or the lone Offer, Product or Event of an ad.

extruct is slow (milliseconds) and raises on one real page in fifty: it is asked only where markup is, and never let
through.
"""

import re
from typing import Any

from crawlers.jobposting import job_postings

_MARKED = re.compile(
    r"(?:itemtype|typeof)\s*=\s*[\"']?[^\"'>]{0,200}?\b(JobPosting|Offer|Product|Event)\b", re.IGNORECASE
)
_LIKE_ADS = frozenset({"Offer", "Product", "Event"})
_LIMIT = 3_000_000
"""Characters of source beyond which extruct is not asked."""


def marked_types(source: str) -> set[str]:
    """Names of the types marked on a page that may hold an ad."""
    if "itemtype=" not in source and "typeof=" not in source:
        return set()
    return {match[1] for match in _MARKED.finditer(source)}


def embedded(source: str, url: str) -> list[dict[str, Any]]:
    """JobPostings of a page; where there are none, its only Offer, Product or Event, written as a JobPosting."""
    types = marked_types(source) if len(source) <= _LIMIT else set()
    if not types:
        return []
    values = _microdata(source, url)
    if not (jobs := job_postings(values)):
        values += _rdfa(source, url)
        jobs = job_postings(values)
    if jobs or "JobPosting" in types:
        return jobs
    ads = [value for value in values if isinstance(value, dict) and _type(value) in _LIKE_ADS]
    return [_as_job(ads[0])] if len(ads) == 1 and ads[0].get("name") and ads[0].get("description") else []


def _microdata(source: str, url: str) -> list[Any]:
    if "itemtype=" not in source:
        return []
    import extruct

    try:
        found = extruct.extract(source, base_url=url, syntaxes=["microdata"], uniform=True, errors="ignore")
    except Exception:  # extruct raises whatever its parsers raise on broken pages
        return []
    return list(found.get("microdata", []))


def _rdfa(source: str, url: str) -> list[Any]:
    if "typeof=" not in source:
        return []
    from crawlers.rdfa import rdfa_objects

    try:
        return list(rdfa_objects(source, url))
    except Exception:  # as above; the page is then read without its markup
        return []


def _type(value: dict[str, Any]) -> str:
    kinds = value.get("@type", "")
    first = (kinds[0] if kinds else "") if isinstance(kinds, list) else kinds
    return str(first).rstrip("/").rpartition("/")[2].rpartition(":")[2]


def _as_job(ad: dict[str, Any]) -> dict[str, Any]:
    """An ad's own words under the names of a JobPosting. Its price is what it costs, not what it pays."""
    same = {key: ad[key] for key in ("name", "description", "url", "datePosted", "identifier") if key in ad}
    place = next((ad[key] for key in ("location", "availableAtOrFrom", "areaServed") if ad.get(key)), None)
    seller = next((ad[key] for key in ("seller", "offeredBy", "organizer") if ad.get(key)), None)
    return same | {"jobLocation": place, "hiringOrganization": seller}
