"""Receivers on loopback: a web service and a mail server, which answer, fail or hang as they are told."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What a receiver does, and what it has taken.

    `says` is the status it answers with, a web service after `seconds`. While `hangs` it takes a message and
    says nothing; with `drips` it sends its answer byte by byte, for ever. `answers` makes the body of a web
    service's answer of that of a request. A mail server that has `tls` offers
    STARTTLS, one with a `login` takes mails after it alone, and it answers to `refuses` with their codes.
    """

    says: int = 200
    seconds: float = 0
    hangs: bool = False
    drips: bool = False
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    refuses: dict[str, int] = field(default_factory=dict)
    answers: Callable[[bytes], bytes] = lambda _: b""
    taken: list = field(default_factory=list)
    asked: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def hang(self, send) -> None:
        """Say nothing, or a byte now and then, until the receiver ends."""
        while not self.ended.wait(0.1):
            if self.drips:
                try:
                    send(b"x")
                except OSError:
                    return


class Server(socketserver.ThreadingTCPServer):
    """A server whose clients may break off."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


class WebServer(Server, ThreadingHTTPServer):
    """The same for HTTP."""


@contextmanager
def web_receiver(tls=None):
    """A web service that keeps headers and body of what is posted, over https with a context of TLS."""
    behaviour = Behaviour()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            behaviour.asked += 1
            body = self.rfile.read(int(self.headers["content-length"]))
            if behaviour.hangs or behaviour.drips:
                behaviour.hang(self._send)
                self.close_connection = True
                return
            time.sleep(behaviour.seconds)
            if behaviour.says == 200:
                behaviour.taken.append((self.path, dict(self.headers), body))
            self.send_response(behaviour.says)
            if behaviour.says == 302:
                self.send_header("Location", f"http://127.0.0.1:{behaviour.port}/elsewhere")
            answer = behaviour.answers(body)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self._send(answer)

        def _send(self, some):
            self.wfile.write(some)
            self.wfile.flush()

        def log_message(self, *_):
            pass

    with _served(WebServer(("127.0.0.1", 0), Handler), behaviour, tls) as found:
        yield found


class MailHandler(socketserver.StreamRequestHandler):
    """One conversation with a mail server."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        with suppress(OSError):  # the client has cut the connection
            self._talk()

    def finish(self):
        super().finish()
        self.connection.close()

    def _talk(self):
        behaviour = self.server.behaviour
        self.offers_tls, self.is_known, self.recipients = behaviour.tls is not None, not behaviour.login, []
        self.say("220 loopback ESMTP")
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if word.upper() == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"_{word.lower()}", self._unknown)(rest)

    def _unknown(self, _):
        self.say("502 unknown")

    def _ehlo(self, _):
        self.say("250-loopback")
        if self.offers_tls:
            self.say("250-STARTTLS")
        elif self.server.behaviour.login:
            self.say("250-AUTH PLAIN")
        self.say("250 8BITMIME")

    def _starttls(self, _):
        self.say("220 go on")
        self.connection = self.server.behaviour.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.offers_tls = self.connection.makefile("rb"), False
        self.wfile = self.connection.makefile("wb", buffering=0)

    def _auth(self, rest):
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self.is_known = (user, password) == self.server.behaviour.login
        self.say("235 ok" if self.is_known else "535 no")

    def _mail(self, _):
        self.recipients = []
        self.say("250 ok" if self.is_known and not self.offers_tls else "530 not yet")

    def _rset(self, _):
        self.say("250 ok")

    def _rcpt(self, rest):
        recipient = rest.partition("<")[2].partition(">")[0]
        refused = self.server.behaviour.refuses.get(recipient)
        if refused is None:
            self.recipients.append(recipient)
        self.say(f"{refused or 250} so it is")

    def _data(self, _):
        behaviour = self.server.behaviour
        behaviour.asked += 1
        if behaviour.hangs or behaviour.drips:
            behaviour.hang(self.wfile.write)
            return
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if behaviour.says == 250:
            behaviour.taken.append((self.recipients, message_from_bytes(b"".join(lines), policy=default)))
        self.say(f"{behaviour.says} so it is")


@contextmanager
def mail_receiver(tls=None):
    """A mail server that keeps who a mail is for and the parsed mail; it takes one where `says` is 250.

    With a context of TLS it speaks that from the start.
    """
    server = Server(("127.0.0.1", 0), MailHandler)
    server.behaviour = Behaviour(says=250)
    with _served(server, server.behaviour, tls) as found:
        yield found


@contextmanager
def _served(server, behaviour, tls):
    if tls is not None:  # the handshake is in the thread of the connection
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    behaviour.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield behaviour
    finally:
        behaviour.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
