"""What callers say finds the place they mean, within the accuracy that is stated with it."""

from dataclasses import replace

import pytest
import shapely

from geo.addresses import Address
from geo.errors import InvalidInput
from geo.model import City
from geo.places.extents import metres_apart
from geo.places.hit import Hit, HitKind
from geo.places.search import Places
from geo.wording import Name
from tests.geo.place_worlds import quarter, without_doors
from tests.geo.small_worlds import corner

SAID = (
    # what was said, kind, where it is on the squared paper, metres of accuracy
    ("平江路5号", "address", (3.85, 1.25), 15.0),
    ("平 江 路 ９ 号", "address", (3.85, 2.25), 15.0),
    ("平江路九号", "address", (3.85, 2.25), 15.0),
    ("苹江路9号", "address", (3.85, 2.25), 15.0),  # another character of the same sound
    ("我在平江路9号这里", "address", (3.85, 2.25), 15.0),
    ("姑苏区双塔街道平江路9号", "address", (3.85, 2.25), 15.0),
    ("江苏省苏州市姑苏区平江路9号", "address", (3.85, 2.25), 15.0),
    ("pingjiang lu 9 hao", "address", (3.85, 2.25), 15.0),
    ("pjl9号", "address", (3.85, 2.25), 15.0),
    ("9 Pingjiang Rd", "address", (3.85, 2.25), 15.0),
    ("平江路9-2号", "address", (3.85, 2.25), 30.0),
    ("平江路7号", "address", (3.85, 1.75), 27.7),  # a quarter of the way from 5 to 9
    ("No. 7 Pingjiang Road", "address", (3.85, 1.75), 27.7),
    ("平江路八号", "address", (4.15, 2.0), 55.4),  # the even side
    ("平江路13号", "address", (3.85, 3.25), 83.2),  # over the end of a segment
    ("平江路30号", "address", (4.15, 7.5), 138.6),  # onwards from 20
    ("朝阳新村2幢", "address", (6.5, 1.0), 15.0),
    ("朝阳新村3号楼", "address", (7.0, 1.0), 15.0),
    ("朝杨新村二幢", "address", (6.5, 1.0), 15.0),
    ("评弹馆", "address", (3.0, 2.0), 15.0),  # the second of two aliases
    ("青禾农贸市场", "site", (4.8, 4.65), 40.2),
    ("青和农贸市场", "site", (4.8, 4.65), 40.2),
    ("青禾市场", "site", (4.8, 4.65), 40.2),
    ("青禾菜市场", "site", (4.8, 4.65), 40.2),
    ("qhnmsc", "site", (4.8, 4.65), 40.2),
    ("qinghe nongmao shichang", "site", (4.8, 4.65), 40.2),
    ("Qinge Market", "site", (4.8, 4.65), 40.2),
    ("柳阴公园", "site", (2.0, 7.0), 47.9),
    ("平江路与干将路交叉口", "crossing", (4.0, 4.0), 10.0),
    ("干将路平江路路口", "crossing", (4.0, 4.0), 10.0),
    ("平江路观前街", "crossing", (4.0, 6.0), 10.0),
    ("Pingjiang Road and Guanqian Street", "crossing", (4.0, 6.0), 10.0),
    ("corner of Lindun Rd and Ganjiang Rd", "crossing", (1.0, 4.0), 10.0),
    ("pingjianglu/ganjianglu", "crossing", (4.0, 4.0), 10.0),
    ("青禾农贸市场北侧30米", "relative", (4.8, 5.27), 34.4),  # from its northern edge
    ("青禾农贸市场往东三十米", "relative", (5.615, 4.65), 28.9),
    ("30 m north of Qinghe Market", "relative", (4.8, 5.27), 34.4),
    ("青禾农贸市场南门", "relative", (4.8, 4.3), 33.9),
    ("青禾农贸市场对面", "relative", (3.7, 4.65), 41.4),  # across 平江路, which is nearer than 干将路
    ("opposite Qinghe Market", "relative", (3.7, 4.65), 41.4),
    ("平江路9号对面", "relative", (4.15, 2.25), 18.0),
    ("平江路9号门口", "relative", (3.85, 2.25), 25.0),
    ("平江路5号北30米", "relative", (3.85, 1.52), 19.0),
    ("平江路和干将路路口东北角", "relative", (4.07, 4.06), 14.1),
    ("柳阴公园旁边", "relative", (2.0, 7.0), 77.9),
    ("平江路", "road", (4.0, 4.0), 443.5),  # half its length: all of it
    ("平江街9号", "address", (3.85, 2.25), 15.0),  # another word for a road
    ("朝阳新村2#", "address", (6.5, 1.0), 15.0),
    ("朝阳小区2幢", "address", (6.5, 1.0), 15.0),
    ("平江路与观前街口", "crossing", (4.0, 6.0), 10.0),
    ("E120.60402° N31.30401°", "coordinates", (4.02, 4.01), 10.0),
    ("31.30401°N120.60402°E", "coordinates", (4.02, 4.01), 10.0),
    ("平江路9号对面的小店", "relative", (4.15, 2.25), 18.0),  # what stands there is not on the map
    ("老书场后面的平江路9号", "address", (3.85, 2.25), 15.0),  # … and here it is
    ("平江路18", "address", (4.15, 4.5), 69.3),
    ("双塔", "area", (2.0, 4.0), 482.7),
    ("120.604123,31.303456", "coordinates", (4.123, 3.456), 10.0),
    ("31.30401 N 120.60402 E", "coordinates", (4.02, 4.01), 10.0),
)


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(quarter())


