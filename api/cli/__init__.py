"""The command line. Data goes to stdout; words for people, logs and progress go to stderr.

Exit status: 0 for every answer (an unclaimed place too), 1 for a refusal, 2 for wrong usage.

What takes long to load and one command alone needs (folium, uvicorn, Alembic) is imported by that command when it runs.
"""

from api.cli.commands import run

__all__ = ["run"]
