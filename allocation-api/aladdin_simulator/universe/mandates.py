"""The four portfolio groups of the generated book: accounts, mandates, restrictions. Clients are invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aladdin_simulator.universe.issuers import Bucket

INVESTMENT_GRADE_ONLY = "INVESTMENT_GRADE_ONLY"
NO_HIGH_YIELD = "NO_HIGH_YIELD"
NO_EMERGING_MARKETS = "NO_EMERGING_MARKETS"
NO_TOBACCO = "NO_TOBACCO"
ESG_COMPLIANT = "ESG_COMPLIANT"
RESTRICTIONS = (INVESTMENT_GRADE_ONLY, NO_HIGH_YIELD, NO_EMERGING_MARKETS, NO_TOBACCO, ESG_COMPLIANT)


@dataclass(frozen=True, slots=True)
class Mandate:
    """Investment mandate of a group.

    `mix` is the share of each bucket among the bonds that are not Treasuries, by number; `treasury_share` the
    range of the Treasuries' weight; `spread_duration` the accounts' target in years; `nav` the range of an
    account's NAV in USD millions.
    """

    mix: Mapping[Bucket, float]
    treasury_share: tuple[float, float]
    spread_duration: float
    nav: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Client:
    """Specification of one account."""

    account_id: str
    account_name: str
    restrictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Specification of one group."""

    group_id: str
    group_name: str
    description: str
    strategy: str
    manager: str
    created_date: date
    mandate: Mandate
    clients: tuple[Client, ...]


def _mix(agency: float, grade: float, high_yield: float, emerging: float) -> Mapping[Bucket, float]:
    return {
        Bucket.AGENCY: agency,
        Bucket.GRADE: grade,
        Bucket.YIELD: high_yield,
        Bucket.EMERGING: emerging,
    }


PUBLIC_PENSIONS = GroupPlan(
    group_id="PUBLICPRE",
    group_name="Public Pension Reserves",
    description="Core-plus reserves of public pension and retirement systems",
    strategy="CORE_PLUS",
    manager="Helen Marsh",
    created_date=date(2014, 3, 3),
    mandate=Mandate(_mix(0.08, 0.70, 0.12, 0.10), (0.28, 0.42), 6.2, (40, 900)),
    clients=(
        Client("PPR-001", "Harbor County Employees Retirement", (NO_TOBACCO,)),
        Client("PPR-002", "Lakeshore Teachers Pension Fund", (ESG_COMPLIANT,)),
        Client("PPR-003", "Pine Valley Police and Fire", (INVESTMENT_GRADE_ONLY,)),
        Client("PPR-004", "Mesa State Judicial Retirement"),
        Client("PPR-005", "River Bend Municipal Reserve", (INVESTMENT_GRADE_ONLY, NO_EMERGING_MARKETS)),
        Client("PPR-006", "Copper Hills School Employees", (NO_TOBACCO, NO_EMERGING_MARKETS)),
        Client("PPR-007", "Bayfield Transit Workers Pension"),
        Client("PPR-008", "Northern Plains Public Safety", (NO_HIGH_YIELD,)),
        Client("PPR-009", "Elm City Firefighters Fund", (NO_EMERGING_MARKETS,)),
        Client("PPR-010", "Granite State University Reserve", (ESG_COMPLIANT, NO_HIGH_YIELD)),
        Client("PPR-011", "Tri-County Water District Trust", (INVESTMENT_GRADE_ONLY, NO_TOBACCO)),
        Client("PPR-012", "Capitol Legislators Retirement"),
    ),
)

BIG_SIX = GroupPlan(
    group_id="BIG6",
    group_name="Big Six Institutional",
    description="The six largest institutional US credit accounts",
    strategy="US_CREDIT",
    manager="Daniel Okafor",
    created_date=date(2011, 9, 12),
    mandate=Mandate(_mix(0.10, 0.74, 0.08, 0.08), (0.38, 0.50), 7.0, (800, 3_500)),
    clients=(
        Client("BIG6-01", "Meridian States Teachers"),
        Client("BIG6-02", "Atlantic Sovereign Reserve", (NO_HIGH_YIELD,)),
        Client("BIG6-03", "Great Lakes Hospital System", (NO_TOBACCO,)),
        Client("BIG6-04", "Pacific Crest Endowment", (ESG_COMPLIANT,)),
        Client("BIG6-05", "National Rail Pension", (INVESTMENT_GRADE_ONLY,)),
        Client("BIG6-06", "Continental Insurance General Account", (NO_EMERGING_MARKETS, NO_HIGH_YIELD)),
    ),
)

LONG_BOND = GroupPlan(
    group_id="DP-LB-USD",
    group_name="Defined Pension Long Bond USD",
    description="Liability-driven long duration accounts in US dollars",
    strategy="LONG_DURATION",
    manager="Priya Raman",
    created_date=date(2017, 1, 9),
    mandate=Mandate(_mix(0.06, 0.84, 0.02, 0.08), (0.30, 0.42), 11.3, (90, 1_400)),
    clients=(
        Client("DPLB-01", "Allegheny Steelworkers Plan", (INVESTMENT_GRADE_ONLY,)),
        Client("DPLB-02", "Brightwater Utilities Pension", (NO_HIGH_YIELD,)),
        Client("DPLB-03", "Cedar Rapids Grain Cooperative Plan"),
        Client("DPLB-04", "Delta Aerospace Retirement", (INVESTMENT_GRADE_ONLY, NO_EMERGING_MARKETS)),
        Client("DPLB-05", "Eastport Shipyard Pension", (NO_HIGH_YIELD, NO_EMERGING_MARKETS)),
        Client("DPLB-06", "Fairmont Motors Salaried Plan"),
        Client("DPLB-07", "Glenwood Health Network Plan", (NO_TOBACCO, INVESTMENT_GRADE_ONLY)),
        Client("DPLB-08", "Huron Paper Hourly Plan", (INVESTMENT_GRADE_ONLY,)),
        Client("DPLB-09", "Interstate Telephone Plan", (NO_HIGH_YIELD,)),
        Client("DPLB-10", "Juniper Farms Retirement", (ESG_COMPLIANT, INVESTMENT_GRADE_ONLY)),
        Client("DPLB-11", "Kestrel Airlines Pilots Plan", (NO_EMERGING_MARKETS,)),
    ),
)

OPPORTUNISTIC = GroupPlan(
    group_id="OPNIC",
    group_name="Opportunistic Income",
    description="High income accounts with high yield and emerging market risk",
    strategy="OPPORTUNISTIC_INCOME",
    manager="Marta Kowalski",
    created_date=date(2019, 6, 17),
    mandate=Mandate(_mix(0.03, 0.27, 0.42, 0.28), (0.14, 0.24), 4.1, (120, 480)),
    clients=(
        Client("OPN-001", "Opportunistic Income Fund I"),
        Client("OPN-002", "Opportunistic Income Fund II", (NO_TOBACCO,)),
    ),
)

PLATFORM_MANDATE = Mandate(_mix(0.10, 0.86, 0.02, 0.02), (0.45, 0.55), 6.2, (40, 80))

GROUPS = (PUBLIC_PENSIONS, BIG_SIX, LONG_BOND, OPPORTUNISTIC)
