"""The dispatch audit: what the disagreements between records and the map say about both."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.model import FloatArray
from geo.position import sigma_of
from geo.verify.borders import BorderAudit, Expected, Guess, beside_border, moved_borders
from geo.verify.compare import Agreed, Comparison
from geo.verify.fit import NEAR_M, Fit, Known, best_epsilon, fit, recorded_mass
from geo.verify.ground import LevelGround
from geo.verify.masses import Around, Masses
from geo.verify.reliability import SHOWN_FROM, Quality, quality
from geo.verify.rows import Direction, Rows, numbers_of, weigh
from geo.verify.strips import Strip
from geo.verify.summary import rows_of

# Disagreements whose p is worked out at one time; bounds memory.
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Judged:
    """Of each disagreement, (k,): p of the area recorded (nan for an unknown label), and the text of a Guess."""

    p: FloatArray
    guess: NDArray[np.object_]

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Whether the answer has the recorded area among its candidates."""
        shown: NDArray[np.bool_] = self.p >= SHOWN_FROM
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchAudit:
    """What the disagreements say. `fit` is None where they cannot tell the accuracy: not identifiable.

    `accuracy_m` and `mislabelled` are those by which borders and records are judged: of the fit, or else the city's
    accuracy for "unknown" and the best share beside it. `qualities` are at that accuracy first, then at those given.
    `borders`, the worst first; `fitted_rows` and `left_out` count the rows that the fit saw, and those at borders that
    seem to have moved, which it did not. `sampled` says that not every row was weighed.
    """

    fit: Fit | None
    accuracy_m: float
    mislabelled: float
    qualities: tuple[Quality, ...]
    borders: tuple[BorderAudit, ...]
    guesses: dict[Guess, int]
    judged: Judged
    fitted_rows: int
    left_out: int
    sampled: bool