def first(places: Places, said: str) -> Hit:
    return places.search(said)[0]


def metres_off(hit: Hit, place: tuple[float, float]) -> float:
    return metres_apart((hit.spot.lon, hit.spot.lat), corner(*place))


@pytest.mark.parametrize(("said", "kind", "place", "accuracy_m"), SAID, ids=[case[0] for case in SAID])
def test_what_is_said_is_found_within_its_accuracy(
    places: Places, said: str, kind: str, place: tuple[float, float], accuracy_m: float
) -> None:
    hit = first(places, said)
    assert hit.kind == kind
    assert metres_off(hit, place) <= hit.spot.accuracy_m
    assert hit.spot.accuracy_m == pytest.approx(accuracy_m, abs=0.3)
    for lang in ("zh", "en"):
        assert hit.how.say(lang)
        assert "{" not in hit.how.say(lang)


def test_a_number_between_two_known_ones_stands_where_the_road_puts_it(places: Places) -> None:
    assert metres_off(first(places, "平江路7号"), (3.85, 1.75)) < 0.1
    assert metres_off(first(places, "平江路8号"), (4.15, 2.0)) < 0.1
    assert first(places, "平江路7号").how.say("zh") == "平江路：门牌未登记，按 5 号与 9 号沿路推算"


def test_the_two_sides_of_a_road_count_apart() -> None:
    odd_only = replace(quarter(), addresses=tuple(a for a in quarter().addresses if a.code in ("A05", "A09")))
    hit = first(Places(odd_only), "平江路6号")
    assert metres_off(hit, (4.15, 1.5)) < 0.1  # opposite of where 6 would be on the odd side
    assert "on the other" in hit.how.say("en")


def test_a_bare_road_is_its_whole_line_and_asks_for_the_number(places: Places) -> None:
    hit = first(places, "平江路")
    assert isinstance(hit.shape, shapely.LineString)
    assert hit.question is not None
    assert hit.question.say("en") == "Which number, or near which crossing?"
    assert metres_off(hit, (4, 0)) <= hit.spot.accuracy_m
    assert metres_off(hit, (4, 8)) <= hit.spot.accuracy_m


def test_without_known_numbers_a_number_gives_the_whole_road() -> None:
    hit = first(Places(without_doors()), "平江路9号")
    assert (hit.kind, hit.code) == (HitKind.ROAD, "R1")
    assert "号" in hit.how.say("zh")
    assert hit.shape is not None


def test_roads_that_do_not_meet_are_both_shown_and_said_to_be_apart(places: Places) -> None:
    hits = places.search("平江路和临顿路")
    assert [(hit.kind, hit.code) for hit in hits[:2]] == [(HitKind.ROAD, "R1"), (HitKind.ROAD, "R5")]
    assert "do not meet" in hits[0].how.say("en")


def test_opposite_of_a_site_at_a_corner_has_a_place_across_each_road(places: Places) -> None:
    west, south = places.search("青禾农贸市场对面")
    assert west.spot.lon < corner(4, 0)[0] < south.spot.lon
    assert south.spot.lat < corner(0, 4)[1] < west.spot.lat
    assert west.question is not None
    assert west.question.say("zh") == "隔哪条路的对面？"


def test_opposite_of_a_site_on_no_road_is_its_own_place_and_less_sure(places: Places) -> None:
    lone = replace(quarter(), segments=())
    hit = first(Places(lone), "柳荫公园对面")
    assert metres_off(hit, (2, 7)) < 1.0
    assert hit.spot.accuracy_m == pytest.approx(first(places, "柳荫公园").spot.accuracy_m + 50.0)


def test_a_name_with_a_direction_in_it_is_a_name() -> None:
    north = tuple(replace(s, road=Name(zh="平江北路")) if s.code == "R2" else s for s in quarter().segments)
    hits = Places(replace(quarter(), segments=north)).search("平江北路")
    assert (hits[0].kind, hits[0].code, hits[0].score) == (HitKind.ROAD, "R2", 1.0)


def test_the_area_said_in_front_decides_between_two_of_one_name() -> None:
    west, east = (next(s for s in quarter().checkpoints if s.code == code) for code in ("P", "M"))
    twins = replace(quarter(), checkpoints=(replace(west, code="Z"), replace(east, name=west.name)))
    places = Places(twins)
    assert first(places, "双塔街道柳荫公园").code == "Z"
    assert first(places, "平江街道柳荫公园").code == "M"
    assert [hit.code for hit in places.search("柳荫公园")[:2]] == ["M", "Z"]  # a tie goes by code


