"""A split that cannot be computed."""

from __future__ import annotations

from app.core.errors import AllocatorError


class SolverError(AllocatorError):
    """A method could not produce a valid split; never papered over."""

    status, code, title = 500, "SOLVER_ERROR", "The allocation could not be computed"
