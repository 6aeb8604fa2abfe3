/** What the first lines of a script say of its surroundings, and sysctls. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runScript } from "../../host/drill/drill.js";
import { ACCEPTED, CONNECTED, fails, passes, tells } from "../support/drill_scripts.js";

describe("the first lines of a script", () => {
  it("choose addresses and ports", async () => {
    const lines = "--local_ip=10.1.2.3 --remote_ip=10.9.9.9\n--connect_port=99 --bind_port=98\n";
    const call = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0...0.1 connect(3, ..., ...) = 0";
    await tells(`${lines}${call}`, "+0 > [src 10.1.2.3, dst 10.9.9.9, port 99] S 0:0(0) <...>",
      ["+0 > [src 192.168.0.1] S 0:0(0) <...>", "+0 > [port 8080] S 0:0(0) <...>"],
      "+.1 < S. 0:0(0) ack 1 win 100\n+0 > . 1:1(0) ack 1");
    const opened = ACCEPTED.replace("+0  > S. 0:0(0) ack 1 <...>", "");
    await passes(`${lines}--remote_port=97\n${opened.slice(0, opened.indexOf("+.1"))}
      +0 > [localport 98, port 97] S. 0:0(0) ack 1 <...>`);
  });

  it("choose the size of packets", async () => {
    for (const line of ["--mtu=1000", "--mss=960"]) {
      await passes(`${line}\n${CONNECTED.replace("S 0:0(0) <...>",
        "S 0:0(0) <mss 960,sackOK,TS val 1 ecr 0,wscale 1>")}`);
    }
  });

  it("set options of every connection", async () => {
    // A round trip of 0.1 s: a timeout of 0.3 s (RFC 6298 section 2.2).
    const sent = `${ACCEPTED}+0 write(4, ..., 10) = 10
      +0 > P. 1:11(10) ack 1
      +.1 < . 1:1(0) ack 11 win 1000
      +0 write(4, ..., 10) = 10
      +0 > P. 11:21(10) ack 1`;
    await tells(`--min_rto_ms=200\n${sent}`, "+.3 > P. 11:21(10) ack 1",
      ["+1 > P. 11:21(10) ack 1"]);
    await tells(`--set.ackDelay=0\n${ACCEPTED}+0 < P. 1:11(10) ack 1 win 100`,
      "+0 > . 1:1(0) ack 11", ["+.04 > . 1:1(0) ack 11"]);
  });

  it("choose the budget", async () => {
    await passes(`--budget.receiveRing=512\n${ACCEPTED}+0 %{ assert tcpi_rcv_wnd == 512 }%`);
    await fails(`${ACCEPTED}+0 %{ assert tcpi_rcv_wnd == 512 }%`, "512");
    await passes(`\`sysctl -q net.ipv4.tcp_rmem="4096 8000 16384"\`
      ${ACCEPTED}+0 %{ assert tcpi_rcv_wnd == 8192 }%`);
    await assert.rejects(runScript(`--build=board\n--budget.sendRing=1048576\n${ACCEPTED}`),
      /the budget takes [\d,]+ octets, this build has/);
  });

  it("choose the build", async () => {
    const { runs } = await runScript(`--build=board\n${ACCEPTED}`);
    assert.deepEqual(runs.map(({ build }) => build), Array(4).fill("board"));
  });

  it("ask for quiet time, whatever the initial sequence number", async () => {
    await passes(`--quiet_time --budget.mslSeconds=5
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 bind(3, ..., ...) = 0
      +0 listen(3, 1) = 0
      +4.99 < S 0:0(0) win 1000
      +.02 < S 0:0(0) win 1000
      +0 > S. 0:0(0) ack 1 <...>`, { isns: [{ local: 7, remote: 0 }, { local: 3e9, remote: 0 }] });
  });

  for (const [line, says] of [
    ["--tolerance_usecs=much", /--tolerance_usecs: takes a number from 0 to \d+, not "much"/],
    ["--local_ip=fe80::1", /--local_ip: "fe80::1" is no IPv4 address/],
    ["--ip_version=ipv6", /--ip_version: ipv6 is not supported/],
    ["--set.colour=7", /--set\.colour: no such option; there are noDelay, /],
    ["--budget.colour=7", /budget\.colour is unknown; there are listeners/],
    ["--build=cloud", /--build: is node or board, not "cloud"/],
  ] as const) {
    it(`are refused when wrong: ${line}`, () =>
      assert.rejects(runScript(`${line}\n${ACCEPTED}`, { file: "a.pkt" }), { message: says }));
  }
});

describe("commands", () => {
  it("are never run: sysctls with a counterpart are set, others are told", async () => {
    const { warnings, ok } = await runScript(`
      --wire_client --speed=1
      \`touch /tmp/motetcp-drill-was-here
       sysctl -q net.ipv4.ip_default_ttl=9; sysctl net.ipv4.tcp_retries2=3\`
      0 \`../common/defaults.sh\`
      +0 < . 1:1(0) ack 5 win 1000
      +0 > [ttl 64] R 5:5(0)`, { file: "a.pkt", builds: ["node"] });
    assert.equal(ok, true);
    assert.deepEqual(warnings, [
      "a.pkt:2: --wire_client has no meaning here, and is ignored",
      "a.pkt:2: --speed has no meaning here, and is ignored",
      "a.pkt:3: sysctl net.ipv4.tcp_retries2=3 has no counterpart",
      "a.pkt:5: no shell is run: `../common/defaults.sh` is ignored",
    ]);
    await passes(`\`sysctl -q net.ipv4.ip_default_ttl=9\`
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0...0.1 connect(3, ..., ...) = -1 ECONNREFUSED
      +0 > [ttl 9] S 0:0(0) <...>
      +.1 < R. 0:0(0) ack 1 win 0`);
  });
});
