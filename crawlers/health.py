"""The verdict on a crawl: green, partial or failed, and why: what was expected, and what was found.

Two measures decide: what the source file expects, and what is usual for the source. A silent zero is never green.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from crawlers import measures
from crawlers.account import Account
from crawlers.baseline import Baseline, Breach, Past, at_most
from crawlers.spec import SourceSpec
from zorya.domain.health import Band, Checkup, Grade, shown, usual, words
from zorya.domain.runs import FAILURES, Outcome, RunStatus
from zorya.store import Store, health

_LITTLE = 1 / 3
"""Below this part of what is expected, a share is not thin but broken."""
_ONCE_IN = 0.01
"""Few ads may miss an expected share by chance: they are only a breach when that would be rarer."""
_SOUND_FAILURES = 0.2
"""A run with more failed requests than that teaches nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended, what to tell the operator, and the measures to keep with the run."""

    status: RunStatus
    messages: tuple[str, ...]
    checkup: Checkup


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in a sentence."""

    words: str
    grave: bool = False


def assess(store: Store, spec: SourceSpec, account: Account, ending: str, *, as_of: datetime) -> Verdict:
    """Measure the run begun `as_of` and judge it against its source file and its earlier runs."""
    with store.reading() as connection:
        past = [Past(at, checkup) for at, checkup in health.checkups(connection, spec.id, before=as_of)]
        baseline = Baseline(past)
        now = measures.take(connection, spec, account, at=as_of, last_sound=baseline.last_sound(as_of))
    now = replace(now, bands=baseline.bands(now, as_of))
    return judge(spec, account, ending, now, baseline)


def judge(spec: SourceSpec, account: Account, ending: str, now: Checkup, baseline: Baseline) -> Verdict:
    """Green, partial or failed, and why. `ending` says how the crawl process ended, empty when it ended well."""
    faults = [Fault(ending, grave=True)] if ending else []
    faults += _request_faults(account, found=bool(now.numbers.get("seen")))
    faults += _expected(spec, account, now)
    faults += [_breach_fault(breach) for breach in baseline.breaches(now, now.bands)]
    faults.sort(key=lambda fault: not fault.grave)
    status = RunStatus.OK
    if faults:
        status = RunStatus.FAILED if any(fault.grave for fault in faults) else RunStatus.PARTIAL
    why = tuple(dict.fromkeys(fault.words for fault in faults))
    also = [*account.messages, *_remarks(spec, account, now)]
    grade = _grade(status, faults, account)
    return Verdict(status, tuple(dict.fromkeys([*why, *also])), replace(now, why=why, grade=grade))


def _request_faults(account: Account, *, found: bool) -> list[Fault]:
    """What the site answered instead of ads. Where nothing was found, everything that is not plain `ok` is a cause."""
    outcomes = account.outcomes
    answered = outcomes.get(Outcome.OK, 0) + outcomes.get(Outcome.NOT_MODIFIED, 0)
    causes = FAILURES if found and answered else {*FAILURES, Outcome.ROBOTS, Outcome.SKIPPED, Outcome.CAPPED}
    faults = [Fault(_outcome_words(account, name), grave=not answered) for name in outcomes if name in causes]
    return faults or ([] if answered else [Fault("no request was answered", grave=True)])


def _expected(spec: SourceSpec, account: Account, now: Checkup) -> list[Fault]:
    """Breaches of `expect` in the source file, and what no source may do."""
    expect, seen = spec.expect, int(now.numbers.get("seen", 0))
    faults: list[Fault] = []
    if seen < expect.min_postings:
        faults.append(Fault(f"expected at least {expect.min_postings} postings, found {seen}", grave=True))
    if expect.max_postings is not None and seen > expect.max_postings:
        faults.append(Fault(f"expected at most {expect.max_postings} postings, found {seen}"))
    faults += _thin(spec, account, now)
    quiet = now.numbers.get("quiet_days")
    if expect.silence_days is not None and quiet is not None and quiet > expect.silence_days:
        faults.append(Fault(f"no new ad for {quiet:.1f} days, expected one within {expect.silence_days:g}"))
    lost = now.shares.get("yield", (0, 0))
    if lost[1] >= 3 and not lost[0]:
        faults.append(Fault(f"the lists lead to {lost[1]} ad pages and none of them showed an ad", grave=not seen))
    for name, what in (("alike", "have the same text"), ("garbled", "have damaged characters: wrong encoding?")):
        some, of = now.shares.get(name, (0, 0))
        if some >= 5 and some / of >= 0.8 and now.bands.get(name, _UNKNOWN).usual < 0.5:
            faults.append(Fault(f"{some} of {of} ads read {what}", grave=True))
    return faults


