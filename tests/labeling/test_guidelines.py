"""Every label and pattern has a page with the same four parts."""

from pathlib import Path

import pytest

from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import VerdictLabel

PAGES = Path(__file__).parents[2] / "labeling" / "guidelines"
NAMES = [*VerdictLabel, *PATTERNS, *MODIFIERS]


@pytest.mark.parametrize("name", NAMES)
def test_a_guideline_has_its_parts_in_order(name):
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads[1:] == ["## Definition", "## Include", "## Exclude", "## Invented examples"]
    assert text.count("\n- ") >= 6


def test_no_guideline_is_left_over():
    assert {path.stem for path in PAGES.glob("*.md")} == {str(name) for name in NAMES}


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_guidelines_accuse_nobody(path):
    text = path.read_text(encoding="utf-8").lower()
    assert "trafficker" not in text
    assert "victim" not in text
