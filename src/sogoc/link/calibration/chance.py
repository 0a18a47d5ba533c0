"""Quantiles of the gamma and Poisson laws, by the incomplete gamma function.

Written out because the node carries no library of statistics for two numbers. Series and
continued fraction as in Abramowitz and Stegun (1964), 6.5.29 and 6.5.31.
"""

from __future__ import annotations

from math import exp, lgamma, log

_EXACT = 1e-14
_TERMS = 10_000
_TINY = 1e-300


def gamma_share(shape: float, upto: float) -> float:
    """The share of a gamma law of this shape and scale 1 that lies below `upto`."""
    if upto <= 0:
        return 0.0
    if upto < shape + 1:
        return _front(shape, upto) * _series(shape, upto)
    return 1 - _front(shape, upto) * _fraction(shape, upto)


def gamma_quantile(share: float, shape: float) -> float:
    """Where this share of a gamma law of scale 1 lies below; by halving, to 12 digits."""
    below, above = 0.0, shape + 1.0
    while gamma_share(shape, above) < share:
        below, above = above, above * 2
    while above - below > 1e-12 * above:
        half = (below + above) / 2
        if gamma_share(shape, half) < share:
            below = half
        else:
            above = half
    return above


def poisson_quantile(share: float, mean: float) -> int:
    """The least count that a Poisson law stays at or below with at least this chance."""
    below, above = -1, 1
    while poisson_share(mean, above) < share:
        below, above = above, above * 2
    while above - below > 1:
        half = (below + above) // 2
        if poisson_share(mean, half) < share:
            below = half
        else:
            above = half
    return above


def poisson_share(mean: float, count: int) -> float:
    """The chance of at most `count` events where `mean` are expected."""
    return 1 - gamma_share(count + 1, mean)


def _front(shape: float, upto: float) -> float:
    return exp(shape * log(upto) - upto - lgamma(shape))


def _series(shape: float, upto: float) -> float:
    term = total = 1 / shape
    for step in range(1, _TERMS):
        term *= upto / (shape + step)
        total += term
        if term < total * _EXACT:
            break
    return total


def _fraction(shape: float, upto: float) -> float:
    """Lentz's evaluation of the continued fraction."""
    base = upto + 1 - shape
    ratio = 1 / _TINY
    inverse = 1 / base
    value = inverse
    for step in range(1, _TERMS):
        factor = -step * (step - shape)
        base += 2
        inverse = 1 / _kept(factor * inverse + base)
        ratio = _kept(base + factor / ratio)
        change = inverse * ratio
        value *= change
        if abs(change - 1) < _EXACT:
            break
    return value


def _kept(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
