"""Lab 06 in Python, as in the tutorial: it asks for the peer's name at once.

wrong: 6.2/later
"""

import socket
import sys

failed = False
for text in [word for word in sys.argv[2:] if ":" in word]:
    host, _, port = text.rpartition(":")
    peer = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    peer.setblocking(False)
    try:
        peer.connect((host.strip("[]"), int(port)))
    except BlockingIOError:
        pass
    try:
        peer.getpeername()
        print(f"{text}\tconnected\t0")
    except OSError:
        print(f"{text}\terror\t0")
        failed = True
sys.exit(failed)
