"""The HTTP server: a parent that binds the port, and serving processes with threads around waitress.

waitress reads requests and sends answers in one thread of a process, so that a request holds one of the
request threads only once it is wholly there. What stands around it here are deadlines for what a client sends
and takes (`channel`), the server's errors as problem documents (`tasks`), processes (`parent`, `worker`), and
processes that the parent keeps beside the serving ones (`companion`).
"""

from app.server.companion import Companions
from app.server.parent import Server
from app.server.worker import CannotStart, Program, say

__all__ = ["CannotStart", "Companions", "Program", "Server", "say"]
