"""The clock over a million enterprises, against the same written by hand."""

import datetime as dt
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection

from hazards.queries.clock import is_anything_due
from hazards.rules.deadlines import SHANGHAI
from hazards.services import openings, scans
from portal.benchmark import clock_by_hand, clock_rows
from portal.benchmark.clock_rows import DUE, DUTIES, READY_AT, missing_of
from portal.benchmark.measures import Claim, Outcome, Rate, machine, require, seconds_of
from portal.benchmark.places import Servers
from portal.stack.state import ROOT

FULL, FULL_BESIDE = 1_000_000, 10_000
SMALL, SMALL_BESIDE = 2_000, 1_000
_QUIET_AT = READY_AT + dt.timedelta(hours=1)
_DUE_AT = dt.datetime(2027, 1, 16, 8, tzinfo=SHANGHAI)
"""The morning after the due day: the first step of reminding has come as well."""
_NEXT = DUE.shifted(2)
_OPENS_AT = dt.datetime(2027, 4, 1, tzinfo=SHANGHAI)
_ASKED = 100
"""How often a round asks whether anything is due."""
_MORE_MEMORY = 16.0
"""Megabytes that a worker may take for fifty times or more rows."""

Say = Callable[[str], None]


def measure(
    servers: Servers, *, size: int, beside: int, rounds: int, judged: bool, say: Say
) -> Outcome:
    """
    Measure all claims about the clock over `size` enterprises, beside `beside` of them.

    :raises FalseResultError: if the two sides do not do the same
    """
    outcome = Outcome(
        "clock",
        machine(servers.version),
        {
            "enterprises": size,
            "that owe": missing_of(size),
            "beside them": beside,
            "rounds": rounds,
        },
        judged=judged,
    )
    with ExitStack() as at_end:
        many, few = (
            at_end.enter_context(servers.database(name))
            for name in ("clock_many", "clock_few")
        )
        for name, count in ((few, beside), (many, size)):
            say(f"Writing {count:,} enterprises with eight quarters …")
            began = time.perf_counter()
            clock_rows.fill(servers, name, size=count)
            say(f"… in {time.perf_counter() - began:,.0f} s")
        difference = clock_rows.unlike(size)
        outcome.check(
            not difference,
            f"ten enterprises are as the services and the clock make them{difference}",
        )
        servers.settle(many)
        say("Measuring: nothing due …")
        _nothing_due(servers, many, few, outcome, rounds=rounds)
        say("Measuring: coming due, opening …")
        _coming_due(servers, many, outcome, size=size, rounds=rounds, say=say)
        say("Measuring: workers …")
        _workers(servers, many, few, outcome, size=size)
    return outcome


def _nothing_due(
    servers: Servers, many: str, few: str, outcome: Outcome, *, rounds: int
) -> None:
    spent: dict[str, list[float]] = {"many": [], "few": [], "select": []}
    for number in range(rounds * 5):
        for side, name in ((many, "many"), (few, "few"))[:: 1 if number % 2 else -1]:
            servers.use(side)
            # A worker keeps its connection.
            seconds_of(_ask_nothing, times=20)
            spent[name].append(seconds_of(_ask_nothing, times=_ASKED))
            if name == "many":
                seconds_of(_select_1, times=20)
                spent["select"].append(seconds_of(_select_1, times=_ASKED))
    asked_many, asked_few, select = (
        Rate(name, _ASKED / statistics.median(took), "times/s")
        for name, took in zip(
            (
                "whether anything is due, many",
                "whether anything is due, few",
                "SELECT 1",
            ),
            spent.values(),
            strict=True,
        )
    )
    outcome.checked.append("nothing is due on either side")
    outcome.claims += [
        Claim("nothing due: many by few", asked_many, asked_few, 1 / 1.5),
        Claim("nothing due: by SELECT 1", asked_many, select, 1 / 5),
    ]


def _ask_nothing() -> None:
    require(not is_anything_due(at=_QUIET_AT), "nothing is due")


