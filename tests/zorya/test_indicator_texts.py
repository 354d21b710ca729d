"""Words of indicators in the store: by code, revision and language."""

from dataclasses import replace

from zorya.store import Store, indicator_texts
from zorya.store.indicator_texts import IndicatorText

TOLD = IndicatorText("D6", 2, "ro", "Cere pașaportul", "Fără pașaport nu poate pleca.")


def test_noting_the_same_words_again_changes_nothing(store: Store) -> None:
    with store.writing() as connection:
        assert indicator_texts.note(connection, [TOLD]) == 1
        assert indicator_texts.note(connection, [TOLD]) == 0
        assert indicator_texts.titles(connection, "ro") == {("D6", 2): "Cere pașaportul"}


def test_a_better_word_takes_the_place_of_the_old_one(store: Store) -> None:
    with store.writing() as connection:
        indicator_texts.note(connection, [TOLD])
        indicator_texts.note(connection, [replace(TOLD, title="Reține pașaportul")])
        assert indicator_texts.titles(connection, "ro") == {("D6", 2): "Reține pașaportul"}


def test_words_of_an_earlier_revision_and_of_other_languages_stay(store: Store) -> None:
    with store.writing() as connection:
        indicator_texts.note(connection, [TOLD])
        indicator_texts.note(connection, [replace(TOLD, revision=3), replace(TOLD, language="nl", title="Paspoort")])
        assert set(indicator_texts.titles(connection, "ro")) == {("D6", 2), ("D6", 3)}
        assert indicator_texts.titles(connection, "en") == {}
