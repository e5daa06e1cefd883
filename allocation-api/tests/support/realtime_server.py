"""A stand-in for Supabase on a loopback address: Realtime over a WebSocket, tables as of PostgREST.

It speaks the published protocol: Phoenix channels as JSON, `postgres_changes`, `heartbeat`, the key in the
query of the socket and in the headers of reads.
"""

from __future__ import annotations

import json
from contextlib import suppress
from http import HTTPStatus
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import serve

KEY = "stand-in-key"


class RealtimeServer:
    """One project with tables by name; `insert` and `update` change rows and tell who has joined."""

    def __init__(self, *tables):
        self.rows = {table: [] for table in tables}
        self.joins = []
        self.reads = []
        self.heartbeats = 0
        self.refuse_join = False
        self.is_mute = Event()
        self._sockets = {}
        self._lock = Lock()
        self._server = serve(self._talk, "127.0.0.1", 0, process_request=self._answer)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        host, port = self._server.socket.getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def joined(self):
        with self._lock:
            return len(self._sockets)

    def stop(self):
        self._server.shutdown()
        self.cut()
        self._thread.join(5)

    def cut(self):
        """End all sockets without a word, as a network does."""
        with self._lock:
            sockets = list(self._sockets)
            self._sockets.clear()
        for socket in sockets:
            socket.close_socket()

    def insert(self, table, *, told=True, **row):
        """Add a row with the next id; it is told unless nobody would hear of it."""
        rows = self.rows[table]
        rows.append({"id": len(rows) + 1, **row})
        if told:
            self.tell(table, "INSERT", rows[-1], {})
        return rows[-1]

    def update(self, table, row_id, **values):
        row = self.rows[table][row_id - 1]
        before = dict(row)
        row.update(values)
        self.tell(table, "UPDATE", dict(row), before)

    def tell(self, table, kind, record, old_record, errors=None):
        schema, _, name = table.partition(".")
        data = {
            "schema": schema,
            "table": name,
            "commit_timestamp": "2026-06-30T14:00:00.123Z",
            "type": kind,
            "columns": [{"name": column, "type": "text"} for column in record],
            "record": record,
            "old_record": old_record,
            "errors": errors,
        }
        with self._lock:
            sockets = dict(self._sockets)
        for socket, topic in sockets.items():
            self._send(socket, topic, "postgres_changes", {"ids": [1], "data": data})

    def write(self, text):
        """Send a message as it is written, with the topic for `%s`, to who has joined."""
        with self._lock:
            sockets = dict(self._sockets)
        for socket, topic in sockets.items():
            socket.send(text % topic)

    def _answer(self, connection, request):
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/realtime/v1/websocket":
            known = query == {"apikey": KEY, "vsn": "1.0.0"}
            return None if known else connection.respond(HTTPStatus.FORBIDDEN, "no such key")
        headers = request.headers
        if headers.get("apikey") != KEY or headers.get("authorization") != f"Bearer {KEY}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "no such key")
        table = f"{headers['accept-profile']}.{parts.path.rpartition('/')[2]}"
        if table not in self.rows:
            return connection.respond(HTTPStatus.NOT_FOUND, "no such table")
        body = json.dumps(self._selected(table, query)).encode()
        length = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return Response(HTTPStatus.OK, "OK", length, body)

    def _selected(self, table, query):
        self.reads.append((table, query))
        after = int(query.get("id", "gt.0").removeprefix("gt."))
        rows = [row for row in self.rows[table] if row["id"] > after]
        rows.sort(key=lambda row: row["id"], reverse=query["order"] == "id.desc")
        return rows[: int(query["limit"])]

    def _talk(self, socket):
        try:
            for written in socket:
                self._reply(socket, json.loads(written))
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._sockets.pop(socket, None)

    def _reply(self, socket, message):
        topic, ref = message["topic"], message["ref"]
        if message["event"] == "heartbeat":
            self.heartbeats += 1
            if self.is_mute.is_set():
                return
        status = "error" if self.refuse_join and message["event"] == "phx_join" else "ok"
        self._send(socket, topic, "phx_reply", {"status": status, "response": {}}, ref)
        if message["event"] == "phx_join" and status == "ok":
            config = message["payload"]["config"]
            self.joins.append([f"{each['schema']}.{each['table']}" for each in config["postgres_changes"]])
            with self._lock:
                self._sockets[socket] = topic
            told = {"status": "ok", "message": "Subscribed to PostgreSQL", "extension": "postgres_changes"}
            self._send(socket, topic, "system", told)

    def _send(self, socket, topic, event, payload, ref=None):
        with suppress(ConnectionClosed):
            socket.send(json.dumps({"topic": topic, "event": event, "payload": payload, "ref": ref}))
