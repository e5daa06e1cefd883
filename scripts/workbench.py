"""Builds the workbench and runs its tools, with the machine's Node or one of its own.

`python scripts/workbench.py build|check|test|generate|dev|sbom`, in the virtual environment. A build that
is up to date costs a few hundredths of a second. With `--or-without` one that fails is said and is no
failure: the API is served without the workbench then. `WORKBENCH=false` skips everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[1]
API, WORKBENCH = ROOT / "allocation-api", ROOT / "workbench"
VENV = Path(sys.prefix)
MODULES, DIST = WORKBENCH / "node_modules", WORKBENCH / "dist"
LOG = WORKBENCH / "dist.log"
INSTALLED, BUILT = ".allocator-installed", ".built"
"""Stamps in `MODULES` and `DIST`, written last: what they were made of."""

SOURCES = (
    "src",
    "public",
    "scripts",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig*.json",
    "vite.config.*",
)
NODE_REQUIREMENTS = API / "requirements-node.txt"
NPM_CI = ("npm", "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
NPM_PROBE = (
    "npm",
    "view",
    "react",
    "version",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-timeout=10000",
)
"""Without a network one question fails soon, where npm asks for hundreds of packages for minutes."""

HEADING = "error during build:"
STOP_SECONDS = 20


class Failed(Exception):
    """A step failed; the words say which and why."""


def step(words: str, command: tuple[str, ...], env: Mapping[str, str]) -> None:
    """Show a step, run its command, add the seconds; keep its output in a file."""
    print(f"{words} ... ", end="", flush=True)
    began = time.monotonic()
    with LOG.open("w") as out:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=WORKBENCH,
            env={**env, "NO_COLOR": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    seconds = round(time.monotonic() - began)
    if done.returncode:
        print(f"failed after {seconds} s", flush=True)
        raise Failed(f"{words}: {reason(LOG.read_text(errors='replace'))} (all of it in {LOG})")
    print(f"{seconds} s", flush=True)


def reason(output: str) -> str:
    """Return the line of a tool's output that says most of why it failed."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in output.splitlines()]
    lines = [line for line in lines if line]
    # Vite says it below a heading; npm's first lines are bare codes, and its last ones where its own log is.
    of_vite = [line for line in lines[lines.index(HEADING) :] if line[-1] != ":"] if HEADING in lines else []
    of_npm = [line for line in lines if re.match(r"npm error (?!code |errno |syscall |path |command )", line)]
    return (of_vite or of_npm or lines[-1:] or ["it said nothing"])[0]


def digest(paths: Iterator[Path]) -> str:
    """Return a hash of the names and contents of files."""
    found = hashlib.sha256()
    for path in sorted(paths):
        body = path.read_bytes()
        found.update(f"{path.relative_to(ROOT)}\0{len(body)}\0".encode() + body)
    return found.hexdigest()


def sources() -> str:
    """Return a hash of what the build reads."""
    tops = (top for pattern in SOURCES for top in WORKBENCH.glob(pattern))
    return digest(
        path for top in tops for path in (top.rglob("*") if top.is_dir() else (top,)) if path.is_file()
    )


def says(stamp: Path, expected: str) -> bool:
    """Whether a stamp is there and says this."""
    return stamp.is_file() and stamp.read_text() == expected


