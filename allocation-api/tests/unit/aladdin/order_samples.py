"""One order in our words, and what the vendor writes about it."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.services.domain.block_order import BlockOrder, Slice
from app.services.domain.side import Side

ORDER = BlockOrder(
    security_id="999999AA3",
    side=Side.BUY,
    face=Decimal(5_000_000),
    settlement_date=date(2025, 6, 6),
    external_id="ALLOC-7f3c2d10-1",
    basket_id="ALLOC-7f3c2d10",
    slices=(Slice("CORE-A1", Decimal(3_000_000)), Slice("CORE-A2", Decimal(2_000_000))),
    limit_price=Decimal("98.90"),
    comment="pro-rata",
    trade_date=date(2025, 6, 5),
    currency="USD",
)

POSTED = """
{"results": [{"output": {
   "order": {"id": "90001", "orderStatus": "Open", "version": 1, "touchCount": 1, "assetId": "999999AA3",
     "transactionType": "BUY", "face": 5000000, "fillAmount": 0, "averagePrice": 0, "marketPrice": 98.75,
     "principal": 4937500, "interest": 26562.5, "factor": 1.0, "entryTime": "2025-06-05T13:30:02Z",
     "settleDate": "2025-06-06", "basketId": "ALLOC-7f3c2d10", "ownerType": "OWNER_TYPE_PM",
     "externalOrderReference": {"accountCode": "12345", "externalId1": "ALLOC-7f3c2d10-1"},
     "orderDetails": [
       {"orderDetailId": 1, "portfolioReference": {"portfolioId": "4101", "portfolioTicker": "CORE-A1"},
        "quantity": 3000000, "quantityBooked": 0, "version": 1},
       {"orderDetailId": 2, "portfolioReference": {"portfolioId": "4102", "portfolioTicker": "CORE-A2"},
        "quantity": 2000000, "quantityBooked": 0, "version": 1}]},
   "complianceViolations": [{"id": "555", "actionStatus": "Action Required",
     "complianceSeverity": "COMPLIANCE_SEVERITY_WARNING", "portfolioId": "4101", "ruleId": "MAX_ISSUER_5PCT",
     "violationDescription": "issuer weight",
     "violationContributions": [{"allocationId": 2, "portfolioId": "9999"}]}]}}]}
"""


def stored(**fields: Any) -> dict[str, Any]:
    """Return an order as a read returns it: writable fields, known and unknown to us, and read-only ones."""
    plain = {
        "id": "90001",
        "orderStatus": "Active",
        "touchCount": 3,
        "assetId": "999999AA3",
        "transactionType": "BUY",
        "face": 5000000,
        "fillAmount": 1000000,
        "averagePrice": 98.8,
        "orderType": "Limit",
        "tradingLimitType": "Price",
        "tradingLimitValue": 98.9,
        "traderInitials": "XYZ",
        "pmInstruction": None,
        "modifyTime": "2025-06-05T09:45:00-04:00",
        "modifier": "someone",
        "orderComments": [{"orderCommentKey": "General", "orderCommentValue": "pro-rata"}],
        "orderCustomFields": [{"customFieldLabel": "DESK", "customFieldValue": "IG", "customFieldType": "S"}],
        "orderDetails": [
            {
                "orderDetailId": 1,
                "portfolioReference": {"portfolioId": "4101", "portfolioTicker": "CORE-A1"},
                "quantity": 3000000,
                "quantityBooked": 600000,
                "strategyId": 8,
                "version": 2,
            },
            {
                "orderDetailId": 2,
                "portfolioReference": {"portfolioId": "4102", "portfolioTicker": "CORE-A2"},
                "quantity": 2000000,
                "quantityBooked": 400000,
            },
        ],
    }
    return plain | fields


def page(*orders: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"orders": list(orders), "status": "0 not found, 0 hidden by permissions", **fields}
