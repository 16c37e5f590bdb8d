"""Lab 03's server in Python, with a mistake: it leaves it to `int` what a number is, which reads
`+5` and `1_000` as well.

wrong: 3.3/not-a-number
"""

import math
import signal
import socket
import sys


def answer(text):
    if text.startswith("hello "):
        return f"Hello, {text[6:]}!"
    prefix = ""
    if text.startswith("#"):
        prefix, text = text.split(" ", 1)
        prefix += " "
    try:
        n = int(text)
    except ValueError:
        return prefix + "ERR not-a-number"
    if n < 0:
        return prefix + "ERR negative"
    return prefix + str(math.factorial(n))


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
host, port = sys.argv[sys.argv.index("--listen") + 1].rsplit(":", 1)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((host, int(port)))
print("listening on %s:%d" % s.getsockname(), flush=True)
while True:
    datagram, peer = s.recvfrom(1024)
    s.sendto(answer(datagram.decode().strip()).encode(), peer)
