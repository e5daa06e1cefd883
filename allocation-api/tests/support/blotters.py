"""Blotters on a desk: asked for, worked on as a worker does, and read."""

from __future__ import annotations

from threading import Event

from app.services.visibility.visibility import EVERYTHING

GOLDEN = "912828YW4"


def line(side, quantity, *, base="EQUAL", security_id=GOLDEN, priority=None, order=None, **more):
    """A line of a blotter as JSON, by pro-rata."""
    found = {
        "order": {"security_id": security_id, "side": side, "quantity": quantity, **(order or {})},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["GOLDEN"],
        "parameters": {"base_metric": base},
        **more,
    }
    return found if priority is None else {**found, "priority": priority}


def ask(desk, *lines, status=202, **more):
    """Ask for a blotter; nothing is previewed yet."""
    return desk.post("blotters", {"lines": list(lines), **more}, status=status)


def work(desk, job_id):
    """Do a job as a worker does."""
    assert desk.services.jobs.executor.run(job_id, Event(), lambda: None)


def blotter(desk, *lines, **more):
    """Ask for a blotter, preview its lines, and read it."""
    asked = ask(desk, *lines, **more)
    work(desk, asked["job_id"])
    return desk.get(f"blotters/{asked['blotter_id']}")


def commit(desk, blotter_id, **body):
    """Commit a blotter, and read it."""
    work(desk, desk.post(f"blotters/{blotter_id}/commit", body, status=202)["job_id"])
    return desk.get(f"blotters/{blotter_id}")


def faces(desk, shown):
    """What each account gets, line by line."""
    return [
        {a["account_id"]: a["allocated_quantity"] for a in allocation["allocations"]}
        for allocation in allocations(desk, shown)
    ]


def allocations(desk, shown):
    """The previews of the lines."""
    return [desk.get(f"allocations/{one['allocation_id']}") for one in shown["lines"]]


def statuses(shown):
    """The status of each line."""
    return [one["status"] for one in shown["lines"]]


def codes(shown):
    """The codes of what is wrong, line by line."""
    return [[error["code"] for error in one["errors"]] for one in shown["lines"]]


def kept(desk, allocation_id):
    """A stored allocation."""
    return desk.services.allocations.previews.get(allocation_id, EVERYTHING)
