"""
Whether the record would protect, for a whole bureau: read from the database and judged,
beside the same facts, held in memory, put through the pure function.
"""

import datetime as dt
import hashlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial

from django.db import connection, transaction

from accounts.models import Bureau, Enterprise
from hazards.queries.protection_pages import (
    Judged,
    facts_of_bureau,
    judge_each,
    of_bureau,
)
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import openings
from portal.benchmark import likeness
from portal.benchmark.copies import (
    Pattern,
    label_of,
    set_ids_apart,
    write,
)
from portal.benchmark.measures import Claim, Outcome, Rate, require
from portal.benchmark.places import Servers
from portal.benchmark.sample import (
    Firm,
    Office,
    code_of,
    known_office,
    make_firm,
    make_office,
    quarters,
)
from portal.stack.postgres import APPLICATION
from portal.stack.state import ROOT

FULL, FULL_BESIDE = 100_000, 4_000
SMALL, SMALL_BESIDE = 300, 100
ROUNDS = 2
AT = dt.datetime(2026, 7, 8, 12, tzinfo=SHANGHAI)
"""Two days after the last reports, two days before the hazards' deadlines."""
_MORE_MEMORY = 16.0
"""Megabytes that a process may take for more enterprises."""
_OTHER_LABEL = 90_000_000

Say = Callable[[str], None]
_ALL = tuple(quarters(5))
# Quarters filed, and whether the last report is signed; of ten enterprises seven filed
# all in time, two left quarters out, and one has not reported the hazard that it found.
_SORTS: Sequence[tuple[Sequence[Quarter], bool]] = (
    *((_ALL, True),) * 7,
    *(((_ALL[0], _ALL[-1]), True),) * 2,
    (_ALL, False),
)


def measure(
    servers: Servers,
    outcome: Outcome,
    *,
    size: int,
    beside: int,
    say: Say,
) -> None:
    """
    Measure a bureau of `size` enterprises, and the memory it takes beside `beside`.
    Each side goes over all of them `ROUNDS` times: many enterprises are many rounds.

    :raises FalseResultError: if the two sides do not say the same
    """
    with ExitStack() as at_end:
        few, many = (
            at_end.enter_context(servers.database(name))
            for name in ("protection_few", "protection_many")
        )
        for name, count in ((few, beside), (many, size)):
            say(f"Writing {count:,} enterprises with their hazards …")
            began = time.perf_counter()
            fill(servers, name, size=count)
            say(f"… in {time.perf_counter() - began:,.0f} s")
        difference = unlike(size)
        outcome.check(
            not difference,
            f"an enterprise of each sort is as the services make it{difference}",
        )
        say("Measuring: the protection of a whole bureau …")
        _beside_memory(outcome, size=size, say=say)
        _memory(servers, few, many, outcome, size=size, beside=beside)


def fill(servers: Servers, name: str, *, size: int) -> None:
    """Make one enterprise of each sort by the services, and all others like them."""
    servers.use(name)
    office = make_office()
    with servers.postgres.connect(name) as superuser:
        set_ids_apart(superuser)
    url = servers.postgres.url(APPLICATION, name)
    for sort in dict.fromkeys(_SORTS):
        first, *numbers = (n for n in range(size) if _SORTS[n % len(_SORTS)] == sort)
        firm = _firm(office, label_of(first), sort)
        if numbers:
            pattern = Pattern(firm, count=size)
            write(
                pattern,
                url=url,
                count=partial(servers.count, name),
                numbers=numbers,
            )
    with servers.postgres.connect(name) as superuser:
        set_ids_apart(superuser, copies=size)
        # Nothing needs to be followed.
        superuser.execute("TRUNCATE accounts_enterprisechange")
    openings.open_periods(at=AT)
    servers.settle(name)


