"""
An enterprise that the services made, written again a hundred thousand times.

Each of its rows becomes one INSERT … SELECT over all copies. Whatever in it is the
enterprise's own (ids, numbers, code, name, instants of signing, digests) is an
expression of the copy's number; everything else is taken as the services wrote it.
All constraints and triggers are in force: a report begins as a draft, a version open,
and both are moved on afterwards. Digests and chains are reckoned anew, by PostgreSQL.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection, models
from psycopg import sql

from accounts.models import (
    Delivery,
    Enterprise,
    EnterpriseChange,
    Event,
    Membership,
    Notice,
    Site,
    SupervisionAssignment,
    User,
)
from hazards.models import (
    Attendance,
    ChainEntry,
    ChecklistAnswer,
    HazardAct,
    HazardStatement,
    MajorHazard,
    ReportTally,
    ReportVersion,
    Seal,
    SelfInspection,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.rules import seals
from portal.benchmark.sample import Firm, code_of
from portal.stack.state import ROOT

FIRST_ID = 9_000_000_000_000
"""Below it are rows that all copies share; ids above it have thirteen digits."""
_APART = 20_000_000_000
"""From one table's first id to the next's, so that no number means two rows."""
STRIDE = 10_000
"""From a row's id to that of its first copy."""
FIRST_LABEL = 10_000_000
_NUMBERS = 32
"""At most so many numbers has an enterprise: reports, receipts, visits, hazards."""
_BATCH = 1_000
_FIRST = 200
_HANDS = 2
"""Connections that write at once."""
_OFFICE_DAY = 8 * 3_600_000_000
"""Microseconds over which the copies' signatures are spread."""

Graph = Mapping[type[models.Model], str]
_WRITTEN_BY = ("copies", "sample")

# What belongs to an enterprise, and by which path; in the order of writing.
GRAPH: Graph = {
    Enterprise: "pk",
    User: "memberships__enterprise",
    Membership: "enterprise",
    Site: "enterprise",
    SupervisionAssignment: "enterprise",
    SelfInspection: "enterprise",
    SelfInspection.sites.through: "selfinspection__enterprise",
    Attendance: "inspection__enterprise",
    SelfInspectionReport: "enterprise",
    ReportVersion: "report__enterprise",
    VersionInspection: "version__report__enterprise",
    MajorHazard: "enterprise",
    HazardAct: "hazard__enterprise",
    HazardStatement: "version__report__enterprise",
    ChecklistAnswer: "version__report__enterprise",
    Seal: "version__report__enterprise",
    ChainEntry: "enterprise",
    Event: "enterprise",
}
# Nobody's page that is measured shows them; triggers write the tallies and the changes.
LEFT_OUT = {Notice, Delivery, ReportTally, EnterpriseChange}
# As what a row begins that may only come to its state by a move.
_BEGINS_AS: Mapping[type[models.Model], Mapping[str, str]] = {
    SelfInspectionReport: {
        "status": "'draft'",
        "bureau_id": "NULL",
        "first_received_at": "NULL",
        "received_at": "NULL",
        "in_time": "NULL",
        "reviewer_id": "NULL",
    },
    ReportVersion: {"sealed_at": "NULL"},
    MajorHazard: {
        "state": "'found'",
        **dict.fromkeys(
            (
                *("registered_at", "registered_by_id", "registered_as"),
                *("first_reported_at", "first_reported_to_id", "bureau_id"),
                *("planned_at", "accepted_at", "closed_at"),
            ),
            "NULL",
        ),
    },
}
_LAST_STATE = frozenset({"planned_at", "accepted_at", "closed_at"})
"""Columns of a hazard that only its last state may bear."""

Row = Mapping[str, str | None]


