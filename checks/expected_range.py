"""The expected range of a new month, from earlier months: the statistics only.

Pure arithmetic on a table of organisations by months. Not here: where counts come from, the action
for one out of range (`checks.new_months`).

The method. A count per day, x, of month t gives four changes log(x[t] / x[t-k]): against the three
months before (k = 1, 2, 3) and the same month of the year before (k = 12). From each, the shared
movement (the median over organisations) is subtracted; an organisation's deviation is the
median of the four. It is out of range where its deviation exceeds its bound AND its step from the
month before does, too: a level that was accepted once is not out of range a month later. The
bound is `SPREADS` robust standard deviations (1.4826 x MAD) of the organisation's deviations in
earlier months, at least `LEAST` and at most `MOST`, so that a third missing (-0.405) or a month
counted twice (+0.693) is always out of range.

A total has no shared movement. Its deviation is its change on the year against the median of
those changes in the three months before, or without these the median of its four changes, with a
wider bound. The shared movement is checked likewise, for a file that is wrong for all
organisations: beyond its bound, the movement of those months is expected instead.
Wholes are compared on the members that both months have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

YEAR, NEAR = 12, (1, 2, 3)
LAGS = (*NEAR, YEAR)
SPREADS = 6.0  # robust standard deviations that an organisation may deviate
LEAST, MOST = 0.2, 0.25  # bounds of a deviation: -18% to +22%, at most -22% to +28%
WITHOUT_SEASONS = 0.35  # bound of a total without an earlier year to show its seasons
ENOUGH = 6  # earlier months needed to know an organisation's own spread
SHARED = 3  # organisations needed for a shared movement
SCALE = 1.4826  # MAD of a normal distribution -> its standard deviation
MATCHED = 0.5  # part of a whole's count that members in both months must have


@dataclass(frozen=True)
class Range:
    """The expected range of one organisation-month, in counts of the month.

    `strays`: natural logarithm of found over expected; `bound`: how far it may deviate either way.
    """

    found: float
    strays: float
    bound: float
    is_out: bool

    @property
    def expected(self) -> float:
        """The expected count."""
        return max(self.found, HALF) / float(np.exp(self.strays))

    @property
    def low(self) -> float:
        """The lowest count within range."""
        return self.expected * float(np.exp(-self.bound))

    @property
    def high(self) -> float:
        """The highest count within range."""
        return self.expected * float(np.exp(self.bound))


HALF = 0.5  # used for a count of zero, which has no logarithm


@dataclass
class CountTable:
    """Counts of organisations by months, and the expected range of each.

    `counts`: organisations x consecutive months, NaN where there is none. `days`: of each month,
    to make counts comparable. `level_of`: level -> for each organisation the number of the whole
    it is in, -1 for none. `totals`: levels checked as totals. `least`: smaller counts are not
    checked. `calm`, `most`: the lowest and highest bound of a deviation.
    """

    counts: Floats
    days: Sequence[float]
    level_of: dict[str, Ids]
    totals: tuple[str, ...] = ()
    least: float = 1.0
    calm: float = LEAST
    most: float = MOST
    _changes: dict[tuple[str, int, int], Floats] = field(default_factory=dict)
    _strays: dict[tuple[str, int], tuple[Floats, Floats]] = field(default_factory=dict)
    _common: dict[tuple[int, int], float] = field(default_factory=dict)
    _shared: dict[int, tuple[float, bool]] = field(default_factory=dict)
    _excesses: dict[int, tuple[float, float]] = field(default_factory=dict)

    @cached_property
    def months(self) -> int:
        """Return the number of months."""
        return int(self.counts.shape[1])

    def forget(self, level: str, numbers: Sequence[int], month: int) -> None:
        """Remove counts known to be wrong, so that nothing later is compared with them."""
        if not numbers:
            return
        inside = np.isin(self.level_of[level], numbers)
        self.counts[inside, month] = np.nan
        self._changes = {key: one for key, one in self._changes.items() if key[1] < month}
        self._strays = {key: one for key, one in self._strays.items() if key[1] < month}
        self._common = {key: one for key, one in self._common.items() if key[0] < month}
        self._shared = {key: one for key, one in self._shared.items() if key < month}
        self._excesses = {key: one for key, one in self._excesses.items() if key < month}

    def size(self, level: str) -> int:
        """Return the number of organisations of a level."""
        return int(self.level_of[level].max(initial=-1)) + 1

    def sums(self, level: str, month: int) -> Floats:
        """Return counts of a level's organisations in a month, NaN where none is known."""
        known = np.isfinite(self.counts[:, month])
        total = self._added(level, np.where(known, self.counts[:, month], 0.0))
        return np.where(self._added(level, known.astype(float)) > 0, total, np.nan)

    def _added(self, level: str, values: Floats) -> Floats:
        ids = self.level_of[level]
        inside = ids >= 0
        added: Any = np.bincount(ids[inside], values[inside], minlength=self.size(level))
        return np.asarray(added, dtype=np.float64)

    def change(self, level: str, month: int, lag: int) -> Floats:
        """Log(count per day / count per day `lag` months before), on members that both have."""
        key = (level, month, lag)
        if key not in self._changes:
            self._changes[key] = self._change(*key)
        return self._changes[key]

    def _change(self, level: str, month: int, lag: int) -> Floats:
        if month < lag or month >= self.months:
            return np.full(self.size(level), np.nan)
        now, then = self.counts[:, month], self.counts[:, month - lag]
        both = np.isfinite(now) & np.isfinite(then) & (then > 0)
        new = self._added(level, np.where(both, now, 0.0))
        old = self._added(level, np.where(both, then, 0.0))
        every = self._added(level, np.where(np.isfinite(now), now, 0.0))
        told = (old >= self.least) & (new >= MATCHED * every)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(np.maximum(new, HALF) / old * self.days[month - lag] / self.days[month])
        return np.where(told, ratio, np.nan)

    @property
    def base(self) -> str:
        """Return the level whose shared movement is used: the lowest one."""
        return next(iter(self.level_of))

    def common(self, month: int, lag: int) -> float:
        """Return the shared movement, NaN where too few organisations have a change; the expected
        one where it exceeds its own bound, because the whole file is wrong."""
        key = (month, lag)
        if key not in self._common:
            moved = _middle(self.change(self.base, month, lag))
            if month not in self._excesses:
                self._excesses[month] = self._excess(month)
            excess, bound = self._excesses[month]
            self._common[key] = moved - excess if abs(excess) > bound else moved
        return self._common[key]

    def _excess(self, month: int) -> tuple[float, float]:
        """Return the shared movement's deviation from the months before, and its bound."""
        strays, seasons = self._shared_strays(month)
        past = np.array([self._shared_strays(m)[0] for m in range(month)])
        return float(np.nan_to_num(strays)), float(self._bound(past[:, None], seasons)[0])

    def _shared_strays(self, month: int) -> tuple[float, bool]:
        if month not in self._shared:
            self._shared[month] = self._moved(self.base, month, _middle)
        return self._shared[month]

    def _moved(self, level: str, month: int, told: Any) -> tuple[Any, bool]:
        """Return the change on the year less that of the three months before, and True; where none
        of these is known, the median of the four changes, and False. `told`: summary of a level."""
        year = told(self.change(level, month, YEAR))
        before = _median([told(self.change(level, month - lag, YEAR)) for lag in NEAR])
        if np.any(np.isfinite(year - before)):
            return year - before, True
        four = [told(self.change(level, month, lag)) for lag in LAGS]
        return np.where(_known(four) >= 2, _median(four), np.nan), False

    def strays(self, level: str, month: int) -> tuple[Floats, Floats]:
        """Return each organisation's deviation in a month, and its step since the last."""
        key = (level, month)
        if key not in self._strays:
            self._strays[key] = self._alone(*key) if self.is_alone(*key) else self._among(*key)
        return self._strays[key]

    def is_alone(self, level: str, month: int) -> bool:
        """Whether a level is checked as a total: it is one, or has no shared movement."""
        return level in self.totals or all(np.isnan(self.common(month, lag)) for lag in LAGS)

    def _among(self, level: str, month: int) -> tuple[Floats, Floats]:
        moved = [self.change(level, month, lag) - self.common(month, lag) for lag in LAGS]
        return np.where(_known(moved) >= 2, _median(moved), np.nan), moved[0]

    def _alone(self, level: str, month: int) -> tuple[Floats, Floats]:
        strays, seasons = self._moved(level, month, np.asarray)
        if not seasons:
            return strays, self.change(level, month, 1)
        last = self.change(level, month - 1, YEAR)
        return strays, self.change(level, month, YEAR) - last

    def ranges(self, level: str, month: int) -> dict[int, Range]:
        """Number of an organisation -> the expected range of its month, where known."""
        strays, step = self.strays(level, month)
        found, bounds = self.sums(level, month), self._bounds(level, month)
        judged: dict[int, Range] = {}
        for number in np.flatnonzero(np.isfinite(strays) & np.isfinite(found)).tolist():
            bound, by = float(bounds[number]), float(strays[number])
            jumped = not abs(step[number]) <= bound  # an unknown step counts as a jump
            one = Range(float(found[number]), by, bound, abs(by) > bound and jumped)
            if one.expected >= self.least:
                judged[number] = one
        return judged

    def _bounds(self, level: str, month: int) -> Floats:
        past = [self.strays(level, m)[0] for m in range(month)]
        seasons = not self.is_alone(level, month) or self._moved(level, month, np.asarray)[1]
        table = np.stack(past) if past else np.empty((0, self.size(level)))
        few = _known(past) < ENOUGH if past else True
        pooled = self._bound(table.reshape(-1, 1), seasons)
        return np.where(few, pooled, self._bound(table, seasons))

    def _bound(self, past: Floats, seasons: bool) -> Floats:
        """Return the bound of each deviation, from earlier months (months x organisations).
        `seasons`: whether the seasonal movement is known and removed."""
        if not seasons:
            return np.full(past.shape[1], max(WITHOUT_SEASONS, self.most))
        if not len(past):
            return np.full(past.shape[1], self.most)
        few = _known(list(past)) < ENOUGH
        known = np.where(few, 0.0, past)
        spread = SCALE * _median(list(np.abs(known - _median(list(known)))))
        return np.where(few, self.most, np.clip(SPREADS * spread, self.calm, self.most))


def _middle(changes: Floats) -> float:
    """Return the median of the known values, NaN where too few are known."""
    known = np.sort(changes[np.isfinite(changes)])  # numpy's own median takes three times as long
    size = known.size
    return float(known[(size - 1) // 2] + known[size // 2]) / 2 if size >= SHARED else float("nan")


def _median(several: Sequence[Any]) -> Any:
    """Return the median of several changes, element by element, of the known ones."""
    table = np.sort(np.stack([np.asarray(one, dtype=np.float64) for one in several]), axis=0)
    known = np.isfinite(table).sum(axis=0)  # sorting puts unknown ones last
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, len(table) - 1)
    flat = table.reshape(len(table), -1)
    of_each = np.arange(flat.shape[1])
    middle = (flat[low.reshape(-1), of_each] + flat[high.reshape(-1), of_each]) / 2
    return np.where(known > 0, middle.reshape(known.shape), np.nan)


def _known(several: Sequence[Any]) -> Any:
    """Count the known ones of several changes, element by element."""
    return np.isfinite(np.stack([np.asarray(one, dtype=np.float64) for one in several])).sum(axis=0)
