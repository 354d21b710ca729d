"""Why an address gave no answer, in words an operator can act on, whatever library it failed in."""

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


def in_words(error: BaseException | None) -> str:
    """A failure of the network as one sentence; what is none keeps its name, for it is news to us too."""
    said = " ".join(str(error).split())
    if "certificate verify failed" in said:
        return "the host's TLS certificate is not to be trusted"
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    if isinstance(error, DownloadFailedError):
        return f"the connection broke off: {said}"[:300]
    return f"{type(error).__name__}: {said}"[:300]