def set_ids_apart(
    superuser: psycopg.Connection, *, copies: int = 0, graph: Graph = GRAPH
) -> None:
    """
    Let the next row of each table have an id that is like no other number; after so
    many copies, one that follows theirs.
    """
    for place, model in enumerate(graph):
        after = copies + 1 if copies else 0
        superuser.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)",
            [model._meta.db_table, FIRST_ID + place * _APART + after * STRIDE],
        )


def other_rows() -> dict[str, int]:
    """Count the rows of every table of ours that is not copied, nor left out."""
    return {
        model.__name__: model._base_manager.count()
        for label in ("accounts", "hazards")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model not in GRAPH and model not in LEFT_OUT
    }


def rows_of(
    enterprise: Enterprise, graph: Graph = GRAPH
) -> dict[type[models.Model], list[Row]]:
    """Return all rows of the enterprise, each column as PostgreSQL writes it."""
    found: dict[type[models.Model], list[Row]] = {}
    for model, path in graph.items():
        ids = model._base_manager.filter(**{path: enterprise.pk})
        found[model] = _as_text(model, sorted(ids.values_list("pk", flat=True)))
    return found


def _as_text(model: type[models.Model], ids: Sequence[int]) -> list[Row]:
    columns = [_column(field) for field in model._meta.concrete_fields]
    read = sql.SQL("SELECT {} FROM {} WHERE id = ANY(%s) ORDER BY id").format(
        sql.SQL(", ").join(map(_read, model._meta.concrete_fields)),
        sql.Identifier(model._meta.db_table),
    )
    with connection.cursor() as cursor:
        cursor.execute(read, [list(ids)])
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _read(field: "models.Field[Any, Any]") -> sql.Composable:
    column = sql.Identifier(_column(field))
    if isinstance(field, models.BinaryField):
        return sql.SQL("convert_from({}, 'UTF8')").format(column)
    return sql.SQL("{}::text").format(column)


@dataclass(frozen=True)
class _Digests:
    """The digests of a seal and of its chain entry, as they stand in the model."""

    content: str
    content_sha256: str
    linked: str
    entry_sha256: str


