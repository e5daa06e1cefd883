"""Answers as JSON lines: one JSON object per line, in UTF-8, written while they are sent."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

JSON_LINES = "application/jsonl"


def json_lines_answer(lines: Iterable[str], name: str) -> Response:
    """Return the lines as a document to be stored under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.jsonl"'}
    return Response(lines, content_type=JSON_LINES, headers=headers)
