"""Issuers of the generated bonds. Treasuries, agencies and sovereigns are real; every company is invented.

CUSIP prefixes of companies are invented too: six characters, one per issuer, as the numbering agency assigns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aladdin_simulator import sectors
from aladdin_simulator.book import SecurityKind
from aladdin_simulator.ratings import INVESTMENT_GRADE

EMERGING_MARKETS = frozenset({"BR", "CO", "ID", "MX", "PE", "PH", "TR", "ZA"})


class Bucket(Enum):
    """Market segments."""

    TREASURY = "Treasury"
    AGENCY = "agency"
    GRADE = "investment grade"
    YIELD = "high yield"
    EMERGING = "emerging market"


def bucket_of(sector: str, risk_country: str, rating: str) -> Bucket:
    """Return the market segment; country of risk precedes rating, so an Indonesian BBB is emerging."""
    if sector == sectors.GOVERNMENT:
        return Bucket.TREASURY
    if sector == sectors.AGENCY:
        return Bucket.AGENCY
    if risk_country in EMERGING_MARKETS:
        return Bucket.EMERGING
    return Bucket.GRADE if rating in INVESTMENT_GRADE else Bucket.YIELD


def kind_of(sector: str) -> SecurityKind:
    """Return the vendor's security type of a bond of this sector."""
    kinds = {
        sectors.GOVERNMENT: SecurityKind.GOVERNMENT,
        sectors.AGENCY: SecurityKind.AGENCY,
        sectors.SOVEREIGN: SecurityKind.SOVEREIGN,
    }
    return kinds.get(sector, SecurityKind.CORPORATE)


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer; `country` is its domicile, `risk_country` where the credit risk lies."""

    prefix: str
    ticker: str
    name: str
    sector: str
    rating: str
    country: str = "US"
    risk_country: str = "US"

    @property
    def bucket(self) -> Bucket:
        """The market segment of the issuer's bonds."""
        return bucket_of(self.sector, self.risk_country, self.rating)


AGENCIES = (
    Issuer("3135G0", "FNMA", "Fannie Mae", "AGENCY", "AA+"),
    Issuer("3137EA", "FHLMC", "Freddie Mac", "AGENCY", "AA+"),
    Issuer("3130AX", "FHLB", "Federal Home Loan Banks", "AGENCY", "AA+"),
    Issuer("3133EP", "FFCB", "Federal Farm Credit Banks", "AGENCY", "AA+"),
    Issuer("880591", "TVA", "Tennessee Valley Authority", "AGENCY", "AA+"),
)

INVESTMENT_GRADE_COMPANIES = (
    Issuer("12740K", "MRDB", "Meridian Bancorp", "BANKING", "A-"),
    Issuer("15863Q", "NGFG", "Northgate Financial Group", "BANKING", "A"),
    Issuer("18254T", "HRVB", "Harborview Bank", "BANKING", "A+"),
    Issuer("19947C", "STRT", "Sterling Oak Trust", "BANKING", "BBB+"),
    Issuer("21306D", "CALE", "Caledon Bank plc", "BANKING", "A", "GB", "GB"),
    Issuer("23518F", "MDOM", "Maple Dominion Bank", "BANKING", "AA-", "CA", "CA"),
    Issuer("25190G", "KANT", "Kanto Mutual Financial", "BANKING", "A", "JP", "JP"),
    Issuer("27713H", "PLLR", "Pillar Life", "INSURANCE", "A+"),
    Issuer("29402J", "GRMI", "Granite Mutual Insurance", "INSURANCE", "AA-"),
    Issuer("30871L", "CNRE", "Continental Shore Re", "INSURANCE", "BBB+"),
    Issuer("32256M", "AXSY", "Axion Field Systems", "TECHNOLOGY", "AA"),
    Issuer("33984N", "CBLT", "Cobalt Ridge Semiconductor", "TECHNOLOGY", "A+"),
    Issuer("35117P", "PRLX", "Parallax Software", "TECHNOLOGY", "AAA"),
    Issuer("36625R", "HLXD", "Helix Data Storage", "TECHNOLOGY", "BBB"),
    Issuer("38039S", "TCWI", "Transcontinental Wireless", "COMMUNICATIONS", "BBB"),
    Issuer("39548V", "BCNC", "Beacon Hill Cable", "COMMUNICATIONS", "BBB-"),
    Issuer("41186W", "ATMG", "Atlas Meadow Media", "COMMUNICATIONS", "BBB+"),
    Issuer("42793X", "HSTF", "Hearthstone Foods", "CONSUMER", "BBB"),
    Issuer("44261Y", "EVGR", "Evergreen Retail Stores", "CONSUMER", "AA"),
    Issuer("45918Z", "SMTB", "Summit Creek Beverage", "CONSUMER", "A+"),
    Issuer("47305B", "ASCP", "Asclepia Pharmaceuticals", "HEALTHCARE", "AA-"),
    Issuer("48832E", "UNHP", "Unity Harbor Health Plans", "HEALTHCARE", "A"),
    Issuer("50277U", "BRMD", "Bridgeway Medical Devices", "HEALTHCARE", "A-"),
    Issuer("51961K", "PCEN", "Permian Crest Energy", "ENERGY", "BBB+"),
    Issuer("53484Q", "GMPL", "Gulf Meridian Pipelines", "ENERGY", "BBB"),
    Issuer("55129T", "NORD", "Nordhavn Energy", "ENERGY", "AA-", "NO", "NO"),
    Issuer("56650C", "TWPL", "Tidewater Power & Light", "UTILITIES", "A-"),
    Issuer("58318D", "PSEL", "Prairie States Electric", "UTILITIES", "A"),
    Issuer("59904F", "CSHY", "Cascade Hydro", "UTILITIES", "BBB+"),
    Issuer("61472G", "IBRM", "Ironbridge Machinery", "INDUSTRIAL", "A"),
    Issuer("63075H", "ALCV", "Allied Conveyor", "INDUSTRIAL", "BBB+"),
    Issuer("64529J", "RHEI", "Rhein Automation AG", "INDUSTRIAL", "A-", "DE", "DE"),
    Issuer("66193L", "SLKC", "Silverlake Chemicals", "MATERIALS", "BBB"),
    Issuer("67740M", "CRDM", "Cordillera Bay Metals", "MATERIALS", "A-", "AU", "AU"),
    Issuer("69316N", "GPRW", "Great Plains Railway", "TRANSPORTATION", "A-"),
    Issuer("70855P", "BRLG", "Blue Ridge Logistics", "TRANSPORTATION", "BBB"),
    Issuer("72418R", "KSOR", "Keystone Office REIT", "REAL_ESTATE", "BBB"),
    Issuer("73902S", "SBRT", "Sunbelt Residential Trust", "REAL_ESTATE", "A-"),
    Issuer("75561V", "ODTB", "Old Harbor Tobacco", "TOBACCO", "BBB+"),
    Issuer("77029W", "SVLF", "Savannah Leaf", "TOBACCO", "BBB"),
    Issuer("78614X", "ORDY", "Ordnance Dynamics", "WEAPONS", "BBB+"),
    Issuer("80147Y", "STMN", "Sentry Munitions", "WEAPONS", "BBB-"),
    Issuer("81793Z", "BMCP", "Black Butte Coal & Power", "THERMAL_COAL", "BBB-"),
)

