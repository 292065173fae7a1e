"""Refuses request bodies larger than the service is willing to read."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BAD_REQUEST, problem, reply
from geo.wording import Lang, Phrase

TOO_LARGE = Phrase(
    zh="请求正文超过 {limit} 字节；请分成几次发送",
    en="the body is larger than {limit} bytes; send it in several requests",
)


class BodyTooLarge(Exception):
    """Raised into whoever reads the body."""


class BodyLimit:
    """ASGI middleware: 413 for a body beyond the limit, told before it has been read into memory."""

    def __init__(self, app: ASGIApp, *, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        refused = False

        async def counted() -> Message:
            nonlocal read, refused
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit_bytes:
                refused = True
                raise BodyTooLarge
            return message

        async def guarded(message: Message) -> None:
            # Whatever the reader of the body makes of the interruption, the caller is told the reason.
            if not refused:
                await send(message)

        declared = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if declared.isdigit() and int(declared) > self._limit_bytes:
                refused = True
            else:
                await self._app(scope, counted, guarded)
        except BodyTooLarge:
            pass
        if refused:
            lang: Lang = "zh" if b"lang=zh" in scope["query_string"] else "en"
            detail = TOO_LARGE.say(lang, limit=self._limit_bytes)
            body = problem("body-too-large", 413, BAD_REQUEST.say(lang), detail)
            await reply(body, {"Connection": "close"})(scope, receive, send)
