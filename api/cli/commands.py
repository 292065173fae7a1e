"""The list of commands."""

import logging
import sys

import typer

from api.cli import bulk, mapping, publishing, reading, serving, verifying
from api.cli.terminal import err, language
from geo.errors import GeoError

app = typer.Typer(
    help="Pointward: who is responsible here? 这里归谁管？",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("migrate")(publishing.migrate)
app.command("import")(publishing.import_)
app.command("publish")(publishing.publish_)
app.command("editions")(publishing.editions)
app.command("areas")(reading.areas)
app.command("units")(reading.units)
app.command("lookup")(reading.lookup)
app.command("assign")(bulk.assign)
app.command("verify")(verifying.verify)
app.add_typer(mapping.app, name="map")
app.command("serve")(serving.serve)
app.command("demo")(serving.demo)


def run() -> None:
    """Runs the command line and ends the process with its exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except GeoError as refusal:
        err.print(refusal.say(language(None)), markup=False, style="red")
        raise SystemExit(1) from None