class Pattern:
    """A made enterprise as SQL by the number of the copy (`copy_n`, from 1)."""

    def __init__(self, firm: Firm, *, count: int) -> None:
        self.rows = rows_of(firm.enterprise)
        self.count = count
        self.known: dict[str, str] = {firm.label: "copy_label"}
        self.known[firm.enterprise.uscc] = "copy_uscc"
        self.apart = dt.timedelta(microseconds=max(_OFFICE_DAY // count, 1))
        self._learn_instants()
        self._learn_numbers()
        self.digests = list(self._learn_digests())
        self.look_for_own()

    def look_for_own(self) -> None:
        """Find in texts what is the enterprise's own."""
        # What is longer is looked for first: a label stands inside a code.
        names = sorted(map(re.escape, self.known), key=len, reverse=True)
        self.own = re.compile("|".join([*names, r"\b9\d{12}\b"]))

    def _learn_instants(self) -> None:
        apart = self.apart // dt.timedelta(microseconds=1)
        for row in self.rows[Seal]:
            stored = row["signed_at"] or ""
            at = dt.datetime.fromisoformat(f"{stored}:00").astimezone(dt.UTC)
            later = (
                f"(timestamptz '{stored}' AT TIME ZONE 'UTC'"
                f" + copy_n * interval '{apart} microseconds')"
            )
            for written, form in (
                (stored, 'YYYY-MM-DD HH24:MI:SS.US"+00"'),
                (at.isoformat(), 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            ):
                self.known[written] = f"to_char({later}, '{form}')"

    def _learn_numbers(self) -> None:
        numbered = (SelfInspection, SelfInspectionReport, MajorHazard)
        numbers = [row["number"] for model in numbered for row in self.rows[model]]
        numbers += [row["receipt_number"] for row in self.rows[Seal]]
        assert len(numbers) <= _NUMBERS  # noqa: S101 (else two copies share one)
        for place, number in enumerate(numbers):
            prefix, _, _token = str(number).rpartition("-")
            token = f"lpad(upper(to_hex(copy_n * {_NUMBERS} + {place})), 8, '0')"
            self.known[str(number)] = f"'{prefix}-' || {token}"

    def _learn_digests(self) -> Iterable[_Digests]:
        entries = sorted(
            self.rows[ChainEntry], key=lambda row: int(row["ordinal"] or 0)
        )
        by_id = {row["id"]: row for row in self.rows[Seal]}
        stored = ChainEntry.objects.in_bulk([int(row["id"] or 0) for row in entries])
        for place, row in enumerate(entries):
            seal, entry = by_id[row["seal_id"]], stored[int(row["id"] or 0)]
            linked = seals.canonical(
                {
                    "previous": entry.previous_sha256,
                    "ordinal": entry.ordinal,
                    "seal": entry.envelope,
                }
            )
            assert seals.digest(linked) == entry.entry_sha256  # noqa: S101 (as chained)
            sha256 = seal["content_sha256"] or ""
            self.known[sha256] = f"content_{place}"
            self.known[entry.entry_sha256] = f"entry_{place}"
            yield _Digests(
                seal["content"] or "", sha256, linked.decode(), entry.entry_sha256
            )

    def text(self, written: str) -> str:
        """Return the SQL that writes the text for another copy."""
        pieces, end = [], 0
        for found in self.own.finditer(written):
            if found.start() > end:
                pieces.append(_literal(written[end : found.start()]))
            token = found[0]
            pieces.append(self.known.get(token) or f"({_id(token)})::text")
            end = found.end()
        if end < len(written):
            pieces.append(_literal(written[end:]))
        return " || ".join(pieces) or "''"

    def value(self, field: "models.Field[Any, Any]", written: str | None) -> str:
        """Return the SQL of a column's value for another copy."""
        if written is None:
            return "NULL"
        kind = field.db_type(connection) or "text"
        if isinstance(field, models.UUIDField):
            return "gen_random_uuid()"
        if re.fullmatch(r"9\d{12}", written):
            return _id(written)
        if isinstance(field, models.BinaryField):
            return f"convert_to({self.text(written)}, 'UTF8')"
        return f"({self.text(written)})::{kind.split(' GENERATED')[0]}"

    def statements(self) -> list[str]:
        """Return what writes one batch of copies, from the table `copies`."""
        said = [self._reckon_digests()]
        for model in GRAPH:
            begins = _BEGINS_AS.get(model, {})
            said += [self.insert(model, row, begins) for row in self.rows[model]]
            if model is HazardAct:
                said += self._lives()
            if model is ChecklistAnswer:
                said += self._moves(ReportVersion)
        return [*said, *self._moves(SelfInspectionReport)]

    def _reckon_digests(self) -> str:
        """Each digest is reckoned once; OFFSET 0 keeps it from being copied about."""
        laterals = []
        for place, each in enumerate(self.digests):
            for name, text in (
                (f"content_{place}", each.content),
                (f"entry_{place}", each.linked),
            ):
                laterals.append(
                    f"CROSS JOIN LATERAL (SELECT encode(sha256(convert_to("
                    f"{self.text(text)}, 'UTF8')), 'hex') AS {name} OFFSET 0)"
                    f" AS of_{name}"
                )
        copies = "CREATE TEMPORARY TABLE copies ON COMMIT DROP AS SELECT * FROM named"
        return " ".join([copies, *laterals])

    def insert(
        self,
        model: type[models.Model],
        row: Row,
        begins: Mapping[str, str] | None = None,
    ) -> str:
        """Return what writes the row for all copies; `begins` are other values."""
        fields = model._meta.concrete_fields
        columns = ", ".join(f'"{_column(field)}"' for field in fields)
        values = ", ".join(
            (begins or {}).get(_column(field)) or self.value(field, row[_column(field)])
            for field in fields
        )
        table = model._meta.db_table
        return f"INSERT INTO {table} ({columns}) SELECT {values} FROM copies"  # noqa: S608

    def _moves(self, model: type[models.Model]) -> Iterable[str]:
        """Bring what was begun to the state in which the services left it."""
        for row in self.rows[model]:
            yield self._update(model, row, _BEGINS_AS[model])

    def _lives(self) -> Iterable[str]:
        """Bring hazards to their states by the moves that their acts say."""
        begun = _BEGINS_AS[MajorHazard].keys()
        for row in self.rows[MajorHazard]:
            for act in self.rows[HazardAct]:
                state = act["to_state"]
                if act["hazard_id"] != row["id"] or act["from_state"] == state:
                    continue
                last = state == row["state"]
                moved = begun if last else begun - _LAST_STATE
                yield self._update(MajorHazard, {**row, "state": state}, moved)

    def _update(
        self, model: type[models.Model], row: Row, columns: Container[str]
    ) -> str:
        """Return what sets the columns of all copies of the row."""
        table = model._meta.db_table
        values = ", ".join(
            f'"{_column(field)}" = {self.value(field, row[_column(field)])}'
            for field in model._meta.concrete_fields
            if _column(field) in columns
        )
        return (
            f"UPDATE {table} SET {values} FROM copies"  # noqa: S608
            f" WHERE {table}.id = {_id(row['id'] or '')}"
        )


def write(
    pattern: Pattern,
    *,
    url: str,
    count: Callable[..., None],
    numbers: Sequence[int] = (),
) -> None:
    """
    Write all copies, some connections at once, a transaction for each batch.

    :param count: lets PostgreSQL count the rows of a table, of some columns if named
    :param numbers: of these copies, where other patterns have others
    """
    numbers = numbers or range(1, pattern.count + 1)
    statements = pattern.statements()

    def hand(numbers: Sequence[int]) -> None:
        with psycopg.connect(url) as own:
            own.execute(
                "CREATE TEMPORARY TABLE named (copy_n bigint, copy_label text,"
                " copy_uscc text) ON COMMIT DELETE ROWS"
            )
            # Nobody counts the growing tables meanwhile: rows are found by index.
            for way in ("seqscan", "hashjoin", "mergejoin"):
                own.execute(f"SET enable_{way} = off".encode())
            own.commit()
            for begun in range(0, len(numbers), _BATCH):
                with own.cursor().copy("COPY named FROM STDIN") as rows:
                    for number in numbers[begun : begun + _BATCH]:
                        label = label_of(number)
                        rows.write_row((number, label, code_of(label)))
                for statement in statements:
                    own.execute(statement.encode())
                own.commit()

    # The trigger at commit is planned for no seals, or for many versions of a report,
    # and would read all seals for each report. (Counted whole, versions would seem
    # never to be open, and all that are would be read for each visit listed.)
    hand(numbers[:_FIRST])
    count(Seal._meta.db_table)
    count(ReportVersion._meta.db_table, "report_id")
    rest = numbers[_FIRST:]
    with ThreadPoolExecutor(_HANDS) as hands:
        list(hands.map(hand, [rest[place::_HANDS] for place in range(_HANDS)]))


def writers() -> str:
    """Return a digest of what decides how the rows are written: schema and copying."""
    files = [path for app in ("accounts", "hazards") for path in _migrations(app)]
    files += [ROOT / "portal" / "benchmark" / f"{name}.py" for name in _WRITTEN_BY]
    said = hashlib.sha256()
    for path in sorted(files):
        said.update(path.read_bytes())
    return said.hexdigest()


def _migrations(app: str) -> Iterable[Path]:
    return (ROOT / app / "migrations").glob("*.py")


def label_of(number: int) -> str:
    """Return the label of a copy; that of the model itself is number 0."""
    return str(FIRST_LABEL + number)


def _column(field: "models.Field[Any, Any]") -> str:
    return str(field.column)


def _id(written: str) -> str:
    return f"{written} + copy_n * {STRIDE}"


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
