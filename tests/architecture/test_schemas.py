"""The published JSON Schemas are those of the code, and every shipped data file names or fits one."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from zorya.cli.schemas import FOLDER, models, rendered
from zorya.settings import REPOSITORY


def test_published_schemas_are_current() -> None:
    """If this fails: `zorya schema --write`."""
    published = {path: path.read_text("utf-8") for path in FOLDER.glob("*.schema.json")}
    assert published == rendered()


@pytest.mark.parametrize("name", sorted(models()))
def test_a_schema_is_sound_and_refuses_an_unknown_key(name: str) -> None:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors({"no such key": 1}))


def test_the_template_names_a_schema_and_fits_it() -> None:
    template = REPOSITORY / "crawlers" / "sources" / "_template.yml"
    first, _, text = template.read_text("utf-8").partition("\n")
    path = (template.parent / first.partition("$schema=")[2]).resolve()
    assert path == FOLDER / "source.schema.json"
    values = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert list(Draft202012Validator(json.loads(path.read_text("utf-8"))).iter_errors(values)) == []
