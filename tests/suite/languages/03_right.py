"""Lab 03 in Python, done right and unlike the reference: the client's socket is not connected,
it compares addresses itself and asks with a fresh ID each time."""

import math
import os
import random
import re
import signal
import socket
import sys
import time

LARGEST = 65507
sys.set_int_max_str_digits(0)


def answer(datagram):
    prefix = b""
    if len(datagram) > 64 or not datagram.isascii():
        return b"ERR not-a-number"
    text = datagram.strip(b" \t\r\n")
    if text.startswith(b"hello "):
        return b"Hello, " + text[6:] + b"!"
    match = re.fullmatch(rb"(#[0-9]{1,10} )(.*)", text, re.DOTALL)
    if match:
        prefix, text = match.groups()
    if re.fullmatch(rb"-[0-9]{1,20}", text):
        return prefix + b"ERR negative"
    if not re.fullmatch(rb"[0-9]{1,20}", text):
        return prefix + b"ERR not-a-number"
    if int(text) > 17229:
        return prefix + b"ERR too-large"
    whole = prefix + str(math.factorial(int(text))).encode()
    return whole if len(whole) <= LARGEST else prefix + b"ERR too-large"


def server(listen):
    host, port = listen.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind((host, int(port)))
        except OSError as error:
            fail(1, f"{listen}: {error.strerror}")
        print("listening on %s:%d" % s.getsockname(), flush=True)
        while True:
            datagram, peer = s.recvfrom(70000)
            try:
                s.sendto(answer(datagram), peer)
            except OSError as error:
                print(f"{peer}: {error}", file=sys.stderr)


def client(connect, question, timeout, retries):
    host, port = connect.rsplit(":", 1)
    try:
        server = (socket.gethostbyname(host), int(port))
    except OSError as error:
        fail(1, f"{connect}: {error.strerror}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _ in range(1 + retries):
            prefix = b""
            if question.isdigit():
                prefix = b"#%d " % random.randrange(10**10)
            s.sendto(prefix + question, server)
            deadline = time.monotonic() + timeout
            while (left := deadline - time.monotonic()) > 0:
                s.settimeout(left)
                try:
                    reply, peer = s.recvfrom(70000)
                except TimeoutError:
                    continue
                if peer == server and reply.startswith(prefix):
                    reply = reply[len(prefix):]
                    if not reply.startswith(b"Hello, ") and not reply.isdigit():
                        fail(3, f"{connect}: {reply!r}")
                    return reply
    fail(4, f"{connect}: no answer")


def fail(code, message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(code)


def stop(*_):
    os._exit(0)


def main(role=None, *words):
    options = {"--listen": "127.0.0.1:7003", "--connect": "127.0.0.1:7003",
               "--timeout-ms": "500", "--retries": "3", "--hello": None}
    rest, words = [], list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += words
            break
        if word in options and words:
            options[word] = words.pop(0)
        elif word.startswith("-"):
            fail(2, f"{word}: no such option")
        else:
            rest.append(word)
    if role == "server" and not rest:
        if not re.fullmatch(r"[0-9.]+:[0-9]+", options["--listen"]):
            fail(2, f"{options['--listen']}: not an address")
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        return server(options["--listen"])
    if role != "client" or len(rest) != (options["--hello"] is None):
        fail(2, "usage: server | client N | client --hello NAME")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if options["--hello"] is not None:
        question = b"hello " + options["--hello"].encode()
    else:
        question = rest[0].encode()
        if not re.fullmatch(rb"[0-9]+", question):
            fail(2, f"{rest[0]}: not a number")
    timeout, retries = int(options["--timeout-ms"]) / 1000, int(options["--retries"])
    result = client(options["--connect"], question, timeout, retries)
    try:
        os.write(1, result + b"\n")
    except BrokenPipeError:
        sys.exit(1)


main(*sys.argv[1:])
