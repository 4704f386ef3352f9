"""Two sides measured in turn, the ratio between them, and how it is told."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Work = Callable[[], object]


class FalseResultError(Exception):
    """What was measured did not do its work: its time means nothing."""


def require(holds: object, what: str) -> None:
    """
    Check a benchmark's own result.

    :raises FalseResultError: naming what does not hold
    """
    if not holds:
        raise FalseResultError(what)


@dataclass(frozen=True)
class Rate:
    """How often one side was done in a second: the median of its rounds."""

    name: str
    per_second: float
    unit: str


@dataclass(frozen=True)
class Claim:
    """
    A ratio of two rates and the bound it must keep; `slack` is what the noise of
    a shared machine may take from it.
    """

    name: str
    ours: Rate
    other: Rate
    at_least: float
    slack: float = 0.0

    @property
    def ratio(self) -> float:
        """Ours by the other."""
        return self.ours.per_second / self.other.per_second

    @property
    def holds(self) -> bool:
        """Whether the bound is kept."""
        return self.ratio >= self.at_least - self.slack


@dataclass
class Outcome:
    """One benchmark, done: where, over how much, what was checked, what came of it."""

    benchmark: str
    machine: Mapping[str, object]
    sizes: Mapping[str, int]
    # Small sizes tell whether it works, not how fast it is.
    judged: bool = True
    claims: list[Claim] = field(default_factory=list)
    beside: list[Rate] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)

    def check(self, holds: object, what: str) -> None:
        """
        Keep what was checked, or stop.

        :raises FalseResultError: if it does not hold
        """
        require(holds, what)
        self.checked.append(what)

    @property
    def holds(self) -> bool:
        """Whether every bound is kept, where it is judged."""
        return not self.judged or all(claim.holds for claim in self.claims)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **asdict(self),
            "holds": self.holds,
            "claims": [
                {**asdict(claim), "ratio": claim.ratio, "holds": claim.holds}
                for claim in self.claims
            ],
        }

    def lines(self) -> list[str]:
        """Return it as a table, a line each."""
        said = [f"benchmark {self.benchmark}"]
        said += [
            ", ".join(f"{name} {value}" for name, value in known.items())
            for known in (self.machine, self.sizes)
        ]
        said += [f"checked: {what}" for what in self.checked]
        for claim in self.claims:
            bound = f"≥ {claim.at_least:.3g}"
            if claim.slack:
                bound += f", less {claim.slack:.2g} for noise"
            verdict = "holds" if claim.holds else "DOES NOT HOLD"
            if not self.judged:
                verdict = "not judged at this size"
            said += ["", f"{claim.name}: {claim.ratio:.3f} ({bound}): {verdict}"]
            said += [_line(side) for side in (claim.ours, claim.other)]
        if self.beside:
            said += ["", "beside them:", *map(_line, self.beside)]
        return said


def _line(rate: Rate) -> str:
    return f"  {rate.per_second:12,.1f} {rate.unit}  {rate.name}"


def in_turn(
    sides: Mapping[str, Work], *, rounds: int, times: int = 1
) -> dict[str, float]:
    """
    Do every side `times` times in each round, one side after the other, each round
    beginning with another; return each side's times per second, as the median round.
    """
    spent: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            spent[name].append(seconds_of(sides[name], times=times))
    return {name: times / statistics.median(took) for name, took in spent.items()}


def seconds_of(work: Work, *, times: int = 1) -> float:
    """Return how long it takes to do the work so many times."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - began


def machine(postgres_version: str) -> dict[str, object]:
    """Say on what it was measured."""
    return {
        "processors": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        "PostgreSQL": postgres_version,
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
