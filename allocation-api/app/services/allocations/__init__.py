"""Previews: inputs gathered, the pure engine over them, and what is stored of both.

From what is asked upwards: `request` and `types`; `grid`, `bases`, `bounds` and `capacity`, the amounts that
each account may get; `wishes`, `sizing` and `stated_amounts`, which turn wishes into face or refuse them;
`rows`, `warnings` and `fairness`, what is shown; `engine` over these. Then what is stored: `inputs`, `store`,
`history`, `replay`, `frontier` and `service`; over it `comparisons` and `adjustments`. Contracts hold it.
"""
