"""Reading data files: YAML → pydantic model, with errors that name file, line and remedy.

Unknown keys, duplicate keys and wrong types are errors. YAML is read with the safe loader only.
"""

from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from zorya.errors import DataFileError

_REMEDIES = {"extra_forbidden": "remove it or correct its spelling", "missing": "add it"}

M = TypeVar("M", bound=BaseModel)

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataModel(BaseModel):
    """Base of every data-file schema: frozen, unknown keys forbidden."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_yaml(path: Path) -> Any:
    """Parse one YAML file; raises DataFileError with the line of the fault."""
    return _parse(path)[0]


def load(path: Path, model: type[M]) -> M:
    """Parse one YAML file and validate it as `model`."""
    data, root = _parse(path)
    if not isinstance(data, dict):
        raise DataFileError(path, "expected `key: value` lines at the top of the file", line=1)
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        raise _explain(path, root, exc) from exc


def _parse(path: Path) -> tuple[Any, yaml.Node | None]:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as exc:
        raise DataFileError(path, f"cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise DataFileError(path, f"is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    try:
        return _construct(path, text)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else None
        raise DataFileError(path, f"not valid YAML: {exc.problem}", line=line) from exc
    except yaml.YAMLError as exc:
        raise DataFileError(path, f"not valid YAML: {exc}") from exc


def _construct(path: Path, text: str) -> tuple[Any, yaml.Node | None]:
    """Value and nodes of a text that is parsed once."""
    loader = _Loader(text)  # a safe loader, chosen above
    try:
        root = loader.get_single_node()
        if root is None:
            return None, None
        _refuse_duplicate_keys(path, root)
        return loader.construct_document(root), root
    finally:
        loader.dispose()


def _refuse_duplicate_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise DataFileError(path, f"key `{key.value}` appears twice; keep one", line=line)
            seen.add(key.value)
            _refuse_duplicate_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_duplicate_keys(path, value)


def _explain(path: Path, root: yaml.Node | None, exc: ValidationError) -> DataFileError:
    """One fault in full, with its line; the number of the others. A misspelt key comes before what it makes missing."""
    errors = sorted(exc.errors(include_url=False), key=lambda error: error["type"] != "extra_forbidden")
    first = min(errors, key=lambda error: error["type"] != "extra_forbidden")  # a misspelling also shows as a gap
    where = ".".join(str(part) for part in first["loc"]) or "file"
    remedy = _REMEDIES.get(first["type"], "correct it")
    if first["type"] == "string_type" and isinstance(first["input"], bool | int | float | date):
        remedy = "YAML reads a bare yes, no, number or date as such: write it in quotes"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    message = f"`{where}`: {first['msg']}; {remedy}{more}"
    return DataFileError(path, message, line=_line_of(root, first["loc"]))


def _line_of(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int | None:
    """Line of the deepest node that the location of a fault reaches. Parts that are no key (the name of the form that
    a value was read as) are passed over.
    """
    line = node.start_mark.line + 1 if node else None
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                continue
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
