"""The composite rating: middle of three, lower of two, else the only one."""

from datetime import date

import pytest

from app.services.aladdin.mapping.ratings import composite
from app.services.aladdin.wire import Rating
from app.services.domain.book import AgencyRating, Ratings
from tests.unit.aladdin.fake_vendor import RATINGS, FakeVendor, split

MOODYS, SP, FITCH = 1, 2, 3


def rated(*ratings: tuple[int, str]) -> str | None:
    return composite([Rating(agency_id=agency, value=value, date="2025-01-02") for agency, value in ratings])


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([(MOODYS, "Aa2")], "AA"),
        ([(FITCH, "BB+")], "BB+"),
        ([(MOODYS, "Baa1"), (SP, "BBB")], "BBB"),
        ([(MOODYS, "Baa3"), (SP, "BBB+")], "BBB-"),
        ([(MOODYS, "Baa3"), (SP, "BB+")], "BB+"),
        ([(MOODYS, "A1"), (SP, "A-"), (FITCH, "A")], "A"),
        ([(MOODYS, "Ba1"), (SP, "BBB-"), (FITCH, "BBB-")], "BBB-"),
        ([(MOODYS, "Ba1"), (SP, "BB+"), (FITCH, "BBB-")], "BB+"),
        ([(MOODYS, "Aaa"), (SP, "AA+"), (FITCH, "D")], "AA+"),
    ],
)
def test_the_rule(ratings: list[tuple[int, str]], expected: str) -> None:
    assert rated(*ratings) == expected
    assert rated(*reversed(ratings)) == expected


@pytest.mark.parametrize(
    ("agency", "value", "expected"),
    [
        (MOODYS, "Aaa", "AAA"),
        (MOODYS, "B3", "B-"),
        (MOODYS, "Caa2", "CCC"),
        (MOODYS, "Ca", "CC"),
        (MOODYS, "C", "C"),
        (MOODYS, "(P)Baa1", "BBB+"),
        (SP, "BBB+ *-", "BBB+"),
        (SP, "AA (sf)", "AA"),
        (SP, "SD", "D"),
        (FITCH, "RD", "D"),
    ],
)
def test_agencies_notations_become_one(agency: int, value: str, expected: str) -> None:
    assert rated((agency, value)) == expected


@pytest.mark.parametrize("value", ["NR", "WR", "", "A-1", "Baa1"])
def test_what_is_no_long_term_rating_of_the_agency_does_not_count(value: str) -> None:
    assert rated((SP, value)) is None
    assert rated((SP, value), (FITCH, "A")) == "A"


def test_secondary_ratings_do_not_count() -> None:
    assert rated((21, "Aaa"), (22, "AAA")) is None


def test_the_newest_rating_of_an_agency_counts_even_when_it_is_a_withdrawal() -> None:
    old, new = (
        Rating(agency_id=SP, value=v, date=d) for v, d in [("A", "2023-01-02"), ("BBB", "2024-01-02")]
    )
    withdrawn = Rating(agency_id=SP, value="NR", date="2025-01-02")
    assert composite([new, old]) == "BBB"
    assert composite([withdrawn, new, old]) is None


def test_without_ratings_there_is_no_composite() -> None:
    assert composite([]) is None


# --- ratings by id ------------------------------------------------------------------------------------------


def history(agency_id: int, *changes: tuple[str, str]) -> dict[str, object]:
    rating = [{"creditRating": value, "effectiveDate": day, "ratingSource": "M"} for value, day in changes]
    return {"agencyId": agency_id, "rating": rating}


def test_every_id_gets_its_newest_ratings_or_a_fault(vendor: FakeVendor) -> None:
    moodys = history(MOODYS, ("Baa1", "2024-11-02"), ("A3", "2023-01-01"))
    rated_twice = {
        "assetId": "X",
        "ratingsByAgencyId": {"2": history(SP, ("BBB", "2025-01-01")), "1": moodys},
    }
    answer = {"ratingsByAssetId": {"X": rated_twice}, "errors": {"Y": {"code": "NONE", "message": "none"}}}
    vendor.answers(RATINGS, answer)
    found, faults = split(vendor.book().ratings(["X", "Y", "Z"]))
    assert found == (
        Ratings(
            "X",
            "BBB",
            (
                AgencyRating(MOODYS, "Baa1", date(2024, 11, 2)),
                AgencyRating(SP, "BBB", date(2025, 1, 1)),
            ),
        ),
    )
    assert [(f.security_id, f.code) for f in faults] == [("Y", "NONE"), ("Z", "NOT_ANSWERED")]
    assert dict(vendor.requests[0].url.params) == {"assetId": "X,Y,Z"}


@pytest.mark.parametrize("change", [("BBB", "yesterday"), (7, "2025-01-01")])
def test_a_history_that_cannot_be_read_is_a_fault_and_spoils_no_other(
    vendor: FakeVendor, change: tuple[str, str]
) -> None:
    bad = {"assetId": "B", "ratingsByAgencyId": {"2": history(SP, change)}}
    good = {"assetId": "G", "ratingsByAgencyId": {"2": history(SP, ("AA", "2025-01-01"))}}
    vendor.answers(RATINGS, {"ratingsByAssetId": {"B": bad, "G": good}, "errors": {}})
    found, faults = split(vendor.book().ratings(["B", "G"]))
    assert [(r.security_id, r.composite) for r in found] == [("G", "AA")]
    assert [(f.security_id, f.code) for f in faults] == [("B", "UNREADABLE")]


def test_an_asset_that_nobody_rates_has_no_composite(vendor: FakeVendor) -> None:
    vendor.answers(
        RATINGS, {"ratingsByAssetId": {"X": {"assetId": "X", "ratingsByAgencyId": {}}}, "errors": {}}
    )
    assert vendor.book().ratings(["X"]) == {"X": Ratings("X", None, ())}