def unlike(size: int) -> str:
    """
    Compare the last copy of each sort, column by column, with one that the services
    make now and that is gone afterwards; return the first difference.
    """
    for number in range(size - len(_SORTS), size):
        sort = _SORTS[number % len(_SORTS)]
        if number > size - len(_SORTS) and sort == _SORTS[(number - 1) % len(_SORTS)]:
            continue
        known = Enterprise.objects.get(uscc=code_of(label_of(number)))
        with transaction.atomic():
            label = str(_OTHER_LABEL + number)
            other = _firm(known_office(), label, sort)
            difference = likeness.difference(known, other)
            transaction.set_rollback(True)
        if difference:
            return difference
    return ""


def _firm(office: Office, label: str, sort: tuple[Sequence[Quarter], bool]) -> Firm:
    over, is_signed = sort
    return make_firm(
        office, label, over=over, last_is_signed=is_signed, principal_comes=True
    )


def _beside_memory(outcome: Outcome, *, size: int, say: Say) -> None:
    """Each side does all enterprises, in turn; both must say the same."""
    spent: dict[str, list[float]] = {"database": [], "pure": []}
    said: dict[str, str] = {}
    bureau = Bureau.objects.get()
    for number in range(ROUNDS):
        for side in list(spent)[:: 1 if number % 2 else -1]:
            began = time.perf_counter()
            if side == "database":
                said[side], hazards = _told(of_bureau(bureau, at=AT))
                took = time.perf_counter() - began
            else:
                took, said[side], hazards = _pure(bureau)
            spent[side].append(took)
            say(f"{side}: {took:,.1f} s")
    outcome.check(
        said["database"] == said["pure"],
        f"both sides say the same of {size:,} enterprises and {hazards:,} open hazards",
    )
    ours, pure = (
        Rate(name, size / statistics.median(took), "enterprises/s")
        for name, took in zip(
            ("protection, from the database", "protection, of facts in memory"),
            spent.values(),
            strict=True,
        )
    )
    outcome.claims.append(
        Claim("a whole bureau: by the pure function", ours, pure, 1 / 3)
    )


def _pure(bureau: Bureau) -> tuple[float, str, int]:
    """
    How long judging takes of what was read before: some at a time, so that they fit
    into memory, and reading them is not counted.
    """
    took, said, hazards = 0.0, hashlib.sha256(), 0
    for held in facts_of_bureau(bureau, at=AT):
        began = time.perf_counter()
        judged = list(judge_each(held, at=AT))
        took += time.perf_counter() - began
        for one in judged:
            said.update(_line(one))
            hazards += len(one[1]) - 1
    return took, said.hexdigest(), hazards


def _told(found: Iterable[Judged]) -> tuple[str, int]:
    """A digest of all that is said, and how many hazards it is said of."""
    said, hazards = hashlib.sha256(), 0
    for one in found:
        said.update(_line(one))
        hazards += len(one[1]) - 1
    return said.hexdigest(), hazards


def _line(one: Judged) -> bytes:
    owner, found = one
    told = [
        (each.status, each.determination.decisive, str(each.ends_at)) for each in found
    ]
    return json.dumps([owner, told]).encode()


def _memory(
    servers: Servers, few: str, many: str, outcome: Outcome, *, size: int, beside: int
) -> None:
    grown_few, grown = _grown(servers, few), _grown(servers, many)
    words = (
        f"a process's resident memory grows by {grown:.1f} MB at {size:,}, by "
        f"{grown_few:.1f} MB at {beside:,}"
    )
    require(not outcome.judged or grown <= grown_few + _MORE_MEMORY, words)
    outcome.checked.append(words)


def _grown(servers: Servers, name: str) -> float:
    """Megabytes that a process of its own takes for the whole bureau."""
    connection.close()
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-m", "portal.benchmark.protection_share", AT.isoformat()],
        env=servers.environment(name),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, f"the process ends well: {done.stderr[-500:]}")
    servers.use(name)
    said = json.loads(done.stdout)
    return float(said["peak"] - said["before"])
