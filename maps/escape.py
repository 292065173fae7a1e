"""The one way by which text reaches folium."""

import html

# Folium puts text into JavaScript template literals, even with parse_html: there `${…}` runs and `\` escapes.
# And branca renders every script that it has written once more as a Jinja template: there `{{ … }}` runs.
TEMPLATES = str.maketrans({character: f"&#{ord(character)};" for character in "\\`${}"})


def escape(text: str) -> str:
    """The text as HTML that shows it unchanged and that nothing on the way to the page can run."""
    return html.escape(text).translate(TEMPLATES)
