"""Offline translation, an optional extra: models that an operator has put there, run on this machine alone.

A model lies in `home/translation/FROM-TO` as an Argos package has it: `metadata.json`, `model/` for CTranslate2 and
`sentencepiece.model`. A translation helps to read; it is never judged, scored, searched or passed on.
"""

import hashlib
import importlib
import importlib.util
import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from zorya.errors import NothingToDo, ZoryaError

MOST = 6000
"""Characters of a text that are translated: a page must come back while somebody waits for it."""
WAIT_S = 20.0
KEPT = 2
"""Models kept in memory, of some hundred megabytes each."""
_CODE = re.compile(r"[a-z]{2}")
_NAME = re.compile(r"[a-z]{2}-[a-z]{2}")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_LONGEST = 240
"""Characters that a model is given at once: it takes 256 pieces, each of a character or more, and drops the rest."""
_NEEDED = ("metadata.json", "model/model.bin", "sentencepiece.model")
_MOST_BYTES = 2 * 1024**3
_TOLD = "package.json"


class TranslationRefused(ZoryaError):
    """What cannot be translated or installed, and why."""


class TranslationBusy(TranslationRefused):
    """Others are served, and have been for long."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An installed model: from one language into another, by ISO 639-1, its version and the digest of its package."""

    source: str
    target: str
    version: str
    digest: str

    @property
    def name(self) -> str:
        """`ro-en`."""
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text; one that is `fixed` (a masked contact) is not translated."""

    text: str
    fixed: bool = False


class Translators:
    """The models of one folder; safe to share between threads, one translation at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = Lock()
        self._loaded: dict[Pair, tuple[Any, Any]] = {}

    def pairs(self) -> list[Pair]:
        """What is installed, by name."""
        found = sorted(self._folder.glob("*-*/" + _TOLD)) if self._folder.is_dir() else []
        return [pair for pair in map(_pair_of, found) if pair]

    def pair_for(self, source: str | None, reader: str) -> Pair | None:
        """The model for a text in one language and a reader of another: into theirs, else into English; None where
        there is none, or the extra is not installed."""
        if not source or source == reader or not is_installed():
            return None
        known = {pair.name: pair for pair in self.pairs()}
        return known.get(f"{source}-{reader}") or (known.get(f"{source}-en") if source != "en" else None)

    def is_missed(self, source: str | None, reader: str) -> bool:
        """Whether this house translates, and has no model for a text that this reader may not be able to read."""
        is_foreign = bool(source) and source != reader
        return is_foreign and is_installed() and self.pair_for(source, reader) is None and bool(self.pairs())

    def translate(self, pair: Pair, lines: Sequence[Sequence[Segment]]) -> tuple[list[str], int]:
        """Each line in the language of the pair, and how many characters were left out behind the first `MOST`.

        TranslationBusy where others are served for too long, TranslationRefused where the model fails.
        """
        kept, left_out = _bounded(lines)
        sentences = [part for line in kept for segment in line if not segment.fixed for part in _sentences(segment)]
        if not self._turn.acquire(timeout=WAIT_S):
            raise TranslationBusy(f"others were served for {WAIT_S:g} s: try again in a moment")
        try:
            done = dict(zip(sentences, self._run(pair, sentences), strict=True))
        except (RuntimeError, ValueError, OSError) as exc:  # so the engine says that a model is broken or too small
            raise TranslationRefused(f"{pair.name}: the model fails ({exc})") from exc
        finally:
            self._turn.release()
        return ["".join(_told(segment, done) for segment in line) for line in kept], left_out

    def add(self, package: Path) -> Pair:
        """Install a package; TranslationRefused where it is none, NothingToDo where its pair is there already."""
        try:
            with zipfile.ZipFile(package) as archive:
                root, told = _looked_into(archive, package)
                digest = _digest(package)
                pair = Pair(told["from_code"], told["to_code"], str(told.get("package_version", "?")), digest)
                goal = self._folder / pair.name
                if goal.exists():
                    raise NothingToDo(f"{pair.name} is installed: `zorya translation remove {pair.name}` first")
                told = {name: getattr(pair, name) for name in Pair.__slots__}
                _unpack(archive, root, goal, json.dumps(told))
        except (OSError, zipfile.BadZipFile) as exc:
            raise TranslationRefused(f"{package}: not a package of a translation model ({exc})") from exc
        return pair

    def remove(self, name: str) -> None:
        """Take a model away; NothingToDo where there is none of this name."""
        if not _NAME.fullmatch(name) or not (self._folder / name).is_dir():
            raise NothingToDo(f"there is no model {name!r}; `zorya translation list` shows what is installed")
        shutil.rmtree(self._folder / name)

    def _run(self, pair: Pair, sentences: Sequence[str]) -> list[str]:
        if not sentences:
            return []
        limits = {"max_input_length": 256, "max_decoding_length": 256}
        translator, pieces = self._model(pair)
        asked = [pieces.encode(sentence, out_type=str) for sentence in sentences]
        found = translator.translate_batch(asked, beam_size=2, replace_unknowns=True, max_batch_size=32, **limits)
        return [pieces.decode(each.hypotheses[0]) for each in found]

    def _model(self, pair: Pair) -> tuple[Any, Any]:
        """Its libraries' objects, by version and digest too: one that was replaced is not served on."""
        if pair not in self._loaded:
            folder = self._folder / pair.name
            engine, splitter = importlib.import_module("ctranslate2"), importlib.import_module("sentencepiece")
            for stale in [each for each in self._loaded if each.name == pair.name]:
                del self._loaded[stale]
            while len(self._loaded) >= KEPT:
                del self._loaded[next(iter(self._loaded))]
            threads = {"inter_threads": 1, "intra_threads": 1}
            translator = engine.Translator(str(folder / "model"), device="cpu", compute_type="default", **threads)
            pieces = splitter.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
            self._loaded[pair] = (translator, pieces)
        return self._loaded[pair]


