"""Sizes of orders: what the desk's settings say, and that no order above the maximum leaves."""

from __future__ import annotations

from tests.support.desk import GOLDEN_BOOK, Desk


def test_screens_are_told_the_settings_of_the_desk(golden_desk):
    assert golden_desk.get("system/desk") == {
        "quantity_m": "MILLION",
        "warn_above_quantity": 50_000_000,
        "max_quantity": None,
        "business_timezone": "America/New_York",
        "preview_minutes": 15,
        "price_band_percent": 1,
        "approval_above_notional": None,
        "approval_for_warnings": False,
    }


def test_screens_are_told_the_settings_that_were_changed(tmp_path):
    desk = Desk(
        tmp_path,
        scenario=GOLDEN_BOOK,
        QUANTITY_M="thousand",
        ORDER_WARN_ABOVE="0",
        ORDER_MAX="5000000",
        BUSINESS_TIMEZONE="Europe/Berlin",
        PREVIEW_MINUTES="90",
        PRICE_BAND_PERCENT="0.5",
        APPROVAL_ABOVE_NOTIONAL="2500000",
        APPROVAL_FOR_WARNINGS="true",
    )
    assert desk.get("system/desk") == {
        "quantity_m": "THOUSAND",
        "warn_above_quantity": None,
        "max_quantity": 5_000_000,
        "business_timezone": "Europe/Berlin",
        "preview_minutes": 90,
        "price_band_percent": 0.5,
        "approval_above_notional": 2_500_000,
        "approval_for_warnings": True,
    }
