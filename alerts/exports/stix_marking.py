"""What STIX 2.1 itself lacks: the TLP 2.0 markings, as OASIS publishes them, and a phone number as an observable.

The markings' ids and contents are those of `oasis-open/cti-stix-common-objects`; the TLP 1.0 markings that STIX has
built in mean something else and are never used. `phone-number` bears the name that OpenCTI gives it.
"""

from datetime import datetime
from typing import Any

import stix2
from stix2.properties import StringProperty

from zorya.domain import ids
from zorya.domain.sharing import Marking

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
PHONE_EXTENSION = f"extension-definition--{ids.interchange_uuid('extension-definition', 'phone-number')}"
_PUBLISHED = "2022-10-01T00:00:00.000Z"
_IDS = {
    Marking.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Marking.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Marking.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Marking.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Marking.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_PHONE_SCHEMA = (
    '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["type", "value"], '
    '"properties": {"type": {"const": "phone-number"}, "value": {"type": "string", "description": "E.164"}}}'
)


@stix2.v21.CustomObservable(
    "phone-number", [("value", StringProperty(required=True))], ["value"], extension_name=PHONE_EXTENSION
)
class _PhoneNumber:
    """A phone number, E.164."""


def phone_number(value: str, marking: str) -> Any:
    """A phone number as an observable."""
    made: Any = _PhoneNumber  # the decorator makes it a class of the library's
    return made(value=value, object_marking_refs=[marking])


def marking_id(marking: Marking) -> str:
    """The id of a marking's object."""
    return _IDS[marking]


def marking_object(marking: Marking) -> dict[str, Any]:
    """The marking as OASIS publishes it."""
    level = marking.value.removeprefix("TLP:").lower()
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _IDS[marking],
        "created": _PUBLISHED,
        "name": marking.value,
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level}},
    }


def phone_extension(created_by: str, created: datetime) -> Any:
    """The definition of `phone-number`, which a bundle that holds one carries along."""
    return stix2.ExtensionDefinition(
        id=PHONE_EXTENSION,
        created_by_ref=created_by,
        created=created,
        modified=created,
        name="phone-number",
        description="A phone number as an observable.",
        schema=_PHONE_SCHEMA,
        version="1.0.0",
        extension_types=["new-sco"],
    )
