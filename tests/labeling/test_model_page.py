"""What a model was, one click from what it said of an ad: its card, section by section."""

import pytest

from models.registry.aliases import Alias, set_alias
from models.registry.exhibits import SECTIONS, Exhibit, put
from models.registry.files import save
from models.registry.manifest import Manifest

FIGURES = Exhibit(("It misses <b>much</b>.",), ("slice", "AP"), (("hu", ".71"),), "zorya model eval", "2026-11-26")


@pytest.fixture
def stored(town):
    """The model that scored the town, with its figures measured and nothing else."""
    about = Manifest("linear", "1", "linear", "c" * 64, "rules-invented", {"seed": 1}, "2026-11-20T08:00:00")
    save(town.settings.models_dir, {"a.bin": b"x"}, about)
    put(town.settings.models_dir, "linear", "1", "figures", FIGURES)


def test_the_why_panel_leads_to_the_card_of_the_model_that_gave_the_score(browse, stored):
    anna = browse("anna")
    assert '<a href="/models/linear@1">linear@1</a>' in anna.get("/queue/next").text
    page = anna.get("/models/linear@1").text
    assert "It misses &lt;b&gt;much&lt;/b&gt;." in page
    assert "<td>hu</td><td>.71</td>" in page
    assert "rules rules-invent" in page


def test_the_model_that_serves_though_nobody_chose_it_has_its_link(browse, stored, town):
    anna = browse("anna")
    assert "/models/linear@1" not in anna.get("/models").text
    set_alias(town.settings.models_dir, "linear", Alias.CHAMPION, "1")
    page = anna.get("/models").text
    assert '<a href="/models/linear@1">linear@1</a>' in page
    assert "nobody has chosen it" in page


def test_a_section_that_nobody_measured_names_the_verb_that_fills_it(browse, stored):
    page = browse("anna").get("/models/linear@1").text
    assert f"<code>{SECTIONS['bias_audit']}</code>" in page.partition('id="bias_audit"')[2].partition("</section>")[0]
    assert "Not measured yet" not in page.partition('id="figures"')[2].partition("</section>")[0]


def test_a_model_that_is_stored_no_more_says_so(browse):
    page = browse("anna").get("/models/linear@1")
    assert page.status_code == 200
    assert "not stored here any more" in page.text


@pytest.mark.parametrize("name", ["..@1", "linear@..", "nothing", "a b@1", "x@y@z"])
def test_what_is_no_model_opens_no_file(browse, stored, name):
    page = browse("anna").get(f"/models/{name}")
    assert page.status_code == 404 or "not stored here any more" in page.text


def test_a_card_whose_file_was_spoilt_does_not_break_the_page(browse, stored, town):
    (town.settings.models_dir / "linear" / "1" / "card" / "figures.json").write_text("{", "utf-8")
    assert browse("anna").get("/models/linear@1").status_code == 200
