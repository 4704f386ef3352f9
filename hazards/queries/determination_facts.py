"""
The only bridge from rows to the facts of which a determination is made
(`hazards.rules.facts`): everything as the server's record stood at an instant.

Ids are numbers of hazards and inspections, ids of memberships and names of bureaus: no
facts hold a person's name.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from accounts.models import Bureau, Enterprise
from hazards.models import (
    Finding,
    FindingAssessment,
    GeneralHazard,
    MatchVerdict,
    OnRecord,
)
from hazards.queries.bureau_facts import Duties, Rulings, receivers_on
from hazards.queries.filed_facts import Filed, People, filed, people_of, receipts_of
from hazards.queries.hazard_facts import HazardRecord, bureau_names
from hazards.queries.matches import standing_match
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.facts import (
    EnterpriseFacts,
    Facts,
    FindingFacts,
    HazardFacts,
    MatchFacts,
)
from hazards.rules.lives import day_of
from hazards.rules.policies import DEFINITIONS, PolicyValue

_NOTHING_FILED = Filed((), ())
NO_BUREAU = "none"
"""Where nobody receives from the enterprise."""


def records(
    enterprises: Collection[int], *, at: dt.datetime
) -> Iterator[tuple[int, Facts]]:
    """
    Yield the facts of each enterprise as they stand at the instant, in the order of
    their ids, in a constant number of queries. The finding in them is a placeholder: a
    planned visit at the instant, to be replaced.
    """
    on = day_of(at)
    yield from _records(
        enterprises, receivers_on(enterprises, on), on=on, stood_at=at, at=at
    )


def facts_of(finding: Finding, *, at: dt.datetime) -> Facts:
    """
    Return the facts of a finding as known at the instant, the record in them as it
    stood at the cut-off of the bureau that receives for its place on its day.

    :param finding: with its spot check loaded
    """
    owner, on = finding.enterprise_id, day_of(finding.found_at)
    receivers = receivers_on([owner], on, site=finding.site_id)
    # Nobody receives from it: whoever looked judges.
    bureau = receivers.get(owner) or finding.spot_check.bureau
    verdict, record = standing_match(finding, at=at) or (None, None)
    said = replace(_said(finding, at=at), match=_match(verdict, record))
    policy = Rulings([bureau], on=on).policy(bureau)
    stood_at = cutoff(said, policy)
    (_, facts), *_ = _records([owner], {owner: bureau}, on=on, stood_at=stood_at, at=at)
    hazards = facts.hazards
    if isinstance(record, GeneralHazard) and not _is_struck_out(record, stood_at):
        hazards = (*hazards, _as_general(record))
    if record is not None and record.number not in {hazard.id for hazard in hazards}:
        # Struck out of the record: nobody can tell by it.
        said = replace(said, match=MatchFacts(None, "unclear"))
    return replace(
        facts,
        name=finding.number,
        decided_on=day_of(at),
        finding=said,
        hazards=hazards,
    )


def cutoff(finding: FindingFacts, policy: Mapping[str, PolicyValue]) -> dt.datetime:
    """
    The instant of which the record is read, under policies that differ from the
    defaults: as `hazards.rules.record` has it.
    """
    on = day_of(finding.found_at)
    chosen = policy.get("cutoff", DEFINITIONS["cutoff"].default(on).value)
    if chosen == "notice" and finding.notice_at is not None:
        return finding.notice_at
    if chosen != "finding" and finding.arrival_at is not None:
        return finding.arrival_at
    return finding.found_at


def _said(finding: Finding, *, at: dt.datetime) -> FindingFacts:
    """What officers said of the finding by then; 2 queries."""
    check = finding.spot_check
    latest = (
        FindingAssessment.objects.filter(finding=finding, at__lte=at)
        .order_by("id")
        .last()
    )
    assessed = latest or FindingAssessment()
    return FindingFacts(
        found_at=finding.found_at,
        visit=check.kind,
        major=finding.is_major,
        arrival_at=check.started_at,
        notice_at=check.notified_at,
        regulator=finding.regulator,
        measures_effective=assessed.measures_effective,
        existed_at_last_inspection=assessed.existed_at_last_inspection,
        falsified=assessed.falsified,
        stop_order_defied=assessed.stop_order_defied,
        accident=assessed.accident,
    )


def _match(verdict: MatchVerdict | None, record: OnRecord | None) -> MatchFacts | None:
    """The comparison that counts."""
    if verdict is None:
        return None
    return MatchFacts(record.number if record else None, verdict.value)


def _as_general(hazard: GeneralHazard) -> HazardFacts:
    """One that was graded general from the beginning, and so never reported."""
    found_at = dt.datetime.combine(hazard.found_on, dt.time(), SHANGHAI)
    return HazardFacts(
        id=hazard.number,
        found_at=found_at.astimezone(dt.UTC),
        registered_at=hazard.recorded_at,
        graded="general",
    )


def _is_struck_out(hazard: GeneralHazard, stood_at: dt.datetime) -> bool:
    return hazard.struck_at is not None and hazard.struck_at < stood_at


def _records(
    enterprises: Collection[int],
    receivers: Mapping[int, Bureau],
    *,
    on: dt.date,
    stood_at: dt.datetime,
    at: dt.datetime,
) -> Iterator[tuple[int, Facts]]:
    people = people_of(enterprises)
    receipts = receipts_of(enterprises, stood_at=stood_at, at=at)
    reports = filed(receipts, people)
    hazards = HazardRecord(receipts, enterprises, stood_at=stood_at, at=at)
    responsible = {owner: bureau.pk for owner, bureau in receivers.items()}
    names = {bureau.pk: bureau.name for bureau in receivers.values()}
    unnamed = hazards.bureaus() - names.keys()
    names |= bureau_names(unnamed)
    of_owners = hazards.facts(responsible, names)
    duties = Duties(enterprises, stood_at=stood_at)
    rulings = Rulings({*receivers.values(), *duties.bureaus()}, on=on)
    nobody = People()
    founded = (
        Enterprise.objects.filter(pk__in=enterprises)
        .order_by("id")
        .values_list("id", "uscc", "established_on")
    )
    for owner, uscc, established_on in founded:
        bureau = receivers.get(owner)
        of_quarters = reports.get(owner, _NOTHING_FILED)
        yield (
            owner,
            Facts(
                name=uscc,
                enterprise=EnterpriseFacts(
                    established_on=established_on,
                    responsible_bureau=bureau.name if bureau else NO_BUREAU,
                    suspensions=tuple(duties.suspensions.get(owner, ())),
                    waivers=tuple(duties.waivers.get(owner, ())),
                    principals=tuple(people.get(owner, nobody).principals),
                ),
                finding=FindingFacts(found_at=stood_at, visit="planned", major=True),
                inspections=of_quarters.inspections,
                reports=of_quarters.reports,
                hazards=of_owners.get(owner, ()),
                policy=rulings.policy(bureau),
                quarters=duties.quarters(
                    owner, since=established_on, bureau=bureau, rulings=rulings
                ),
            ),
        )
