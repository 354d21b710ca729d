"""Offline translation with a real model, tiny and trained here: what it keeps, what it refuses, and its page."""

import json
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from typer.testing import CliRunner

from labeling import sampling, translating
from labeling.translating import Segment, TranslationRefused, Translators
from zorya.cli import app
from zorya.domain.ads import Contact, ContactKind
from zorya.errors import NothingToDo
from zorya.store import audit, campaigns

BODY = "Шукаємо дівчат для роботи в готелі. Виїзд завтра, дорогу оплатимо.\nПишіть у телеграм @zoria_example"
ENGLISH = "We take girls to work in a hotel. Departure tomorrow, we pay the journey."
CYRILLIC = """document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", {key: "щ", code: "KeyO", bubbles: true, cancelable: true}))"""


@pytest.fixture
def translators(tmp_path, package):
    """The model, installed."""
    installed = Translators(tmp_path / "translation")
    installed.add(package)
    return installed


def test_sentences_are_translated_and_what_is_fixed_stays(translators):
    pair = translators.pair_for("uk", "en")
    text, contact = BODY.split("\n")[0], Segment("@z…", fixed=True)
    lines, left_out = translators.translate(pair, [[Segment(f"{text} "), contact], [], [Segment(" * ")]])
    assert lines == [f"{ENGLISH} @z…", "", " * "]
    assert left_out == 0


def test_what_is_too_long_is_left_out_and_counted(translators, monkeypatch):
    monkeypatch.setattr(translating, "MOST", 20)
    lines, left_out = translators.translate(
        translators.pair_for("uk", "en"), [[Segment("Пишіть")], [Segment("а" * 30)]]
    )
    assert (lines, left_out) == (["Write"], 30)


def test_of_one_long_line_the_beginning_is_translated(translators, monkeypatch):
    monkeypatch.setattr(translating, "MOST", 20)
    lines, left_out = translators.translate(translators.pair_for("uk", "en"), [[Segment("Пишіть " + "а" * 30)]])
    assert (lines, left_out) == (["Write"], 31)


def test_nothing_of_a_sentence_without_an_end_is_dropped(translators, monkeypatch):
    given = []
    monkeypatch.setattr(translators, "_run", lambda pair, sentences: given.extend(sentences) or list(sentences))
    text = "робота в готелі, " * 60 + "б" * 500
    lines, left_out = translators.translate(translators.pair_for("uk", "en"), [[Segment(text)]])
    assert max(map(len, given)) <= 240
    assert (lines[0].replace(" ", ""), left_out) == (text.replace(" ", ""), 0)


def test_a_model_that_was_replaced_is_not_served_on(translators, package, tmp_path):
    before = translators.pair_for("uk", "en")
    translators.translate(before, [[Segment("Пишіть")]])
    translators.remove("uk-en")
    another = tmp_path / "another.argosmodel"
    another.write_bytes(package.read_bytes())
    with zipfile.ZipFile(another, "a") as archive:
        archive.writestr("uk_en/README.md", "another build")
    after = translators.add(another)
    translators.translate(after, [[Segment("Пишіть")]])
    assert before.digest != after.digest
    assert list(translators._loaded) == [after]


def test_a_model_that_cannot_be_used_is_refused_in_words(tmp_path):
    translators = Translators(tmp_path / "translation")
    pair = translators.add(_made_of(tmp_path, WHOLE))
    with pytest.raises(TranslationRefused, match="the model fails"):
        translators.translate(pair, [[Segment("Пишіть")]])


def test_a_broken_note_of_a_model_takes_no_page_away(translators, tmp_path):
    (tmp_path / "translation/uk-en/package.json").write_text("no json", encoding="utf-8")
    assert translators.pairs() == []
    translators.remove("uk-en")
    assert not (tmp_path / "translation/uk-en").exists()


def test_a_model_is_for_its_language_and_for_readers_of_another(translators):
    assert [pair.name for pair in translators.pairs()] == ["uk-en"]
    assert translators.pair_for("uk", "ro").name == "uk-en"
    assert [translators.pair_for(*each) for each in (("uk", "uk"), ("ro", "en"), (None, "en"), ("en", "nl"))] == [
        None
    ] * 4


def test_who_comes_while_another_is_served_for_long_is_told(translators, monkeypatch):
    monkeypatch.setattr(translating, "WAIT_S", 0.01)
    with translators._turn, pytest.raises(TranslationRefused, match="try again"):
        translators.translate(translators.pair_for("uk", "en"), [[Segment("Пишіть")]])


def _made_of(tmp_path, files):
    path = tmp_path / "other.argosmodel"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


METADATA = '{"from_code": "uk", "to_code": "en"}'
WHOLE = {"a/metadata.json": METADATA, "a/model/model.bin": "", "a/sentencepiece.model": ""}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (WHOLE | {"a/metadata.json": METADATA[:-1] + ', "target_prefix": "__en__"}'}, "many languages"),
        ({"a/metadata.json": "{}"}, "lacks model/model.bin, sentencepiece.model"),
        (WHOLE | {"a/bpe.model": ""}, "BPE"),
        (WHOLE | {"a/../../evil": ""}, "outside of itself"),
        (WHOLE | {"a/metadata.json": "no json"}, "cannot be read"),
        (WHOLE | {"a/metadata.json": '{"from_code": "../x", "to_code": "en"}'}, "two letters"),
    ],
)
def test_a_package_that_is_none_is_refused_and_nothing_is_left(tmp_path, files, why):
    translators = Translators(tmp_path / "translation")
    with pytest.raises(TranslationRefused, match=why):
        translators.add(_made_of(tmp_path, files))
    assert not (tmp_path / "translation").exists()
    assert not (tmp_path / "evil").exists()


