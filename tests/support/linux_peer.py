"""A socket of Linux held in hand, for interop tests. Answers each line on stdin with one line:

    listen PORT, accept
    connect LOCALPORT PORT      to 10.0.0.2, at once "ok"
    connected                   once it is, or the name of the error
    send TEXT, urgent TEXT      the last octet of an urgent one is Linux's "out of band"
    recv N                      that many octets, or fewer when the stream has ended
    fill N                      so many octets, "linulinu..."
    take N                      reads so many, or fewer: their number and SHA-256
    mark                        reads on to the urgent mark: the text before, "|", the urgent octet
    info                        JSON of TCP_INFO: what it says of ECN, and of what that slows down
    set NAME VALUE              an option of sockets that are made from here on: TCP_MAXSEG, ...
    now NAME VALUE              the same, of the open one
    sign KEY                    sockets made from here on sign their segments (RFC 2385)
    plain                       none of all that
    shutdown, close, reset
"""

import errno
import fcntl
import hashlib
import json
import select
import socket
import struct
import sys

OURS = "10.0.0.2"
SIOCATMARK = 0x8905
SECONDS = 10
# struct tcp_md5sig of linux/tcp.h, the address a sockaddr_in in 128 octets.
MD5_SIGN = 14
socket.TCP_FASTOPEN_CONNECT = 30
MD5_STRUCT = "HH4s120xBBHi80s"
# struct tcp_info of linux/tcp.h, by offsets; older kernels have fewer fields.
INFO_OPTIONS = 5
INFO_FIELDS = {"ssthresh": 76, "deliveredCe": 196, "receivedCe": 248}
INFO_MODE = 276
INFO_LEN = 280
ECN_AGREED = 8
MODES = ["none", "classic", "accurate", "pending"]


class Peer:
    def __init__(self):
        self.listener = None
        # The latest, and those before: one that nobody held would be closed.
        self.sock = None
        self.kept = []
        self.options = []

    def set(self, name, value):
        level = socket.IPPROTO_TCP if name.startswith("TCP_") else socket.SOL_SOCKET
        self.options.append((level, getattr(socket, name), int(value)))
        return "ok"

    def now(self, name, value):
        level = socket.IPPROTO_TCP if name.startswith("TCP_") else socket.SOL_SOCKET
        self.sock.setsockopt(level, getattr(socket, name), int(value))
        return "ok"

    def sign(self, key):
        address = socket.inet_aton(OURS)
        sign = struct.pack(MD5_STRUCT, socket.AF_INET, 0, address, 0, 0, len(key), 0, key.encode())
        self.options.append((socket.IPPROTO_TCP, MD5_SIGN, sign))
        return "ok"

    def plain(self):
        self.options = []
        return "ok"

    def make(self, port):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for option in self.options:
            sock.setsockopt(*option)
        sock.bind(("10.0.0.1", int(port)))
        return sock

    def listen(self, port):
        self.listener = self.make(port)
        self.listener.listen()
        return "ok"

    def accept(self):
        self.listener.settimeout(SECONDS)
        self.kept.append(self.sock)
        self.sock, _ = self.listener.accept()
        self.sock.settimeout(SECONDS)
        return "ok"

    def connect(self, local_port, port):
        self.sock = self.make(local_port)
        self.sock.setblocking(False)
        self.sock.connect_ex((OURS, int(port)))
        return "ok"

    def connected(self):
        select.select([], [self.sock], [], SECONDS)
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.sock.settimeout(SECONDS)
        return errno.errorcode[error] if error else "ok"

    def send(self, text):
        self.sock.sendall(text.encode())
        return "ok"

    def urgent(self, text):
        self.sock.send(text.encode(), socket.MSG_OOB)
        return "ok"

    def recv(self, count):
        text = b""
        while len(text) < int(count):
            piece = self.sock.recv(int(count) - len(text))
            if not piece:
                break
            text += piece
        return text.decode()

    def fill(self, count):
        self.sock.sendall((b"linu" * (int(count) // 4 + 1))[:int(count)])
        return "ok"

    def take(self, count):
        left = int(count)
        octets = hashlib.sha256()
        while left > 0:
            piece = self.sock.recv(min(left, 65536))
            if not piece:
                break
            left -= len(piece)
            octets.update(piece)
        return f"{int(count) - left} {octets.hexdigest()}"

    def info(self):
        octets = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, INFO_LEN)
        answer = {"ecn": octets[INFO_OPTIONS] & ECN_AGREED != 0}
        for name, at in INFO_FIELDS.items():
            if at + 4 <= len(octets):
                answer[name] = struct.unpack_from("I", octets, at)[0]
        if len(octets) == INFO_LEN:
            answer["mode"] = MODES[octets[INFO_MODE] & 3]
        return json.dumps(answer)

    def mark(self):
        select.select([], [], [self.sock], SECONDS)
        text = b""
        while struct.unpack("i", fcntl.ioctl(self.sock, SIOCATMARK, bytes(4)))[0] == 0:
            text += self.sock.recv(1000)
        # With a timeout Python would wait for text in line first.
        self.sock.settimeout(None)
        octet = self.sock.recv(1, socket.MSG_OOB)
        self.sock.settimeout(SECONDS)
        return (text + b"|" + octet).decode()

    def shutdown(self):
        self.sock.shutdown(socket.SHUT_WR)
        return "ok"

    def close(self):
        self.sock.close()
        return "ok"

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return self.close()


peer = Peer()
for line in sys.stdin:
    command, *words = line.split()
    try:
        print(getattr(peer, command)(*words), flush=True)
    except OSError as error:
        print(errno.errorcode.get(error.errno, error), flush=True)
