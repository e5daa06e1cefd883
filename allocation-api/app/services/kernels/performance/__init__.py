"""Performance of an account or strategy from snapshots of its value: what flowed in or out is no return."""

from app.services.kernels.performance.figures import FIGURES, Track, track
from app.services.kernels.performance.returns import Flows, Snapshots, period_returns, time_weighted

__all__ = ["FIGURES", "Flows", "Snapshots", "Track", "period_returns", "time_weighted", "track"]
