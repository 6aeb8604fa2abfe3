"""Linux's ends of the lanes of the loss bench: many connections in one process.

    linux_ends.py receive ADDRESS,RING,BURST...   listens on each address
    linux_ends.py send TO,RING,BURST,FROM...      connects to each TO from FROM

BURST is 0, and the sender sends without end; or it sends so many octets, which the receiver
answers by one, whereupon it sends again.

A line "ready" comes first (of a sender: when it has begun to connect). Each line on stdin but
"end" is answered by a line of JSON: of a receiver the octets so far and the seconds since it was
connected, by address of the sender; of a sender what TCP_INFO says, by the address it sends from.
"""

import json
import selectors
import socket
import struct
import sys
import time

PORT = 5001
TCP_WINDOW_CLAMP, TCP_CONGESTION = 10, 13
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
PIECE = 65536
TEXT = b"a" * PIECE
# Buffers count what the kernel adds to each packet; the window is what is capped to the ring.
BUFFER_OCTETS_PER_WINDOW_OCTET = 4

selector = selectors.DefaultSelector()
receivers = {}
senders = {}


def capped(ring):
    sock = socket.socket()
    size = max(65536, BUFFER_OCTETS_PER_WINDOW_OCTET * ring)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, size)
    sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, size)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP, ring)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_CONGESTION, b"cubic")
    sock.setblocking(False)
    return sock


class Receiver:
    def __init__(self, sock, ring, burst):
        self.sock = sock
        self.ring = ring
        self.burst = burst
        self.octets = 0
        self.since = time.monotonic()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(sock, selectors.EVENT_READ, self.turn)

    def turn(self, _):
        text = self.sock.recv(PIECE)
        before = self.octets
        self.octets += len(text)
        if self.octets // PIECE > before // PIECE:
            # The kernel forgets it when it finds out how much memory a packet takes.
            self.sock.setsockopt(socket.IPPROTO_TCP, TCP_WINDOW_CLAMP, self.ring)
        if self.burst and self.octets // self.burst > before // self.burst:
            self.sock.send(b"a")
        if not text:
            selector.unregister(self.sock)


def listen(address, ring, burst):
    listener = capped(int(ring))
    listener.bind((address, PORT))
    listener.listen(16)

    def accept(_):
        sock, (source, _) = listener.accept()
        receivers[source] = Receiver(sock, int(ring), int(burst))

    selector.register(listener, selectors.EVENT_READ, accept)


class Sender:
    def __init__(self, to, ring, burst, source):
        self.sock = capped(int(ring))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.burst = int(burst)
        self.left = self.burst
        self.sock.bind((source, 0))
        self.sock.connect_ex((to, PORT))
        senders[source] = self.sock
        selector.register(self.sock, selectors.EVENT_WRITE, self.turn)

    def turn(self, _):
        if self.burst == 0:
            self.send(TEXT)
        elif self.left > 0:
            self.left -= self.send(TEXT[:self.left])
            if self.left == 0:
                selector.modify(self.sock, selectors.EVENT_READ, self.turn)
        elif self.sock.recv(16):
            self.left = self.burst
            selector.modify(self.sock, selectors.EVENT_WRITE, self.turn)

    def send(self, text):
        try:
            return self.sock.send(text)
        except BlockingIOError:
            return 0


def info(sock):
    """Of linux/tcp.h, struct tcp_info: eight octets, then words."""
    text = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232)
    words = struct.unpack("24I", text[8:104])
    return {
        "minRtoMs": words[0] / 1000, "segmentSize": words[2], "rttMs": words[15] / 1000,
        "minRttMs": struct.unpack("I", text[148:152])[0] / 1000, "cwnd": words[18],
        "retransmissions": words[23], "window": struct.unpack("I", text[228:232])[0],
    }


def answer(_):
    line = sys.stdin.readline()
    if line.strip() in ("", "end"):
        sys.exit(0)
    now = time.monotonic()
    facts = {name: [one.octets, now - one.since] for name, one in receivers.items()}
    facts.update({name: info(sock) for name, sock in senders.items()})
    print(json.dumps(facts), flush=True)


role, *words = sys.argv[1:]
for word in words:
    (listen if role == "receive" else Sender)(*word.split(","))
print("ready", flush=True)
selector.register(sys.stdin, selectors.EVENT_READ, answer)
while True:
    for key, _ in selector.select():
        key.data(key.fileobj)
