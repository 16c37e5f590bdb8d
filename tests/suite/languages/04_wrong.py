"""Lab 04 in Python, with a mistake: it takes what one read brings for one line.

wrong: 4.3/together
"""

import socket
import sys
import threading


def serve(client):
    with client:
        client.sendall(b"Welcome!\n")
        while name := client.recv(1024).decode().strip():
            if name == "exit":
                break
            client.sendall(f"Hello, {name}!\n".encode())


if sys.argv[1] == "server":
    host, _, port = sys.argv[sys.argv.index("--listen") + 1].rpartition(":")
    listener = socket.create_server((host, int(port)))
    print("listening on %s:%d" % listener.getsockname(), flush=True)
    while True:
        threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
