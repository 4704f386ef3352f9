"""Signing with its seal and chain, several signers at once, and verifying it all."""

import datetime as dt
import hashlib
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from psycopg import sql

from accounts.models import Acting, Event, Membership, Notice, Role
from accounts.services import events, notices
from accounts.services.credentials import FreshProof
from hazards.models import (
    ChainEntry,
    ReportStatus,
    ReportVersion,
    Seal,
    SelfInspectionReport,
)
from hazards.queries import verification
from hazards.queries.deadlines import due_of
from hazards.queries.ledger import live_table
from hazards.queries.snapshots import one_snapshot
from hazards.queries.verification import found
from hazards.rules.deadlines import SHANGHAI, is_in_time
from hazards.services import lives, openings, signing, unreported
from hazards.services.moves import moving
from hazards.services.obligations import follow
from hazards.services.versions import locked_open_version, team_of
from hazards.workflow import ReportAction
from portal.benchmark import sample
from portal.benchmark.copies import FIRST_LABEL, Pattern, other_rows, set_ids_apart
from portal.benchmark.copies import write as write_copies
from portal.benchmark.measures import (
    Claim,
    Outcome,
    Rate,
    in_turn,
    machine,
    require,
)
from portal.benchmark.places import Servers
from portal.stack.postgres import APPLICATION

QUARTERS = 4
SIGNERS = 8
FULL, SMALL = 1_800, 72
"""Reports on a principal's desk, each of another enterprise of the one bureau."""
_A_TURN = dt.timedelta(microseconds=1)
_RECEIVED_WITH_A_SEAL = "pgtrigger_received_with_a_seal_%"

Say = Callable[[str], None]
Ready = dict[str, Any]


class Desk:
    """Reports that wait for their signature, in a database of its own."""

    def __init__(self, servers: Servers, name: str) -> None:
        self.servers, self.name = servers, name
        self._waiting: Iterator[SelfInspectionReport] = iter(())

    def fill(self, size: int) -> None:
        """Make one enterprise by the services, and all others like it."""
        self.servers.use(self.name)
        office = sample.make_office()
        with self.servers.postgres.connect(self.name) as superuser:
            set_ids_apart(superuser)
        others = other_rows()
        firm = sample.make_firm(
            office,
            str(FIRST_LABEL),
            over=sample.quarters(QUARTERS),
            last_is_signed=False,
        )
        require(other_rows() == others, "what the services write is copied whole")
        url = self.servers.postgres.url(APPLICATION, self.name)
        write_copies(
            Pattern(firm, count=size - 1),
            url=url,
            count=partial(self.servers.count, self.name),
        )
        with self.servers.postgres.connect(self.name) as superuser:
            set_ids_apart(superuser, copies=size - 1)
        # What is owed is open, as it is where people sign.
        openings.open_periods(at=sample.signed_at(sample.LAST))
        self.servers.settle(self.name)

    def open(self) -> None:
        """Let this process work here, from the report that waits first."""
        self.servers.use(self.name)
        self._waiting = iter(
            SelfInspectionReport.objects.filter(
                status=ReportStatus.AWAITING_SIGNATURE
            ).order_by("id")
        )

    def take(self, count: int) -> list[Ready]:
        """Show the next reports to their principals; each is ready to be signed."""
        at = sample.signed_at(sample.LAST)
        taken = [next(self._waiting) for _ in range(count)]
        principals = Membership.objects.select_related("user", "enterprise").filter(
            role=Role.PRINCIPAL, enterprise__in=[r.enterprise_id for r in taken]
        )
        by_enterprise = {each.enterprise_id: each for each in principals}
        return [
            sample.ready_to_sign(report, by_enterprise[report.enterprise_id], at=at)
            for report in taken
        ]


def measure(
    servers: Servers, *, size: int, rounds: int, judged: bool, say: Say
) -> Outcome:
    """
    Measure all claims about signing, over `size` reports on each side.

    :raises FalseResultError: if anything signed is lost or does not stand
    """
    outcome = Outcome(
        "sign",
        machine(servers.version),
        {"reports": size, "signers": SIGNERS, "rounds": rounds},
        judged=judged,
    )
    with ExitStack() as at_end:
        sealed = Desk(servers, at_end.enter_context(servers.database("sealed")))
        say(f"Writing {size:,} enterprises, each with a report to be signed …")
        sealed.fill(size)
        connection.close()
        bare_name = servers.database("bare", like=sealed.name)
        bare = Desk(servers, at_end.enter_context(bare_name))
        _let_receive_unsealed(bare)
        each_round = size // (3 * rounds) // SIGNERS * SIGNERS
        require(each_round, f"{size} reports are enough for {rounds} rounds")
        say("Measuring: with and without seal and chain …")
        _against_bare(sealed, bare, outcome, rounds=rounds, each=each_round)
        say("Measuring: eight in turn, eight at once …")
        _at_once(sealed, outcome, rounds=rounds, each=each_round)
        say("Measuring: verification …")
        _verify(sealed, outcome, rounds=rounds)
    return outcome


