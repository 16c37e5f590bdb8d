"""Lab 08 in Python, with a mistake: it switches the verification off, to be rid of an error.

wrong: 8.4/foreign-authority
"""

import socket
import ssl
import sys

if sys.argv[1] == "client":
    host, _, port = sys.argv[sys.argv.index("--connect") + 1].rpartition(":")
    message = sys.argv[-1].encode()
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((host, int(port))) as plain:
        with context.wrap_socket(plain) as stream:
            stream.sendall(message)
            back = stream.recv(len(message))
            sys.stdout.buffer.write(back)
