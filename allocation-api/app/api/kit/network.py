"""Between network and routes: trusted hosts, proxies in front, a path prefix, and no redirect by Host."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.config.server import ServerSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class PathPrefix:
    """Takes the prefix off the path of requests, and has addresses that the application writes begin with it.

    A proxy may hand the path on with the prefix or without it.
    """

    def __init__(self, application: WSGIApplication, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Call the application with the prefix in SCRIPT_NAME."""
        path = environ["PATH_INFO"]
        if path == self._prefix or path.startswith(self._prefix + "/"):
            path = path.removeprefix(self._prefix) or "/"
        return self._application({**environ, "SCRIPT_NAME": self._prefix, "PATH_INFO": path}, start_response)


class ClientAddress:
    """Leaves an IP address alone as the client's, without the port that some proxies add.

    Whatever else a proxy hands on is no address, and that of the proxy stands. The login brake counts by it,
    and the audit trail keeps it.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Call the application with an address in REMOTE_ADDR."""
        before = environ["werkzeug.proxy_fix.orig"]
        address = address_of(environ.get("REMOTE_ADDR") or "") or before["REMOTE_ADDR"]
        return self._application({**environ, "REMOTE_ADDR": address}, start_response)


def address_of(forwarded: str) -> str | None:
    """Return the IP address of an entry of X-Forwarded-For, which may have a port; None if there is none."""
    written = forwarded.strip()
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        return str(ip_address(written.partition("%")[0]))
    except ValueError:
        return None


def configure_network(app: Flask, server: ServerSettings) -> None:
    """Believe of the network what the settings say, and nothing else.

    From proxies come the client's address and whether it used TLS (X-Forwarded-For, X-Forwarded-Proto), as
    many hops deep as there are proxies. Host names and the path prefix are settings, since a proxy that does
    not set a header of its own would hand on the client's.
    """
    # A path with doubled slashes is no other path: the redirect to it would name the host of the request.
    app.url_map.merge_slashes = False
    app.config["TRUSTED_HOSTS"] = list(server.trusted_hosts) or None
    if server.path_prefix:
        app.wsgi_app = PathPrefix(app.wsgi_app, server.path_prefix)  # type: ignore[method-assign]
    if server.proxy_hops:
        hops = server.proxy_hops
        app.wsgi_app = ClientAddress(app.wsgi_app)  # type: ignore[method-assign]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
