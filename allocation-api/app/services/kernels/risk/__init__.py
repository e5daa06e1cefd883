"""Risk of a portfolio from returns of its assets, over numpy arrays alone.

`Panel` checks returns and weights; `covariance`, `losses`, `drawdown` and `relative` measure, `measure` does
so by name; `contributions`, `stress`, `rolling` and `uncertainty` say where risk comes from and how sure it
is. What has no answer is a `RiskError` with the kind of each fault.
"""

from app.services.kernels.risk.errors import Fault, FaultKind, RiskError
from app.services.kernels.risk.inputs import Panel
from app.services.kernels.risk.measures import Options, RiskMeasure, measure

__all__ = ["Fault", "FaultKind", "Options", "Panel", "RiskError", "RiskMeasure", "measure"]
