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

{count} as a web server sent it to us, in the folder "archive", each in a file of its own with our
request, the answer, and what we know about the exchange. The package is a WACZ file: a zip in which
libraries and courts keep web archives (WARC, ISO 28500). A zip program unpacks it.

  evidence/report.en.html   the report, to be read and printed (also ro, uk, nl, ru, as drafts)
  evidence/manifest.json    what the list below says, for programs
  evidence/ads.json         every wording of the ads, as text
  evidence/custody.json     who opened, judged or handed on any of it, from our log
  SHA256SUMS                a fingerprint (SHA-256) of every file

{listed}

HOW TO CHECK THAT NOTHING WAS CHANGED

1. Unpack the package into an empty folder, and open a terminal there. On Linux:
     unzip -q PACKAGE.wacz
2. Ask whoever gave you this package, by another way than the package itself (telephone, paper),
   for its digest. It is the SHA-256 of the file SHA256SUMS. Compare:
     sha256sum SHA256SUMS
   (macOS: shasum -a 256 SHA256SUMS; Windows: certutil -hashfile SHA256SUMS SHA256)
3. Check all other files against it. Nothing may be printed:
     sha256sum --check --strict --quiet SHA256SUMS
   (macOS: shasum -a 256 --check; Windows: certutil -hashfile FILE SHA256, for each line.)
   There may be no files beside those listed but the package itself, datapackage.json,
   datapackage-digest.json and evidence/SHA256SUMS.*.tsr.
4. {stamped}
5. {rooted}
6. The digests inside each capture, with warcio (pip install warcio). Nothing may be printed:
     warcio check archive/*.warc.gz
7. With Zorya, all of this and the inside of every file at once, without any network:
     zorya evidence verify --package PACKAGE.wacz --digest THE_DIGEST_YOU_WERE_TOLD

HOW TO LOOK AT A PAGE

Open the package itself with ReplayWeb.page (a free program that works without a network), or read
a capture as text: "gunzip -c FILE". Do not visit the addresses: their owners may notice.

WHAT THIS SHOWS, AND WHAT IT DOES NOT

- That a file is, byte for byte, the one the digest was made of: yes, if steps 2 and 3 agree.
- That the digest existed at a certain time: yes, if step 4 names an authority that you trust;
  otherwise only as far as you trust the person you asked, or a copy kept elsewhere.
- That a capture was in our archive by the end of a day: yes, if step 5 names a root that you have
  from elsewhere. A root covers captures, not the report.
- That the server sent this page at that time: no. It is our record. A server does not sign what it
  says; its certificate shows only whom we spoke to. The metadata in each file compares our clock
  with the server's.
- What the page looked like: no. No picture of it is stored, and pictures on it were not kept.
- Pages are stored unpacked (as a browser sees them); of redirects, address and status are kept.
- That an ad is unlawful, or that anybody named in it did wrong: no. An ad may be a cause for
  concern; a person has to judge it.

HOW TO TREAT IT

The pages name people and ways to reach them, who may be in danger or have nothing to do with the
matter. Keep the package where only those can read it who need it, and do not publish it.
"""
_STAMPED = """\
The time: an authority that has nothing to do with us signed that SHA256SUMS was there.
   Each check must end in "Verification: OK"; the second line of each pair shows the time. Better
   than the certificates in here are those that the authority itself gives you (after -CAfile).
{lines}"""
_UNSTAMPED = "The time: no independent authority has time-stamped this package."
_ROOTED = """\
The roots: each stands for all captures of a day, and for the log up to then. Compare with the
   root that was published or handed over that day:
{lines}
   How a capture leads to its root is in evidence/manifest.json ("proof": RFC 6962, section 2.1)."""
_UNROOTED = "The roots: no capture in here was under the root of a day yet when the package was made."


def letter(manifest: Mapping[str, Any]) -> str:
    """The README for a manifest."""
    captures = manifest["captures"]
    count = len(captures)
    return _LETTER.format(
        made_by=_plain(manifest["made_by"]),
        made_at=_when(manifest["made_at"]),
        reason=_plain(manifest["reason"]),
        asked=", ".join(manifest["asked_for"]),
        software=manifest["software"],
        count="One page" if count == 1 else f"{count} pages, each",
        listed="\n\n".join(_listed(number, one) for number, one in enumerate(captures, 1)),
        stamped=_stamped(manifest),
        rooted=_rooted(manifest),
    )


def _stamped(manifest: Mapping[str, Any]) -> str:
    """How to check the time-stamps over the package."""
    refused = "".join(f"\n   Asked for in vain: {_plain(why)}" for why in manifest["not_stamped"])
    lines = [_verify("SHA256SUMS", name, "SHA256SUMS") for name in manifest["authorities"]]
    return (_STAMPED.format(lines="\n".join(lines)) if lines else _UNSTAMPED) + refused


def _rooted(manifest: Mapping[str, Any]) -> str:
    """The roots that are in the package, and how to check their time-stamps."""
    lines: list[str] = []
    for root in manifest["roots"]:
        lines.append(f"     {root['day']}  {root['root']}")
        known = [name for name in root["authorities"] if name in manifest["authorities"]]
        lines += [_verify(f"evidence/root-{root['day']}.json", name, f"root-{root['day']}") for name in known]
    return _ROOTED.format(lines="\n".join(lines)) if lines else _UNROOTED


def _verify(data: str, authority: str, stem: str) -> str:
    """The commands that check one time-stamp and show its time."""
    token = f"evidence/{stem}.{authority}.tsr"
    check = f"openssl ts -verify -data {data} -in {token} -CAfile evidence/{authority}.pem"
    return f"     {check}\n     openssl ts -reply -text -in {token}"


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
