"""`zorya model audit`, as it is typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from zorya.cli import application


def test_a_folder_that_is_none_is_told_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZORYA_HOME", str(tmp_path))
    done = CliRunner().invoke(application("model"), ["model", "audit", "--ordinary", str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "is not a folder" in " ".join(done.output.replace("│", " ").split())
    assert not (tmp_path / "models").exists()
