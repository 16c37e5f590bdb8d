"""Lab 07 in Python, done right and unlike the reference: non-blocking sockets and one selector
for the server, and for each client role a deadline that every wait asks."""

import argparse
import os
import random
import select
import selectors
import signal
import socket
import sys
import time

LONGEST = 1024
MOST = 65536
LINGER = 0.5


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def milliseconds(text):
    if int(text) < 1:
        raise ValueError
    return int(text) / 1000


def fail(code, text):
    print(f"error: {text}", file=sys.stderr)
    return code


class TimeOut(Exception):
    def __init__(self, which):
        self.which = which


class Broken(Exception):
    pass


class Probe:
    def __init__(self, options):
        self.options, self.end = options, time.monotonic() + options.total_ms
        self.heard = b""

    def limit(self, span, name):
        """How long the next wait may last, and what it is called if that is not enough."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeOut("total")
        return (left, "total") if left < span else (span, name)

    def run(self):
        pause = self.options.backoff_ms
        for tries_left in range(self.options.retries, -1, -1):
            try:
                return self.once()
            except TimeOut as late:
                if late.which == "total" or not tries_left:
                    return self.late(late.which)
            except Broken as why:
                return fail(3, f"{self.options.connect}: {why}")
            except OSError as why:
                if not tries_left:
                    return fail(1, f"connecting: {why}")
            span = pause * random.uniform(0.5, 1.5)
            pause *= 2
            if time.monotonic() + span > self.end:
                time.sleep(max(0, self.end - time.monotonic()))
                return self.late("total")
            time.sleep(span)

    def late(self, which):
        print(f"timeout: {which}", file=sys.stderr)
        if self.heard:
            sys.stderr.flush()
            sys.stderr.buffer.write(b"partial: " + self.heard + b"\n")
        return 4

    def once(self):
        self.heard = b""
        span, name = self.limit(self.options.connect_ms, "connect")
        try:
            peer = socket.create_connection(address(self.options.connect), span)
        except TimeoutError:
            raise TimeOut(name) from None
        with peer:
            peer.sendall(b"PING\n")
            while b"\n" not in self.heard:
                if len(self.heard) > MOST:
                    raise Broken("an endless line")
                span, name = self.limit(self.options.read_ms, "read")
                peer.settimeout(span)
                try:
                    piece = peer.recv(4096)
                except TimeoutError:
                    raise TimeOut(name) from None
                if not piece:
                    raise Broken("it ended in the middle of a line")
                self.heard += piece
        line = self.heard.partition(b"\n")[0].removesuffix(b"\r")
        if line.startswith(b"ERR "):
            raise Broken(line.decode(errors="replace"))
        try:
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        return 0


def send(options):
    try:
        peer = socket.create_connection(address(options.connect))
    except OSError as why:
        return fail(1, f"{options.connect}: {why}")
    peer.setblocking(False)
    left, stalled, reading = options.bytes, time.monotonic(), True
    while left:
        span = stalled + options.write_ms - time.monotonic()
        if span <= 0:
            print("timeout: write", file=sys.stderr)
            return 4
        try:
            ready, free, _ = select.select([peer] if reading else [], [peer], [], span)
            if ready:
                reading = bool(peer.recv(65536))
            if free:
                left -= peer.send(b"." * min(left, 50000))
                stalled = time.monotonic()
        except BlockingIOError:
            pass
        except OSError as why:
            return fail(1, f"{options.connect}: {why}")
    return 0


class Client:
    """One client of the server, as a machine with a few states."""

    def __init__(self, server, peer):
        self.server, self.peer = server, peer
        self.lines, self.out, self.next_byte = b"", b"", 0
        self.leaving, self.ended = None, False
        self.deadline = self.new_deadline()

    def new_deadline(self):
        return time.monotonic() + self.server.line if self.server.line else None

    def wake(self):
        """When something is due."""
        times = [self.leaving]
        if self.leaving is None:
            times.append(self.next_byte if self.out else self.deadline)
        return min((at for at in times if at), default=None)

    def read(self):
        piece = self.peer.recv(65536)
        if not piece:
            self.ended = True
            if not self.out:
                self.close()
        elif self.leaving is None and self.server.mode != "silent":
            self.lines += piece[: 4 * LONGEST]
            self.look()

    def look(self):
        """Answers the next line, if the last answer is out."""
        while not self.out and self.leaving is None:
            line, lf, rest = self.lines.partition(b"\n")
            if len(line.removesuffix(b"\r")) > LONGEST:
                return self.last_words(b"ERR line-too-long\n")
            if not lf:
                break
            self.lines = rest
            if self.server.mode == "drip":
                self.out, self.next_byte = b"PONG\n", time.monotonic() + self.server.drip
            else:
                self.peer.send(b"PONG\n")
                self.deadline = self.new_deadline()
        if self.ended and not self.out:
            self.close()

    def tick(self, now):
        if self.leaving is not None:
            if now >= self.leaving:
                self.close()
        elif self.out:
            if now >= self.next_byte:
                self.peer.send(self.out[:1])
                self.out = self.out[1:]
                self.next_byte = now + self.server.drip
                if not self.out:
                    self.deadline = self.new_deadline()
                    self.look()
        elif self.deadline and now >= self.deadline and self.server.mode != "silent":
            self.last_words(b"ERR too-slow\n")

    def last_words(self, words):
        self.peer.send(words)
        self.peer.shutdown(socket.SHUT_WR)
        self.leaving = time.monotonic() + LINGER

    def close(self):
        self.server.forget(self)


class Server:
    def __init__(self, options):
        self.mode, self.drip, self.line = options.mode, options.drip_ms, options.line_ms / 1000
        self.clients, self.held = {}, []
        self.polls = selectors.DefaultSelector()

    def run(self, listen):
        try:
            host, port = address(listen)
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.create_server((host, port), family=family, backlog=128)
        except OSError as why:
            return fail(1, f"cannot listen: {why}")
        listener.setblocking(False)
        self.polls.register(listener, selectors.EVENT_READ)
        wake, bell = socket.socketpair()
        bell.setblocking(False)
        signal.set_wakeup_fd(bell.fileno())
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: None)
        self.polls.register(wake, selectors.EVENT_READ)
        here = listener.getsockname()
        shown = f"[{here[0]}]" if ":" in here[0] else here[0]
        print(f"listening on {shown}:{here[1]}", flush=True)
        stopping = None
        while stopping is None or (time.monotonic() < stopping and self.is_answering()):
            for key, _ in self.polls.select(self.patience(stopping)):
                if key.fileobj is wake:
                    wake.recv(100)
                    stopping = time.monotonic() + 1.5
                    self.polls.unregister(listener)
                    listener.close()
                elif key.fileobj is listener:
                    self.accept(listener)
                else:
                    self.guard(key.data, key.data.read)
            now = time.monotonic()
            for client in list(self.clients.values()):
                self.guard(client, lambda: client.tick(now))
        return 0

    def is_answering(self):
        return any(client.out for client in self.clients.values())

    def patience(self, stopping):
        times = [client.wake() for client in self.clients.values()] + [stopping]
        times = [at for at in times if at]
        return max(0, min(times) - time.monotonic()) if times else None

    def accept(self, listener):
        try:
            peer, _ = listener.accept()
        except BlockingIOError:
            return
        except OSError as why:
            print(f"accept: {why}", file=sys.stderr)
            time.sleep(0.1)
            return
        if self.mode == "noread":
            self.held = [one for one in self.held if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)]
            self.held.append(peer)
            return
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = self.clients[peer.fileno()] = Client(self, peer)
        self.polls.register(peer, selectors.EVENT_READ, client)

    def guard(self, client, act):
        """One client's fault is its own."""
        try:
            if client.peer.fileno() in self.clients:
                act()
        except BlockingIOError:
            pass
        except OSError as why:
            print(f"client: {why}", file=sys.stderr)
            self.forget(client)

    def forget(self, client):
        if self.clients.pop(client.peer.fileno(), None):
            self.polls.unregister(client.peer)
            client.peer.close()


def main():
    parser = argparse.ArgumentParser()
    roles = parser.add_subparsers(required=True)
    role = roles.add_parser("probe")
    role.add_argument("--connect", default="127.0.0.1:7007")
    for option, usual in (("connect", 1), ("read", 1), ("total", 5), ("backoff", 0.1)):
        role.add_argument(f"--{option}-ms", type=milliseconds, default=usual)
    role.add_argument("--retries", type=int, default=0)
    role.set_defaults(run=lambda options: Probe(options).run())
    role = roles.add_parser("send")
    role.add_argument("--connect", default="127.0.0.1:7007")
    role.add_argument("--bytes", type=int, required=True)
    role.add_argument("--write-ms", type=milliseconds, default=1)
    role.set_defaults(run=send)
    role = roles.add_parser("server")
    role.add_argument("--listen", default="127.0.0.1:7007")
    role.add_argument("--mode", choices=("normal", "silent", "drip", "noread"), default="normal")
    role.add_argument("--drip-ms", type=milliseconds, default=0.1)
    role.add_argument("--line-ms", type=int, default=0)
    role.set_defaults(run=lambda options: Server(options).run(options.listen))
    options = parser.parse_args()
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
