"""Examples of the documents in `docs/`: blocks of JSON, each with the word that says what it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[3] / "docs"
_EXAMPLE = re.compile(r"^```json (\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    """The text of a document."""
    return (DOCS / name).read_text()


def fragments(name: str) -> list[tuple[str, Any]]:
    """The examples of a document, in its order."""
    return [(kind, json.loads(text)) for kind, text in _EXAMPLE.findall(text_of(name))]
