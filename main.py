"""Pointward: who is responsible here? The application for servers, and the command line.

python main.py --help          the commands
uvicorn --factory main:create_app
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.app import create_app as create_app


def __getattr__(name: str) -> Any:
    # The web stack is loaded only by whoever serves: the command line starts without it.
    if name == "create_app":
        from api.app import create_app

        return create_app
    raise AttributeError(name)


if __name__ == "__main__":
    from api.cli import run

    run()