HIGH_YIELD_COMPANIES = (
    Issuer("12088A", "CRGR", "Crimson Bay Resorts", "CONSUMER", "BB"),
    Issuer("14572B", "RWPK", "Redwood Packaging", "MATERIALS", "BB+"),
    Issuer("16935E", "STAR", "Starling Airways", "TRANSPORTATION", "B+"),
    Issuer("20461U", "OAKH", "Oakmont Hospitals", "HEALTHCARE", "B"),
    Issuer("24807A", "PNBB", "Pinnacle Valley Broadband", "COMMUNICATIONS", "B+"),
    Issuer("28359B", "DSHL", "Desert Mesa Shale", "ENERGY", "BB-"),
    Issuer("31744E", "RDGB", "Ridgeline Building Products", "INDUSTRIAL", "BB"),
    Issuer("34602U", "MNAP", "Monarch Auto Parts", "CONSUMER", "BB-"),
    Issuer("37950A", "SLSH", "Solstice Cloud Holdings", "TECHNOLOGY", "B-"),
    Issuer("40338B", "HRLC", "Harrow Leisure Cruises", "CONSUMER", "B+"),
    Issuer("43816E", "CPHD", "Copperhead Mining", "MATERIALS", "BB"),
    Issuer("46274U", "APTC", "Appalachian Steam Coal", "THERMAL_COAL", "B+"),
    Issuer("49721A", "GLTB", "Golden Leaf Tobacco", "TOBACCO", "BB-"),
    Issuer("52185B", "CKHB", "Castle Keep Homebuilders", "REAL_ESTATE", "BB+"),
    Issuer("54638E", "MLRN", "Mainline Rentals", "INDUSTRIAL", "BB"),
    Issuer("57096U", "ZPHR", "Zephyr Street Retail", "CONSUMER", "CCC+"),
)

EMERGING_ISSUERS = (
    Issuer("105756", "BRAZIL", "Federative Republic of Brazil", "SOVEREIGN", "BB", "BR", "BR"),
    Issuer("91087B", "MEX", "United Mexican States", "SOVEREIGN", "BBB", "MX", "MX"),
    Issuer("195325", "COLOM", "Republic of Colombia", "SOVEREIGN", "BB+", "CO", "CO"),
    Issuer("715638", "PERU", "Republic of Peru", "SOVEREIGN", "BBB-", "PE", "PE"),
    Issuer("455780", "INDON", "Republic of Indonesia", "SOVEREIGN", "BBB", "ID", "ID"),
    Issuer("718286", "PHILIP", "Republic of the Philippines", "SOVEREIGN", "BBB+", "PH", "PH"),
    Issuer("836205", "SOAF", "Republic of South Africa", "SOVEREIGN", "BB-", "ZA", "ZA"),
    Issuer("900123", "TURKEY", "Republic of Turkiye", "SOVEREIGN", "BB-", "TR", "TR"),
    Issuer("60247A", "AMZI", "Amazonia Iron Finance BV", "MATERIALS", "BBB-", "NL", "BR"),
    Issuer("62810B", "AZTC", "Azteca Cement", "MATERIALS", "BBB-", "MX", "MX"),
    Issuer("65753E", "BOSB", "Bosphorus Bank", "BANKING", "BB-", "TR", "TR"),
    Issuer("68492U", "NUSP", "Nusantara Power", "UTILITIES", "BBB", "ID", "ID"),
    Issuer("71367A", "ANDC", "Andes Copper Holdings Ltd", "MATERIALS", "BBB+", "GB", "PE"),
    Issuer("74921B", "CAPT", "Cape Point Telecom", "COMMUNICATIONS", "BB", "ZA", "ZA"),
)
