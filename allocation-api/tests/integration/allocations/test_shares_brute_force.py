"""Own orders and tiers with random wishes, through the whole service, against every allowed split."""

from __future__ import annotations

import itertools
import json
import random

import numpy as np
import pytest

from tests.support.desk import Desk
from tests.support.splits import fullest_splits
from tests.support.wishes import LOT, book_of, hundredths, number, random_case

SLOW = [pytest.param(first, 45, marks=pytest.mark.slow) for first in range(30, 300, 45)]
IN_PARTS = pytest.mark.parametrize(("first", "count"), [(0, 30), *SLOW])


def cases_of(first, count):
    return [random_case(random.Random(serial), serial) for serial in range(first, first + count)]


@pytest.fixture
def desk_of(tmp_path):
    def make(cases):
        path = tmp_path / "wishes.json"
        path.write_text(json.dumps(book_of(cases)))
        return Desk(tmp_path, scenario=path)

    return make


def takers(case):
    """Accounts that the request does not exclude."""
    barred = {e["account_id"] for e in case.wishes.get("exclude_accounts", ())}
    return [h.account_id for h in case.holders if h.account_id not in barred]


def faces_of(answer):
    return [hundredths(a["allocated_quantity"]) for a in answer["allocations"]]


def own_orders(rng, case):
    own = {a: rng.randint(0, 6) * LOT + rng.choice((0, 0, 50_000)) for a in takers(case)}
    return own if any(own.values()) else dict.fromkeys(own, LOT)


@IN_PARTS
def test_own_orders_with_wishes_are_met_or_refused_as_brute_force_says(desk_of, first, count):
    # R4.8, R6.7
    cases = cases_of(first, count)
    desk, met = desk_of(cases), 0
    for serial, case in enumerate(cases, first):
        own = own_orders(random.Random(-1 - serial), case)
        body = case.body("PRO_RATA")
        body["parameters"] = {
            "base_metric": "ORDER_SIZE",
            "base_amounts": {a: number(x) for a, x in own.items()},
        }
        status, answer = desk.ask("allocations/preview", body)
        most = np.array([own.get(h.account_id, 0) for h in case.holders])
        splits = case.splits()
        splits = splits[(splits <= most).all(axis=1)]
        if case.misses_the_grid or not len(splits):
            assert status == 422, case
            continue
        assert status == 200, (case, answer)
        met += 1
        faces = np.array(faces_of(answer))
        assert (splits == faces).all(axis=1).any(), (case, own, faces)
        assert faces.sum() > splits.sum(axis=1).max() - case.step, (case, own, faces)
    assert met > count / 5


def some_tiers(rng, case):
    names = takers(case)
    chosen = rng.sample(names, rng.randint(1, len(names)))
    cut = rng.randint(1, len(chosen))
    return [tier for tier in (chosen[:cut], chosen[cut:]) if tier]


def stages_of(case, tiers):
    place = {h.account_id: i for i, h in enumerate(case.holders)}
    named = [[place[a] for a in tier] for tier in tiers]
    rest = [i for i in range(len(case.holders)) if i not in set(itertools.chain(*named))]
    return [*named, rest]


def check_stages(case, stages, weighting, faces):
    """Each tier takes the most, or less than a step below, and is split best, later ones not yet traded."""
    amounts = [case.amounts(h) for h in case.holders]
    done, left = np.zeros(len(amounts), dtype=np.int64), case.quantity
    for k, tier in enumerate(stages):
        waiting = sum(min(amounts[i]) for later in stages[k + 1 :] for i in later)
        able = fullest_splits([amounts[i] for i in tier], left - waiting, case.step)
        most = max(map(sum, able))
        trials = np.tile(done, (len(able), 1))
        trials[:, tier] = np.array(able, dtype=np.int64).reshape(len(able), len(tier))
        done[tier] = faces[tier]
        assert done[tier].sum() > most - case.step, (case, stages, faces)
        least = case.dispersion(trials, weighting).min()
        std = case.dispersion(done[None, :], weighting)[0]
        assert std <= least * (1 + 1e-9) + 1e-12, (case, stages, faces, std, least)
        left -= int(done[tier].sum())


@IN_PARTS
def test_tiers_with_wishes_are_each_split_best(desk_of, first, count):
    # R4.8, R6.8
    cases = cases_of(first, count)
    desk, met = desk_of(cases), 0
    for serial, case in enumerate(cases, first):
        rng = random.Random(-1 - serial)
        tiers, weighting = some_tiers(rng, case), rng.choice(("EQUAL", "NAV"))
        body = case.body("MIN_DISPERSION", weighting)
        body["parameters"]["tiers"] = tiers
        status, answer = desk.ask("allocations/preview", body)
        splits = case.splits()
        if case.misses_the_grid or not len(splits):
            assert status == 422, case
            continue
        assert status == 200, (case, answer)
        met += 1
        faces = np.array(faces_of(answer))
        assert (splits == faces).all(axis=1).any(), (case, tiers, faces)
        check_stages(case, stages_of(case, tiers), weighting, faces)
        assert answer["summary"]["optimality"]["status"] == "OPTIMAL", case
    assert met > count / 5
