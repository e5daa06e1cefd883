"""Market regimes of a crypto portfolio, over numpy arrays alone.

`volatility` estimates, `features` measure, `classifier` decides and says why. What has no answer is a
`RiskError` with the kind of each fault.
"""
