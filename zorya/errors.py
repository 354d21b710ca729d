"""The exceptions Zorya raises on purpose.

ZoryaError
├── DataFileError      a YAML/JSON data file is wrong: names file, line and remedy
├── SettingsError      a setting is missing or contradictory
├── StoreError         the database is missing, behind or ahead of this code
│   └── SourceBusy     somebody else is crawling the source (exit code 3)
├── EvidenceError      archived evidence is missing or does not match its digest
├── ExtractionError    a page or feed could not be read as what it should be
├── NothingToDo        it is so already (exit code 3)
├── NotReached         an address gave no page: nobody answers, or the answer is an error (exit code 4)
├── ModelError         a model file is missing, altered or of a forbidden type
├── QueueConflict      the task is held by somebody else, or the lease has run out
└── PolicyRefusal      robots, marking, scope or role forbids the act (exit code 5)
"""

from pathlib import Path


class ZoryaError(Exception):
    """Base of every expected failure. Its text is fit to show to a person."""


class DataFileError(ZoryaError):
    """A data file is wrong.

    `line` is 1-based, or None when no single line is to blame.
    """

    def __init__(self, path: Path | str, message: str, *, line: int | None = None) -> None:
        self.path, self.line, self.message = Path(path), line, message
        where = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{where}: {message}")


class SettingsError(ZoryaError):
    """A setting is missing or contradictory."""


class StoreError(ZoryaError):
    """The database is missing, behind or ahead of this code."""


class SourceBusy(StoreError):
    """Somebody else is crawling the source."""


class EvidenceError(ZoryaError):
    """Archived evidence is missing or does not match its digest."""


class ExtractionError(ZoryaError):
    """A page or feed could not be read as what it should be."""


class NotReached(ZoryaError):
    """An address gave no page: nobody answers, or the answer is an error."""


class NothingToDo(ZoryaError):
    """What is asked for is so already."""


class ModelError(ZoryaError):
    """A model file is missing, altered or of a forbidden type."""


class QueueConflict(ZoryaError):
    """The task is held by somebody else, or the lease has run out."""


class PolicyRefusal(ZoryaError):
    """Robots, marking, scope or role forbids the act."""
