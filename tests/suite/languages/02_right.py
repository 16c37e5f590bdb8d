"""Lab 02 in Python, right: it passes every check."""

import argparse
import hashlib
import os
import signal
import socket
import sys
import threading
import time

PIECE = 64 * 1024


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def fail(code, text):
    print(f"error: {text}", file=sys.stderr)
    return code


def server(options):
    host, port = address(options.listen)
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        return fail(1, f"{options.listen}: {error}")
    current, closing = [None], threading.Event()

    def stop(signum, frame):
        closing.set()
        # A client that reads nothing holds up `sendall`, but not the end.
        end = threading.Timer(1.5, os._exit, [0])
        end.daemon = True
        end.start()
        if current[0] is not None:
            current[0].shutdown(socket.SHUT_RD)
        else:
            raise SystemExit(0)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    print("listening on %s:%d" % listener.getsockname()[:2], flush=True)
    while not closing.is_set():
        try:
            client, _ = listener.accept()
        except OSError as error:
            print(f"accept: {error}", file=sys.stderr)
            time.sleep(0.1)
            continue
        current[0] = client
        try:
            while piece := client.recv(PIECE):
                client.sendall(piece)
        except OSError as error:
            print(f"client: {error}", file=sys.stderr)
        finally:
            current[0] = None
            client.close()
    return 0


def client(options):
    try:
        peer = socket.create_connection(address(options.connect))
    except OSError as error:
        return fail(1, f"{options.connect}: {error}")
    sent, received, problems = hashlib.sha256(), hashlib.sha256(), []

    def pieces():
        if options.message is not None:
            yield os.fsencode(options.message)
            return
        while piece := sys.stdin.buffer.raw.read(PIECE):
            yield piece

    def send():
        try:
            for piece in pieces():
                sent.update(piece)
                peer.sendall(piece)
            peer.shutdown(socket.SHUT_WR)
        except OSError as error:
            problems.append(error)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        while piece := peer.recv(PIECE):
            received.update(piece)
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return fail(3, f"{options.connect}: {error}")
    sender.join(1)
    if sender.is_alive() or problems or sent.digest() != received.digest():
        return fail(3, f"{options.connect}: not what was sent came back")
    return 0


def main():
    parser = argparse.ArgumentParser()
    roles = parser.add_subparsers(required=True)
    role = roles.add_parser("server")
    role.add_argument("--listen", default="127.0.0.1:7002")
    role.set_defaults(run=server)
    role = roles.add_parser("client")
    role.add_argument("--connect", default="127.0.0.1:7002")
    role.add_argument("message", nargs="?")
    role.set_defaults(run=client)
    options = parser.parse_args()
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 130
    except ValueError as error:
        return fail(2, error)


if __name__ == "__main__":
    sys.exit(main())
