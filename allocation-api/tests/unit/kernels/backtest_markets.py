"""Random markets for tests of the backtest."""

import numpy as np

from app.services.kernels.backtest import Market

MONDAY = 17_903  # 2019-01-07


def weekdays(count):
    """So many days in a row but for weekends."""
    at = np.arange(count)
    return (MONDAY + at // 5 * 7 + at % 5).astype(np.int32)


def prices(seed, rows, assets, volatility=0.02):
    generator = np.random.default_rng(seed)
    steps = generator.standard_t(5, (rows, assets)) * volatility / 2
    return 100 * np.exp(np.cumsum(steps, axis=0)) * generator.uniform(0.1, 10, assets)


def market(seed, rows, assets, *, opens=False, volumes=False, start=0):
    generator = np.random.default_rng(seed + 1)
    closes = prices(seed, rows, assets)
    return Market.of(
        tuple(f"A{at}" for at in range(assets)),
        weekdays(rows),
        closes,
        closes * np.exp(generator.normal(0, 0.004, closes.shape)) if opens else None,
        generator.uniform(1e5, 1e6, closes.shape) if volumes else None,
        start,
    )


def weights(seed, assets):
    drawn = np.random.default_rng(seed + 2).dirichlet(np.ones(assets))
    return drawn / drawn.sum()


def run(simulation):
    """All trades and what was skipped."""
    state, trades, skipped = simulation.begin(), [], []
    while state.decisions < len(simulation.rows):
        state, made = simulation.step(state)
        if made is not None:
            (skipped if hasattr(made, "reason") else trades).append(made)
    return state, trades, skipped
