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
from hazards.models import Finding, FindingAssessment
from hazards.queries.bureau_facts import Duties, Rulings, receivers_on
from hazards.queries.filed_facts import Filed, People, filed, people_of, receipts_of
from hazards.queries.hazard_facts import HazardRecord, bureau_names
from hazards.queries.matches import standing_match
from hazards.rules.facts import EnterpriseFacts, Facts, FindingFacts, MatchFacts
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
    said = _said(finding, at=at)
    policy = Rulings([bureau], on=on).policy(bureau)
    stood_at = cutoff(said, policy)
    (_, facts), *_ = _records([owner], {owner: bureau}, on=on, stood_at=stood_at, at=at)
    hazards = {hazard.id for hazard in facts.hazards}
    match = said.match
    if match is not None and match.hazard is not None and match.hazard not in hazards:
        # Struck out of the record: nobody can tell by it.
        match = MatchFacts(None, "unclear")
    return replace(
        facts,
        name=finding.number,
        decided_on=day_of(at),
        finding=replace(said, match=match),
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
        match=_match(finding),
        measures_effective=assessed.measures_effective,
        existed_at_last_inspection=assessed.existed_at_last_inspection,
        falsified=assessed.falsified,
        stop_order_defied=assessed.stop_order_defied,
        accident=assessed.accident,
    )


def _match(finding: Finding) -> MatchFacts | None:
    """The comparison that counts; 1 query."""
    standing = standing_match(finding)
    if standing is None:
        return None
    verdict, hazard = standing
    return MatchFacts(hazard.number if hazard else None, verdict.value)


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