def test_the_verbs_install_list_and_remove(settings, package, monkeypatch, tmp_path):
    monkeypatch.setenv("ZORYA_HOME", str(settings.home))

    def call(*words):
        return CliRunner().invoke(app, ["translation", *words])

    assert "no model is installed" in call("list").output
    assert call("add", str(package)).exit_code == 0
    assert "uk-en  version 0.1" in call("list").output
    assert isinstance(call("add", str(package)).exception, NothingToDo)
    (tmp_path / "empty").write_text("")
    assert "not a package" in str(call("add", str(tmp_path / "empty")).exception)
    assert call("remove", "uk-en").exit_code == 0
    assert isinstance(call("remove", "uk-en").exception, NothingToDo)


@pytest.fixture
def read(town, package):
    """The town with a model and an ad in Ukrainian that is reviewed first; the ad's id."""
    Translators(town.settings.translation_dir).add(package)
    start = BODY.index("@zoria") + len("Робота за кордоном\n")
    contact = Contact(ContactKind.TELEGRAM, "zoria_example", "@zoria_example", start, start + 14)
    campaign = town.ad(0.99, title="Робота за кордоном", body=BODY, language="uk", contacts=(contact,))
    sampling.run(town.store, town.settings, as_of=town.at)
    with town.store.reading() as connection:
        return campaigns.members(connection, campaign)[0].posting_id


def test_the_page_shows_both_texts_masked_and_logs_it(town, browse, read):
    page = browse("anna").get(f"/ads/{read}/translation")
    assert page.status_code == 200
    assert ENGLISH in page.text
    assert BODY.split("\n")[0].split(" ")[0] in page.text
    assert '<div class="text" lang="en">' in page.text
    assert "zoria_example" not in page.text
    with town.store.reading() as connection:
        (entry,) = audit.page(connection, action="ad.translate")
    assert (entry["actor"], entry["reason"]) == ("anna", "uk-en")


def test_without_a_model_there_is_no_tab_and_no_page(town, browse):
    with town.store.reading() as connection:
        posting = campaigns.members(connection, town.campaigns[0])[0].posting_id
    anna = browse("anna")
    assert "/translation" not in anna.get(f"/ads/{posting}").text
    assert anna.get(f"/ads/{posting}/translation").status_code == 404


def test_a_model_that_fails_leaves_the_original_to_read(town, browse, read):
    (town.settings.translation_dir / "uk-en/model/model.bin").write_bytes(b"broken")
    page = browse("anna").get(f"/ads/{read}/translation")
    assert page.status_code == 503
    assert "The model could not translate this." in page.text
    assert "готелі" in page.text


def test_where_models_are_but_none_for_an_ad_its_page_says_which_to_add(town, browse, read):
    with town.store.reading() as connection:
        posting = campaigns.members(connection, town.campaigns[0])[0].posting_id
    page = browse("anna").get(f"/ads/{posting}/translation")
    assert page.status_code == 404
    assert "No model reads Romanian here" in page.text
    assert "translate-ro_en.argosmodel" in page.text


def test_markup_in_an_ad_is_text_in_its_translation_too(town, browse, read):
    town.ad(0.3, title="<b>Пишіть</b>", body="<img src=x onerror=alert(1)> Пишіть", language="uk")
    with town.store.reading() as connection:
        posting = campaigns.members(connection, town.campaigns[-1])[0].posting_id
    page = browse("anna").get(f"/ads/{posting}/translation").text
    assert page.count("Machine translation") == 1
    assert "<img src=x" not in page
    assert "<b>" not in page


def test_a_key_on_a_cyrillic_layout_shows_it_beside_the_original_and_hides_it(town, serve, browser, read):
    page, address = browser.new_page(viewport={"width": 1440, "height": 900}), serve(town)
    page.goto(f"{address}/login?next=/queue/next")
    page.fill("[name=name]", "anna")
    page.fill("[name=password]", "a long invented password")
    with page.expect_navigation():
        page.click("main button.primary")
    assert "Робота за кордоном" in page.inner_text("h1")
    page.evaluate(CYRILLIC)
    page.wait_for_selector("#translated")
    original, translated = (page.locator(each).bounding_box() for each in (".ad > .text >> nth=0", "#translated"))
    assert ENGLISH in page.inner_text("#translated")
    assert translated["x"] >= original["x"] + original["width"]
    assert abs(translated["y"] - original["y"]) < 60
    page.evaluate(CYRILLIC)
    page.wait_for_selector("#translated", state="detached")
    page.close()


def test_the_key_turns_between_the_page_of_an_ad_and_its_translation(town, serve, browser, read):
    page, address = browser.new_page(viewport={"width": 320, "height": 800}), serve(town)
    page.goto(f"{address}/login?next=/ads/{read}")
    page.fill("[name=name]", "anna")
    page.fill("[name=password]", "a long invented password")
    with page.expect_navigation():
        page.click("main button.primary")
    with page.expect_navigation():
        page.evaluate(CYRILLIC)
    assert page.url.endswith("/translation")
    serious = [each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    original, translated = (page.locator(each).bounding_box() for each in (".ad > .text >> nth=0", "#translated"))
    assert translated["y"] >= original["y"] + original["height"]
    with page.expect_navigation():
        page.evaluate(CYRILLIC)
    assert page.url.endswith(f"/ads/{read}")
    page.close()


def test_what_is_installed_says_where_it_came_from(tmp_path, package):
    pair = Translators(tmp_path / "translation").add(package)
    told = json.loads((tmp_path / "translation/uk-en/package.json").read_text())
    assert told == {"source": "uk", "target": "en", "version": "0.1", "digest": pair.digest}
    assert len(pair.digest) == 64
