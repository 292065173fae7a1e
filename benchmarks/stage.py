"""What all parts of the benchmarks share."""

from dataclasses import dataclass

from benchmarks.contender import Contender
from benchmarks.peers import PeerMissing
from benchmarks.sizes import Sizes
from benchmarks.world import World
from tests.postgis import Server


@dataclass(frozen=True, slots=True)
class Stage:
    """The sizes, the world of these sizes, Pointward on each kernel, and PostGIS or why there is none."""

    sizes: Sizes
    world: World
    contenders: tuple[Contender, ...]
    server: Server | PeerMissing
