"""Lab 02 in Python, with a mistake: it closes when nothing has come for a moment.

wrong: 2.2/echo
"""

import socket
import sys

if sys.argv[1] == "server":
    host, _, port = sys.argv[sys.argv.index("--listen") + 1].rpartition(":")
    listener = socket.create_server((host, int(port)))
    print("listening on %s:%d" % listener.getsockname(), flush=True)
    while True:
        client, _ = listener.accept()
        client.sendall(client.recv(1024))
        client.close()
