"""serve and demo: the service on this machine."""

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import LangOption, open_database, spoken
from api.cli.publishing import draft_of, publish_now
from api.cli.terminal import err, language, out, say
from api.services.publishing import published
from api.settings import read_settings
from api.storage.errors import NotMigrated, StorageUnavailable
from geo.editions import NOTHING_PUBLISHED
from geo.errors import InvalidInput
from geo.raster import kernel
from geo.wording import Lang, Phrase

HOST = "127.0.0.1"
SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"

PORT_TAKEN = Phrase(
    zh="端口 {port} 已被占用；请设 POINTWARD_PORT 或用 --port 换一个",
    en="port {port} is taken; choose another with POINTWARD_PORT or --port",
)
SERVING = Phrase(
    zh="http://{host}:{port}/ 提供服务中，内核 {kernel}；按 Ctrl+C 停止",
    en="serving http://{host}:{port}/, kernel {kernel} (stop with Ctrl+C)",
)
WELCOME = Phrase(
    zh="""
[bold]Pointward 已就绪[/bold]

  首页      http://{host}:{port}/?lang=zh
  热力图    http://{host}:{port}/maps/heat?lang=zh
  接口文档  http://{host}:{port}/docs

试一试（另开一个终端）：

  curl "http://{host}:{port}/v1/responsible?lon=120.62&lat=31.31&lang=zh"
  .venv/bin/python main.py lookup --lon 120.62 --lat 31.31 --lang zh
""",
    en="""
[bold]Pointward is ready[/bold]

  start page  http://{host}:{port}/?lang=en
  heat map    http://{host}:{port}/maps/heat?lang=en
  API         http://{host}:{port}/docs

Try (in another terminal):

  curl "http://{host}:{port}/v1/responsible?lon=120.62&lat=31.31&lang=en"
  .venv/bin/python main.py lookup --lon 120.62 --lat 31.31 --lang en
""",
)

PortOption = Annotated[int | None, typer.Option(help="default POINTWARD_PORT, else 8000 | 端口")]


def serve(
    port: PortOption = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="processes | 进程数")] = 1,
    lang: LangOption = None,
) -> None:
    """Serves HTTP on 127.0.0.1. 在本机提供服务。"""
    # There is no access control yet, so nobody outside this machine is let in.
    settings = read_settings()
    chosen = settings.port if port is None else port
    _check_port(chosen)
    chosen_kernel = kernel.name()  # one that cannot be used is refused here, and not in each process that is started
    said = language(lang)
    _warn(said)
    say(SERVING, said, host=HOST, port=chosen, kernel=chosen_kernel)
    _run(chosen, workers=workers)


def demo(port: PortOption = None, lang: LangOption = None) -> None:
    """Loads the sample city when nothing is published yet, and serves it. 载入示例城市并启动服务。"""
    from api.storage.migrate import upgrade

    settings = read_settings()
    chosen = settings.port if port is None else port
    _check_port(chosen)
    kernel.name()
    upgrade(settings.database_url)
    engine = open_database()
    if not published(engine):
        draft_of(engine, SAMPLE, strict=False, json=False, lang=lang)
        publish_now(engine, valid_from=None, lang=lang)
    said = spoken(lang, engine)
    engine.dispose()
    out.print(WELCOME.say(said, host=HOST, port=chosen))
    os.environ.setdefault("POINTWARD_DATABASE_URL", settings.database_url)
    _run(chosen)


def _warn(lang: Lang) -> None:
    """Says why the service that starts now will not answer yet; it will as soon as that is mended."""
    engine = open_database()
    try:
        if not published(engine):
            say(NOTHING_PUBLISHED, lang)
    except (NotMigrated, StorageUnavailable) as trouble:
        err.print(trouble.say(lang), markup=False, style="yellow")
    finally:
        engine.dispose()


def _run(port: int, *, workers: int = 1) -> None:
    import uvicorn

    uvicorn.run("main:create_app", factory=True, host=HOST, port=port, workers=workers, log_level="warning")


def _check_port(port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InvalidInput(PORT_TAKEN, port=port) from error
