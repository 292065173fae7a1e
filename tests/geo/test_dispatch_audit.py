"""The dispatch audit on planted worlds: how wrong positions and labels are, and which borders have moved."""

from dataclasses import fields, replace

import numpy as np
import pytest

from geo.verify.borders import Guess
from geo.verify.sides import holm, one_sided
from tests.geo.dispatch_worlds import (
    DAY,
    audited,
    block_in_town_10,
    draw_records,
    ground_of_towns,
    moved,
    office_that_errs,
    strip_of_town_10,
)


@pytest.mark.parametrize(("accuracy_m", "mislabelled"), [(5.0, 0.01), (15.0, 0.02), (40.0, 0.1)])
def test_planted_errors_are_found_again(accuracy_m, mislabelled):
    ground = ground_of_towns()
    found = audited(ground, draw_records(ground, accuracy_m=accuracy_m, mislabelled=mislabelled), accuracies_m=())
    assert found.fit.accuracy_m.value == pytest.approx(accuracy_m, rel=0.2)
    assert found.fit.mislabelled.value == pytest.approx(mislabelled, abs=0.01)
    assert found.fit.accuracy_m.low < accuracy_m < found.fit.accuracy_m.high
    assert found.fit.mislabelled.low < mislabelled < found.fit.mislabelled.high
    assert moved(found) == []


def test_without_errors_of_the_position_the_accuracy_is_not_identifiable():
    ground = ground_of_towns()
    # Every label drawn anywhere lies in the middle of its town, 47 m and more from any border.
    drawn = draw_records(ground, mislabelled=0.0)
    x, y = (drawn.lon - 120.6) * 1000 % 4, (drawn.lat - 31.3) * 1000 % 4
    middle = np.flatnonzero((np.abs(x - 2) < 1.5) & (np.abs(y - 2) < 1.5))[:60]
    drawn.labels[middle] = np.where(drawn.labels[middle] == "11", "00", "11")
    found = audited(ground, drawn)
    assert found.fit is None
    assert (found.accuracy_m, found.qualities[0].accuracy_m) == (10.0, 10.0)
    assert found.mislabelled == pytest.approx(60 / 6_000 * 9 / 8, rel=0.02)
    assert found.guesses[Guess.MIS_RECORDED] == 60


def test_when_everything_agrees_there_is_nothing_to_fit():
    ground = ground_of_towns()
    found = audited(ground, draw_records(ground))
    assert (found.fit, found.mislabelled, found.borders) == (None, 0.0, ())
    assert [one.flagged for one in found.qualities] == [None] * 4


def test_labels_that_no_area_has_are_no_part_of_the_fit():
    ground = ground_of_towns()
    drawn = draw_records(ground, accuracy_m=15.0, mislabelled=0.02)
    before = audited(ground, drawn, accuracies_m=())
    drawn.labels = np.concatenate([drawn.labels, ["nowhere"] * 500])
    for name in ("lon", "lat", "seconds"):
        setattr(drawn, name, np.concatenate([getattr(drawn, name), getattr(drawn, name)[:500]]))
    after = audited(ground, drawn, accuracies_m=())
    assert after.fit == before.fit
    assert (after.guesses[Guess.UNKNOWN_LABEL], after.fitted_rows) == (500, before.fitted_rows)
    assert np.isnan(after.judged.p[-500:]).all()


def test_a_sample_of_the_agreeing_rows_gives_nearly_the_same():
    ground = ground_of_towns()
    drawn = draw_records(ground, accuracy_m=15.0, mislabelled=0.02)
    whole, part = audited(ground, drawn, accuracies_m=()), audited(ground, drawn, kept=1_000, accuracies_m=())
    assert (whole.sampled, part.sampled) == (False, True)
    assert part.fitted_rows == whole.fitted_rows == 6_000
    assert part.fit.accuracy_m.value == pytest.approx(whole.fit.accuracy_m.value, rel=0.1)
    assert part.fit.mislabelled.value == pytest.approx(whole.fit.mislabelled.value, abs=0.002)


@pytest.mark.parametrize("timed", [True, False])
def test_a_strip_recorded_for_the_neighbour_looks_like_a_border_that_moved(timed):
    ground = ground_of_towns()
    drawn = draw_records(ground, accuracy_m=15.0, mislabelled=0.02, change=strip_of_town_10(60.0))
    found = audited(ground, drawn, timed=timed, accuracies_m=())
    assert moved(found) == [("00", "10")]
    border = found.borders[0]
    assert border.verdict is Guess.BORDER_MOVED
    assert border.depth_m == pytest.approx(60.0, rel=0.3)
    assert (border.since, border.until) == (None, None)
    assert border.rows > 3 * border.expected
    assert border.probability < 0.01
    # What lies beside it is left out of the fit, so that the strip does not pass for an error of all positions.
    assert found.left_out > border.strip_rows == found.guesses[Guess.BORDER_MOVED] > 50
    assert found.fit.accuracy_m.value == pytest.approx(15.0, rel=0.2)
    assert found.fit.mislabelled.value == pytest.approx(0.02, abs=0.01)


def test_the_day_on_which_records_took_to_the_new_border_is_found():
    ground = ground_of_towns()
    change = strip_of_town_10(60.0, until_day=45)
    drawn = draw_records(ground, rows=8_000, accuracy_m=15.0, mislabelled=0.02, change=change)
    found = audited(ground, drawn, accuracies_m=())
    assert moved(found) == [("00", "10")]
    assert found.borders[0].since is None
    assert found.borders[0].until / DAY == pytest.approx(45, abs=5)


