"""Why an address gave no answer, in words an operator can act on, whatever library it failed in."""

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "no address found for the host"),
    (DownloadConnectionRefusedError, "the host refuses the connection"),
    (DownloadTimeoutError, "no answer in time"),
    (ResponseDataLossError, "the answer broke off"),
)


_TLS = re.compile(r"\('SSL routines', '[^']*', '([^']+)'\)")
_TLS_WORDS = {
    "certificate verify failed": "the host's TLS certificate is not to be trusted",
    "wrong version number": "the host speaks no TLS at this port; if it is your own, begin the address with http://",
}
_WRAPPED = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: ([^>]*)>\]?")
"""How Twisted wraps what went wrong on the way."""


def in_words(error: BaseException | None) -> str:
    """A failure of the network as one sentence; what is none keeps its name, for it is news to us too."""
    said = " ".join(str(error).split())
    tls = _TLS.findall(said)
    if tls:
        return _TLS_WORDS.get(tls[-1], f"no TLS connection: {tls[-1]}")
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    if isinstance(error, DownloadFailedError):
        inner = _WRAPPED.sub(r"\1", said)
        return f"the connection broke off: {inner}"[:300]
    return f"{type(error).__name__}: {said}"[:300]
