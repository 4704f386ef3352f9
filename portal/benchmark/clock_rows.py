"""
Enterprises with eight quarters of duties, one in twenty of which owes the last that is
due; made once by the services and by the clock, and written again set-based.

Their reports are left out: only what the clock reads and writes is there.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import connection, models, transaction

from accounts.models import (
    Bureau,
    Delivery,
    Enterprise,
    Membership,
    Notice,
    SupervisionAssignment,
    User,
)
from accounts.models.bureaus import BureauLevel
from accounts.services import bureaus
from hazards.models import (
    ComplianceFlag,
    FlagEvent,
    MajorHazard,
    Obligation,
    Reminder,
    ReminderLine,
)
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import scans
from portal.benchmark import likeness
from portal.benchmark.copies import (
    Graph,
    Pattern,
    label_of,
    rows_of,
    set_ids_apart,
)
from portal.benchmark.places import Servers
from portal.benchmark.sample import (
    OPENED_ON,
    Firm,
    Office,
    code_of,
    make_firm,
    make_office,
)
from portal.stack.postgres import APPLICATION

FIRST, DUE = Quarter(2025, 2), Quarter(2026, 4)
"""The first quarter ever flagged, and the one that comes due, with its year."""
READY_AT = dt.datetime(2027, 1, 13, 12, tzinfo=SHANGHAI)
"""As of when the rows stand: eight quarters and three years are open."""
DUTIES = 11
BUREAUS = 100
_A_THOUSAND, _MISSING = 1_000, 49
_BATCH = 2_000
_HANDS = 2
_OTHER_LABEL = 90_000_000
_OF_PERSON = "recipient__memberships__enterprise"

# What belongs to an enterprise of that which the clock reads and writes.
GRAPH: Graph = {
    Enterprise: "pk",
    User: "memberships__enterprise",
    Membership: "enterprise",
    SupervisionAssignment: "enterprise",
    Obligation: "enterprise",
    ComplianceFlag: "enterprise",
    FlagEvent: "flag__enterprise",
    Reminder: "obligation__enterprise",
    # Receipts are left out with the reports that they are of.
    Notice: f"reminder_lines__{_OF_PERSON}",
    ReminderLine: "reminder__obligation__enterprise",
    Delivery: f"notice__reminder_lines__{_OF_PERSON}",
}
# In which order a person's ways out are written is nobody's promise.
_COMPARED = {model: path for model, path in GRAPH.items() if model is not Delivery}


def owes(number: int) -> bool:
    """Say whether the enterprise has not reported the quarter that comes due."""
    return number * _MISSING % _A_THOUSAND < _MISSING


def missing_of(size: int) -> int:
    """Count those that owe, of so many."""
    return sum(map(owes, range(size)))


class Copied(Pattern):
    """A made enterprise as SQL by the number of the copy, with a bureau of its own."""

    def __init__(self, firm: Firm) -> None:
        self.rows = rows_of(firm.enterprise, GRAPH)
        self.known = {firm.label: "copy_label", firm.enterprise.uscc: "copy_uscc"}
        self.owes = owes(int(firm.label) - int(label_of(0)))
        self.look_for_own()

    def value(self, field: "models.Field[object, object]", written: str | None) -> str:
        """Return the SQL of a column's value for another copy."""
        if field.column == "bureau_id" and written is not None:
            return "copy_bureau"
        return super().value(field, written)

    def statements(self) -> list[str]:
        """Return what writes one batch of copies, from the table `copies`."""
        which = f"WHERE copy_owes = {self.owes}"
        return [
            f"{self.insert(model, row)} {which}"
            for model in GRAPH
            for row in self.rows[model]
        ]


def fill(servers: Servers, name: str, *, size: int) -> None:
    """Make one enterprise of each sort by the services, and all others like them."""
    servers.use(name)
    office = make_office()
    all_bureaus = [office.bureau, *_more_bureaus()]
    with servers.postgres.connect(name) as superuser:
        set_ids_apart(superuser, graph=GRAPH)
    firms = [_firm(office, number) for number in (0, 1)]
    scans.scan(at=READY_AT)
    patterns = [Copied(firm) for firm in firms]
    url = servers.postgres.url(APPLICATION, name)
    connection.close()
    _write(patterns, [each.pk for each in all_bureaus], url=url, size=size)
    with servers.postgres.connect(name) as superuser:
        set_ids_apart(superuser, copies=size, graph=GRAPH)
        # Their duties are there: nothing needs to be followed.
        superuser.execute("TRUNCATE accounts_enterprisechange")
    servers.settle(name)


def unlike(size: int) -> str:
    """
    Compare ten copies, column by column, with enterprises that the services make now
    of the same facts and that are gone afterwards; return the first difference.
    """
    numbers = [n for n in range(2, size) if owes(n)][: likeness.SAMPLED // 2]
    numbers += range(size - likeness.SAMPLED + len(numbers), size)
    for number in numbers:
        known = Enterprise.objects.get(uscc=code_of(label_of(number)))
        with transaction.atomic():
            other = _firm(_office_of(known), number, label=str(_OTHER_LABEL + number))
            scans.scan(at=READY_AT)
            difference = likeness.difference(known, other, _COMPARED)
            transaction.set_rollback(True)
        if difference:
            return difference
    return ""


def _firm(office: Office, number: int, *, label: str = "") -> Firm:
    over = Quarter.range(FIRST, DUE.shifted(-1) if owes(number) else DUE)
    firm = make_firm(
        office, label or label_of(number), over=list(over), principal_comes=True
    )
    # Left out with the reports that they are of: the clock does nothing about them.
    MajorHazard.objects.filter(enterprise=firm.enterprise).update(remind_at=None)
    return firm


def _office_of(enterprise: Enterprise) -> Office:
    assignment = SupervisionAssignment.objects.get(enterprise=enterprise)
    return Office(assignment.bureau, User.objects.get(username="reviewer"))


def _more_bureaus() -> Iterator[Bureau]:
    for number in range(1, BUREAUS):
        yield bureaus.create_bureau(
            name=f"第{number}应急管理局",
            level=BureauLevel.COUNTY,
            by=None,
            at=READY_AT,
            on=OPENED_ON,
        )


def _write(
    patterns: Sequence[Copied], bureau_ids: Sequence[int], *, url: str, size: int
) -> None:
    """Write all copies, some connections at once, a transaction for each batch."""
    statements = [said for pattern in patterns for said in pattern.statements()]

    def hand(numbers: range) -> None:
        with psycopg.connect(url) as own:
            own.execute(
                "CREATE TEMPORARY TABLE copies (copy_n bigint, copy_label text,"
                " copy_uscc text, copy_bureau bigint, copy_owes boolean)"
                " ON COMMIT DELETE ROWS"
            )
            own.commit()
            for begun in range(0, len(numbers), _BATCH):
                with own.cursor().copy("COPY copies FROM STDIN") as rows:
                    for number in numbers[begun : begun + _BATCH]:
                        label = label_of(number)
                        bureau = bureau_ids[number % len(bureau_ids)]
                        rows.write_row(
                            (number, label, code_of(label), bureau, owes(number))
                        )
                for statement in statements:
                    own.execute(statement.encode())
                own.commit()

    with ThreadPoolExecutor(_HANDS) as hands:
        list(hands.map(hand, [range(2 + n, size, _HANDS) for n in range(_HANDS)]))
