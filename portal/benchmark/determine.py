"""From facts to the answer with its trace, beside the same facts as JSON."""

import json
from collections.abc import Callable
from typing import Any

from hazards.queries.workdays import ChineseCalendar
from hazards.rules.determine import determine
from hazards.rules.facts_files import read
from hazards.rules.quarters import Quarter
from portal.benchmark import protection
from portal.benchmark.check_page import measure_check_page
from portal.benchmark.measures import Claim, Outcome, Rate, Work, in_turn, machine
from portal.benchmark.places import Servers

QUARTERS, HAZARDS = 8, 5
_TIMES = 200
_FEW_HAZARDS, _FEW_QUARTERS = 12, 4
"""Of the long record behind a spot check's page, where nothing is judged."""
_LAST = Quarter(2026, 2)

Say = Callable[[str], None]


def measure(
    servers: Servers, *, size: int, beside: int, rounds: int, judged: bool, say: Say
) -> Outcome:
    """
    Measure all claims about determinations; the last over a bureau of `size`
    enterprises, beside one of `beside`.

    :raises FalseResultError: if an answer is not what it should be
    """
    outcome = Outcome(
        "determine",
        machine(servers.version),
        {
            "quarters": QUARTERS,
            "hazards": HAZARDS,
            "enterprises": size,
            "beside them": beside,
            "rounds": rounds,
        },
        judged=judged,
    )
    say("Determining …")
    measure_rule(outcome, rounds=rounds)
    measure_check_page(
        servers,
        outcome,
        rounds=rounds,
        say=say,
        **({} if judged else {"found": _FEW_HAZARDS, "over": _FEW_QUARTERS}),
    )
    protection.measure(servers, outcome, size=size, beside=beside, say=say)
    return outcome


def measure_rule(outcome: Outcome, *, rounds: int) -> None:
    """
    Add what the pure rule costs: no file, no database, one core.

    :raises FalseResultError: if an answer is not what it should be
    """
    cases = {
        "a hazard that was reported": (_document(), "relief"),
        "a hazard on no record, a quarter missing": (_missing(), "missing-quarter"),
    }
    for name, (document, decisive) in cases.items():
        _measure_case(name, document, decisive, outcome, rounds=rounds)


def _measure_case(
    name: str, document: dict[str, Any], decisive: str, outcome: Outcome, *, rounds: int
) -> None:
    calendar, text = ChineseCalendar(), json.dumps(document, ensure_ascii=False)
    content = text.encode()
    facts = read(content, name=name, is_json=True)

    def from_file() -> str:
        said = determine(read(content, name=name, is_json=True), calendar).plain()
        return json.dumps(said, ensure_ascii=False)

    sides: dict[str, Work] = {
        f"answers with their trace, {name}": lambda: determine(facts, calendar).plain(),
        "the same facts by json.loads and json.dumps": (
            lambda: json.dumps(json.loads(text), ensure_ascii=False)
        ),
        f"from a file's bytes to the printed line, {name}": from_file,
    }
    said = json.loads(from_file())
    outcome.check(
        said["decisive"] == decisive and said["answers"][0]["because"],
        f"{name}: {decisive}, with its reasons",
    )
    for work in sides.values():
        work()
    done = in_turn(sides, rounds=rounds, times=_TIMES)
    ours, other, whole = (Rate(n, rate, "facts/s") for n, rate in done.items())
    # "At most 10 times as long" is said in answers: at least a tenth of them.
    outcome.claims.append(Claim(f"determination of {name} by JSON", ours, other, 0.1))
    outcome.beside.append(whole)


def _document() -> dict[str, Any]:
    """Return facts of quarters that were all reported and hazards that all were."""
    quarters = _LAST.latest(QUARTERS)
    hazard = {
        "found_at": "2026-05-12T10:00:00+08:00",
        "registered_at": "2026-05-12T11:00:00+08:00",
        "reported_at": "2026-05-13T09:00:00+08:00",
        "reported_to": "bureau",
        "signed_by": "Li",
        "plan": ["goals", "measures", "funds", "responsible", "schedule", "emergency"],
        "planned_at": "2026-05-14T09:00:00+08:00",
        "interim_measures": True,
        "due_on": "2026-09-30",
        "progress": ["2026-06-20T10:00:00+08:00"],
    }
    return {
        "name": "benchmark",
        "enterprise": {
            "established_on": "2020-01-06",
            "responsible_bureau": "bureau",
            "principals": [{"person": "Li", "from": "2020-01-06"}],
        },
        "inspections": [
            {
                "id": f"inspection {quarter}",
                "held_on": quarter.starts_on.replace(day=20).isoformat(),
                "team": "internal",
                "took_part": ["Li", "Wu"],
            }
            for quarter in quarters
        ],
        "reports": [
            {
                "quarter": str(quarter),
                "inspections": [f"inspection {quarter}"],
                "signed_by": "Li",
                "received_at": f"{quarter.next().starts_on}T09:00:00+08:00",
            }
            for quarter in quarters
        ],
        "hazards": [{"id": f"hazard {n}", **hazard} for n in range(HAZARDS)],
        "finding": {
            "found_at": "2026-08-20T14:00:00+08:00",
            "arrival_at": "2026-08-20T09:30:00+08:00",
            "visit": "planned",
            "major": True,
            "match": {"hazard": f"hazard {HAZARDS - 1}", "verdict": "same"},
            "measures_effective": True,
        },
    }


def _missing() -> dict[str, Any]:
    """Return the same with a report that lists nothing, and another finding."""
    document = _document()
    document["reports"][-1]["inspections"] = []
    document["finding"]["match"] = {"verdict": "none"}
    return document
