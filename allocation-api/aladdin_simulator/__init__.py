"""Simulator of Aladdin's APIs over HTTP, which serves a generated book or a book file."""

from aladdin_simulator.app import Simulator, create_simulator
from aladdin_simulator.book import (
    Benchmark,
    BookError,
    ReferenceAccount,
    ReferenceData,
    ReferenceGroup,
    ReferenceSecurity,
    SimulatorBook,
)
from aladdin_simulator.front.fault_context import WireCutError
from aladdin_simulator.front.faults import FaultError
from aladdin_simulator.opening import DeskOptions, open_simulator
from aladdin_simulator.scenarios import DEFAULT_SEED, load_book

__all__ = [
    "DEFAULT_SEED",
    "Benchmark",
    "BookError",
    "DeskOptions",
    "FaultError",
    "ReferenceAccount",
    "ReferenceData",
    "ReferenceGroup",
    "ReferenceSecurity",
    "Simulator",
    "SimulatorBook",
    "WireCutError",
    "create_simulator",
    "load_book",
    "open_simulator",
]