def _select_1() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _coming_due(
    servers: Servers, many: str, outcome: Outcome, *, size: int, rounds: int, say: Say
) -> None:
    """Each side does all of it in a copy of its own of the same database."""
    sides: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "the clock": (
            lambda: scans.scan(at=_DUE_AT),
            lambda: openings.open_periods(at=_OPENS_AT),
        ),
        "by hand": (
            lambda: clock_by_hand.move(DUE, at=_DUE_AT),
            lambda: clock_by_hand.open_quarter(_NEXT, at=_OPENS_AT),
        ),
    }
    moving: dict[str, list[float]] = {name: [] for name in sides}
    opening: dict[str, list[float]] = {name: [] for name in sides}
    found: dict[str, list[Any]] = {}
    for number in range(rounds):
        for name in list(sides)[:: 1 if number % 2 else -1]:
            move, open_ = sides[name]
            with _copy(servers, many):
                moving[name].append(seconds_of(move))
                after_moving = _standing()
                opening[name].append(seconds_of(open_))
                found[name] = [after_moving, _standing()]
                say(f"{name}: {moving[name][-1]:.2f} s, {opening[name][-1]:.2f} s")
        _same(outcome, found, size=size, is_last=number == rounds - 1)
    for what, spent, rows in (
        ("coming due", moving, 2 * size),
        ("opening a quarter", opening, size),
    ):
        ours, other = (
            Rate(f"{what}, {name}", rows / statistics.median(took), "duties/s")
            for name, took in spent.items()
        )
        outcome.claims.append(Claim(f"{what}: by hand-written", ours, other, 1 / 1.3))
    seconds = statistics.median(moving["the clock"])
    outcome.beside.append(
        Rate(
            "overdue found, flagged, reminded of and told",
            missing_of(size) / seconds,
            "enterprises/s",
        )
    )


def _same(
    outcome: Outcome, found: dict[str, list[Any]], *, size: int, is_last: bool
) -> None:
    ours, other = found["the clock"], found["by hand"]
    for mine, theirs in zip(ours, other, strict=True):
        for table, rows in mine.items():
            require(
                rows == theirs[table],
                f"both sides leave the same in {table}: {rows} and {theirs[table]}",
            )
    owed = missing_of(size)
    counted = {name: sum(row[0] for row in rows) for name, rows in ours[0].items()}
    require(
        counted
        == {
            "duties": DUTIES * size,
            "flags": 2 * owed,
            "flag events": 2 * owed,
            "reminders": 2 * owed,
            "lines": 4 * owed,
            "notices": 4 * owed,
            "deliveries": 8 * owed,
        },
        f"as many rows as there must be: {counted}",
    )
    if is_last:
        outcome.checked.append(
            f"both sides leave the same: {2 * size:,} duties moved, {owed:,} flags, "
            f"flag events and reminders, {2 * owed:,} lines and notices with their "
            f"words, {4 * owed:,} deliveries; {size:,} duties opened"
        )