_UNKNOWN = Band(0, 0, 1, 0)


def _thin(spec: SourceSpec, account: Account, now: Checkup) -> list[Fault]:
    """Expected shares that the ads read fall short of: fields, and the source's languages."""
    faults = []
    for name, wanted in spec.expect.fill.items():
        some, of = now.shares.get(f"fill.{name}", (0, 0))
        if _short(some, of, wanted, all_read=of == len(account.postings)):
            faults.append(
                Fault(
                    f"`{name}` is filled in {some / of:.0%}, expected {wanted:.0%}",
                    grave=name in {"title", "body"} and some / of < wanted * _LITTLE,
                )
            )
    of = now.shares.get("garbled", (0, 0))[1]
    some = sum(now.shares.get(f"language.{code}", (0, 0))[0] for code in spec.languages)
    if _short(some, of, spec.expect.languages, all_read=of == len(account.postings)):
        named, found = ", ".join(spec.languages), _spoken(now.shares)
        sentence = f"{some / of:.0%} of the ads are in {named}, expected {spec.expect.languages:.0%}; found {found}"
        faults.append(Fault(sentence, grave=some / of < spec.expect.languages * _LITTLE))
    return faults


def _short(some: int, of: int, wanted: float, *, all_read: bool) -> bool:
    """Whether a share is too low: plainly where the whole board was read, beyond chance where a part was."""
    if not of or some / of >= wanted:
        return False
    return all_read or at_most(some, of, wanted) < _ONCE_IN


def _spoken(shares: Mapping[str, tuple[int, int]]) -> str:
    found = {name.removeprefix("language."): pair for name, pair in shares.items() if name.startswith("language.")}
    most = sorted(found.items(), key=lambda item: -item[1][0])[:3]
    return ", ".join(f"{code} {some / of:.0%}" for code, (some, of) in most)


def _breach_fault(breach: Breach) -> Fault:
    value = shown(breach.name, breach.value)
    return Fault(f"{words(breach.name)}: {value}, usually {usual(breach.name, breach.band)}", grave=breach.far)


def _remarks(spec: SourceSpec, account: Account, now: Checkup) -> list[str]:
    """What an operator may want to know of a run, red or green."""
    ordinary = (Outcome.OK, Outcome.NOT_MODIFIED, Outcome.SIGHTED)
    remarks = [_outcome_words(account, name) for name in account.outcomes if name not in ordinary]
    remarks += [f"{count} postings flagged {flag}" for flag, count in sorted(account.flags.items())]
    if not now.numbers.get("seen") and spec.expect.min_postings == 0:
        remarks.append("no ad was found; `expect.min_postings: 0` allows that")
    return remarks


def _outcome_words(account: Account, name: str) -> str:
    reasons = {request.reason for request in account.requests if request.outcome == name}
    return f"{account.outcomes[name]} {name}: {'; '.join(sorted(reasons)[:3])}"


def _grade(status: RunStatus, faults: list[Fault], account: Account) -> Grade:
    """A run whose only fault is a failed request now and then is as good a teacher as a green one."""
    if status is RunStatus.FAILED:
        return "broken"
    failed = sum(count for name, count in account.outcomes.items() if name in FAILURES)
    request_words = {_outcome_words(account, name) for name in account.outcomes}
    only_requests = all(fault.words in request_words for fault in faults)
    few = failed <= _SOUND_FAILURES * len(account.requests)
    return "sound" if only_requests and few else "off"
