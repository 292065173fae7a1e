"""Refuses request bodies larger than the service is willing to read."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BAD_REQUEST, problem, reply
from geo.wording import Lang, Phrase

TOO_LARGE = Phrase(
    zh="请求正文超过 {limit} 字节；请分成几次发送",
    en="the body is larger than {limit} bytes; send it in several requests",
)
# A connection closed on a caller who is still sending loses the answer, so the rest of the body is read and thrown
# away first; a body this many times the limit is cut off all the same.
DISCARDED_LIMITS = 4


class BodyTooLarge(Exception):
    """Raised into whoever reads the body."""


class BodyLimit:
    """ASGI middleware: 413 for a body beyond the limit, which is never held in memory."""

    def __init__(self, app: ASGIApp, *, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        refused = more = False

        async def counted() -> Message:
            nonlocal read, refused, more
            message = await receive()
            read += len(message.get("body", b""))
            more = message.get("more_body", False)
            if read > self._limit_bytes:
                refused = True
                raise BodyTooLarge
            return message

        async def guarded(message: Message) -> None:
            # Whatever the reader of the body makes of the interruption, the caller is told the reason.
            if not refused:
                await send(message)

        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        try:
            if declared.isdigit() and int(declared) > self._limit_bytes:
                # Who expects a word before sending (100-continue) has sent nothing yet.
                refused, more = True, b"expect" not in headers
            else:
                await self._app(scope, counted, guarded)
        except BodyTooLarge:
            pass
        if refused:
            while more and read <= self._limit_bytes * DISCARDED_LIMITS:
                message = await receive()
                read += len(message.get("body", b""))
                more = message.get("more_body", False)
            lang: Lang = "zh" if b"lang=zh" in scope["query_string"] else "en"
            detail = TOO_LARGE.say(lang, limit=self._limit_bytes)
            body = problem("body-too-large", 413, BAD_REQUEST.say(lang), detail)
            await reply(body, {"Connection": "close"})(scope, receive, send)
