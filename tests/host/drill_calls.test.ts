/** The calls of scripts: results, errnos, blocking, options, readiness. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runScript } from "../../host/drill/drill.js";
import { ACCEPTED, CONNECTED, fails, passes, tells } from "../support/drill_scripts.js";

const SOCKET = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3";

describe("a call", () => {
  it("must give the result and the errno of the script", async () => {
    await tells(ACCEPTED, "+0 write(4, ..., 10) = 10", [
      "+0 write(4, ..., 10) = 9", "+0 write(4, ..., 10) = -1 EPIPE",
      "+0 write(9, ..., 10) = 10", "+0 write(3, ..., 10) = 10",
    ]);
    await tells(ACCEPTED, "+0 write(9, ..., 10) = -1 EBADF (Bad file descriptor)", [
      "+0 write(9, ..., 10) = -1 EPIPE", "+0 write(9, ..., 10) = 0",
    ]);
    await passes(`${ACCEPTED}+0 write(4, ..., 10) = ...`);
  });

  it("that blocks fails, unless the script says until when", async () => {
    await fails(`${SOCKET}\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0
      +0 accept(3, ..., ...) = 4`, "accept");
    const waiting = (until: string): string => `${ACCEPTED}
      +0...${until} read(4, ..., 100) = 10
      +.1 < P. 1:11(10) ack 1 win 1000`;
    await passes(waiting("0.1"));
    assert.match((await fails(waiting("0.2"), "read")).summary, /not at 0\.300000.*too early/);
    assert.match((await fails(waiting("0.05"), "read")).summary, /not at 0\.150000.*too late/);
    await fails(`${ACCEPTED}+0...0.1 read(4, ..., 100) = 10\n+0 %{ pass }%`, "read");
  });

  it("that blocks must be over before the next one", async () => {
    const failure = await fails(`${ACCEPTED}
      +0...0.5 read(4, ..., 100) = 10
      +.1 write(4, ..., 10) = 10`, "read");
    assert.match(failure.summary, /read has not returned/);
  });

  it("that the tool does not know, or with arguments of no sense, is a fault of the script's",
    async () => {
      for (const [line, says] of [
        ["+0 frobnicate(3) = 0", /unknown call frobnicate; there are socket, bind/],
        ["+0 setsockopt(3, SOL_TCP, TCP_SPEED, [1], 4) = 0", /unknown name TCP_SPEED/],
        ["+0 socket(AF_INET6, SOCK_STREAM, 0) = 5", /only AF_INET is supported/],
        ["+0 bind(3, {sin_prt = htons(1)}, 16) = 0", /no field "sin_prt"; there are sa_f/],
        ["+0 poll([{fd=3, event=POLLIN}], 1, 0) = 0", /no field "event"/],
        ['+0 bind(3, {sin_addr = inet_addr("1.2.3")}, 16) = 0', /"1\.2\.3" is no IPv4 address/],
        ["+0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 5", /only SOCK_STREAM is supported/],
      ] as const) {
        await assert.rejects(runScript(`${SOCKET}\n${line}`, { file: "a.pkt" }), (error: Error) => {
          assert.match(error.message, /^a\.pkt:2:1: /);
          assert.match(error.message, says);
          return true;
        });
      }
    });
});

describe("connect", () => {
  it("blocks until the connection is there, or refused", async () => {
    await passes(CONNECTED);
    await passes(`${SOCKET}
      0...0.2 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)
      0 > S 0:0(0) <...>
      0.2 < R. 0:0(0) ack 1 win 0`);
    await passes(`${SOCKET}
      0...0.2 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)
      0 > S 0:0(0) <...>
      0.1 < icmp unreachable port_unreachable [1:1(0)]
      0.2 < icmp unreachable port_unreachable [0:0(0)]`);
  });

  it("tells of its progress when it may not block", async () => {
    await passes(`${SOCKET}
      +0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)
      +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
      +0 fcntl(3, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)
      +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
      +0 connect(3, ..., ...) = -1 EALREADY (Operation already in progress)
      +0 > S 0:0(0) <...>
      +.1 < S. 0:0(0) ack 1 win 1000
      +0 > . 1:1(0) ack 1
      +0 connect(3, ..., ...) = 0
      +0 connect(3, ..., ...) = -1 EISCONN (Transport endpoint is already connected)`);
    await passes(`${SOCKET}
      +0 ioctl(3, FIONBIO, [1]) = 0
      +0 connect(3, ..., ...) = -1 EINPROGRESS
      +0 > S 0:0(0) <...>
      +.1 < R. 0:0(0) ack 1 win 0
      +0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
      +0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0`);
  });

  it("goes to the address and from the port of the script", async () => {
    const to = (port: number): string =>
      `{sa_family = AF_INET, sin_port = htons(${port}), sin_addr = inet_addr("192.0.2.7")}`;
    await tells(`${SOCKET}
      +0 bind(3, {sa_family = AF_INET, sin_port = htons(99), sin_addr = inet_addr("0.0.0.0")},
              16) = 0
      +0...0.1 connect(3, ${to(80)}, 16) = 0`,
    "+0 > [port 80, localport 99, dst 192.0.2.7] S 0:0(0) <...>", [
      "+0 > [port 81] S 0:0(0) <...>", "+0 > [localport 98] S 0:0(0) <...>",
      "+0 > [dst 192.0.2.1] S 0:0(0) <...>",
    ], `+.1 < S. 0:0(0) ack 1 win 1000
      +0 > . 1:1(0) ack 1
      +0 getpeername(3, ${to(80)}, [16]) = 0`);
  });
});

describe("read and write", () => {
  it("end with the connection", async () => {
    await passes(`${ACCEPTED}
      +0 < FP. 1:11(10) ack 1 win 1000
      +0~+.1 > . 1:1(0) ack 12
      +0 recv(4, ..., 6, MSG_PEEK) = 6
      +0 recv(4, ..., 6, 0) = 6
      +0 readv(4, [{..., 3}, {..., 100}], 2) = 4
      +0 read(4, ..., 100) = 0
      +0 close(4) = 0
      +0 > F. 1:1(0) ack 12`);
    await passes(`${ACCEPTED}
      +0 < R. 1:1(0) ack 1 win 1000
      +0 read(4, ..., 100) = -1 ECONNRESET (Connection reset by peer)
      +0 read(4, ..., 100) = 0
      +0 send(4, ..., 100, MSG_NOSIGNAL) = -1 EPIPE (Broken pipe)`);
    await passes(`${ACCEPTED}
      +0 shutdown(4, SHUT_WR) = 0
      +0 > F. 1:1(0) ack 1
      +0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
      +0 recv(4, ..., 100, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)`);
  });

  it("know the octets of the other side, over retransmissions too", async () => {
    await passes(`${ACCEPTED}
      +0 < P. 101:201(100) ack 1 win 1000
      +0 > . 1:1(0) ack 1 <...>
      +0 < P. 1:151(150) ack 1 win 1000
      +0~+.1 > . 1:1(0) ack 201 <...>
      +0 read(4, ..., 1000) = 200`);
  });

  it("write as much as there is room for when they may not block", async () => {
    await passes(`--budget.sendRing=4096
      ${ACCEPTED}
      +0 fcntl(4, F_SETFL, O_NONBLOCK) = 0
      +0 write(4, ..., 5000) = 4096
      +0 write(4, ..., 5000) = -1 EAGAIN (Resource temporarily unavailable)
      +0 > . 1:4001(4000) ack 1
      +0 ioctl(4, SIOCOUTQ, [4096]) = 0`);
  });

  it("block until all is written otherwise", async () => {
    await passes(`--budget.sendRing=4096
      ${ACCEPTED}
      +0...0.1 write(4, ..., 5000) = 5000
      +0 > . 1:4001(4000) ack 1
      +0 > P. 4001:4097(96) ack 1
      +.1 < . 1:1(0) ack 4001 win 10000
      +0 > P. 4097:5001(904) ack 1
      +.1 < . 1:1(0) ack 5001 win 10000`);
  });

  it("take at once what a larger buffer would hold, without a time to block until", async () => {
    const written = `--budget.sendRing=2048
      ${ACCEPTED}
      +0 write(4, ..., 5000) = 5000
      +0 ioctl(4, SIOCOUTQ, [5000]) = 0
      +0 close(4) = 0
      +0 > . 1:2001(2000) ack 1
      +0 > P. 2001:2049(48) ack 1
      +.1 < . 1:1(0) ack 2001 win 10000`;
    await passes(`${written}
      +0 > P. 2049:4049(2000) ack 1
      +.1 < . 1:1(0) ack 4049 win 10000
      +0 > FP. 4049:5001(952) ack 1`, { builds: ["node", "board"] });
  });

  it("forget with the connection what has no room yet", async () => {
    const written = `--budget.sendRing=2048
      ${ACCEPTED}
      +0 write(4, ..., 5000) = 5000
      +0 > . 1:2001(2000) ack 1
      +0 > P. 2001:2049(48) ack 1`;
    await passes(`${written}
      +0 setsockopt(4, SOL_SOCKET, SO_LINGER, {1, 0}, 8) = 0
      +0 close(4) = 0
      +0 > R. 2049:2049(0) ack 1
      +1 %{ assert state == "CLOSED" }%`);
    await passes(`${written}
      +0 < R. 1:1(0) ack 1 win 0
      +0 write(4, ..., 1) = -1 ECONNRESET
      +0 close(4) = 0`);
  });

  it("hold back what fills no segment with TCP_CORK and MSG_MORE", async () => {
    await passes(`${ACCEPTED}
      +0 send(4, ..., 600, MSG_MORE) = 600
      +0 send(4, ..., 600, MSG_MORE) = 600
      +0 > P. 1:1001(1000) ack 1
      +0 < . 1:1(0) ack 1001 win 1000
      +0 send(4, ..., 100, 0) = 100
      +0 > P. 1001:1301(300) ack 1`);
    await passes(`${ACCEPTED}
      +0 setsockopt(4, SOL_TCP, TCP_CORK, [1], 4) = 0
      +0 write(4, ..., 600) = 600
      +.1 setsockopt(4, SOL_TCP, TCP_CORK, [0], 4) = 0
      +0 > P. 1:601(600) ack 1`);
  });

  it("send urgent data", async () => {
    await tells(`${ACCEPTED}+0 send(4, ..., 3, MSG_OOB) = 3`, "+0 > PU. 1:4(3) ack 1 urg 3",
      ["+0 > P. 1:4(3) ack 1", "+0 > PU. 1:4(3) ack 1 urg 2"]);
  });
});

describe("close", () => {
  it("sends RST with SO_LINGER and no time", async () => {
    const linger = (on: number): string =>
      `${ACCEPTED}+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=${on}, linger=0}, 8) = 0
      +0 getsockopt(4, SOL_SOCKET, SO_LINGER, {l_onoff=${on}, l_linger=0}, [8]) = 0
      +0 close(4) = 0`;
    await tells(linger(1), "+0 > R. 1:1(0) ack 1", ["+0 > F. 1:1(0) ack 1"]);
    await tells(linger(0), "+0 > F. 1:1(0) ack 1", ["+0 > R. 1:1(0) ack 1"]);
  });

  it("makes the descriptor void, and its number free", async () => {
    await passes(`${ACCEPTED}+0 close(4) = 0
      +0 > F. 1:1(0) ack 1
      +0 close(4) = -1 EBADF (Bad file descriptor)
      +0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4`);
  });
});

describe("options", () => {
  it("are the stack's", async () => {
    await passes(`${SOCKET}
      +0 setsockopt(3, SOL_TCP, TCP_MAXSEG, [900], 4) = 0
      +0 setsockopt(3, SOL_IP, IP_TTL, [3], 4) = 0
      +0 setsockopt(3, SOL_IP, IP_TOS, [0x10], 4) = 0
      +0 getsockopt(3, SOL_IP, IP_TTL, [3], [4]) = 0
      +0...0.1 connect(3, ..., ...) = 0
      +0 > [ttl 3, tos 0x10] S 0:0(0) <mss 900,sackOK,TS val 1 ecr 0,wscale 1>
      +.1 < S. 0:0(0) ack 1 win 1000 <mss 800>
      +0 > . 1:1(0) ack 1
      +0 getsockopt(3, SOL_TCP, TCP_MAXSEG, [800], [4]) = 0`);
    await fails(`${SOCKET}
      +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
      +0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [0], [4]) = 0`, "getsockopt");
  });

  it("can be asked before there is a connection", async () => {
    await tells(SOCKET, "+0 getsockopt(3, SOL_TCP, TCP_KEEPIDLE, [7200], [4]) = 0",
      ["+0 getsockopt(3, SOL_TCP, TCP_KEEPIDLE, [7201], [4]) = 0"],
      `+0 getsockopt(3, SOL_SOCKET, SO_TYPE, [1], [4]) = 0
       +0 getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [0], [4]) = 0
       +0 listen(3, 1) = 0
       +0 getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [1], [4]) = 0`);
  });

  it("make keep-alives", async () => {
    const silent = `${ACCEPTED}
      +0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
      +0 setsockopt(4, SOL_TCP, TCP_KEEPIDLE, [100], 4) = 0
      +0 setsockopt(4, SOL_TCP, TCP_KEEPINTVL, [10], 4) = 0
      +0 setsockopt(4, SOL_TCP, TCP_KEEPCNT, [1], 4) = 0`;
    await tells(silent, "+100 > . 0:0(0) ack 1", ["+101 > . 0:0(0) ack 1", "+100 > . 1:1(0) ack 1"],
      `+10 > R. 1:1(0) ack 1
       +0 read(4, ..., 1) = -1 ETIMEDOUT (Connection timed out)`);
  });

  it("quicken acknowledgments", async () => {
    const data = "+0 < P. 1:11(10) ack 1 win 1000";
    await tells(`${ACCEPTED}${data}`, "+.04 > . 1:1(0) ack 11", ["+0 > . 1:1(0) ack 11"]);
    await tells(`${ACCEPTED}+0 setsockopt(4, SOL_TCP, TCP_QUICKACK, [1], 4) = 0\n${data}`,
      "+0 > . 1:1(0) ack 11", ["+.04 > . 1:1(0) ack 11"]);
  });

  it("choose the rings", async () => {
    await tells(ACCEPTED.replace("+0  bind", `
      +0 setsockopt(3, SOL_SOCKET, SO_RCVBUF, [3000], 4) = 0
      +0 bind`), "+0 %{ assert tcpi_rcv_wnd == 4096 }%", ["+0 %{ assert tcpi_rcv_wnd == 65535 }%"]);
  });
});

describe("readiness", () => {
  const poll = (events: string, revents: string, result: number): string =>
    `poll([{fd=4, events=${events}, revents=${revents}}], 1, 0) = ${result}`;

  it("is told by poll", async () => {
    await tells(ACCEPTED, `+0 ${poll("POLLIN|POLLOUT", "POLLOUT", 1)}`, [
      `+0 ${poll("POLLIN|POLLOUT", "POLLIN", 1)}`, `+0 ${poll("POLLIN|POLLOUT", "0", 0)}`,
    ]);
    await passes(`${ACCEPTED}
      +0 ${poll("POLLIN", "0", 0)}
      +0...0.1 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 1000) = 1
      +.1 < F. 1:1(0) ack 1 win 1000
      +0 > . 1:1(0) ack 2
      +.1...1.1 poll([{fd=4, events=POLLPRI, revents=0}], 1, 1000) = 0`);
    await passes(`${ACCEPTED}
      +0 < R. 1:1(0) ack 1 win 0
      +0 ${poll("POLLIN", "POLLIN|POLLERR|POLLHUP", 1)}`);
  });

  it("is told by epoll", async () => {
    const set = `${ACCEPTED}
      +0 epoll_create(1) = 7
      +0 epoll_ctl(7, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0
      +0 epoll_wait(7, {events=EPOLLIN, fd=4}, 1, 0) = 0
      +0 < P. 1:2(1) ack 1 win 1000`;
    await tells(set, "+0 epoll_wait(7, {events=EPOLLIN, fd=4}, 1, 0) = 1", [
      "+0 epoll_wait(7, {events=EPOLLIN, fd=5}, 1, 0) = 1", "+0 epoll_wait(7, {}, 1, 0) = 0",
    ], `+0 epoll_ctl(7, EPOLL_CTL_DEL, 4, {}) = 0
      +0 epoll_wait(7, {}, 1, 0) = 0
      +0 close(7) = 0`);
  });

  it("is told in octets by ioctl", async () => {
    await tells(`${ACCEPTED}+0 < P. 1:11(10) ack 1 win 1000`, "+0 ioctl(4, SIOCINQ, [10]) = 0",
      ["+0 ioctl(4, SIOCINQ, [9]) = 0"]);
    await tells(`${ACCEPTED}+0 < PU. 1:11(10) ack 1 win 1000 urg 5\n+0 read(4, ..., 4) = 4`,
      "+0 ioctl(4, SIOCATMARK, [1]) = 0", ["+0 ioctl(4, SIOCATMARK, [0]) = 0"]);
  });
});
