"""The places of an atlas: indexed when they are first asked for, and kept as long as the atlas."""

import threading
from weakref import WeakKeyDictionary

from geo.atlas import Atlas
from geo.places.search import Places

_lock = threading.Lock()
_kept: WeakKeyDictionary[Atlas, Places] = WeakKeyDictionary()


def has_places(atlas: Atlas) -> bool:
    """Whether the places of this atlas are indexed already."""
    return atlas in _kept


def places_of(atlas: Atlas) -> Places:
    """The places of this atlas; the first call takes up to a second for a thousand names."""
    with _lock:  # two first callers would do the same work twice
        if atlas not in _kept:
            _kept[atlas] = Places(atlas.city_map)
        return _kept[atlas]
