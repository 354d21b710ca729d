"""Text that a spreadsheet shows and never runs (OWASP, CSV injection)."""

import re

_STARTS = "=+\\-@\t\r\n＝＋－＠"
"""First characters by which spreadsheets take a cell for a formula; the wide ones are taken for the same."""
_FORMULA = re.compile(rf"(?:^|(?<=[;,|\t\r\n]))((?:[^\S\t\r\n]|\")*)(?=[{_STARTS}])")


def safe_cell(text: str) -> str:
    """A cell that is text to every spreadsheet, also to one that splits the file at another separator than ours."""
    return _FORMULA.sub(r"\1'", text)