def test_the_day_from_which_records_follow_another_border_is_found():
    ground = ground_of_towns()
    change = strip_of_town_10(60.0, until_day=45)
    drawn = draw_records(ground, rows=8_000, accuracy_m=15.0, mislabelled=0.02, change=change)
    drawn.seconds = 90 * DAY - drawn.seconds
    found = audited(ground, drawn, accuracies_m=())
    assert moved(found) == [("00", "10")]
    assert found.borders[0].until is None
    assert found.borders[0].since / DAY == pytest.approx(45, abs=5)


@pytest.mark.parametrize("change", [block_in_town_10, office_that_errs])
def test_records_that_err_on_one_side_without_a_strip_at_the_border_are_mis_recorded(change):
    ground = ground_of_towns()
    drawn = draw_records(ground, accuracy_m=15.0, mislabelled=0.02, change=change)
    found = audited(ground, drawn, accuracies_m=())
    [border] = [one for one in found.borders if (one.first.code, one.second and one.second.code) == ("00", "10")]
    assert border.probability < 0.01
    assert (border.verdict, border.depth_m) == (Guess.MIS_RECORDED, None)
    assert moved(found) == []
    assert found.guesses[Guess.MIS_RECORDED] > 60


def thinned_in_town_00(drawn, there):
    """The records without nine in ten of those that are there."""
    kept = ~there | (np.arange(len(there)) % 10 == 0)
    return replace(drawn, **{one.name: getattr(drawn, one.name)[kept] for one in fields(drawn)})


def test_the_test_of_one_side_allows_for_how_many_records_lie_on_each():
    ground = ground_of_towns()
    drawn = draw_records(ground, rows=20_000, accuracy_m=15.0, mislabelled=0.01)
    in_town_00 = (drawn.lon < 120.604) & (drawn.lat < 31.304)
    found = audited(ground, thinned_in_town_00(drawn, in_town_00), accuracies_m=())
    [border] = [one for one in found.borders if {one.first.code, one.second and one.second.code} == {"00", "10"}]
    assert (border.first.code, border.second.code) == ("00", "10")
    assert border.rows > 3 * border.back
    assert border.probability > 0.01


def test_where_nothing_happens_on_one_side_disagreements_are_one_sided_and_no_border_has_moved():
    ground = ground_of_towns()
    drawn = draw_records(ground, rows=20_000, accuracy_m=15.0, mislabelled=0.01)
    found = audited(ground, thinned_in_town_00(drawn, drawn.labels == "00"), accuracies_m=())
    [border] = [one for one in found.borders if {one.first.code, one.second and one.second.code} == {"00", "10"}]
    assert (border.first.code, border.second.code) == ("10", "00")
    assert border.rows > 3 * border.back
    assert moved(found) == []


def test_each_disagreement_is_judged_by_itself():
    ground = ground_of_towns()
    drawn = draw_records(ground, accuracy_m=15.0, mislabelled=0.02)
    found = audited(ground, drawn, accuracies_m=())
    p, guess = found.judged.p, found.judged.guess
    threshold = found.mislabelled / 9 / (1 - found.mislabelled)
    assert set(guess[p >= threshold]) == {Guess.POSITION_ERROR.value}
    assert set(guess[p < threshold]) == {Guess.MIS_RECORDED.value}
    assert sum(found.guesses.values()) == len(p)
    assert found.judged.flagged.tolist() == (p >= 0.0005).tolist()


def test_p_keeps_its_word_at_the_fitted_accuracy_and_not_at_a_wrong_one():
    ground = ground_of_towns()
    drawn = draw_records(ground, rows=20_000, accuracy_m=15.0, mislabelled=0.02)
    fitted, sharp, blurred = audited(ground, drawn, accuracies_m=(2.0, 60.0)).qualities
    for part in fitted.bins:
        if part.rows > 100:
            assert part.observed == pytest.approx(part.predicted, abs=4 * 0.5 / np.sqrt(part.rows))
    assert sum(part.rows for part in fitted.bins) == pytest.approx(20_000)
    assert fitted.brier < sharp.brier
    assert fitted.brier < blurred.brier


def test_the_wider_the_accuracy_the_more_disagreements_are_flagged():
    ground = ground_of_towns()
    drawn = draw_records(ground, accuracy_m=15.0, mislabelled=0.02)
    flagged = [one.flagged for one in audited(ground, drawn, accuracies_m=(5.0, 10.0, 20.0)).qualities[1:]]
    assert flagged[0].shown < flagged[1].shown < flagged[2].shown
    assert all(0.0 < one.doubted <= one.shown < 1.0 for one in flagged)


def test_one_sidedness_is_the_tail_of_a_binomial():
    assert one_sided(8, 0, 0.5) == pytest.approx(2**-8)
    assert one_sided(3, 1, 0.25) == pytest.approx(4 * 0.25**3 * 0.75 + 0.25**4)
    assert one_sided(0, 9, 0.5) == 1.0
    assert (one_sided(5, 0, 1.0), one_sided(5, 0, 0.0)) == (1.0, 0.0)
    assert one_sided(100_400, 99_600, 0.5) == pytest.approx(0.0371, abs=0.0005)


def test_many_tests_make_each_less_telling():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
