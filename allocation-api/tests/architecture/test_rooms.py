"""One name for a room in every layer, and no circle of files: what `ls app/*/<room>*` promises."""

from __future__ import annotations

import ast
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from app import models
from app.wiring import ROOMS

API_DIR = Path(__file__).resolve().parents[2]
APP = API_DIR / "app"
WITHOUT_EDGE = {"aladdin"}
"""Rooms that no request asks directly."""

FLOORS_BELOW_ROOMS = {"domain", "kernels", "compliance", "visibility"}
"""Directories of services that hold values, pure functions and conditions: nothing of theirs is wired."""

CONTRACTS = {
    found["name"]: found
    for found in tomllib.loads((API_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
FLOORS = CONTRACTS["The floors: a room knows the rooms below it, and none beside it"]["layers"]


def exists(*parts: str) -> bool:
    """Whether there is a module or a package of this name."""
    place = APP.joinpath(*parts)
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


@pytest.mark.parametrize("room", ROOMS)
def test_a_wired_room_has_its_name_in_every_layer(room: str) -> None:
    assert exists("services", room)
    assert exists("wiring", room)
    if room not in WITHOUT_EDGE:
        assert exists("api", room)
        assert exists("schemas", room)
    tests = [API_DIR / "tests" / kind / room for kind in ("unit", "integration")]
    assert any(folder.glob("test_*.py") for folder in tests if folder.is_dir()), f"{room} has no tests"


def test_every_room_of_the_services_is_wired_or_on_a_floor_below() -> None:
    rooms = {place.name for place in (APP / "services").iterdir() if (place / "__init__.py").is_file()}
    assert rooms == set(ROOMS) | FLOORS_BELOW_ROOMS


def test_every_wiring_module_is_a_room_that_is_listed() -> None:
    modules = {place.stem for place in (APP / "wiring").glob("*.py")} - {"__init__", "container"}
    assert modules == set(ROOMS)


@pytest.mark.parametrize("layer", ["api", "schemas", "models"])
def test_a_layer_has_no_module_that_is_no_room(layer: str) -> None:
    shared = {"__init__", "kit", "docs", "workbench", "namespaces", "problems", "lock", "append_only"}
    modules = {place.stem for place in (APP / layer).iterdir() if place.name != "__pycache__"}
    rooms = set(ROOMS) | FLOORS_BELOW_ROOMS
    of_none = {
        m for m in modules - shared if not any(m == room or m.startswith(f"{room}_") for room in rooms)
    }
    assert not of_none


def test_the_floors_that_import_linter_holds_name_every_room() -> None:
    named = {room.strip() for floor in FLOORS for room in floor.split("|")}
    assert named == set(ROOMS) | FLOORS_BELOW_ROOMS


def test_rooms_are_built_in_floor_order() -> None:
    height = {room.strip(): -depth for depth, floor in enumerate(FLOORS) for room in floor.split("|")}
    heights = [height[room] for room in ROOMS]
    assert heights == sorted(heights)


def test_the_edge_s_tools_may_know_no_endpoint() -> None:
    endpoints = {f"app.api.{place.stem}" for place in (APP / "api").glob("*.py")} - {"app.api.__init__"}
    assert set(CONTRACTS["The edge's tools know no endpoint"]["forbidden_modules"]) == endpoints


def test_every_endpoint_is_mounted() -> None:
    """A module that `namespaces` does not import has endpoints that no request reaches."""
    file = APP / "api" / "namespaces.py"
    endpoints = {f"app.api.{place.stem}" for place in (APP / "api").glob("*.py")} - {"app.api.__init__"}
    reached = imported("app.api.namespaces", endpoints, ast.parse(file.read_text()))
    assert reached == endpoints - {"app.api.namespaces", "app.api.workbench"}  # that one has no endpoint


def test_one_wiring_module_may_know_the_simulator() -> None:
    sources = CONTRACTS["We know the simulator at one wiring point"]["source_modules"]
    wiring = {f"app.wiring.{place.stem}" for place in (APP / "wiring").glob("*.py")}
    assert {name for name in sources if name.startswith("app.wiring.")} == wiring - {
        "app.wiring.__init__",
        "app.wiring.aladdin",
    }


def test_only_the_vendor_s_room_may_speak_http() -> None:
    name = "Only the vendor's room, alerts, events, the wiring and clients of other services speak HTTP"
    sources = CONTRACTS[name]["source_modules"]
    rooms = {f"app.services.{room}" for room in {*ROOMS, *FLOORS_BELOW_ROOMS} - {"aladdin"}}
    assert {name for name in sources if name.startswith("app.services.")} == rooms


def test_every_table_is_known_to_the_migrations() -> None:
    tables = {
        node.name
        for file in (APP / "models").glob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and "__tablename__" in ast.unparse(node)
    }
    assert len(tables) > len(ROOMS)
    assert tables <= set(models.__all__)


def imported(module: str, known: set[str], tree: ast.Module) -> set[str]:
    """The project's own modules that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= submodules or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name in known and name != module}


def test_bond_arithmetic_knows_the_standard_library_alone() -> None:
    """import-linter forbids by name; here is what is allowed."""
    files = list((API_DIR / "bonds").rglob("*.py"))
    found = {
        name.partition(".")[0]
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert {"bonds", "decimal"} <= found <= {"bonds", *sys.stdlib_module_names}


@pytest.mark.parametrize("package", ["app", "aladdin_simulator", "bonds"])
def test_there_is_no_circle_of_files(package: str) -> None:
    """Also none through an import for types alone, but for the one that import-linter names."""
    files = {
        ".".join(file.relative_to(API_DIR).with_suffix("").parts).removesuffix(".__init__"): file
        for file in (API_DIR / package).rglob("*.py")
    }
    graph = {name: imported(name, set(files), ast.parse(file.read_text())) for name, file in files.items()}
    graph.get("app.api.kit.context", set()).discard("app.wiring.container")
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle
    assert set(order) == set(files)
