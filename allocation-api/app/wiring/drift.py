"""Allocation drift."""

from __future__ import annotations

from app.services.drift.calculator import DriftCalculator
from app.wiring.container import Room, Services


def build(house: Services) -> Room[DriftCalculator]:
    """Build the calculator."""
    return Room(DriftCalculator(house.clock))
