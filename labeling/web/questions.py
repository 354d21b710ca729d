"""What to ask where an ad does not say it (`questions.yml`). Absence is no contradiction: it is a question."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from zorya.datafiles import DataModel, load
from zorya.domain.ads import Kind, Posting
from zorya.domain.findings import Assessment, State

FILE = Path(__file__).with_name("questions.yml")


class Question(DataModel):
    """One question, and what settles it."""

    ask: str = Field(min_length=8)
    facts: tuple[Literal["employer", "places", "pay"], ...] = ()
    codes: tuple[Annotated[str, Field(pattern=r"^[A-H]\d{1,2}$")], ...] = ()
    kinds: tuple[Kind, ...] = Field(min_length=1)


class QuestionFile(DataModel):
    """The checklist, in the order in which it is shown."""

    questions: tuple[Question, ...]


@cache
def questions() -> tuple[Question, ...]:
    """The shipped checklist."""
    return load(FILE, QuestionFile).questions


def open_questions(posting: Posting, assessment: Assessment | None) -> list[str]:
    """The questions that an ad leaves open, in English; none for an ad that nobody has screened."""
    if assessment is None:
        return []
    read = {hit.code for hit in assessment.hits if hit.state is not State.NOT_STATED}
    return [
        each.ask
        for each in questions()
        if posting.kind in each.kinds
        and not read.intersection(each.codes)
        and not any(getattr(posting, fact) for fact in each.facts)
    ]
