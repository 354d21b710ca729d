"""What is measured on, and which of its labels count as the target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zorya.domain.reviews import VerdictLabel
from zorya.errors import ModelError
from zorya.labelled import LabelledAd


@dataclass(frozen=True)
class Data:
    """A name for people, a digest, and the labels that count as the target."""

    name: str
    digest: str
    target: tuple[str, ...] = (VerdictLabel.CONCERN.value,)


def aimed(ads: Iterable[LabelledAd], target: Sequence[str]) -> list[LabelledAd]:
    """The ads with `concern` where their label is of the target and `no_concern` elsewhere, for sets that label a
    neighbouring problem; ads nobody is sure of are left out. Raises ModelError for a label there is not.
    """
    known = {label.value for label in VerdictLabel} - {VerdictLabel.UNSURE.value}
    if unknown := set(target) - known:
        raise ModelError(f"no label {', '.join(sorted(unknown))}; there are: {', '.join(sorted(known))}")
    sure = (ad for ad in ads if ad.label is not VerdictLabel.UNSURE)
    if tuple(target) == (VerdictLabel.CONCERN.value,):
        return list(sure)
    of = {True: VerdictLabel.CONCERN, False: VerdictLabel.NO_CONCERN}
    return [ad.model_copy(update={"label": of[ad.label.value in target]}) for ad in sure]
