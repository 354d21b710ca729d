"""Import of a foreign labelled set: files + mapping → a set below the home folder, the same again being the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labeling.imports.mapping import Mapping
from labeling.imports.reading import LeftOut, RowReader
from labeling.imports.rows import Fault, rows
from labeling.imports.stored import ImportManifest, keep, manifest_of
from zorya.domain.ids import content_digest, sha256_hex
from zorya.erasures import erased_ids
from zorya.errors import DataFileError, NothingToDo
from zorya.labelled import LabelledAd
from zorya.settings import Settings
from zorya.store import Store, audit

_WAY = 1
"""How rows become ads; a new way makes a set anew."""
Enrich = Callable[[Sequence[LabelledAd]], list[LabelledAd]]
"""Fills in, in order, what only reading an ad tells: its near-duplicate group, language and contact tokens; masks."""


@dataclass(frozen=True, slots=True)
class Import:
    """What became of the rows. `faults` are (file, fault)."""

    manifest: ImportManifest
    left_out: int
    faults: tuple[tuple[Path, Fault], ...]


def import_files(
    store: Store,
    settings: Settings,
    files: Sequence[Path],
    mapping: Mapping,
    *,
    name: str,
    enrich: Enrich,
    as_of: datetime,
    actor: str,
    again: bool = False,
) -> Import:
    """Keep the labelled ads of these files as set `name`; logged. NothingToDo where that very set is there;
    DataFileError where no row is usable, or another set bears the name and not `again`.
    """
    digests = {path.name: _digest(path) for path in files}
    made_of = content_digest({"files": digests, "mapping": mapping.model_dump(mode="json"), "way": _WAY})
    home = settings.imports_dir / name
    known = manifest_of(home)
    if known and known.made_of == made_of:
        raise NothingToDo(f"{name} is imported already: same files, same mapping ({known.ads} ads)")
    if known and not again:
        raise DataFileError(home, f"another set is called `{name}`; choose another --name, or --replace it")
    ads, left_out, faults = _read(files, RowReader(mapping, name, store.contact_key))
    gone = erased_ids(settings.snapshots_dir)
    left_out += sum(ad.id in gone for ad in ads)
    ads = [ad for ad in ads if ad.id not in gone]
    if not ads:
        first = f"; line {faults[0][1].line}: {faults[0][1].error}" if faults else ""
        raise DataFileError(files[0], f"no usable row under mapping `{mapping.name}`{first}")
    about = _about(name, mapping, made_of, digests, as_of)
    manifest = keep(settings.imports_dir, enrich(ads), about)
    with store.writing() as connection:
        reason = f"{manifest.ads} ads by mapping {mapping.name}"
        audit.add(connection, at=as_of, actor=actor, action="labels.import", object=name, reason=reason)
    return Import(manifest, left_out, tuple(faults))


def _about(name: str, mapping: Mapping, made_of: str, digests: dict[str, str], as_of: datetime) -> ImportManifest:
    """What is known before the set is written."""
    return ImportManifest(
        name=name,
        title=mapping.title,
        licence=mapping.licence,
        ads=0,
        sha256="",
        made_of=made_of,
        mapping=mapping.name,
        files=digests,
        imported_at=as_of.isoformat(),
    )


def _read(files: Sequence[Path], reader: RowReader) -> tuple[list[LabelledAd], int, list[tuple[Path, Fault]]]:
    ads: dict[str, tuple[LabelledAd, str]] = {}
    left_out, faults = 0, []
    for path in files:
        for row in rows(path):
            found = row if isinstance(row, Fault) else reader.ad(row)
            if isinstance(found, LeftOut):
                left_out += 1
            elif isinstance(found, Fault):
                faults.append((path, found))
            elif found.id in ads:
                first, where = ads[found.id]
                if (found.title, found.body, found.label) == (first.title, first.body, first.label):
                    left_out += 1  # the same ad again teaches nothing new
                else:
                    text = (
                        f"same id or text as {where}, with another label or text; remove one, or correct `columns.id`"
                    )
                    faults.append((path, Fault(row.line, text)))
            else:
                ads[found.id] = (found, f"{path.name}:{row.line}")
    return [ad for ad, _ in ads.values()], left_out, faults


def _digest(path: Path) -> str:
    try:
        return sha256_hex(path.read_bytes())
    except OSError as exc:
        raise DataFileError(path, f"cannot be read ({exc.strerror})") from exc
