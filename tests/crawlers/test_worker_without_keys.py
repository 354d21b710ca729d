"""A crawl worker holds no key: it crawls, stores evidence and ads, and makes none."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.runner import crawl_source
from zorya.settings import Settings
from zorya.store import Store, postings


def test_a_crawl_needs_no_key_and_makes_none(
    sqlite_store: Store, crawlable: Settings, source: Callable[..., Any], board: Any, tmp_path: Path, as_of: datetime
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    settings = crawlable.model_copy(update={"source_dirs": (folder,)})
    spec = source(board).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (folder / "xx_board.yml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    settings.keys_dir.write_text("no folder of keys can be made here", encoding="utf-8")
    board.put_list(1)
    board.put_ad(1, "Baker", "Call +44 7700 900123, mornings, contract from day one, with lodging.")
    report = crawl_source(sqlite_store, settings, "xx_board", as_of=as_of)
    assert (str(report.status), report.new) == ("ok", 1)
    with sqlite_store.reading() as connection:
        assert [one.posting.title for one in postings.all_current(connection)] == ["Baker"]
    with pytest.raises(OSError, match="keys"):
        _ = sqlite_store.contact_key
