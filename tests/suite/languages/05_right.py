"""Lab 05 in Python, done right and unlike the reference: the room is one thread, and coroutines."""

import argparse
import asyncio
import os
import signal
import socket
import string
import sys
import threading

LONGEST = 1000
LINGER = 0.5
NAME = set((string.ascii_letters + string.digits).encode())


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def shown(name):
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


def fail(code, text):
    print(f"error: {text}", file=sys.stderr)
    return code


class Member:
    def __init__(self, writer, most):
        self.writer, self.most, self.name, self.gone = writer, most, None, False
        self.waiting, self.more, self.over = [], asyncio.Event(), False
        writer.transport.set_write_buffer_limits(0)

    def put(self, line):
        """Hands a line over; false if the client is too slow."""
        if not self.waiting and self.writer.transport.get_write_buffer_size() == 0:
            self.writer.write(line.encode() + b"\n")
            return True
        self.waiting.append(line)
        self.more.set()
        return len(self.waiting) < self.most

    async def send_all(self):
        try:
            while True:
                await self.writer.drain()
                if self.waiting:
                    self.writer.write(self.waiting.pop(0).encode() + b"\n")
                elif self.over:
                    break
                else:
                    self.more.clear()
                    await self.more.wait()
            self.writer.write_eof()
        except OSError:
            pass

    def finish(self):
        self.over = True
        self.more.set()


class Room:
    def __init__(self, queue):
        self.queue, self.members, self.closing = queue, [], False

    def listed(self):
        return ("* in the room: " + ", ".join(one.name for one in self.members)).rstrip()

    def tell(self, line, *but):
        slow = [one for one in self.members if one not in but and not one.put(line)]
        for one in slow:
            one.writer.transport.abort()
            self.leaves(one)

    def leaves(self, member):
        if member in self.members:
            self.members.remove(member)
            self.tell(f"* {member.name} left")

    def says(self, member, line):
        if not line.startswith("/"):
            return self.tell(f"[{member.name}] {line}", member)
        word, _, rest = line.partition(" ")
        to, _, text = rest.partition(" ")
        if line == "/who":
            member.put(self.listed())
        elif word == "/msg" and text:
            found = [one for one in self.members if one.name == to]
            for one in found:
                one.put(f"[{member.name} -> you] {text}")
            if not found:
                member.put(f"* nobody here is called {to}")
        else:
            member.put("* unknown command")

    async def come(self, reader, writer):
        member = Member(writer, self.queue)
        sending = asyncio.create_task(member.send_all())
        try:
            words = await self.visit(reader, member)
            if words:
                member.put(words)
        except OSError as error:
            print(error, file=sys.stderr)
        if not self.closing:
            self.leaves(member)
            member.finish()
        try:
            await asyncio.wait_for(asyncio.gather(discard(reader), sending), LINGER)
        except (OSError, asyncio.TimeoutError):
            pass
        writer.transport.abort() if not sending.done() else writer.close()

    async def visit(self, reader, member):
        rest = bytearray()
        member.put("Welcome! What is your name?")
        name = await line_of(reader, rest)
        if name is None:
            return None
        if not 1 <= len(name) <= 16 or not set(name) <= NAME:
            return "* bad name"
        if any(one.name == name.decode() for one in self.members):
            return "* name taken"
        member.name = name.decode()
        member.put(self.listed())
        self.tell(f"* {member.name} joined")
        self.members.append(member)
        while not self.closing:
            line = await line_of(reader, rest)
            if line is None or line == b"/quit":
                return None
            if len(line) > LONGEST:
                return "* line too long"
            try:
                if line and member in self.members:
                    self.says(member, line.decode())
            except UnicodeDecodeError:
                return "* not utf-8"
        return None

    async def run(self, options):
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(lambda _, context: print(context["message"], file=sys.stderr))
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopping.set)
        try:
            listener = await asyncio.start_server(self.come, *address(options.listen))
        except OSError as error:
            return fail(1, f"{options.listen}: {error}")
        print(f"listening on {shown(listener.sockets[0].getsockname())}", flush=True)
        await stopping.wait()
        self.closing = True
        listener.close()
        for member in self.members:
            member.put("* the room is closing")
            member.finish()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=LINGER)
        return 0