def will_do(version: str) -> bool:
    """Whether a Node of this version builds the workbench: ^20.19 || >=22.12, as Vite asks for."""
    found = re.fullmatch(r"v(\d+)\.(\d+)\.\d+\s*", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def with_system_certificates() -> dict[str, str]:
    """Return an environment in which Node trusts what the system does: the proxy of a company, for one."""
    return {"NODE_USE_SYSTEM_CA": "1", **os.environ}


def with_node() -> dict[str, str]:
    """Return an environment in which `node` and `npm` will do; install them where the machine has none."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        if will_do(asked.stdout):
            return with_system_certificates()
    own, stamp = digest(iter((NODE_REQUIREMENTS,))), VENV / ".node"
    if not says(stamp, own):
        print(
            "Node 20.19, 22.12 or newer is needed to build the workbench, and is installed into .venv.",
            flush=True,
        )
        command = (str(ROOT / "scripts" / "install-packages"), str(VENV), str(NODE_REQUIREMENTS))
        if subprocess.run(command, check=False).returncode:  # noqa: S603
            raise Failed("Node cannot be installed")
        stamp.write_text(own)
    return {**with_system_certificates(), "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def with_packages() -> dict[str, str]:
    """Return an environment with Node, once the pinned packages are installed."""
    env = with_node()
    pinned = digest(WORKBENCH / name for name in ("package-lock.json", "package.json"))
    # A link is somebody's own arrangement, and npm would empty what it leads to.
    if not MODULES.is_symlink() and not says(MODULES / INSTALLED, pinned):
        step("Reaching the npm registry", NPM_PROBE, env)
        step("Installing the workbench's packages", NPM_CI, env)
        (MODULES / INSTALLED).write_text(pinned)
    return env


def build() -> None:
    """Build the workbench unless its sources are those of the last build; one that stopped never counts."""
    made_of = sources()
    if says(DIST / BUILT, made_of):
        return
    env = with_packages()
    new, old = WORKBENCH / f"dist.{os.getpid()}", WORKBENCH / f"dist.old.{os.getpid()}"
    for left in WORKBENCH.glob("dist.*"):
        shutil.rmtree(left, ignore_errors=True)
    step("Building the workbench", ("npm", "run", "build", "--", "--outDir", str(new), "--emptyOutDir"), env)
    step("Compressing it, writing its licences", ("node", "scripts/finish.mjs", str(new)), env)
    if DIST.exists():
        DIST.rename(old)
    new.rename(DIST)
    (DIST / BUILT).write_text(made_of)
    shutil.rmtree(old, ignore_errors=True)


def npm(script: str) -> None:
    """Run a script of package.json, its output shown."""
    command = ("npm", "run", "--silent", script)
    if subprocess.run(command, cwd=WORKBENCH, env=with_packages(), check=False).returncode:  # noqa: S603
        raise Failed(f"npm run {script} found something to mend")


def dev() -> None:
    """Serve the API and, in front of it, the workbench as it is being written; end both together."""
    env = with_packages()
    port = os.environ.get("PORT") or "5000"
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    vite = ("node", "node_modules/vite/bin/vite.js")
    # Each in a group of its own: the Node of the virtual environment is a process below what is started.
    apart: dict[str, Any] = {"process_group": 0, "stdin": subprocess.DEVNULL}
    running = [
        subprocess.Popen((sys.executable, "run.py"), cwd=API, env={**env, "PORT": port}, **apart),
        subprocess.Popen(  # noqa: S603
            vite, cwd=WORKBENCH, env={**env, "API_URL": f"http://127.0.0.1:{port}"}, **apart
        ),
    ]
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in running:
            process.wait(STOP_SECONDS)


def sbom() -> None:
    """Read a bill of materials (CycloneDX), and print it with the packages that ship with the workbench."""
    bom = json.load(sys.stdin)
    command = ("npm", "sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only")
    asked = subprocess.run(  # noqa: S603
        command, cwd=WORKBENCH, env=with_node(), capture_output=True, text=True, check=False
    )
    if asked.returncode:
        raise Failed(f"npm sbom: {reason(asked.stderr)}")
    found = json.loads(asked.stdout)
    bom["components"] += [found["metadata"]["component"], *found["components"]]
    bom["dependencies"] += found["dependencies"]
    json.dump(bom, sys.stdout, indent=2)


COMMANDS = {
    "build": build,
    "check": lambda: npm("check"),
    "test": lambda: npm("test"),
    "generate": lambda: npm("generate"),
    "dev": dev,
    "sbom": sbom,
}


def is_wanted() -> bool:
    """Whether the setting WORKBENCH asks for it, in the environment or the `.env` that the service reads."""
    files = (API / ".env", ROOT / ".env")
    given = [
        os.environ.get("WORKBENCH"),
        *(dotenv_values(f, interpolate=False).get("WORKBENCH") for f in files),
    ]
    return next((value for value in given if value), "true").lower() not in {"false", "0", "no"}


def main(command: str, *options: str) -> int:
    """Do what is asked for; say in one line what failed."""
    if command != "sbom" and not is_wanted():
        return 0
    try:
        COMMANDS[command]()
    except (Failed, OSError) as error:
        print(f"{error}.", file=sys.stderr)
        if "--or-without" not in options:
            return 1
        shutil.rmtree(DIST, ignore_errors=True)  # of other sources than the API that is served now
        print("The API and its documentation are served without the workbench.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