def test_another_word_for_a_road_is_said_so_and_stands_behind_the_road_that_is_called_so() -> None:
    twin = tuple(replace(s, road=Name(zh="平江街")) if s.code == "R2" else s for s in quarter().segments)
    found = Places(replace(quarter(), segments=twin)).search("平江街")
    hits = [hit for hit in found if hit.kind is HitKind.ROAD]
    assert [hit.code for hit in hits] == ["R2", "R1"]
    assert "请核对" in hits[1].how.say("zh")


def test_a_building_of_an_estate_that_is_a_site_is_found_in_english() -> None:
    estate = replace(quarter().checkpoints[0], code="E", name=Name(zh="朝阳新村", en="Chaoyang Estate"))
    places = Places(replace(quarter(), checkpoints=(*quarter().checkpoints, estate)))
    assert first(places, "Building 2, Chaoyang Estate").code == "B2"


def two_roads_of_one_name(*, east: bool) -> Places:
    """The quarter with a second 平江路 far from the first: at x = 7 east of it, or at x = 0.5 west of it."""
    x = 7.0 if east else 0.5
    line = shapely.LineString([corner(x, 1), corner(x, 3)])
    first_one = next(s for s in quarter().segments if s.code == "R1")
    second = replace(first_one, code="R9", centreline=line, strips=(), start=Name(zh="甲路"), end=Name(zh="乙路"))
    kept = tuple(s for s in quarter().segments if s.code != "R2")
    west_lon, lat = corner(x + 0.1, 2)
    door = Address("Z1", west_lon, lat, road="平江路", number="9号")
    return Places(replace(quarter(), segments=(*kept, second), addresses=(*quarter().addresses, door)))


def test_two_roads_of_one_name_are_two_and_told_apart_by_their_area() -> None:
    places = two_roads_of_one_name(east=False)
    roads = [hit for hit in places.search("平江路") if hit.kind is HitKind.ROAD]
    # The first runs along the border of both, and the first area of equals names it.
    assert [(hit.code, hit.name.say("zh")) for hit in roads] == [
        ("R1", "平江路（平江街道）"),
        ("R9", "平江路（双塔街道）"),
    ]
    assert all(isinstance(hit.shape, shapely.LineString) for hit in roads)


def test_where_one_area_holds_both_roads_of_a_name_their_ends_tell_them_apart() -> None:
    names = [
        hit.name.say("zh") for hit in two_roads_of_one_name(east=True).search("平江路") if hit.kind is HitKind.ROAD
    ]
    assert names == ["平江路（起至止）", "平江路（甲路至乙路）"]


def test_a_number_that_two_roads_of_one_name_have_is_found_on_both_and_the_area_in_front_decides() -> None:
    places = two_roads_of_one_name(east=True)
    both = [hit for hit in places.search("平江路9号") if hit.kind is HitKind.ADDRESS]
    assert [(hit.code, hit.score) for hit in both] == [("A09", 1.0), ("Z1", 1.0)]
    assert both[1].how.say("zh") == "平江路（甲路至乙路）：地址库中的门牌"
    assert first(places, "双塔街道平江路9号").code == "A09"
    assert first(places, "平江街道平江路9号").code == "Z1"


def test_stretches_of_a_road_on_both_sides_of_a_river_are_one_road() -> None:
    parted = tuple(
        replace(s, centreline=shapely.LineString([corner(4, 6), corner(4, 8)])) if s.code == "R2" else s
        for s in quarter().segments
    )
    hits = [hit for hit in Places(replace(quarter(), segments=parted)).search("平江路") if hit.kind is HitKind.ROAD]
    assert [(hit.code, hit.name.say("zh")) for hit in hits] == [("R1", "平江路")]  # 222 m apart
    assert isinstance(hits[0].shape, shapely.MultiLineString)


def test_nothing_alike_is_no_hit(places: Places) -> None:
    assert places.search("肯德基") == ()
    assert places.search("！！") == ()


def test_hits_come_by_score_and_not_more_than_asked_for(places: Places) -> None:
    hits = places.search("平江", limit=3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(places.search("平江", limit=1)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "no place was given"), ("\u3000 ", "no place"), ("路" * 201, "201 characters"), ("平江\n路", "U+000A")],
)
def test_a_text_that_cannot_be_searched_for_is_refused(places: Places, text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says.replace("+", r"\+")):
        places.search(text)


def test_coordinates_are_in_the_citys_datum_unless_they_name_another() -> None:
    city: City = replace(quarter().city, datum="gcj02")
    places = Places(replace(quarter(), city=city))
    plain, named = first(places, "120.604000,31.304000"), first(places, "wgs84 120.604000,31.304000")
    assert 300 < metres_off(plain, (4, 4)) < 700
    assert metres_off(named, (4, 4)) < 0.01
