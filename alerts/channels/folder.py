"""The `folder` channel: a digest as .eml and .html files, whole or not at all; the same digest is the same file."""

import os
from pathlib import Path

from alerts.mail import Letter, message
from zorya.settings import Settings


def send(letter: Letter, settings: Settings) -> Path:
    """Write both files, or the mail alone where it is encrypted or a link; returns the .eml file."""
    folder = settings.outbox_dir / letter.partner
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    marking = letter.marking.value.replace(":", "-")  # a colon is not allowed in file names everywhere
    stem = f"{marking}_{letter.sequence:04d}_{letter.name}"
    if letter.html and letter.key is None:
        _write_whole(folder / f"{stem}.html", letter.html.encode())
    _write_whole(folder / f"{stem}.eml", message(letter, settings).as_bytes())
    _sync(folder)
    return folder / f"{stem}.eml"


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
