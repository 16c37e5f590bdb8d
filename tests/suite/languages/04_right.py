"""Lab 04 in Python, done right and unlike the reference: one thread, and coroutines."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import time

LONGEST = 1024
WAITING = 16
LINGER = 0.5


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def fail(code, text):
    print(f"error: {text}", file=sys.stderr)
    return code


class Idle(Exception):
    pass


class TooLong(Exception):
    pass


class Server:
    def __init__(self, options):
        self.delay, self.idle = options.delay_ms / 1000, options.idle_ms / 1000
        self.most, self.workers = options.max_conn, options.workers
        self.served, self.sessions = 0, set()

    async def run(self, options):
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: print(context["message"], file=sys.stderr))
        self.stopping = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.stopping.set)
        self.queue = asyncio.Queue(WAITING)
        pool = [asyncio.create_task(self.work()) for _ in range(self.workers)]
        host, port = address(options.listen)
        try:
            listener = await asyncio.start_server(self.come, host, port)
        except OSError as error:
            return fail(1, f"{options.listen}: {error}")
        here = listener.sockets[0].getsockname()
        shown = f"[{here[0]}]" if ":" in here[0] else here[0]
        print(f"listening on {shown}:{here[1]}", flush=True)
        await self.stopping.wait()
        listener.close()
        for worker in pool:
            worker.cancel()
        while not self.queue.empty():
            self.queue.get_nowait()[1].close()
        if self.sessions:
            await asyncio.wait(self.sessions, timeout=1.5)
        return 0

    async def come(self, reader, writer):
        if self.stopping.is_set():
            writer.close()
        elif self.served >= self.most:
            await self.part(reader, writer, "ERR busy")
        elif not self.workers:
            await self.serve(reader, writer)
        elif self.workers < self.most:
            try:
                self.queue.put_nowait((reader, writer))
            except asyncio.QueueFull:
                await self.part(reader, writer, "ERR busy")
        else:
            await self.serve(reader, writer)

    async def work(self):
        while True:
            await self.serve(*await self.queue.get())

    async def serve(self, reader, writer):
        self.served += 1
        session = asyncio.create_task(self.converse(reader, writer))
        self.sessions.add(session)
        try:
            words = await asyncio.shield(session)
        except (OSError, asyncio.IncompleteReadError) as error:
            print(f"client: {error}", file=sys.stderr)
            writer.close()
            return
        finally:
            self.served -= 1
            self.sessions.discard(session)
        leaving = asyncio.create_task(self.part(reader, writer, words))
        self.sessions.add(leaving)
        leaving.add_done_callback(self.sessions.discard)

    async def converse(self, reader, writer):
        """Answers lines; returns the last words, if there are any."""
        rest = bytearray()
        await say(writer, "Welcome!")
        while not self.stopping.is_set():
            try:
                line = await self.line(reader, rest)
            except Idle:
                return "ERR idle"
            except TooLong:
                return "ERR line-too-long"
            if line is None or line == b"exit":
                return None
            try:
                name = line.decode()
            except UnicodeDecodeError:
                return "ERR utf-8"
            if not name:
                await say(writer, "ERR empty")
                continue
            await asyncio.sleep(self.delay)
            await say(writer, f"Hello, {name}!")
        return None

    async def line(self, reader, rest):
        deadline = time.monotonic() + self.idle if self.idle else None
        while b"\n" not in rest:
            if len(rest) > LONGEST:
                raise TooLong
            read = asyncio.ensure_future(reader.read(4096))
            stop = asyncio.ensure_future(self.stopping.wait())
            left = max(0, deadline - time.monotonic()) if deadline else None
            done, _ = await asyncio.wait(
                {read, stop}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            stop.cancel()
            if read not in done:
                read.cancel()
                if stop in done:
                    return None
                raise Idle
            if not read.result():
                return None
            rest += read.result()
        line, _, after = bytes(rest).partition(b"\n")
        rest[:] = after
        line = line[:-1] if line.endswith(b"\r") else line
        if len(line) > LONGEST:
            raise TooLong
        return line

    async def part(self, reader, writer, words):
        """Says the last words, ends this side, and waits a moment for the other to end."""
        try:
            if words:
                await say(writer, words)
            writer.write_eof()
            await asyncio.wait_for(discard(reader), LINGER)
        except (OSError, asyncio.TimeoutError):
            pass
        writer.close()


async def say(writer, line):
    writer.write(f"{line}\n".encode())
    await writer.drain()


async def discard(reader):
    for _ in range(4096):
        if not await reader.read(65536):
            return


def server(options):
    if options.max_conn < 1:
        return fail(2, "--max-conn: nobody could be served")
    return asyncio.run(Server(options).run(options))


def client(options):
    for name in options.names:
        if not name or name == "exit" or len(os.fsencode(name)) > LONGEST:
            return fail(2, "NAME: no server would greet it")
    try:
        peer = socket.create_connection(address(options.connect))
    except OSError as error:
        return fail(1, f"{options.connect}: {error}")
    try:
        with peer, peer.makefile("rb") as lines:
            for name in [*options.names, "exit"]:
                line = lines.readline(LONGEST + 20)
                if not line.endswith(b"\n") or line.startswith(b"ERR "):
                    return fail(3, f"{options.connect}: {line.decode(errors='replace')}")
                show(line.rstrip(b"\r\n") + b"\n")
                peer.sendall(os.fsencode(name) + b"\n")
    except BrokenPipe:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return fail(3, f"{options.connect}: {error}")
    return 0


class BrokenPipe(Exception):
    pass


def show(line):
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise BrokenPipe from None


def main():
    parser = argparse.ArgumentParser()
    roles = parser.add_subparsers(required=True)
    role = roles.add_parser("server")
    role.add_argument("--listen", default="127.0.0.1:7004")
    role.add_argument("--max-conn", type=int, default=64)
    for option in ("--workers", "--delay-ms", "--idle-ms"):
        role.add_argument(option, type=int, default=0)
    role.set_defaults(run=server)
    role = roles.add_parser("client")
    role.add_argument("--connect", default="127.0.0.1:7004")
    role.add_argument("names", nargs="+")
    role.set_defaults(run=client)
    options = parser.parse_args()
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
