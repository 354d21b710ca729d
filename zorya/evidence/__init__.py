"""The evidence archive: what servers sent, unchanged, before anything is read from it.

One gzipped WARC per capture, under `evidence/<aa>/<sha256-of-payload>-<capture id>.warc.gz`: what the program was, the
answer, the request, and what is known about the exchange. The file is complete and fsynced before `put` returns.
"""

from zorya.evidence.archive import Archive
from zorya.evidence.exchange import Exchange
from zorya.evidence.reading import Package, read_package, read_payload

__all__ = ["Archive", "Exchange", "Package", "read_package", "read_payload"]
