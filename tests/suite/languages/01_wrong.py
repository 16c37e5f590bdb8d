"""Lab 01 in Python, with a mistake: whoever sends the first datagram is believed.

wrong: 1.8/stranger
"""

import os
import socket
import struct
import sys

role, words = sys.argv[1], sys.argv[2:]
if role == "self":
    print(os.uname().nodename)
elif role == "query":
    host, _, port = words[words.index("--server") + 1].rpartition(":")
    name = words[-1]
    wire = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    asked = os.urandom(2) + struct.pack("!5H", 0x0100, 1, 0, 0, 0) + wire + b"\0\0\1\0\1"
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.sendto(asked, (host, int(port)))
    answer, _ = sock.recvfrom(65536)
    print(name, socket.inet_ntoa(answer[-4:]), sep="\t")
else:
    sys.exit("error: not written yet")
