"""Lab 05 in Python, with a mistake: what one says, everybody hears, the one who said it too.

wrong: 5.3/not-back
"""

import socket
import sys
import threading

room, lock = {}, threading.Lock()


def tell(line):
    with lock:
        for client in room.values():
            client.sendall(line.encode() + b"\n")


def serve(client):
    client.sendall(b"Welcome! What is your name?\n")
    lines = client.makefile("r")
    name = lines.readline().strip()
    there = ", ".join(room)
    tell(f"* {name} joined")
    room[name] = client
    client.sendall(f"* in the room: {there}".strip().encode() + b"\n")
    for line in lines:
        tell(f"[{name}] {line.rstrip()}")
    del room[name]
    tell(f"* {name} left")
    client.close()


if sys.argv[1] == "server":
    host, _, port = sys.argv[sys.argv.index("--listen") + 1].rpartition(":")
    listener = socket.create_server((host, int(port)))
    print("listening on %s:%d" % listener.getsockname(), flush=True)
    while True:
        threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