def is_installed() -> bool:
    """Whether the extra `translate` is."""
    return all(importlib.util.find_spec(name) is not None for name in ("ctranslate2", "sentencepiece"))


def _pair_of(path: Path) -> Pair | None:
    """What a folder says of its model; None where that cannot be read: one broken model takes no page away."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        pair = Pair(**{name: str(told[name]) for name in Pair.__slots__})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pair if pair.name == path.parent.name else None


def _digest(package: Path) -> str:
    """SHA-256 of a file that need not fit in memory."""
    with package.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bounded(lines: Sequence[Sequence[Segment]]) -> tuple[list[list[Segment]], int]:
    """The first `MOST` characters, cut inside a segment only where it is translated, at a blank; how many are left."""
    room, kept, left_out = MOST, list[list[Segment]](), 0
    for line in lines:
        row = list[Segment]()
        for segment in line:
            size = len(segment.text)
            taken = size if size <= room else 0 if segment.fixed else max(0, segment.text.rfind(" ", 0, room + 1))
            if taken:
                row.append(Segment(segment.text[:taken], segment.fixed))
            left_out += size - taken
            room = room - taken if taken == size else 0
        if row or room:
            kept.append(row)
    return kept, left_out


def _parts(text: str) -> list[str]:
    """Sentences; a long one in stretches that end at a comma, else at a blank, else anywhere."""
    found = list[str]()
    for sentence in _SENTENCE.split(text):
        rest = sentence
        while len(rest) > _LONGEST:
            head = rest[:_LONGEST]
            cut = max(head.rfind(", "), head.rfind("; "), head.rfind(": "))
            cut = cut + 1 if cut > _LONGEST // 3 else head.rfind(" ")
            cut = cut if cut > 0 else _LONGEST
            found.append(rest[:cut])
            rest = rest[cut:].lstrip()
        found.append(rest)
    return found


def _sentences(segment: Segment) -> list[str]:
    return [part for part in _parts(segment.text.strip()) if re.search(r"\w", part)]


def _told(segment: Segment, done: dict[str, str]) -> str:
    """The segment with its sentences translated; blanks at its edges, and what has no letter, stay."""
    if segment.fixed:
        return segment.text
    inner = segment.text.strip()
    before, after = segment.text.partition(inner)[::2] if inner else (segment.text, "")
    return before + " ".join(done.get(part, part) for part in _parts(inner)) + after if inner else before


def _looked_into(archive: zipfile.ZipFile, package: Path) -> tuple[str, dict[str, Any]]:
    """The folder in the package that holds the model, and what its metadata says."""
    names = {entry.filename: entry.file_size for entry in archive.infolist()}
    tops = {name.removesuffix("metadata.json") for name in names if PurePosixPath(name).name == "metadata.json"}
    root = min(tops, key=len, default="")
    if f"{root}bpe.model" in names:
        raise TranslationRefused(f"{package}: splits words by BPE; take a package with sentencepiece.model")
    if lacking := [name for name in _NEEDED if root + name not in names]:
        raise TranslationRefused(f"{package}: lacks {', '.join(lacking)}; an Argos package (.argosmodel) has them")
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names):
        raise TranslationRefused(f"{package}: names files outside of itself; nothing was unpacked")
    if sum(names.values()) > _MOST_BYTES:
        raise TranslationRefused(f"{package}: holds more than {_MOST_BYTES >> 30} GB; nothing was unpacked")
    try:
        told = dict(json.loads(archive.read(f"{root}metadata.json")))
    except ValueError as exc:
        raise TranslationRefused(f"{package}: its metadata.json cannot be read ({exc})") from exc
    if not all(_CODE.fullmatch(str(told.get(name, ""))) for name in ("from_code", "to_code")):
        raise TranslationRefused(f"{package}: metadata.json gives no from_code and to_code of two letters")
    if told.get("target_prefix"):
        raise TranslationRefused(f"{package}: one model for many languages; take a package of one pair")
    return root, told


def _unpack(archive: zipfile.ZipFile, root: str, goal: Path, told: str) -> None:
    """Into a folder beside, then in its place at once: a model is there whole or not at all."""
    beside = goal.with_name(f".{goal.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for entry in archive.infolist():
        inner = entry.filename.removeprefix(root)
        if entry.is_dir() or not entry.filename.startswith(root):
            continue
        (beside / inner).parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, (beside / inner).open("wb") as sink:
            shutil.copyfileobj(source, sink)
    (beside / _TOLD).write_text(told, encoding="utf-8")
    beside.rename(goal)
