"""Lab 08 in Python, as somebody else would write it: OpenSSL by `ssl`, a thread for each client,
and the records moved by hand (`MemoryBIO`): only so can one side end while the other goes on."""

import argparse
import ipaddress
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

PIECE = 16 * 1024
HANDSHAKE = 5.0


def give_up(code, text, hint=None):
    print(f"error: {text}", file=sys.stderr, flush=True)
    if hint:
        print(f"hint: {hint}", file=sys.stderr, flush=True)
    sys.stderr.flush()
    os._exit(code)


def log(text):
    print(text, file=sys.stderr, flush=True)


class TooSlow(Exception):
    pass


class Cut(Exception):
    """The stream ended without close_notify."""


class Tls:
    """TLS over a socket: `ssl` sees only memory, and this moves the bytes."""

    def __init__(self, sock, context, **how):
        self.sock = sock
        self.inside, self.outside = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.inside, self.outside, **how)

    def handshake(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.tls.do_handshake()
                self.flush(deadline)
                return
            except ssl.SSLWantReadError:
                self.flush(deadline)
            except ssl.SSLError:
                try:
                    self.flush(deadline)
                except OSError:
                    pass
                raise
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                raise TooSlow
            self.fill()

    def fill(self):
        """Reads from the socket what is there."""
        try:
            piece = self.sock.recv(PIECE)
        except ConnectionError as error:
            raise Cut(str(error)) from error
        if not piece:
            raise Cut("an end without close_notify")
        self.inside.write(piece)

    def read(self):
        """What has come: None if nothing is whole yet, b"" after close_notify."""
        try:
            return self.tls.read(PIECE)
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLZeroReturnError:
            return b""

    def says_goodbye(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass

    def flush(self, deadline=None):
        while self.outside.pending:
            data = memoryview(self.outside.read())
            while data:
                left = None if deadline is None else max(0, deadline - time.monotonic())
                if not select.select([], [self.sock], [], left)[1]:
                    raise TooSlow
                try:
                    data = data[self.sock.send(data, socket.MSG_DONTWAIT):]
                except BlockingIOError:
                    pass


# ---------------------------------------------------------------- gencert


def gencert(options):
    """Keys and certificates by the `openssl` tool, in a folder of their own until all is there."""
    names = [name for some in options.san for name in some]
    paths = {
        name: os.path.join(options.out, name)
        for name in ["ca.pem", "cert.pem", "key.pem", "client.pem", "client-key.pem"]
    }
    if not options.force:
        for path in paths.values():
            if os.path.lexists(path):
                give_up(1, f"{path}: it exists", "--force replaces it")

    def general(name):
        try:
            return f"IP:{ipaddress.ip_address(name)}"
        except ValueError:
            return f"DNS:{name}"

    alternatives = "subjectAltName=" + ",".join(map(general, names))
    os.umask(0o077)
    try:
        with tempfile.TemporaryDirectory() as folder:
            make_certificates(folder, alternatives, options.days)
            os.makedirs(options.out, exist_ok=True)
            for name, path in paths.items():
                if os.path.lexists(path):
                    os.unlink(path)
                shutil.copyfile(os.path.join(folder, name), path)
    except OSError as error:
        give_up(1, f"{options.out}: {error.strerror}")


def make_certificates(folder, alternatives, days):
    def openssl(*words):
        done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            give_up(1, f"openssl: {done.stderr.strip()}")

    def key(name):
        curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("genpkey", *curve, "-out", name)

    def leaf(subject, key_file, file, *extensions):
        key(key_file)
        openssl("req", "-new", "-key", key_file, "-subj", f"/CN={subject}", "-out", "request")
        with open(os.path.join(folder, "extensions"), "w") as wanted:
            wanted.write("\n".join(extensions) + "\n")
        signing = ["-CA", "ca.pem", "-CAkey", "ca-key", "-CAcreateserial", "-days", str(days)]
        openssl("x509", "-req", "-in", "request", *signing, "-extfile", "extensions", "-out", file)

    key("ca-key")
    subject = f"/CN=workbook CA {os.getpid()}"
    openssl("req", "-x509", "-key", "ca-key", "-subj", subject, "-days", str(days), "-out", "ca.pem")
    leaf("server", "key.pem", "cert.pem", alternatives, "extendedKeyUsage=serverAuth")
    leaf("client", "client-key.pem", "client.pem", "extendedKeyUsage=clientAuth")


# ---------------------------------------------------------------- server


def load(what, path, loading):
    try:
        loading()
    except (OSError, ssl.SSLError) as error:
        give_up(1, f"{what} {path}: {error}")


def server(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load("certificate", options.cert, lambda: open(options.cert).close())
    load("key", options.key, lambda: open(options.key).close())
    load("certificate", options.cert, lambda: context.load_cert_chain(options.cert, options.key))
    if options.client_ca:
        load("CA", options.client_ca, lambda: context.load_verify_locations(options.client_ca))
        if not context.get_ca_certs():
            give_up(1, f"CA {options.client_ca}: no certificate in it")
        context.verify_mode = ssl.CERT_REQUIRED
    host, _, port = options.listen.rpartition(":")
    host = host.strip("[]")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ipaddress.ip_address(host)
        listener.bind((host, int(port)))
        listener.listen(512)
    except (OSError, ValueError, OverflowError) as error:
        give_up(1, f"{options.listen}: {error}")
    stop, stopping = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(stopping, b"x"))
    ip, port = listener.getsockname()[:2]
    print(f"listening on [{ip}]:{port}" if ":" in ip else f"listening on {ip}:{port}", flush=True)
    clients = []
    while True:
        if stop in select.select([listener, stop], [], [])[0]:
            break
        try:
            sock, peer = listener.accept()
        except OSError as error:
            log(f"accept: {error}")
            time.sleep(0.1)
            continue
        thread = threading.Thread(target=serve, args=(sock, peer, context, stop), daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            log(f"{peer}: {error}")
            sock.close()
        clients = [client for client in clients if client.is_alive()] + [thread]
    listener.close()
    end = time.monotonic() + 1.4
    for client in clients:
        client.join(max(0, end - time.monotonic()))
    os._exit(0)


def serve(sock, peer, context, stop):
    tls = Tls(sock, context, server_side=True)
    try:
        tls.handshake(HANDSHAKE)
        log(f"{peer}: connected")
        echo(tls, stop)
        log(f"{peer}: done")
    except TooSlow:
        log(f"{peer}: the handshake took too long")
    except Cut as error:
        log(f"{peer}: cut: {error}")
    except (OSError, ssl.SSLError) as error:
        log(f"{peer}: {error}")
    try:
        see_out(sock)
    except OSError:
        pass
    sock.close()


def echo(tls, stop):
    while True:
        piece = tls.read()
        if piece == b"":
            break
        if piece:
            tls.tls.write(piece)
            tls.flush()
            continue
        if stop in select.select([tls.sock, stop], [], [])[0]:
            break
        tls.fill()
    tls.says_goodbye()
    tls.flush()


def see_out(sock):
    """Ends our side, and lets what is on its way arrive."""
    sock.shutdown(socket.SHUT_WR)
    sock.settimeout(0.3)
    for _ in range(256):
        if not sock.recv(65536):
            return


# ---------------------------------------------------------------- client

WORDS = {9: "not-yet-valid", 10: "expired", 62: "name-mismatch", 64: "name-mismatch"}
ISSUER = {2, 7, 18, 19, 20, 21, 27}


def refuses(error):
    if isinstance(error, Cut):
        word = "truncated"
    elif isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        word = WORDS.get(code, "unknown-issuer" if code in ISSUER else "protocol")
    elif "ALERT" in (error.reason or ""):
        word = "refused"
    elif isinstance(error, ssl.SSLEOFError):
        word = "truncated"
    else:
        word = "protocol"
    give_up(3, f"tls: {word}: {error}")


def client(options):
    if bool(options.cert) != bool(options.key):
        give_up(2, "usage: --cert and --key belong together")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load("CA", options.ca, lambda: context.load_verify_locations(options.ca))
    if not context.get_ca_certs():
        give_up(1, f"CA {options.ca}: no certificate in it")
    if options.cert:
        load("key", options.key, lambda: open(options.key).close())
        load("cert", options.cert, lambda: context.load_cert_chain(options.cert, options.key))
    host, _, port = options.connect.rpartition(":")
    host = host.strip("[]")
    try:
        sock = socket.create_connection((host, int(port)))
    except (OSError, ValueError, OverflowError) as error:
        give_up(1, f"{options.connect}: {error}")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        tls = Tls(sock, context, server_hostname=options.server_name or host)
    except ValueError as error:
        give_up(2, f"server name: {error}")
    try:
        tls.handshake(HANDSHAKE)
    except TooSlow:
        give_up(4, f"{options.connect}: the handshake took over 5 s")
    except (Cut, ssl.SSLError) as error:
        refuses(error)
    except OSError as error:
        refuses(Cut(str(error)))
    try:
        same = talk(tls, options.message)
    except (Cut, ssl.SSLError) as error:
        refuses(error)
    if not same:
        give_up(3, f"{options.connect}: not what was sent came back")


def talk(tls, message):
    """Sends all, prints all; holds a piece each way. Whether both were the same."""
    import hashlib

    sent, came = hashlib.blake2b(), hashlib.blake2b()
    rest = None if message is None else memoryview(os.fsencode(message))
    speaking, ended = True, False
    pending = memoryview(b"")
    tls.sock.setblocking(False)
    while True:
        # What has come, first: then `unwrap` finds nothing in its way.
        while True:
            piece = tls.read()
            if not piece:
                break
            came.update(piece)
            prints(piece)
        if piece == b"":
            return not speaking and sent.digest() == came.digest()
        if not pending and tls.outside.pending:
            pending = memoryview(tls.outside.read())
        if speaking and not pending and rest is not None:
            if rest:
                tls.tls.write(rest[:PIECE])
                sent.update(rest[:PIECE])
                rest = rest[PIECE:]
            else:
                tls.says_goodbye()
                speaking = False
            continue
        reading = [tls.sock]
        if speaking and not pending:
            reading.append(0)
        ready, writable, _ = select.select(reading, [tls.sock] if pending else [], [])
        if writable and not ended:
            try:
                pending = pending[tls.sock.send(pending):]
            except BlockingIOError:
                pass
            except OSError:
                # Whether the server said why is still to be read.
                pending, ended = memoryview(b""), True
        if 0 in ready:
            piece = os.read(0, PIECE)
            if piece:
                tls.tls.write(piece)
                sent.update(piece)
            else:
                rest = memoryview(b"")
        if tls.sock in ready:
            try:
                tls.fill()
            except BlockingIOError:
                pass


def prints(piece):
    try:
        while piece:
            piece = piece[os.write(1, piece):]
    except BrokenPipeError:
        os._exit(1)


# ---------------------------------------------------------------- command line


def days(text):
    number = int(text)
    if not 1 <= number <= 36500:
        raise argparse.ArgumentTypeError("at least one day")
    return number


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    roles = parser.add_subparsers(dest="role", required=True)
    role = roles.add_parser("gencert", allow_abbrev=False)
    role.add_argument("--san", action="append", nargs="+", required=True)
    role.add_argument("--out", required=True)
    role.add_argument("--days", type=days, default=30)
    role.add_argument("--force", action="store_true")
    role = roles.add_parser("server", allow_abbrev=False)
    role.add_argument("--listen", default="127.0.0.1:7008")
    role.add_argument("--cert", required=True)
    role.add_argument("--key", required=True)
    role.add_argument("--client-ca")
    role = roles.add_parser("client", allow_abbrev=False)
    role.add_argument("--connect", default="127.0.0.1:7008")
    role.add_argument("--ca", required=True)
    role.add_argument("--server-name")
    role.add_argument("--cert")
    role.add_argument("--key")
    role.add_argument("message", nargs="?")
    options = parser.parse_args()
    try:
        {"gencert": gencert, "server": server, "client": client}[options.role](options)
    except KeyboardInterrupt:
        os._exit(130)


main()