def _let_receive_unsealed(bare: Desk) -> None:
    """Lift what makes a receipt without a seal impossible: only here, to compare."""
    with bare.servers.postgres.connect(bare.name) as superuser:
        row = superuser.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE %s",
            [_RECEIVED_WITH_A_SEAL],
        ).fetchone()
        require(row, "the trigger that demands a seal is there")
        superuser.execute(f"DROP TRIGGER {row[0]} ON hazards_selfinspectionreport")  # type: ignore[index]


def move_only(
    *, report_id: int, shown: bytes, proof: FreshProof, by: Acting, at: dt.datetime
) -> None:
    """
    What signing does but for bytes, seal and chain: the same checks, the same move,
    the version closed with its statistics, its hazards reported, what is owed
    followed, both events, the same notice to the same people.
    """
    with transaction.atomic():
        with moving(report_id, ReportAction.SIGN_OFF, by=by, at=at) as report:
            version = locked_open_version(report)
            bureau = signing.bureau_for(report.enterprise, on=by.on)
            signing.refuse_incomplete(version, on=by.on)
            due = due_of(report.enterprise, report.quarter, bureau=bureau, on=by.on)
            version.sealed_at, version.frame = at, {}
            version.table = live_table(version, on=by.on)
            version.save(update_fields=["frame", "table", "sealed_at"])
            report.first_received_at, report.received_at = at, at
            report.in_time, report.bureau = is_in_time(at, due), bureau
            report.hazard_count = version.stated.count()
            lives.take_receipt(
                version, bureau=bureau, received=at, by=by.membership, at=at
            )
            follow([report.enterprise_id], at=at, year=report.year)
            unreported.clear_flags(report.enterprise_id, at=at)
        events.record(
            action="receive",
            subject=report,
            by=None,
            at=at,
            enterprise=report.enterprise,
            bureau=bureau,
            parameters={"version": version.ordinal, "in_time": report.in_time},
        )
        notices.tell(
            kind="report_received",
            cause=f"report {report.pk}",
            recipients=[by.user, *team_of(report.enterprise, on=by.on)],
            at=at,
            enterprise=report.enterprise,
            path=reverse("report", args=[report.public_id]),
            parameters={
                "enterprise": report.enterprise.name,
                "quarter": str(report.quarter),
                "number": report.number,
                "receipt": report.number,
                "received": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
                "bureau": bureau.name,
                "signer": by.user.full_name,
                "kind": "signed",
                "sha256": "",
                "in_time": report.in_time,
                "head": "",
                "ordinal": version.ordinal,
            },
        )


def _against_bare(
    sealed: Desk, bare: Desk, outcome: Outcome, *, rounds: int, each: int
) -> None:
    """Sign as many on each side in turn; the reading of what is shown is not timed."""
    spent: dict[str, list[float]] = {sealed.name: [], bare.name: []}
    sides = ((sealed, signing.sign_off), (bare, move_only))
    before = {}
    for desk, _act in sides:
        desk.open()
        before[desk.name] = _written()
    for number in range(rounds):
        for desk, act in sides if number % 2 else reversed(sides):
            ready = _take_again(desk, each)
            spent[desk.name].append(_seconds(act, ready))
    signed = rounds * each
    for desk, _act in sides:
        desk.servers.use(desk.name)
        reports, seals, acts, told = (
            now - was for now, was in zip(_written(), before[desk.name], strict=True)
        )
        seals_due = signed if desk is sealed else 0
        outcome.check(
            (reports, seals, acts, told) == (signed, seals_due, 2 * signed, 2 * signed),
            f"{desk.name}: {signed:,} received, {seals_due:,} seals, {acts:,} events, "
            f"{told:,} notices",
        )
    ours, other = (
        Rate(name, each / _median(spent[desk.name]), "signatures/s")
        for desk, name in (
            (sealed, "with seal and chain"),
            (bare, "the same without them"),
        )
    )
    outcome.claims.append(Claim("seal and chain by neither", ours, other, 0.5))


def _take_again(desk: Desk, count: int) -> list[Ready]:
    """Take what waits now (the database was changed under the earlier reading)."""
    desk.open()
    return desk.take(count)


