"""Writes statistics.json: what SciPy and statsmodels say of a few hundred samples. Run from this folder."""

import json
import math

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20240607)


def samples(n, kind):
    seed_effect = rng.normal(size=n)
    if kind == "normal":
        return (seed_effect + rng.normal(size=n)).tolist(), (seed_effect + rng.normal(size=n) + 0.7).tolist()
    if kind == "accuracy":  # In steps of one sample of 50, with ties.
        a = rng.binomial(50, 0.93, size=n) / 50
        return a.tolist(), np.clip(a + rng.integers(-3, 3, size=n) / 50, 0, 1).tolist()
    return np.exp(seed_effect).tolist(), np.exp(seed_effect + rng.normal(size=n) * 0.3 + 0.2).tolist()


def exact(a, b, **options):
    return stats.permutation_test((a, b), alternative="two-sided", n_resamples=np.inf, **options).pvalue


pairs = []
for n in (5, 6, 8, 10, 12):
    for kind in ("normal", "accuracy", "lognormal"):
        a, b = samples(n, kind)
        d = np.array(a) - np.array(b)
        mean = np.mean
        low, high = stats.t.interval(0.95, n - 1, loc=d.mean(), scale=stats.sem(d))
        pairs.append({
            "a": a,
            "b": b,
            "t": stats.ttest_rel(a, b).pvalue,
            "interval": [low, high],
            "signFlip": exact(a, b, statistic=lambda x, y: mean(x - y), permutation_type="samples", vectorized=False),
        })

ranks = []
for n in (5, 6, 7):
    for diverged_a, diverged_b in ((0, n), (0, 1), (1, 3), (2, 2), (0, 0)):
        a = [float(v) for v in rng.integers(0, 8, size=n)]
        b = [float(v) for v in rng.integers(2, 10, size=n)]
        a[:diverged_a] = [-100.0] * diverged_a
        b[:diverged_b] = [-100.0] * diverged_b
        order = stats.rankdata(a + b)
        p = exact(order[:n], order[n:], statistic=lambda x, y: x.sum(), permutation_type="independent", vectorized=False)
        ranks.append({"a": a, "b": b, "p": p})

families = []
for size in (1, 2, 3, 10, 45):
    p = (rng.uniform(size=size) ** 3).tolist()
    families.append({"p": p, "holm": multipletests(p, method="holm")[1].tolist()})

document = {
    "origin": f"SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}, NumPy {np.__version__}",
    "tails": [[t, v, 2 * stats.t.sf(t, v)] for v in (1, 2, 3, 4, 5, 7, 9, 15, 31, 63) for t in (0, 1e-3, 0.3, 1, 2.1, 4.7, 19, 1e4)],
    "quantiles": [[p, v, stats.t.isf(p / 2, v)] for v in (1, 2, 3, 4, 5, 9, 30, 63) for p in (0.5, 0.05, 0.01, 1e-6)],
    "pairs": pairs,
    "ranks": ranks,
    "families": families,
}
assert all(math.isfinite(value) for _, _, value in document["tails"])
with open("statistics.json", "w", encoding="utf-8") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in document.items()) + "\n}\n")
