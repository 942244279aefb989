"""Logistic regression with a squared penalty, whose weights may only speak against a pair; needs scipy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

FREE = {"bias", "size", "short", "plain"}  # weights that may have either sign
UNPENALISED = ("bias", "plain")


def logistic(x: Any, good: Any, share: Any, names: Sequence[str], l2: float) -> Any:
    """Fit P(good) = logistic(x · weights) to rows that weigh `share`; features that are not FREE get at most 0."""
    scale = x.std(axis=0)
    scale[scale == 0] = 1.0
    x = x / scale
    penalty = np.array([0.0 if name in UNPENALISED else l2 for name in names])

    def loss(weights: Any) -> tuple[float, Any]:
        odds = x @ weights
        chance = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
        value = share @ (good * np.logaddexp(0, -odds) + (1 - good) * np.logaddexp(0, odds))
        return value + penalty @ weights**2 / 2, x.T @ (share * (chance - good)) + penalty * weights

    bounds = [(None, None) if name in FREE else (None, 0.0) for name in names]
    start = np.zeros(len(names))
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 600}).x / scale
