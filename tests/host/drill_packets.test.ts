/** Options, the IP header, ICMP, timestamps and damaged packets, as scripts have them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runScript } from "../../host/drill/drill.js";
import { ACCEPTED, CONNECTED, fails, passes, tells } from "../support/drill_scripts.js";

const LISTENING = `
0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0`;

describe("options", () => {
  it("must be those of the script, in any order and with any padding", async () => {
    await tells(`--strict_wscale
${LISTENING}
      +0 < S 0:0(0) win 1000 <mss 1000,sackOK,nop,nop,TS val 7 ecr 0,nop,nop,nop,wscale 3>`,
    "+0 > S. 0:0(0) ack 1 <wscale 1,sackOK,eol,TS val 99 ecr 7,mss 1460>", [
      "+0 > S. 0:0(0) ack 1", "+0 > S. 0:0(0) ack 1 <mss 1460>",
      "+0 > S. 0:0(0) ack 1 <wscale 1,sackOK,TS val 99 ecr 8,mss 1460>",
      "+0 > S. 0:0(0) ack 1 <wscale 2,sackOK,TS val 99 ecr 7,mss 1460>",
      "+0 > S. 0:0(0) ack 1 <wscale 1,sackOK,TS val 99 ecr 7,mss 1461>",
      "+0 > S. 0:0(0) ack 1 <wscale 1,sackOK,TS val 99 ecr 7,mss 1460,mss 1460>",
    ]);
  });

  it("of selective acknowledgment are in the script's numbers, whatever the ISN", async () => {
    const open = `${LISTENING}
      +0 < S 100:100(0) win 1000 <mss 1000,sackOK>
      +0 > S. 0:0(0) ack 101 <mss 1460,sackOK>
      +0 < . 101:101(0) ack 1 win 1000
      +0 accept(3, ..., ...) = 4
      +0 < P. 111:121(10) ack 1 win 1000`;
    await tells(open, "+0 > . 1:1(0) ack 101 <nop,nop,sack 111:121>",
      ["+0 > . 1:1(0) ack 101 <nop,nop,sack 112:121>", "+0 > . 1:1(0) ack 101"], "",
      { isns: [{ local: 5, remote: 0xffffff80 }] });
  });

  it("off by sysctl are not offered", async () => {
    const { warnings, ok } = await runScript(`
      \`sysctl -q net.ipv4.tcp_timestamps=0
       sysctl -w net.ipv4.tcp_sack="0" && ip route flush\`
      0 \`sysctl -q net.ipv4.tcp_frobnicate=1; true\`
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 fcntl(3, F_SETFL, O_NONBLOCK) = 0
      +0 connect(3, ..., ...) = -1 EINPROGRESS
      +0 > S 0:0(0) <mss 1460,nop,wscale 1>
      `, { file: "a.pkt", builds: ["node"] });
    assert.equal(ok, true);
    assert.deepEqual(warnings, ["a.pkt:4: sysctl net.ipv4.tcp_frobnicate=1 has no counterpart"]);
  });
});

describe("timestamps of ours", () => {
  const open = (tick: number): string => `--tcp_ts_tick_usecs=${tick}
    ${LISTENING}
    +0 < S 0:0(0) win 1000 <mss 1000,TS val 500 ecr 0>
    +0 > S. 0:0(0) ack 1 <mss 1460,TS val 100 ecr 500>
    +.1 < . 1:1(0) ack 1 win 1000 <nop,nop,TS val 600 ecr 100>
    +0 accept(3, ..., ...) = 4
    +0 write(4, ..., 10) = 10`;

  it("must advance as in the script when their tick is given", async () => {
    await tells(open(1000), "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 200 ecr 600>", [
      "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 250 ecr 600>",
      "+0 > P. 1:11(10) ack 1 <nop,nop,TS val 150 ecr 600>",
    ]);
    await passes(`${open(0)}\n+0 > P. 1:11(10) ack 1 <nop,nop,TS val 250 ecr 600>`);
  });

  it("are echoed by the names that the script has for them", async () => {
    // The round trip of 100 ms that they measure makes the timeout of 300 ms.
    await passes(`--min_rto_ms=200
      ${open(0)}
      +0 > P. 1:11(10) ack 1 <nop,nop,TS val 77 ecr 600>
      +.1 < . 1:1(0) ack 11 win 1000 <nop,nop,TS val 700 ecr 77>
      +0 %{ assert 95000 <= tcpi_rtt <= 105000, tcpi_rtt }%`);
  });
});

describe("the IP header", () => {
  it("must be as brackets say", async () => {
    await tells(`${ACCEPTED}+0 setsockopt(4, SOL_IP, IP_TOS, [0x12], 4) = 0
      +0 write(4, ..., 10) = 10`, "+0 > [ect0, ttl 64] P. 1:11(10) ack 1", [
      "+0 > [noecn] P. 1:11(10) ack 1", "+0 > [ce] P. 1:11(10) ack 1",
      "+0 > [ttl 63] P. 1:11(10) ack 1", "+0 > [tos 0x10] P. 1:11(10) ack 1",
      "+0 > [src 1.2.3.4] P. 1:11(10) ack 1",
    ]);
    await passes(`${ACCEPTED}+0 setsockopt(4, SOL_IP, IP_TOS, [0x12], 4) = 0
      +0 write(4, ..., 10) = 10
      +0 > [tos 0x10, ect01] P. 1:11(10) ack 1`);
  });

  it("may be damaged on its way in, or the segment", async () => {
    for (const note of ["badsum", "badipsum", "dst 192.168.0.7"]) {
      await passes(`${LISTENING}\n+0 < [${note}] S 0:0(0) win 1000
        +0 %{ assert DropTcpChecksum + DropIpChecksum + DropNotForUs == 1 }%`);
      await fails(`${LISTENING}\n+0 < [${note}] S 0:0(0) win 1000
        +0 > S. 0:0(0) ack 1 <...>`, "> S.");
    }
  });

  it("may be that of another host", async () => {
    await tells(`${LISTENING}\n+0 < [src 192.0.2.77] S 0:0(0) win 1000`,
      "+0 > [dst 192.0.2.77] S. 0:0(0) ack 1 <...>",
      ["+0 > [dst 192.0.2.1] S. 0:0(0) ack 1 <...>"]);
  });
});

describe("ICMP", () => {
  it("quotes a segment of ours", async () => {
    const sent = `${CONNECTED}+0 write(3, ..., 10) = 10\n+0 > P. 1:11(10) ack 1`;
    const soft = '+0 %{ assert softError == "unreachable" }%';
    await passes(`${sent}\n+0 < icmp unreachable host_unreachable [1:11(10)]\n${soft}`);
    const early = `${sent}\n+0 < icmp unreachable host_unreachable [11:21(10)]`;
    await fails(`${early}\n${soft}`, "softError");
    await fails(`${sent}\n+0 < [port 81] icmp unreachable host_unreachable [1:11(10)]
      +0 < [port 8080] . 1:1(0) ack 1 win 10000\n${soft}`, "softError");
  });

  it("comes from the stack", async () => {
    await tells("+0 < icmp echo_request (100)", "+0 > icmp echo_reply",
      ["+0 > icmp echo_request", "+0 > icmp unreachable", "+0 > . 1:1(0) ack 1"]);
    await tells("+0 < udp (100)", "+0 > icmp unreachable port_unreachable [udp (100)]", [
      "+0 > icmp unreachable port_unreachable [udp (99)]",
      "+0 > icmp unreachable host_unreachable [udp (100)]", "+0 > udp (100)",
    ]);
  });
});

describe("segments without a connection", () => {
  it("are answered with the numbers of RFC 9293 section 3.5.2", async () => {
    await passes("0 < S 5:5(0) win 1000\n+0 > R. 0:0(0) ack 6");
    await tells("0 < . 1:1(0) ack 1234 win 1000", "+0 > R 1234:1234(0)", ["+0 > R 1235:1235(0)"]);
  });
});
