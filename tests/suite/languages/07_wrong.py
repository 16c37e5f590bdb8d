"""Lab 07 in Python, with a mistake: a timeout for each read, and none for the line.

wrong: 7.8/drips
"""

import socket
import sys
import threading


def word(name, usual):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else usual


def serve(client, patience):
    client.settimeout(patience or None)
    lines = b""
    with client:
        while True:
            try:
                piece = client.recv(1024)
            except TimeoutError:
                client.sendall(b"ERR too-slow\n")
                return
            if not piece:
                return
            lines += piece
            while b"\n" in lines:
                lines = lines.partition(b"\n")[2]
                client.sendall(b"PONG\n")


if sys.argv[1] == "server":
    host, _, port = word("--listen", "127.0.0.1:7007").rpartition(":")
    patience = int(word("--line-ms", "0")) / 1000
    listener = socket.create_server((host, int(port)))
    print("listening on %s:%d" % listener.getsockname(), flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, patience), daemon=True).start()