async def line_of(reader, rest):
    """The next line, or None at the end; one that is too long comes as it is so far."""
    while b"\n" not in rest and len(rest) <= LONGEST + 1:
        piece = await reader.read(4096)
        if not piece:
            return None
        rest += piece
    line, _, after = bytes(rest).partition(b"\n")
    rest[:] = after
    return line.removesuffix(b"\r")


async def discard(reader):
    for _ in range(4096):
        if not await reader.read(65536):
            return


class Talk:
    """A connection and a keyboard: the client, and each of the two of a duo."""

    def __init__(self, peer, last, mark):
        self.peer, self.last, self.mark, self.said_goodbye = peer, last, mark, False
        self.lines = peer.makefile("rb")

    def hear(self):
        line = self.lines.readline(65536)
        return line.rstrip(b"\r\n") if line.endswith(b"\n") else None

    def send_typed(self):
        try:
            for line in iter(sys.stdin.buffer.readline, b""):
                line = line.rstrip(b"\r\n")
                if line == self.last:
                    break
                self.peer.sendall(line + b"\n")
            self.said_goodbye = True
            end = threading.Timer(1, os._exit, [0])
            end.daemon = True
            end.start()
            self.peer.sendall(self.last + b"\n")
            self.peer.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def run(self):
        threading.Thread(target=self.send_typed, daemon=True).start()
        while (line := self.hear()) is not None:
            show(self.mark + line)
            if line in (b"* line too long", b"* not utf-8"):
                return fail(3, f"the room: {line.decode()}")
        return None


def show(line):
    try:
        os.write(1, line + b"\n")
    except BrokenPipeError:
        os._exit(1)


def client(options):
    peer = connected(options.connect)
    talk = Talk(peer, b"/quit", b"")
    show(talk.hear() or b"")
    peer.sendall(options.name.encode() + b"\n")
    answer = talk.hear()
    if answer is None:
        return fail(1, "the room: it is gone")
    show(answer)
    if not answer.startswith(b"* in the room:"):
        return fail(3, f"{options.name}: the room did not take the name")
    try:
        code = talk.run()
    except OSError as error:
        code = None if talk.said_goodbye else fail(1, f"the room: {error}")
    if code is not None or talk.said_goodbye:
        return code or 0
    return fail(1, "the room: it is gone")


def duo(options):
    if options.connect:
        peer = connected(options.connect)
    else:
        try:
            listener = socket.create_server(address(options.listen))
        except OSError as error:
            return fail(1, f"{options.listen}: {error}")
        show(f"listening on {shown(listener.getsockname())}".encode())
        peer, _ = listener.accept()
        listener.close()
    talk = Talk(peer, b"esc", b"peer: ")
    try:
        talk.run()
    except OSError as error:
        return 0 if talk.said_goodbye else fail(1, f"peer: {error}")
    return 0


def connected(target):
    try:
        return socket.create_connection(address(target))
    except OSError as error:
        sys.exit(fail(1, f"{target}: {error}"))


def main():
    parser = argparse.ArgumentParser()
    roles = parser.add_subparsers(required=True)
    role = roles.add_parser("server")
    role.add_argument("--listen", default="127.0.0.1:7005")
    role.add_argument("--queue", type=int, default=256)
    role.set_defaults(run=lambda options: asyncio.run(Room(options.queue).run(options)))
    role = roles.add_parser("client")
    role.add_argument("--connect", default="127.0.0.1:7005")
    role.add_argument("name")
    role.set_defaults(run=client)
    role = roles.add_parser("duo")
    place = role.add_mutually_exclusive_group(required=True)
    place.add_argument("--listen")
    place.add_argument("--connect")
    role.set_defaults(run=duo)
    options = parser.parse_args()
    try:
        code = options.run(options)
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    # A thread that waits for the keyboard must not hold up the end.
    os._exit(code)


if __name__ == "__main__":
    main()
