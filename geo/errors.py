"""The tree of errors that Pointward raises on purpose. It knows no HTTP: `api/errors.py` maps it to status codes.

GeoError
├── InvalidInput            a value that cannot be used; the message names value, limit and remedy
│   ├── InvalidGeometry     … a geometry, with ring and vertex
│   └── UnknownDatum
├── SourceError             a file of a city that cannot be read
├── ImportRefused           a city whose findings block the import
├── NotFound                nothing has this code
│   └── NoEditionAt         no edition was known or valid at the moment asked for
├── NothingPublished        the service has no edition yet
└── NotAllowed              the action does not fit the present state
"""

from geo.wording import Lang, Phrase


class GeoError(Exception):
    """A refusal with a message in both languages. `slug` names the kind of problem to programs."""

    slug = "error"

    def __init__(self, phrase: Phrase, /, **values: object) -> None:
        self.phrase = phrase
        self.values = values
        super().__init__(phrase.say("en", **values))

    def say(self, lang: Lang) -> str:
        """The message in one language."""
        return self.phrase.say(lang, **self.values)


class InvalidInput(GeoError):
    slug = "invalid-input"


class InvalidGeometry(InvalidInput):
    slug = "invalid-geometry"


class UnknownDatum(InvalidInput):
    slug = "unknown-datum"


class SourceError(GeoError):
    slug = "unreadable-source"


class ImportRefused(GeoError):
    slug = "import-refused"


class NotFound(GeoError):
    slug = "not-found"


class NoEditionAt(NotFound):
    slug = "no-edition-at"


class NothingPublished(GeoError):
    slug = "nothing-published"


class NotAllowed(GeoError):
    slug = "not-allowed"
