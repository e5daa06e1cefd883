"""The documentation, at the root and open with `DOCS`: OpenAPI, restx's Swagger, and Swagger UI on top."""

from __future__ import annotations

from flask import Response, current_app, jsonify, make_response, redirect, render_template, url_for
from flask_restx import Namespace
from werkzeug.wrappers import Response as Answer

from app.api.kit.context import settings
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access

docs = Namespace("docs", "Descriptions of this API", path="/")


def home() -> Answer:
    """Redirect to the documentation: where no workbench is served, it is the way in."""
    return redirect(url_for("docs_ui"))


@docs.route("/openapi.json", endpoint="docs_openapi")
class OpenApiEndpoint(Endpoint):
    """OpenAPI 3.0."""

    @operation("openapi", Access.PUBLIC, addition=True)
    def get(self) -> Response:
        """Give this contract as an OpenAPI 3.0 document."""
        contract, prefix = current_app.extensions["openapi"], settings().server.path_prefix
        if not prefix:
            return jsonify(contract)
        servers = [{**server, "url": prefix + server["url"]} for server in contract["servers"]]
        return jsonify({**contract, "servers": servers})


@docs.route("/swagger.json", endpoint="docs_swagger")
class SwaggerEndpoint(Endpoint):
    """Swagger 2.0."""

    @operation("swagger", Access.PUBLIC, addition=True)
    def get(self) -> Response:
        """Give the API under /v1 as a Swagger 2.0 document, for tools that know no OpenAPI 3."""
        schema, prefix = current_app.extensions["swagger"].__schema__, settings().server.path_prefix
        return jsonify({**schema, "basePath": prefix + schema["basePath"]} if prefix else schema)


@docs.route("/docs", endpoint="docs_ui")
class DocsEndpoint(Endpoint):
    """Swagger UI."""

    @operation("docs", Access.PUBLIC, addition=True, media_type="text/html")
    def get(self) -> Response:
        """Show Swagger UI, to read this contract and to try it."""
        return make_response(render_template("docs.html", contract=url_for("docs_openapi")))
