"""The workbench, where it is built: its page at every route of the browser, and the page's files.

No operation of the API: it has no routes of its own, and answers only where the API has no path. Everything
is read at the start, so a build beside a running service changes nothing of it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath

from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound

from app.core.config.server import ServerSettings

PAGE = "index.html"
BASE = re.compile(r'<base href="/" ?/?>')
"""What the build leaves in the page for the site's own address, to which all its addresses are relative."""

OF_THE_API = frozenset(
    {"v1", "api", "docs", "openapi.json", "swagger.json", "swaggerui", "health", "metrics", "assets"}
)
"""First parts of paths at which there is no page, so that a wrong address of the API is a 404 in JSON."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Types of files by their ending. What ends so is a file, and no page: ids may have dots, too."""

HASHED = "assets/"
"""Files below it have a hash of their content in their name."""

FOREVER = "public, max-age=31536000, immutable"


def policy(nonce: str) -> str:
    """Return the content security policy of the page.

    MUI and AG Grid write style elements, which the nonce allows.
    """
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


@dataclass(frozen=True, slots=True)
class File:
    """A file of the build, and the same compressed where that is smaller."""

    body: bytes
    packed: bytes | None
    content_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class Built:
    """A build: the page, still without the site's address and a nonce, and the files by their paths."""

    page: str
    files: Mapping[str, File]


def configure_workbench(app: Flask, server: ServerSettings) -> None:
    """Serve the workbench where it is wanted and built."""
    if server.workbench is not None:
        app.before_request(partial(_answer, read_build(server.workbench), server.path_prefix))


def read_build(folder: Path) -> Built:
    """Read a build into memory."""
    files = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != PAGE and path.suffix in TYPES:
            body, packed = path.read_bytes(), path.with_name(path.name + ".gz")
            files[name] = File(
                body,
                packed.read_bytes() if packed.is_file() else None,
                TYPES[path.suffix],
                sha256(body).hexdigest()[:32],
            )
    return Built((folder / PAGE).read_text(), files)


def _answer(built: Built, prefix: str) -> Response | None:
    """Answer with a file or the page; None leaves the request to the API."""
    refused = request.routing_exception
    at_home = request.path == "/" and refused is None
    if request.method not in {"GET", "HEAD"} or not (at_home or isinstance(refused, NotFound)):
        return None
    if request.root_path != prefix:  # below /api, where the API is mounted a second time
        return None
    name = request.path[1:]
    if name in built.files:
        g.route = "workbench file"
        return _file(built.files[name], is_hashed=name.startswith(HASHED))
    if name.partition("/")[0] in OF_THE_API or PurePosixPath(name).suffix in TYPES or not _shows_pages():
        return None
    g.route = "workbench page"
    return _page(built.page, prefix)


def _shows_pages() -> bool:
    """Whether a browser asks for a page; scripts and tools accept anything, and get what the API says."""
    return any(kind == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes)


def _page(page: str, prefix: str) -> Response:
    nonce = secrets.token_urlsafe(16)
    head = f'<base href="{prefix}/"><meta property="csp-nonce" nonce="{nonce}">'
    response = Response(BASE.sub(head, page, count=1), content_type=TYPES[".html"])
    response.headers["Content-Security-Policy"] = policy(nonce)
    response.headers["Cache-Control"] = "no-store"  # a nonce is for one answer
    return response


def _file(file: File, *, is_hashed: bool) -> Response:
    packed = file.packed if request.accept_encodings["gzip"] > 0 else None
    response = Response(packed or file.body, content_type=file.content_type)
    response.headers["Cache-Control"] = FOREVER if is_hashed else "no-cache"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if file.packed:
        response.vary.add("Accept-Encoding")
    response.set_etag(file.tag, weak=True)
    response.make_conditional(request)
    return response
