"""The README of an evidence package: plain words for somebody who has to rely on it, and no word too much."""

import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

WIDTH = 96
_LETTER = """\
EVIDENCE PACKAGE

Made by {made_by} on {made_at}.
Reason given: {reason}
Asked for: {asked}
Made with: {software}

WHAT IS IN HERE

{count} as a web server sent it to us, in the folder "warc", each in a file of its own with our
request, the answer, and what we know about the exchange. The format is WARC (ISO 28500), in which
libraries keep web archives. "manifest.json" says the same as the list below, for programs.
"SHA256SUMS" holds a fingerprint (SHA-256) of every other file.

{listed}

HOW TO CHECK THAT NOTHING WAS CHANGED

1. Ask whoever gave you this package, by another way than the package itself (telephone, paper),
   for its digest. It is the SHA-256 of the file SHA256SUMS. Compare:
     Linux      sha256sum SHA256SUMS
     macOS      shasum -a 256 SHA256SUMS
     Windows    certutil -hashfile SHA256SUMS SHA256
2. Check all other files against SHA256SUMS, in the folder of the (unpacked) package:
     Linux      sha256sum --check SHA256SUMS
     macOS      shasum -a 256 --check SHA256SUMS
     Windows    certutil -hashfile FILE SHA256, for each line
3. With Zorya, 1 and 2 and the inside of every WARC at once, without any network:
     zorya evidence verify --package THIS_FOLDER_OR_ZIP

HOW TO LOOK AT A PAGE

Open a .warc.gz file with ReplayWeb.page (a free program that works without a network), or read
it as text: "gunzip -c FILE". Do not visit the addresses: their owners may notice.

WHAT THIS SHOWS, AND WHAT IT DOES NOT

- That a file is, byte for byte, the one the digest was made of: yes, if step 1 and 2 agree.
- That the digest existed at a certain time: only as far as you trust the person you asked, or a
  copy of it that was kept elsewhere.
- That the server sent this page at that time: no. It is our record. A server does not sign what it
  says; its certificate shows only whom we spoke to. The metadata in each file compares our clock
  with the server's.
- Pages are stored unpacked (as a browser sees them); of redirects, address and status are kept.
- That an ad is unlawful, or that anybody named in it did wrong: no. An ad may be a cause for
  concern; a person has to judge it.

HOW TO TREAT IT

The pages name people and ways to reach them, who may be in danger or have nothing to do with the
matter. Keep the package where only those can read it who need it, and do not publish it.
"""


def letter(manifest: Mapping[str, Any]) -> str:
    """The README for a manifest."""
    captures = manifest["captures"]
    count = len(captures)
    return _LETTER.format(
        made_by=manifest["made_by"],
        made_at=_when(manifest["made_at"]),
        reason=manifest["reason"],
        asked=", ".join(manifest["asked_for"]),
        software=manifest["software"],
        count="One page" if count == 1 else f"{count} pages, each",
        listed="\n\n".join(_listed(number, one) for number, one in enumerate(captures, 1)),
    )


def _listed(number: int, one: Mapping[str, Any]) -> str:
    """One capture in the list."""
    lines = [
        f"{number}. {_plain(one['url'])}",
        f"   fetched {_when(one['fetched_at'])} from {one['ip'] or 'an address not recorded'}, answer {one['status']}",
        f"   file {one['file']}",
        f"   page SHA-256 {one['payload_sha256']}",
    ]
    lines += [f"   came by way of {_plain(step['url'])} ({step['status']})" for step in one["redirects"]]
    for ad in one["ads"]:
        gone = f", found gone {_when(ad['gone_at'])}" if ad["gone_at"] else ""
        said = f'read from it: "{_plain(ad["title"])}" ({ad["posting"]}, version {ad["version"]}), '
        said += f"on the board {ad['source']} seen from {_when(ad['first_seen'])} to {_when(ad['last_seen'])}{gone}"
        lines += textwrap.wrap(said, WIDTH, initial_indent="   ", subsequent_indent="     ", break_on_hyphens=False)
    return "\n".join(lines)


def _when(iso: str) -> str:
    """A moment for people; the manifest has it to the microsecond."""
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%-d %B %Y, %H:%M:%S} UTC"


def _plain(text: str) -> str:
    """On one line, without what a terminal would obey: addresses and titles come from strangers."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
