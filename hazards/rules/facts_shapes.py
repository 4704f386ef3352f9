"""
The shape of a facts file: which keys a table has, of which type, and what is refused.

TOML has dates and times of its own; JSON has them as ISO strings. All else is the same.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.facts import (
    GRADES,
    PLAN_ELEMENTS,
    REGULATORS,
    REPORT_STATES,
    SINCE_EVER,
    VERDICTS,
    VISITS,
    EnterpriseFacts,
    ExtensionFacts,
    Facts,
    FindingFacts,
    HazardFacts,
    InspectionFacts,
    MatchFacts,
    PrincipalTerm,
    QuarterOnRecord,
    ReportFacts,
    WaiverFacts,
)
from hazards.rules.obligations import Suspension
from hazards.rules.policies import (
    DEFINITIONS,
    PolicyDefinition,
    PolicyType,
    PolicyValue,
)
from hazards.rules.quarters import Quarter

Convert = Callable[[Any], Any]
Row = dict[str, Any]

_TEAMS: Final = ("internal", "external")
# The spec names bounds for these two only; any other number is taken as it stands.
_BOUNDS: Final = {"filing_due_day": (1, 28), "flag_lookback_quarters": (1, None)}
_LONGEST_SHOWN: Final = 60


class WrongError(Exception):
    """What is wrong with a value; `path` leads to it, the innermost key first."""

    def __init__(self, message: str, *path: str | int) -> None:
        """Keep the sentence, and the keys as far as they are known."""
        super().__init__(message)
        self.path: list[str | int] = list(path)


def shown(value: object, longest: int = _LONGEST_SHOWN) -> str:
    """Return a value fit for one line, shortened and without control characters."""
    text = value if isinstance(value, str) else repr(value)
    short = text if len(text) <= longest else f"{text[:longest]}…"
    return short if short.isprintable() else ascii(short)[1:-1]


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    msg = f"must be a text, not {_kind(value)}."
    raise WrongError(msg)


def _flag(value: Any) -> bool:
    if type(value) is bool:
        return value
    msg = f"must be true or false, not {_kind(value)}."
    raise WrongError(msg)


def _quarter(value: Any) -> Quarter:
    try:
        return Quarter.parse(_text(value))
    except ValueError as error:
        msg = f"must be a quarter like 2026Q3, not {shown(value)}."
        raise WrongError(msg) from error


def _one_of(words: Collection[str]) -> Convert:
    def convert(value: Any) -> str:
        # Compared as text, because a list or a table cannot be looked up.
        if type(value) is str and value in words:
            return value
        said = shown(value) if isinstance(value, str) else _kind(value)
        msg = f"must be one of {', '.join(words)}, not {said}."
        raise WrongError(msg)

    return convert


def _list_of(convert: Convert) -> Convert:
    def convert_all(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            msg = f"must be a list, not {_kind(value)}."
            raise WrongError(msg)
        if not value:
            return ()
        converted: list[Any] = []
        try:
            for part in value:
                converted.append(convert(part))  # noqa: PERF401 (counts to the wrong one)
        except WrongError as wrong:
            wrong.path.append(len(converted))
            raise
        return tuple(converted)

    return convert_all


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dt.date | dt.time):
        return f"the date or time {value.isoformat()}"
    if value is None:
        return "null (leave the key out)"
    return shown(value if isinstance(value, bool | int | float) else repr(value))


def _toml_day(value: Any) -> dt.date:
    if type(value) is dt.date:
        return value
    msg = f"must be a date like 2026-05-12, not {_kind(value)}."
    raise WrongError(msg)


def _json_day(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(_text(value))
    except (ValueError, WrongError) as error:
        msg = f'must be a date like "2026-05-12", not {_kind(value)}.'
        raise WrongError(msg) from error


def _toml_instant(value: Any) -> dt.datetime:
    if type(value) is dt.datetime:
        return _in_shanghai(value)
    msg = f"must be a time like 2026-05-12T10:00:00+08:00, not {_kind(value)}."
    raise WrongError(msg)


def _json_instant(value: Any) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(_text(value))
    except (ValueError, WrongError) as error:
        msg = f'must be a time like "2026-05-12T10:00:00+08:00", not {_kind(value)}.'
        raise WrongError(msg) from error
    return _in_shanghai(at)


def _in_shanghai(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        msg = f"must say its offset, like {at.isoformat()}+08:00."
        raise WrongError(msg)
    try:
        return at.astimezone(SHANGHAI)
    except OverflowError as error:
        msg = f"must lie in the years 1 to 9999, not {at.isoformat()}."
        raise WrongError(msg) from error


def _integer(policy: PolicyDefinition) -> Convert:
    low, high = _BOUNDS.get(policy.name, (None, None))

    def convert(value: Any) -> int:
        if type(value) is not int:
            msg = f"must be a whole number, not {_kind(value)}."
            raise WrongError(msg)
        if (low is not None and value < low) or (high is not None and value > high):
            msg = f"must be at least {low}" + (f" and at most {high}." if high else ".")
            raise WrongError(msg)
        return value

    return convert


def _row(
    value: Any, columns: Mapping[str, Convert], required: Iterable[str] = ()
) -> Row:
    """Convert a table key by key; refuse keys that it does not have, or lacks."""
    if type(value) is not dict:
        msg = f"must be a table, not {_kind(value)}."
        raise WrongError(msg)
    row: Row = {}
    for key, part in value.items():
        convert = columns.get(key)
        if convert is None:
            msg = f"is unknown; known here: {', '.join(columns)}."
            raise WrongError(msg, key)
        try:
            row[key] = convert(part)
        except WrongError as wrong:
            wrong.path.append(key)
            raise
    for key in required:
        if key not in row:
            msg = "is missing; add it."
            raise WrongError(msg, key)
    return row


def _not_before(row: Row, later: str, earlier: str) -> None:
    if later in row and earlier in row and row[later] < row[earlier]:
        msg = f"lies before {earlier}; it cannot."
        raise WrongError(msg, later)


def _ids(rows: Iterable[Any], of: str) -> set[str]:
    ids: set[str] = set()
    for place, row in enumerate(rows):
        if row.id in ids:
            msg = f"{shown(row.id)} is there twice; ids of {of} differ."
            raise WrongError(msg, "id", place, of)
        ids.add(row.id)
    return ids


class Shapes:
    """The tables of a facts file, with dates and times as one format has them."""

    def __init__(self, day: Convert, instant: Convert) -> None:
        """Keep the columns of each table."""
        texts = _list_of(_text)
        policies: dict[PolicyType, Callable[[PolicyDefinition], Convert]] = {
            PolicyType.CHOICE: lambda policy: _one_of(policy.choices),
            PolicyType.INTEGER: _integer,
            PolicyType.BOOLEAN: lambda _: _flag,
            PolicyType.QUARTER: lambda _: _quarter,
            PolicyType.DATE: lambda _: day,
        }
        self._policy = {n: policies[p.type](p) for n, p in DEFINITIONS.items()}
        self._suspension = {
            "from": day,
            "to": day,
            "declared_at": instant,
            "confirmed": _flag,
        }
        self._principal = {"person": _text, "from": day, "to": day}
        self._enterprise = {
            "established_on": day,
            "responsible_bureau": _text,
            "suspensions": _list_of(self._read_suspension),
            "waivers": _list_of(self._read_waiver),
            "principals": _list_of(self._read_principal),
        }
        self._inspection = {
            "id": _text,
            "held_on": day,
            "ended_on": day,
            "team": _one_of(_TEAMS),
            "took_part": texts,
        }
        self._report = {
            "quarter": _quarter,
            "inspections": texts,
            "signed_by": _text,
            "received_at": instant,
        }
        self._extension = {
            "asked_at": instant,
            "approved_at": instant,
            "refused": _flag,
            "due_on": day,
        }
        self._hazard = {
            "id": _text,
            "graded": _one_of(GRADES),
            "found_at": instant,
            "registered_at": instant,
            "reported_at": instant,
            "reported_to": _text,
            "report_state": _one_of(REPORT_STATES),
            "signed_by": _text,
            "plan": _list_of(_one_of(PLAN_ELEMENTS)),
            "planned_at": instant,
            "interim_measures": _flag,
            "due_on": day,
            "extensions": _list_of(self._read_extension),
            "progress": _list_of(instant),
            "accepted_at": instant,
            "closed_at": instant,
        }
        self._match = {"hazard": _text, "verdict": _one_of(VERDICTS)}
        self._finding = {
            "found_at": instant,
            "arrival_at": instant,
            "notice_at": instant,
            "visit": _one_of(VISITS),
            "major": _flag,
            "regulator": _one_of(REGULATORS),
            "match": self._read_match,
            "measures_effective": _flag,
            "existed_at_last_inspection": _flag,
            "falsified": _flag,
            "stop_order_defied": _flag,
            "accident": _flag,
        }
        self._on_record = {"due_on": day, "first_quarter": _quarter}
        self._facts = {
            "name": _text,
            "decided_on": day,
            "policy": self._read_policy,
            "enterprise": self._read_enterprise,
            "inspections": _list_of(self._read_inspection),
            "reports": _list_of(self._read_report),
            "hazards": _list_of(self._read_hazard),
            "finding": self._read_finding,
            "quarters": self._read_quarters,
        }

    def facts(self, document: Row, name: str) -> Facts:
        """
        Return the facts of a file.

        :param name: their name where the file gives none
        :raises WrongError: if a key is missing, unknown or of a wrong value
        """
        for table, key in (("enterprise", "established_on"), ("finding", "found_at")):
            if table not in document:
                msg = f"is missing; add the table [{table}]."
                raise WrongError(msg, key, table)
        facts = Facts(**{"name": name, **_row(document, self._facts)})
        _ids(facts.hazards, "hazards")
        inspections = _ids(facts.inspections, "inspections")
        for place, report in enumerate(facts.reports):
            for at, id_ in enumerate(report.inspections):
                if id_ not in inspections:
                    msg = f"names {shown(id_)}, which is no inspection of this file."
                    raise WrongError(msg, at, "inspections", place, "reports")
        _check_match(facts)
        found_on = facts.finding.found_at.date()
        if facts.decided_on is not None and facts.decided_on < found_on:
            msg = f"lies before the day of the finding, {found_on}; it cannot."
            raise WrongError(msg, "decided_on")
        return facts

    def _read_policy(self, value: Any) -> Mapping[str, PolicyValue]:
        return _row(value, self._policy)

    def _read_quarters(self, value: Any) -> Mapping[Quarter, QuarterOnRecord]:
        if type(value) is not dict:
            msg = f"must be a table, not {_kind(value)}."
            raise WrongError(msg)
        quarters = {}
        for key, table in value.items():
            try:
                quarter = _quarter(key)
                quarters[quarter] = self._read_on_record(table, quarter)
            except WrongError as wrong:
                wrong.path.append(key)
                raise
        return quarters

    def _read_on_record(self, value: Any, quarter: Quarter) -> QuarterOnRecord:
        row = _row(value, self._on_record)
        if "due_on" in row and row["due_on"] <= quarter.ends_on:
            msg = f"must lie after {quarter}."
            raise WrongError(msg, "due_on")
        return QuarterOnRecord(**row)

    def _read_enterprise(self, value: Any) -> EnterpriseFacts:
        required = ("established_on", "responsible_bureau")
        return EnterpriseFacts(**_row(value, self._enterprise, required))

    def _read_suspension(self, value: Any) -> Suspension:
        row = _row(value, self._suspension, ("from",))
        _not_before(row, "to", "from")
        return Suspension(
            from_on=row["from"],
            to_on=row.get("to"),
            declared_at=row.get("declared_at", SINCE_EVER),
            # A refused one is left out of a file: what is not confirmed is undecided.
            confirmed=True if row.get("confirmed") else None,
        )

    def _read_waiver(self, value: Any) -> WaiverFacts:
        return WaiverFacts(**_row(value, {"quarter": _quarter}, ("quarter",)))

    def _read_principal(self, value: Any) -> PrincipalTerm:
        row = _row(value, self._principal, ("person", "from"))
        _not_before(row, "to", "from")
        return PrincipalTerm(row["person"], row["from"], row.get("to"))

    def _read_inspection(self, value: Any) -> InspectionFacts:
        row = _row(value, self._inspection, ("id", "held_on", "team"))
        _not_before(row, "ended_on", "held_on")
        return InspectionFacts(
            id=row["id"],
            held_on=row["held_on"],
            ended_on=row.get("ended_on") or row["held_on"],
            internal=row["team"] == "internal",
            took_part=row.get("took_part"),
        )

    def _read_report(self, value: Any) -> ReportFacts:
        required = ("quarter", "inspections", "received_at")
        return ReportFacts(**_row(value, self._report, required))

    def _read_extension(self, value: Any) -> ExtensionFacts:
        row = _row(value, self._extension, ("asked_at", "due_on"))
        if row.get("refused") and "approved_at" in row:
            msg = "cannot be true together with approved_at."
            raise WrongError(msg, "refused")
        return ExtensionFacts(**row)

    def _read_hazard(self, value: Any) -> HazardFacts:
        row = _row(value, self._hazard, ("id", "found_at", "registered_at"))
        _not_before(row, "registered_at", "found_at")
        _not_before(row, "reported_at", "registered_at")
        return HazardFacts(**row)

    def _read_match(self, value: Any) -> MatchFacts | None:
        row = _row(value, self._match)
        # Without a verdict nobody has compared.
        return (
            MatchFacts(row.get("hazard"), row["verdict"]) if "verdict" in row else None
        )

    def _read_finding(self, value: Any) -> FindingFacts:
        row = _row(value, self._finding, ("found_at", "visit", "major"))
        _not_before(row, "found_at", "arrival_at")
        _not_before(row, "arrival_at", "notice_at")
        _not_before(row, "found_at", "notice_at")
        return FindingFacts(**row)


def _check_match(facts: Facts) -> None:
    match = facts.finding.match
    if match is None or match.verdict != "same":
        return
    if match.hazard not in {hazard.id for hazard in facts.hazards}:
        said = "is missing" if match.hazard is None else f"names {shown(match.hazard)}"
        msg = f"{said}; a verdict of same names a hazard of this file."
        raise WrongError(msg, "hazard", "match", "finding")


TOML: Final = Shapes(_toml_day, _toml_instant)
JSON: Final = Shapes(_json_day, _json_instant)
