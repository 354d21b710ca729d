"""Finding, loading and checking all sources. Imports no Scrapy: DAG files use this at parse time."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from crawlers.spec import SourceSpec, SourceStatus
from zorya.datafiles import load
from zorya.errors import DataFileError, ZoryaError


class Catalog(NamedTuple):
    """Sources sorted by id, and the files that are wrong; a broken file never hides the others."""

    specs: tuple[SourceSpec, ...]
    errors: tuple[DataFileError, ...]

    def get(self, source_id: str) -> SourceSpec:
        """The source of that id; raises ZoryaError that names near misses or the broken file."""
        for spec in self.specs:
            if spec.id == source_id:
                return spec
        for error in self.errors:
            if error.path.stem == source_id:
                raise error
        near = [spec.id for spec in self.specs if source_id in spec.id or spec.id in source_id]
        known = ", ".join(near or [spec.id for spec in self.specs]) or "none yet"
        raise ZoryaError(f"no source `{source_id}`; known: {known}")

    @property
    def active(self) -> tuple[SourceSpec, ...]:
        """Sources that are crawled."""
        return tuple(spec for spec in self.specs if spec.standing is SourceStatus.ACTIVE)


def load_catalog(directories: Iterable[Path]) -> Catalog:
    """Every source below the folders; files whose name begins with `_` are templates."""
    found: dict[str, SourceSpec] = {}
    errors: list[DataFileError] = []
    for path in _files(directories):
        try:
            spec = load_source(path)
            if spec.id in found:
                raise DataFileError(path, f"a second file describes source `{spec.id}`; keep one", line=1)
            found[spec.id] = spec
        except DataFileError as exc:
            errors.append(exc)
    return Catalog(tuple(found[key] for key in sorted(found)), tuple(errors))


def path_of(directories: Iterable[Path], source_id: str) -> Path:
    """The file of a source; raises ZoryaError that names near misses when there is none."""
    folders = tuple(directories)
    found = next((path for path in _files(folders) if path.stem == source_id), None)
    if found is None:
        load_catalog(folders).get(source_id)  # says which ids there are
        raise ZoryaError(f"no file of source `{source_id}`")
    return found


def load_source(path: Path) -> SourceSpec:
    """One source file; raises DataFileError with file, line and remedy."""
    spec = load(path, SourceSpec)
    if spec.id != path.stem:
        message = f"`id` is `{spec.id}` but the file is called `{path.name}`; make them equal"
        raise DataFileError(path, message, line=_line_of_id(path))
    return spec


def read_draft(draft: str, *, called: Path | str = "draft") -> SourceSpec:
    """The source that a text not yet kept describes; DataFileError names its line, and calls it as it is `called`."""
    with tempfile.TemporaryDirectory(prefix="zorya-draft-") as folder:
        named = next(
            (line.partition(":")[2].split("#")[0].strip() for line in draft.splitlines() if line[:3] == "id:"), ""
        )
        path = Path(folder) / f"{Path(named).name or 'draft'}.yml"
        path.write_text(draft, encoding="utf-8")
        try:
            return load_source(path)
        except DataFileError as exc:
            raise DataFileError(called, exc.message, line=exc.line) from exc


def _files(directories: Iterable[Path]) -> Iterator[Path]:
    for directory in directories:
        if not directory.is_dir():
            continue
        for path in sorted([*directory.rglob("*.yml"), *directory.rglob("*.yaml")]):
            if not path.name.startswith(("_", ".")):
                yield path


def _line_of_id(path: Path) -> int | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith("id:")), None)
