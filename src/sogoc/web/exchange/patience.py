"""How much patience the server of the exchange has with whoever connects, believed or not.

Connections that do nothing cost little, so there may be many: else a few hundred of them would keep
out everybody (as a test does). What comes must come: a head within seconds, as one protocol.
"""

from __future__ import annotations

from granian.constants import HTTPModes
from granian.http import HTTP1Settings

WAITING = 1024
"""Connections that the kernel keeps until they are taken."""
AT_ONCE = 4096
"""Connections of one worker process that are open at once."""
PROTOCOL = HTTPModes.http1
"""X-Road speaks HTTP/1.1; a second protocol would be a second way in."""
HEAD = HTTP1Settings(header_read_timeout=10_000, max_buffer_size=256 * 1024)
"""The head of a request within ten seconds, and no larger than this many bytes."""