# Counted, with what is in them; nothing of it may depend on keys given out.
_STANDING = {
    "duties": """
        SELECT count(*), kind, year, quarter_number, state, outlook, due_at, named_on,
            due_is_provisional, look_at, remind_at,
            sum(enterprise_id::numeric * bureau_id)
        FROM hazards_obligation GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    """,
    "flags": """
        SELECT count(*), kind, status, is_final, raised_at, settled_at,
            sum(hashtextextended(concat(enterprise_id, obligation_id, basis), 0))
        FROM hazards_complianceflag WHERE kind <> 'hazard_unreported'
        GROUP BY 2, 3, 4, 5, 6
    """,
    "flag events": """
        SELECT count(*), flag.kind, change, cause, at, sum(enterprise_id)
        FROM hazards_flagevent JOIN hazards_complianceflag flag ON flag.id = flag_id
        WHERE kind <> 'hazard_unreported' GROUP BY 2, 3, 4, 5
    """,
    "reminders": """
        SELECT count(*), kind, step, step_on, at, sum(obligation_id)
        FROM hazards_reminder GROUP BY 2, 3, 4, 5
    """,
    "lines": """
        SELECT count(*), reminder.kind, parked_in_id, dropped_at, notice_id IS NULL,
            sum(hashtextextended(concat(recipient_id, obligation_id, text), 0))
        FROM hazards_reminderline JOIN hazards_reminder reminder
            ON reminder.id = reminder_id GROUP BY 2, 3, 4, 5
    """,
    "notices": """
        SELECT count(*), kind, language, path, parameters, at,
            sum(hashtextextended(concat(key, recipient_id, subject, body), 0))
        FROM accounts_notice WHERE kind = 'digest' GROUP BY 2, 3, 4, 5, 6
    """,
    "deliveries": """
        SELECT count(*), channel, state, attempts, next_try_at, sent_at,
            sum(hashtextextended(concat(notice.key, address), 0))
        FROM accounts_delivery JOIN accounts_notice notice ON notice.id = notice_id
        WHERE notice.kind = 'digest' GROUP BY 2, 3, 4, 5, 6
    """,
}


def _standing() -> dict[str, list[tuple[Any, ...]]]:
    """What every table of the clock holds, but for keys and random numbers."""
    found = {}
    with connection.cursor() as cursor:
        for table, counted in _STANDING.items():
            cursor.execute(counted)
            found[table] = sorted(cursor.fetchall(), key=str)
    return found


@contextmanager
def _copy(servers: Servers, like: str) -> Iterator[str]:
    """Make a copy of the database, on disk as the other side's, and work in it."""
    connection.close()
    with servers.database("clock_copy", like=like, by_file=True) as name:
        servers.use(name)
        connection.ensure_connection()
        yield name


def _workers(
    servers: Servers, many: str, few: str, outcome: Outcome, *, size: int
) -> None:
    """One process over many and over few, and two over many, a share each."""
    with _copy(servers, few) as name:
        small = _shares(servers, name, of=1)
    with _copy(servers, many) as name:
        alone = _shares(servers, name, of=1)
    with _copy(servers, many) as name:
        both = _shares(servers, name, of=2)
    for what in (alone, both):
        moved = sum(said["moved"] for said in what)
        told = sum(said["notices"] for said in what)
        outcome.check(
            (moved, told) == (2 * size, 2 * missing_of(size)),
            f"by {len(what)}: {moved:,} moved, {told:,} told",
        )
    grown, grown_few = (said[0]["peak"] - said[0]["before"] for said in (alone, small))
    words = (
        f"a worker's resident memory grows by {grown:.1f} MB at {size:,}, by "
        f"{grown_few:.1f} MB at {small[0]['moved'] // 2:,}"
    )
    if outcome.judged:
        outcome.check(grown <= grown_few + _MORE_MEMORY, words)
    else:
        outcome.checked.append(words)
    outcome.beside += [
        Rate(
            f"coming due, {len(said)} process{'es' if len(said) > 1 else ''}",
            2 * size / max(each["seconds"] for each in said),
            "duties/s",
        )
        for said in (alone, both)
    ]


def _shares(servers: Servers, name: str, *, of: int) -> Sequence[dict[str, Any]]:
    """Let processes of their own do the shares at once; return what each tells."""
    connection.close()
    running = [
        subprocess.Popen(  # noqa: S603 (our own words)
            [
                *(sys.executable, "-m", "portal.benchmark.share"),
                f"--at={_DUE_AT.isoformat()}",
                *(f"--number={number}", f"--of={of}"),
            ],
            env=servers.environment(name),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, of + 1)
    ]
    for worker in running:
        assert worker.stdout is not None  # noqa: S101 (asked for)
        require(worker.stdout.readline(), "a worker is ready")
    for worker in running:
        assert worker.stdin is not None  # noqa: S101 (asked for)
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [worker.communicate()[0] for worker in running]
    require(all(worker.returncode == 0 for worker in running), "every worker ends well")
    servers.use(name)
    return [json.loads(each) for each in said]
