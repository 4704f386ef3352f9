"""How like a finding is to what is on record; nothing on record is ever dropped."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazards.rules.catalogue import CLAUSES
from hazards.rules.likeness import Described, Fit, common, likeness, ranked

WORDS = st.sampled_from(["", "炉", "2号炉", "２号炉。", "冲压线A区", "line 3"])
# The first draw of a process waits for others on a busy machine.
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
DESCRIBED = st.builds(
    Described,
    clause=st.sampled_from(["", *CLAUSES]),
    site=st.none() | st.integers(1, 3),
    place=WORDS,
    description=WORDS,
)


@UNHURRIED
@given(st.lists(st.tuples(DESCRIBED, st.booleans())), DESCRIBED)
def test_every_hazard_is_a_candidate_once(
    hazards: list[tuple[Described, bool]], finding: Described
) -> None:
    pairs = [
        (number, likeness(finding, said, in_time=in_time))
        for number, (said, in_time) in enumerate(hazards)
    ]

    assert sorted(number for number, _like in ranked(pairs)) == [
        number for number, _like in pairs
    ]


@UNHURRIED
@given(st.lists(st.tuples(DESCRIBED, st.booleans())), DESCRIBED)
def test_the_same_clause_site_and_place_stand_first(
    hazards: list[tuple[Described, bool]], finding: Described
) -> None:
    finding = Described(
        finding.clause or next(iter(CLAUSES)), finding.site or 1, "2号炉", "漏水"
    )
    hazards = [*hazards, (Described(finding.clause, finding.site, "２号炉。"), False)]

    first, like = ranked(
        (said, likeness(finding, said, in_time=now)) for said, now in hazards
    )[0]

    assert like.is_evident
    assert (first.clause, first.site) == (finding.clause, finding.site)


@UNHURRIED
@given(DESCRIBED, DESCRIBED)
def test_a_score_is_between_none_and_all(one: Described, other: Described) -> None:
    assert 0 <= likeness(one, other, in_time=True).score <= 100


def test_what_fits_and_what_does_not() -> None:
    finding = Described("order-10-2023/3(1)", 1, "2号熔炼炉炉前", "未签协议")
    hazard = Described("order-10-2023/3(2)", 2, "2号熔炼炉东侧", "")

    like = likeness(finding, hazard, in_time=True)

    assert (like.clause, like.site, like.place, like.words) == (
        Fit.NEAR,
        Fit.DIFFERS,
        Fit.NEAR,
        Fit.UNSAID,
    )
    assert not like.is_evident


def test_a_clause_of_another_article_differs() -> None:
    one = Described("order-10-2023/3(1)")
    for code in ("order-10-2023/4(1)", "order-10-2023/14"):
        other = Described(code)
        assert likeness(one, other, in_time=True).clause is Fit.DIFFERS


def test_common_words_are_counted_by_pairs_of_characters() -> None:
    assert common("2号熔炼炉", "２号熔炼炉") == 1
    assert common("熔炼炉", "冲压线") == 0
    assert common("", "熔炼炉") == 0
    assert common("炉", "炉") == 1
