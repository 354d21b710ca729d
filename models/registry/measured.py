"""From what the measuring verbs print to the sections of a model's card."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from models.registry.exhibits import Exhibit, put

_WEAK = 10


def keep_evaluation(
    folder: Path, name: str, version: str, found: Mapping[str, Any], names: Mapping[str, str], *, at: datetime
) -> None:
    """Keep an evaluation (plain values, as `zorya model eval --json` prints them) as the sections `figures` and
    `weaknesses`. `names`: key of every figure → what tables call it.
    """
    data, made = found["data"], {"made_by": "zorya model eval", "made_at": at.isoformat()}
    protocol = (
        f"{data['ads']:,} ads of {data['name']}, {data['concern']:,} of the target, in {data['units']:,} groups; split "
        f"{found['split']} over {len(found['folds'])} folds: each ad is judged by a fit that had not seen it."
    )
    note = "Intervals are 95 %, drawn over groups. The recipe is measured; the stored model has learnt from every ad."
    rows = [
        (prevalence, classifier, *(_figure(held[each]) for each in names))
        for prevalence in found["figures"][found["classifier"]]
        for classifier, held in ((who, table[prevalence]) for who, table in found["figures"].items())
    ]
    columns = ("prevalence", "classifier", *names.values())
    kept = _kept(found.get("abstention", ()))
    put(folder, name, version, "figures", Exhibit((protocol, note, *kept), columns, tuple(rows), **made))
    put(folder, name, version, "weaknesses", _weak([*found["slices"], *found["patterns"]], found["weakest"], made))


def keep_false_alarms(
    folder: Path, name: str, version: str, rows: Sequence[Mapping[str, Any]], *, at: datetime
) -> None:
    """Keep what a model flags among ordinary ads as the section `false_alarms`; rows as `zorya model ordinary` has."""
    total = rows[-1]
    says = (
        f"{total['flagged']:,} of {total['ads']:,} ordinary ads are flagged: {total['share']:.2%} "
        f"[{total['low']:.2%}, {total['high']:.2%}].",
        "Every flag is printed by the verb and has to be looked at by a person.",
    )
    cells = tuple(
        (str(row["set"]), str(row["language"]), f"{row['ads']:,}", f"{row['flagged']:,}", f"{row['share']:.2%} "
         f"[{row['low']:.2%}, {row['high']:.2%}]")
        for row in rows
    )  # fmt: skip
    columns = ("set", "language", "ads", "flagged", "share, 95 % interval")
    put(folder, name, version, "false_alarms", Exhibit(says, columns, cells, "zorya model ordinary", at.isoformat()))


def _kept(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """A sentence each of what the answers left possible keep and where they are none: all languages, then each."""
    return tuple(
        f"Of {each['ads']:,} {'concern' if each['kind'] == 'concern' else 'other'} ads "
        f"({'all languages' if each['language'] == 'all' else each['language']}) the answers left possible hold the "
        f"true one on {_figure(each['covered'])} and are no answer on {_figure(each['unsure'])}."
        for each in rows
    )


def _weak(slices: Iterable[Mapping[str, Any]], weakest: Sequence[str], made: Mapping[str, str]) -> Exhibit:
    measured = [each for each in slices if each["figures"].get("average_precision", {}).get("value") is not None]
    ranked = sorted(measured, key=lambda each: float(each["figures"]["average_precision"]["value"]))[:_WEAK]
    rows = tuple(
        (f"{each['dimension']} {each['value']}", str(each["ads"]), str(each["concern"]),
         _figure(each["figures"]["average_precision"]))
        for each in ranked
    )  # fmt: skip
    says = (
        f"It is weakest on {', '.join(weakest)}." if weakest else "No part of the ads is large enough to be measured.",
    )
    return Exhibit(says, ("part", "ads", "of the target", "average precision"), rows, made["made_by"], made["made_at"])


def _figure(plain: Mapping[str, float | None]) -> str:
    value, low, high = (plain[each] for each in ("value", "low", "high"))
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 10 else 3
    interval = "" if low is None or high is None else f" [{low:.{digits}f}, {high:.{digits}f}]"
    return f"{value:.{digits}f}{interval}"
