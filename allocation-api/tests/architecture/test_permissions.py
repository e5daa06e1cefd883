"""Every permission guards something: one that nothing asks for would only seem to protect."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.security import Permission

APP = Path(__file__).resolve().parents[2] / "app"


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_is_asked_for(permission):
    asking = [
        path
        for layer in ("api", "services")
        for path in (APP / layer).rglob("*.py")
        if f"Permission.{permission.name}" in path.read_text()
    ]
    assert asking