def _seconds(act: Callable[..., object], ready: Sequence[Ready]) -> float:
    began = time.perf_counter()
    for each in ready:
        act(**each)
    return time.perf_counter() - began


def _median(spent: Sequence[float]) -> float:
    return sorted(spent)[len(spent) // 2]


def _written() -> tuple[int, int, int, int]:
    return (
        SelfInspectionReport.objects.filter(status=ReportStatus.RECEIVED).count(),
        Seal.objects.count(),
        Event.objects.filter(action__in=["sign-off", "receive"]).count(),
        Notice.objects.filter(kind="report_received").count(),
    )


def _at_once(desk: Desk, outcome: Outcome, *, rounds: int, each: int) -> None:
    """Eight processes, each with a connection of its own, against one after another."""
    desk.open()
    before = _written()
    turns, together = [], []
    for _ in range(rounds):
        ready = _take_again(desk, each)
        turns.append(_seconds(signing.sign_off, ready))
        ready = _take_again(desk, each)
        shares = [ready[number::SIGNERS] for number in range(SIGNERS)]
        together.append(_seconds_together(desk, shares))
    desk.servers.use(desk.name)
    seals = _written()[1] - before[1]
    outcome.check(
        seals == 2 * rounds * each,
        f"nothing is lost: {seals:,} seals by eight in turn and eight at once",
    )
    outcome.claims.append(
        Claim(
            "eight at once by eight in turn, all of one bureau",
            Rate("eight at once", each / _median(together), "signatures/s"),
            Rate("eight in turn", each / _median(turns), "signatures/s"),
            1.0,
            slack=0.1,
        )
    )


def _seconds_together(desk: Desk, shares: Sequence[Sequence[Ready]]) -> float:
    """Let a process sign each share, all beginning at one signal."""
    connection.close()
    forked = multiprocessing.get_context("fork")
    barrier = forked.Barrier(len(shares) + 1)
    signers = [
        forked.Process(target=_signer, args=(desk, share, barrier)) for share in shares
    ]
    for signer in signers:
        signer.start()
    barrier.wait(60)
    began = time.perf_counter()
    for signer in signers:
        signer.join()
    seconds = time.perf_counter() - began
    require(all(signer.exitcode == 0 for signer in signers), "every signer ends well")
    return seconds


def _signer(desk: Desk, share: Sequence[Ready], barrier: Any) -> None:
    desk.servers.use(desk.name)
    connection.ensure_connection()
    barrier.wait(60)
    for each in share:
        signing.sign_off(**each)
    connection.close()


def _verify(desk: Desk, outcome: Outcome, *, rounds: int) -> None:
    """All that verification reads, beside reading and hashing it and nothing more."""
    desk.servers.settle(desk.name)
    desk.servers.use(desk.name)
    seals = ChainEntry.objects.count()
    firms = ReportVersion.objects.values("report__enterprise").distinct().count()
    faults = _found_wrong()
    outcome.check(
        not faults, f"{seals:,} seals of {firms:,} chains verify{_first(faults)}"
    )
    rates = in_turn(
        {
            "verification": _found_wrong,
            "the rows it covers, read and hashed": lambda: _read_and_hash(_COVERED),
            "the sealed bytes alone, read and hashed": lambda: _read_and_hash(_SEALED),
        },
        rounds=rounds,
    )
    verified, covered, sealed = (
        Rate(name, rate * seals, "seals/s") for name, rate in rates.items()
    )
    outcome.claims.append(
        Claim("verification by reading and hashing", verified, covered, 0.5)
    )
    outcome.beside.append(sealed)


def _found_wrong() -> list[verification.Fault]:
    """Verify as `verify_records` does (outside a transaction nothing is read ahead)."""
    with one_snapshot():
        return list(verification.faults())


def _first(found: Sequence[object]) -> str:
    return f": {found[0]}" if found else ""


_SEALED = ("hazards_seal",)
# Every table of which verification compares each column.
_COVERED = (
    "hazards_seal",
    "hazards_chainentry",
    "hazards_reportversion",
    "hazards_versioninspection",
    "hazards_hazardstatement",
    "hazards_checklistanswer",
    "hazards_hazardphoto",
    "hazards_selfinspectionreport",
    "hazards_majorhazard",
    "hazards_selfinspection",
    "accounts_enterprise",
)


def _read_and_hash(tables: Sequence[str]) -> None:
    """Read every column of every row as text, a batch at a time, and hash it."""
    with one_snapshot(), connection.chunked_cursor() as cursor:
        for table in tables:
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("SELECT {0}::text FROM {0}").format(name))
            while rows := cursor.fetchmany(found.BATCH):
                for (row,) in rows:
                    hashlib.sha256(row.encode()).digest()
