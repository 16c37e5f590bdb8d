"""Lab 06 in Python, right and unlike the reference: a selector, and a queue of deadlines."""

import argparse
import errno
import heapq
import ipaddress
import os
import re
import selectors
import socket
import sys
import time


class Tries:
    """Everything that is under way. `over` has what is not: a verdict and its milliseconds."""

    def __init__(self, timeout_ms):
        self.timeout = timeout_ms / 1000
        self.selector = selectors.DefaultSelector()
        self.deadlines, self.waiting, self.over = [], [], {}
        self.begun = {}

    def begin(self, number, target):
        family, address = target
        began = time.monotonic()
        try:
            peer = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE) or not self.begun:
                raise
            print("out of descriptors", file=sys.stderr)
            self.waiting.append((number, target))
            return
        peer.setblocking(False)
        self.begun[number] = (peer, began)
        code = peer.connect_ex(address)
        if code in (0, errno.EINPROGRESS):
            self.selector.register(peer, selectors.EVENT_WRITE, number)
            heapq.heappush(self.deadlines, (began + self.timeout, number))
        else:
            self.end(number, code)

    def end(self, number, code):
        peer, began = self.begun.pop(number)
        verdict = {
            0: "connected",
            errno.ECONNREFUSED: "refused",
            errno.ETIMEDOUT: "timed-out",
        }.get(code, "error")
        self.over[number] = (verdict, int((time.monotonic() - began) * 1000))
        if peer in self.selector.get_map():
            self.selector.unregister(peer)
        peer.close()

    def step(self, alarm=None):
        ends = [alarm] if alarm is not None else []
        while self.deadlines and self.deadlines[0][1] not in self.begun:
            heapq.heappop(self.deadlines)
        if self.deadlines:
            ends.append(self.deadlines[0][0])
        longest = max(0, min(ends) - time.monotonic()) if ends else None
        for key, _ in self.selector.select(longest):
            self.end(key.data, key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        now = time.monotonic()
        while self.deadlines and self.deadlines[0][0] <= now:
            _, number = heapq.heappop(self.deadlines)
            if number in self.begun:
                self.end(number, errno.ETIMEDOUT)
        waiting, self.waiting = self.waiting, []
        for number, target in waiting:
            self.begin(number, target)


def check(options):
    targets = [parse(text) for text in options.addresses]
    tries = Tries(options.timeout_ms)
    for number, target in enumerate(targets):
        tries.begin(number, target)
    while len(tries.over) < len(targets):
        tries.step()
    results = [tries.over[number] for number in range(len(targets))]
    show("".join(f"{a}\t{v}\t{ms}\n" for a, (v, ms) in zip(options.addresses, results)))
    return 0 if all(verdict == "connected" for verdict, _ in results) else 1


def race(options):
    targets = [parse(text) for text in options.addresses]
    tries = Tries(options.timeout_ms)
    begun, start = 0, time.monotonic()
    while True:
        for number, (verdict, _) in sorted(tries.over.items()):
            if verdict == "connected":
                show(options.addresses[number] + "\n")
                return 0
        if len(tries.over) == len(targets):
            break
        if len(tries.over) == begun or (begun < len(targets) and time.monotonic() >= start):
            start = time.monotonic() + options.stagger_ms / 1000
            tries.begin(begun, targets[begun])
            begun += 1
            continue
        tries.step(start if begun < len(targets) else None)
    late = any(verdict == "timed-out" for verdict, _ in tries.over.values())
    print("error: race: nobody has let us in", file=sys.stderr)
    return 4 if late else 1


def parse(text):
    """An address as a socket takes it; exits with 2 if it is none."""
    found = re.fullmatch(r"\[([0-9a-fA-F:.]+)\]:(\d{1,5})|([0-9.]+):(\d{1,5})", text)
    try:
        if not found or int(found[2] or found[4]) > 65535:
            raise ValueError("it is neither IP:PORT nor [IP6]:PORT")
        if found[1]:
            return socket.AF_INET6, (str(ipaddress.IPv6Address(found[1])), int(found[2]))
        return socket.AF_INET, (str(ipaddress.IPv4Address(found[3])), int(found[4]))
    except ValueError as error:
        print(f"error: {text}: {error}", file=sys.stderr)
        sys.exit(2)


def show(text):
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser()
    roles = parser.add_subparsers(required=True)
    for name, run in (("check", check), ("race", race)):
        role = roles.add_parser(name)
        role.add_argument("addresses", nargs="+")
        role.add_argument("--timeout-ms", type=int, default=1000)
        if name == "race":
            role.add_argument("--stagger-ms", type=int, default=250)
        role.set_defaults(run=run)
    options = parser.parse_args()
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
