"""Roads whose sides have no chief, and strips that no claim names."""

from collections.abc import Iterator

import numpy as np

from geo.audit.scene import Scene
from geo.audit.trouble import Trouble, round_m2
from geo.claims import PlaceKind, Role
from geo.crs import areas_m2
from geo.grounds import SIDES
from geo.posts import SubjectKind
from geo.roads import Side


def check_chiefs(scene: Scene) -> Iterator[Trouble]:
    """The sides of roads, by segment, that have none of a kind of road chief which the city has elsewhere.

    A road chief coordinates on a stretch of road, on the whole of it or on one side. A city without any lacks none.
    """
    book = scene.atlas.posts
    kinds = [
        kind
        for kind in book.kinds.values()
        if kind.role is Role.COORDINATES
        and any(post.kind == kind.code and post.subject.kind is SubjectKind.SEGMENT for post in book.by_code.values())
    ]
    for code, segment in sorted(scene.atlas.segments.items()):
        for side in Side:
            there = {post.kind for post in book.of_segment(code, side.value)}
            for kind in kinds:
                if kind.code not in there:
                    yield Trouble(
                        kind="road-without-chief",
                        subject=(code, side.value, kind.code),
                        values={"road": segment.road, "side": SIDES[side], "title": kind.name},
                        units=scene.accountable([scene.keeper_of(segment.centreline).code]),
                        ground=segment.centreline,
                    )


def check_strips(scene: Scene) -> Iterator[Trouble]:
    """The strips, by segment, side and kind, that no claim names while it holds; a city that claims no strip has none.

    Somebody further down the ladder may still answer there.
    """
    strips = [
        (number, ground)
        for number, ground in enumerate(scene.atlas.grounds.items)
        if ground.kind is PlaceKind.STRIP and number < len(scene.atlas.grounds.boundaries)
    ]
    claimed = {number for number, ground in strips if any(claim.schedule.spans(scene.at) for claim in ground.claims)}
    if not claimed:
        return
    for number, ground in strips:
        if number in claimed:
            continue
        boundary = scene.atlas.grounds.boundaries[number]
        area_m2 = float(areas_m2(np.array([boundary], dtype=object))[0])
        yield Trouble(
            kind="strip-unclaimed",
            subject=tuple(str(part) for part in ground.key),
            values={"strip": ground.name, "area_m2": round_m2(area_m2)},
            units=(scene.keeper_of(boundary).code,),
            area_m2=area_m2,
            ground=boundary,
        )
