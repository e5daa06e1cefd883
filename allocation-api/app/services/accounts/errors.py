"""Why reference data cannot be loaded."""

from __future__ import annotations

from app.core.errors import Conflict


class ReferenceOfMock(Conflict):
    """The database holds the data of a simulated book, which is not changed by hand."""

    code, title = "REFERENCE_OF_MOCK", "The reference data is that of a simulated book"
