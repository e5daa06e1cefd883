"""Receivers on loopback: a web service and a mail server, which answer, fail or hang as they are told."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What a receiver does, and what it has taken.

    `says` is the status it answers with, a web service after `seconds`. While `hangs` it takes a message and
    says nothing; with `drips` it sends its answer byte by byte, for ever.
    """

    says: int = 200
    seconds: float = 0
    hangs: bool = False
    drips: bool = False
    offers_login: bool = False
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


@contextmanager
def web_receiver():
    """A web service that keeps headers and body of what is posted."""
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
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, some):
            self.wfile.write(some)
            self.wfile.flush()

        def log_message(self, *_):
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler), behaviour) as found:
        yield found


class MailHandler(socketserver.StreamRequestHandler):
    """One conversation with a mail server."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        with suppress(OSError):  # the client has cut the connection
            self._talk()

    def _talk(self):
        self.say("220 loopback ESMTP")
        recipients = []
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"RCPT":
                recipients.append(line.decode().partition("<")[2].partition(">")[0])
                self.say("250 ok")
            elif word == b"DATA":
                self._take(recipients)
            elif word == b"QUIT":
                self.say("221 bye")
                return
            elif word == b"EHLO" and self.server.behaviour.offers_login:
                self.say("250-loopback")
                self.say("250 AUTH PLAIN LOGIN")
            else:
                self.say("250 loopback" if word in {b"EHLO", b"MAIL", b"RSET"} else "502 unknown")

    def _take(self, recipients):
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
            behaviour.taken.append((recipients, message_from_bytes(b"".join(lines), policy=default)))
        self.say(f"{behaviour.says} so it is")


@contextmanager
def mail_receiver():
    """A mail server that keeps who a mail is for and the parsed mail; it takes one where `says` is 250."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailHandler)
    server.daemon_threads = True
    server.behaviour = Behaviour(says=250)
    with _served(server, server.behaviour) as found:
        yield found


@contextmanager
def _served(server, behaviour):
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
