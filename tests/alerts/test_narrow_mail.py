"""Mails on a small screen: nothing runs out of it, whatever an ad's address looks like."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts import decisions, digest
from zorya.store import sharing

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_digest_and_a_notice_fit_320_pixels(new_town, ad, browser, scheme):
    with new_town(language="ru") as (town, settings):
        town.confirmed(replace(ad, url=f"https://jobs.example/{'a' * 120}"), severity=2)
        town.offer(settings, as_of=MORNING - DAY)
        digest.run(town.store, settings, as_of=MORNING)
        with town.store.reading() as connection:
            (alert,) = sharing.all_alerts(connection)
        decisions.recall(town.store, settings, alert.id, by="lena", as_of=MORNING + DAY, reason="a lawful employer")
        with town.store.reading() as connection:
            made = [sharing.digest(connection, row["digest_id"]) for row in sharing.history(connection)]
    page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    assert len(made) == 2
    for each in made:
        page.set_content(each.html)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), each.kind
    page.close()
