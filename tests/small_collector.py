"""A collector of traces over a real socket: reads what OTLP/HTTP brings, or keeps silent."""

from __future__ import annotations

import gzip
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Collector:
    """What came, span by span, and the bytes it came in."""

    address: str = ""
    spans: list[Any] = field(default_factory=list)
    came: list[bytes] = field(default_factory=list)

    def named(self, name: str) -> list[Any]:
        """The spans of that name."""
        return [span for span in self.spans if span.name == name]

    def wait_for(self, name: str, number: int) -> list[Any]:
        """The spans of that name, once there are so many."""
        until = time.monotonic() + 15
        while len(self.named(name)) < number and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.named(name)) >= number, [span.name for span in self.spans]
        return self.named(name)


@contextmanager
def collecting(*, silent: bool = False) -> Iterator[Collector]:
    """Collect until the block ends; a silent collector takes what comes and never answers."""
    told, over = Collector(), Event()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if silent:
                over.wait(60)
                return
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            told.came.append(body)
            asked = ExportTraceServiceRequest.FromString(body)
            for one in asked.resource_spans:
                for each in one.scope_spans:
                    told.spans.extend(each.spans)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
