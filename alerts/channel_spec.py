"""The ways a digest may take, as a partner file names them.

`name` is what the outbox calls a way: bound to where it leads, so that a changed address never gets an old digest.
"""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from zorya.datafiles import DataModel
from zorya.domain.ids import sha256_hex
from zorya.settings import MAIL_ADDRESS, is_secure

_ADDRESS = re.compile(MAIL_ADDRESS)
_WEB_ADDRESS = re.compile(r"https?://[!-~]{1,1990}")


class FolderChannel(DataModel):
    """Files in the outbox folder, for partners who fetch."""

    kind: Literal["folder"]

    @property
    def name(self) -> str:
        """Name in the outbox."""
        return "folder"


class SmtpChannel(DataModel):
    """Mail to one address."""

    kind: Literal["smtp"]
    to: str

    @field_validator("to")
    @classmethod
    def _address(cls, value: str) -> str:
        if not _ADDRESS.fullmatch(value) or len(value) > 254:
            raise ValueError("not an e-mail address; write it as name@domain")
        return value

    @property
    def name(self) -> str:
        """Name in the outbox."""
        return f"smtp-{sha256_hex(self.to.lower().encode())[:10]}"


class WebhookChannel(DataModel):
    """A signed POST to the partner's own machine."""

    kind: Literal["webhook"]
    url: str

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not _WEB_ADDRESS.fullmatch(value) or not is_secure(value) or "#" in value or "@" in value:
            raise ValueError("not an https:// address, or one with a name, a password or a `#` in it")
        return value

    @property
    def name(self) -> str:
        """Name in the outbox."""
        return f"webhook-{sha256_hex(self.url.encode())[:10]}"


class FeedChannel(DataModel):
    """An entry in the partner's Atom feed, which its machine reads with a token."""

    kind: Literal["feed"]

    @property
    def name(self) -> str:
        """Name in the outbox."""
        return "feed"


class AppriseChannel(DataModel):
    """A chat or push service, whose address is in `keys/KEY.apprise` of the home folder."""

    kind: Literal["apprise"]
    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")

    @property
    def name(self) -> str:
        """Name in the outbox."""
        return f"apprise-{sha256_hex(self.key.encode())[:10]}"


Channel = Annotated[
    FolderChannel | SmtpChannel | WebhookChannel | FeedChannel | AppriseChannel, Field(discriminator="kind")
]
