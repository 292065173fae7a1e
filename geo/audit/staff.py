"""Posts nobody holds, terms that end, people who cannot be called, units that lead and cannot be reached."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from geo.audit.scene import Scene
from geo.audit.trouble import Trouble
from geo.claims import Origin, Role
from geo.posts import Post
from geo.register.holdings import Capacity
from geo.units import accountable
from geo.vacancies import Vacancy, vacancies

KIND_OF = {"vacant": "post-vacant", "ending": "post-ending", "contacts": "few-contacts"}


def check_staff(scene: Scene) -> Iterator[Trouble]:
    """What is missing among posts, then holders without a telephone, then leads without any contact."""
    ahead = timedelta(days=scene.atlas.city.policy.audit_ahead_days)
    yield from map(partial(_of_vacancy, scene), vacancies(scene.atlas, scene.roster, scene.at, ahead=ahead))
    for _, post in sorted(scene.atlas.posts.by_code.items()):
        if _held_by(scene, post) and not _telephones(scene, post):
            yield Trouble(
                kind="holder-without-telephone",
                subject=(post.code,),
                values={
                    "post": post.code,
                    "unit": scene.unit_name(post.unit),
                    "title": scene.atlas.posts.title(post),
                },
                units=scene.accountable([post.unit]),
            )
    yield from _without_contact(scene)


def _of_vacancy(scene: Scene, vacancy: Vacancy) -> Trouble:
    subject = vacancy.post.code if vacancy.post else "/".join((vacancy.subject.kind, *vacancy.subject.key))
    return Trouble(
        kind=KIND_OF[vacancy.kind],
        subject=(subject,),
        values={"zh": vacancy.text.say("zh"), "en": vacancy.text.say("en")},
        units=scene.accountable([vacancy.unit.code] if vacancy.unit else []),
    )


def _held_by(scene: Scene, post: Post) -> list[str]:
    """The people who hold a post at the moment, on whatever shift."""
    return [
        holding.person
        for holding in scene.roster.of_post(post.code)
        if holding.capacity is Capacity.HOLDER and holding.schedule.spans(scene.at)
    ]


def _telephones(scene: Scene, post: Post) -> list[str]:
    people = (scene.roster.people.get(person) for person in _held_by(scene, post))
    return [person.telephone for person in people if person is not None and person.telephone]


def _without_contact(scene: Scene) -> Iterator[Trouble]:
    """The units that lead, or answer on an area of the territory, and that nobody can call."""
    atlas = scene.atlas
    leading = {accountable(area.unit, atlas.units) for area in scene.areas_of_territory if area.unit}
    leading |= {site.unit for site in atlas.checkpoints.values() if site.unit}
    leading |= {
        accountable(claim.unit, atlas.units)
        for claim in atlas.city_map.claims
        if claim.role is Role.LEADS and claim.origin is Origin.MAP and claim.schedule.spans(scene.at)
    }
    reached = {post.unit for post in atlas.posts.by_code.values() if _telephones(scene, post)}
    for code in sorted(leading):
        unit = atlas.units[code]
        if not unit.telephone and not unit.contacts and code not in reached:
            yield Trouble(
                kind="lead-without-contact",
                subject=(code,),
                values={"unit": unit.name, "code": code},
                units=scene.accountable([code]),
            )
