"""Public files, compressed once: Streamlit's frontend (5 MB of scripts, sent plain otherwise) and ours.

Only text is packed here; other files, and readers who take no gzip, go on to the ordinary handlers.
"""

import gzip
import mimetypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PACKED = frozenset({".js", ".css", ".svg", ".json", ".geojson", ".txt", ".map"})
#: Names of Streamlit's files change with their content and ours are asked for with their digest.
FOREVER = "public, max-age=31536000, immutable"


class PackedFiles:
    """ASGI middleware: answers GET for text files below the given paths with a gzipped copy kept in memory."""

    def __init__(self, app: ASGIApp, folders: Mapping[str, Path]) -> None:
        self.app = app
        self.folders = {prefix: folder.resolve() for prefix, folder in folders.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = self._file(scope["path"])
            if path is not None and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                body = await run_in_threadpool(_packed, path, path.stat().st_mtime_ns)
                return await _answer(path, body)(scope, receive, send)
        return await self.app(scope, receive, send)

    def _file(self, asked: str) -> Path | None:
        for prefix, folder in self.folders.items():
            if asked.startswith(prefix) and "\0" not in asked:
                path = (folder / asked.removeprefix(prefix).lstrip("/")).resolve()
                if path.suffix in PACKED and path.is_relative_to(folder) and path.is_file():
                    return path
        return None


@cache
def _packed(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


def _answer(path: Path, body: bytes) -> Response:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = "text/javascript" if path.suffix == ".js" else kind
    headers = {"content-encoding": "gzip", "vary": "accept-encoding", "cache-control": FOREVER}
    return Response(body, media_type=kind, headers=headers)