def audit(
    ground: LevelGround,
    compared: Comparison,
    outside_m: FloatArray,
    agreed: Agreed,
    *,
    accuracies_m: Sequence[float],
    confidence: float,
    assumed_m: float,
) -> DispatchAudit:
    """What the disagreements say about positions, labels and borders.

    `outside_m` is that of `outside_m_of`. Labels that no area has are no part of the model. Borders are searched for
    moves with a first fit; then the records beside those that moved are left out, whatever was recorded for them, and
    the rest is fitted again.
    """
    rows = weigh(ground, compared, outside_m, agreed)
    bench = _Bench(ground, rows, confidence, assumed_m)
    counts = _counts(ground, compared, outside_m)
    beside = np.zeros(len(rows.lon), dtype=bool)
    found = bench.settle(beside)
    strips, probability = moved_borders(rows, found.masses, counts, found.expected)
    if strips:
        for way, strip in strips.items():
            beside |= beside_border(ground, rows, way, strip.depth_m + NEAR_M)
        found = bench.settle(beside)
    judged = _judge(ground, compared, outside_m, strips, found, bench)
    given = (quality(bench.masses(metres), rows, areas=bench.areas, accuracy_m=metres) for metres in accuracies_m)
    return DispatchAudit(
        fit=found.fit,
        accuracy_m=found.accuracy_m,
        mislabelled=found.epsilon,
        qualities=(
            quality(found.masses, rows, areas=bench.areas, accuracy_m=found.accuracy_m, mislabelled=found.epsilon),
            *given,
        ),
        borders=_borders(ground, compared, outside_m, judged, counts, found.expected, strips, probability),
        guesses={guess: int(np.sum(judged.guess == guess.value)) for guess in Guess},
        judged=judged,
        fitted_rows=round(float(rows.weight[~beside].sum())),
        left_out=round(float(rows.weight[beside].sum())),
        sampled=bool(np.any(rows.weight > 1.0)),
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """An accuracy and a share of wrong labels, fitted or assumed, with what they make of the records."""

    fit: Fit | None
    accuracy_m: float
    epsilon: float
    masses: Masses
    expected: Expected


class _Bench:
    """The weighed records and what is asked of them again and again."""

    def __init__(self, ground: LevelGround, rows: Rows, confidence: float, assumed_m: float) -> None:
        self.areas = max(len(ground.areas), 1)
        self.rows = rows
        self.confidence = confidence
        self._ground = ground
        self._assumed_m = assumed_m
        self._around = Around(ground, lon=rows.lon, lat=rows.lat)

    def masses(self, accuracy_m: float) -> Masses:
        """The masses around every record at an accuracy."""
        return self._around.masses(sigma_of(accuracy_m=accuracy_m, confidence=self.confidence))

    def settle(self, left_out: NDArray[np.bool_]) -> _Settled:
        """The accuracy and the share that the records tell, or those assumed where they cannot tell."""
        rows, kept = self.rows, np.flatnonzero(~left_out)
        around = Around(self._ground, lon=rows.lon[kept], lat=rows.lat[kept]) if left_out.any() else self._around
        known = Known(around, rows.recorded[kept], rows.weight[kept])
        found = None
        if np.any(rows.outside_m[kept] <= NEAR_M):
            found = fit(known, areas=self.areas, confidence=self.confidence)
            accuracy_m, epsilon = found.accuracy_m.value, found.mislabelled.value
        else:
            accuracy_m, epsilon = self._assumed_m, 0.0
            # With nothing to explain, a share would only make up for areas that overlap.
            if rows.differs[kept].any():
                mass = recorded_mass(known, accuracy_m=accuracy_m, confidence=self.confidence)
                epsilon = best_epsilon(mass, known.weight, areas=self.areas)
        masses = self.masses(accuracy_m)
        return _Settled(found, accuracy_m, epsilon, masses, Expected(rows, masses, epsilon=epsilon, areas=self.areas))


def _counts(ground: LevelGround, compared: Comparison, outside_m: FloatArray) -> dict[Direction, int]:
    recorded, found = numbers_of(ground, compared, np.flatnonzero(~np.isnan(outside_m)))
    return dict(Counter(zip(recorded.tolist(), found.tolist(), strict=True)))


def _judge(
    ground: LevelGround,
    compared: Comparison,
    outside_m: FloatArray,
    strips: dict[Direction, Strip],
    settled: _Settled,
    bench: _Bench,
) -> Judged:
    """What is said of each disagreement: in a strip, or whichever of two errors made it more likely."""
    known = np.flatnonzero(~np.isnan(outside_m))
    recorded, found = numbers_of(ground, compared, known)
    own = np.empty(len(known))
    for start in range(0, len(known), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        around = Around(ground, lon=compared.lon[known[some]], lat=compared.lat[known[some]])
        records = Known(around, recorded[some], np.ones(len(recorded[some])))
        own[some] = recorded_mass(records, accuracy_m=settled.accuracy_m, confidence=bench.confidence)
    by_position = ((1.0 - settled.epsilon) * own >= settled.epsilon / bench.areas) & (own > 0.0)
    guesses = np.full(len(known), Guess.MIS_RECORDED.value, dtype=object)
    guesses[by_position] = Guess.POSITION_ERROR.value
    weighed = int(bench.rows.differs.sum())
    for (first, second), strip in strips.items():
        if weighed == len(known):
            moved = strip.rows[len(strip.rows) - weighed :]
        else:  # what was not weighed is told by its depth alone
            moved = (recorded == first) & (found == second) & (outside_m[known] <= strip.depth_m)
        guesses[moved] = Guess.BORDER_MOVED.value
    p = np.full(len(outside_m), np.nan)
    p[known] = own
    guess = np.full(len(outside_m), Guess.UNKNOWN_LABEL.value, dtype=object)
    guess[known] = guesses
    return Judged(p, guess)


def _borders(
    ground: LevelGround,
    compared: Comparison,
    outside_m: FloatArray,
    judged: Judged,
    counts: dict[Direction, int],
    expected: Expected,
    strips: dict[Direction, Strip],
    probability: dict[Direction, float],
) -> tuple[BorderAudit, ...]:
    """Every border with disagreements, those that moved first, then by how many there are."""
    known = np.flatnonzero(~np.isnan(outside_m))
    recorded, found = numbers_of(ground, compared, known)
    places = {way: known[rows] for way, rows in rows_of(zip(recorded.tolist(), found.tolist(), strict=True)).items()}
    audited = []
    for pair in {(min(way), max(way)) for way in counts}:
        way = max(
            (one for one in (pair, pair[::-1]) if one in counts),
            key=lambda one: (one in strips, counts[one], -one[0]),
        )
        back = way[::-1]
        guesses = Counter(Guess(text) for text in judged.guess[places[way]].tolist())
        strip = strips.get(way)
        audited.append(
            BorderAudit(
                first=ground.areas[way[0]],
                second=ground.area(way[1]),
                rows=counts[way],
                back=counts.get(back, 0),
                expected=expected.of(*way),
                expected_back=expected.of(*back),
                median_m=float(np.median(outside_m[places[way]])),
                verdict=Guess.BORDER_MOVED if strip else max(sorted(guesses), key=lambda guess: guesses[guess]),
                probability=probability.get(way),
                depth_m=strip.depth_m if strip else None,
                strip_rows=guesses[Guess.BORDER_MOVED],
                since=strip.since if strip else None,
                until=strip.until if strip else None,
            )
        )
    return tuple(
        sorted(audited, key=lambda one: (one.depth_m is None, -one.rows - one.back, one.first.code, _code(one)))
    )


def _code(border: BorderAudit) -> str:
    return border.second.code if border.second else ""
