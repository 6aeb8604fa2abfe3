/** `runScript`: the right script passes in every run, and whatever is wrong in one is told. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { DEFAULT_ISNS, type DrillOptions, runScript } from "../../host/drill/drill.js";
import { readPacket } from "../../host/drill/packet.js";
import { ACCEPTED, CONNECTED, fails, passes, tells } from "../support/drill_scripts.js";

const EVERYWHERE: DrillOptions = { builds: ["node", "board"], isns: DEFAULT_ISNS };

describe("a run", () => {
  it("is of each build at four pairs of initial sequence numbers", async () => {
    const report = await runScript(`${ACCEPTED}
      +0  < P. 1:101(100) ack 1 win 1000
      +.04 > . 1:1(0) ack 101
      +0  read(4, ..., 1000) = 100
      +0  write(4, ..., 500) = 500
      +0  > P. 1:501(500) ack 101
      +.1 < . 101:101(0) ack 501 win 1000
      +0  close(4) = 0
      +0  > F. 501:501(0) ack 101
      +0  < F. 101:101(0) ack 502 win 1000
      +0  > . 502:502(0) ack 102`);
    assert.deepEqual(report.runs.map(({ failure }) => failure), Array(8).fill(undefined));
    assert.deepEqual(report.runs.map(({ build }) => build),
      [...Array(4).fill("node"), ...Array(4).fill("board")]);
  });

  it("has the numbers on the wire that were asked for", async () => {
    for (const script of [ACCEPTED, CONNECTED]) {
      for (const isn of [...DEFAULT_ISNS, { local: 0x12345678, remote: 0xfedcba98 }]) {
        const seen: number[][] = [];
        const observe = (octets: Uint8Array): void => {
          const packet = readPacket(octets.slice());
          if (packet.kind === "tcp") seen.push([packet.tcp.seq, packet.tcp.ack]);
        };
        await passes(script, { isns: [isn], observe });
        const [syn, synAck] = seen;
        const [local, remote] = script === ACCEPTED ? [synAck, syn] : [syn, synAck];
        assert.equal(local![0], isn.local);
        assert.equal(remote![0], isn.remote);
      }
    }
  });

  it("goes the same way each time", async () => {
    const captured: string[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const octets: number[] = [];
      await passes(CONNECTED, { observe: (packet, atUs) => octets.push(atUs, ...packet) });
      captured.push(octets.join());
    }
    assert.equal(captured[0], captured[1]);
  });

  it("finds the same mismatch in all of them", async () => {
    const failure = await fails(
      `${ACCEPTED}+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 2`, "ack 2", EVERYWHERE);
    assert.deepEqual(failure.differences, ["ack is 1, not 2"]);
    assert.equal(failure.expected, "0.100000 > P. 1:11(10) ack 2");
    assert.match(failure.actual!, /^0\.100000 > P\. 1:11\(10\) ack 1 win \d+$/);
    assert.match(failure.state.join("\n"), /8080 192\.0\.2\.1:40000 ESTABLISHED/);
  });
});

describe("an outbound segment", () => {
  const written = `${ACCEPTED}+0 write(4, ..., 500) = 500`;

  it("must have the flags, numbers, length, window and options of the script", async () => {
    await tells(written, "+0 > P. 1:501(500) ack 1 win 65535 urg 0", [
      "+0 > . 1:501(500) ack 1", "+0 > FP. 1:501(500) ack 1", "+0 > PE. 1:501(500) ack 1",
      "+0 > P. 2:502(500) ack 1", "+0 > P. 1:500(499) ack 1", "+0 > P. 1:502(501) ack 1",
      "+0 > P. 1:501(500) ack 0", "+0 > P. 1:501(500) ack 1 win 1000",
      "+0 > P. 1:501(500) ack 1 urg 1", "+0 > P. 1:501(500) ack 1 <mss 1460>",
      "+0 > P 1:501(500)", "+0 > R. 1:1(0) ack 1",
    ]);
  });

  it("must be sent at its time, within the tolerance", async () => {
    await tells(written, "+.004 > P. 1:501(500) ack 1", [
      "+.005 > P. 1:501(500) ack 1", "+.01~+.02 > P. 1:501(500) ack 1",
      "0.2 > P. 1:501(500) ack 1",
    ]);
    await tells(`${written}\n+0 > P. 1:501(500) ack 1`, "+1 > P. 1:501(500) ack 1", [
      "+.99 > P. 1:501(500) ack 1", "+1.01 > P. 1:501(500) ack 1", "+0 > P. 1:501(500) ack 1",
      "+.5~+.9 > P. 1:501(500) ack 1", "+1.1~+1.9 > P. 1:501(500) ack 1",
    ]);
    await fails(`0.5 %{ pass }%\n0 < . 1:1(0) ack 9 win 0\n0.1 > R 9:9(0)`, "0.1 > R");
    await passes(`${written}\n* > P. 1:501(500) ack 1\n* > P. 1:501(500) ack 1`);
    await passes(`${written}\n+0~+.1 > P. 1:501(500) ack 1\n+.5~+1.5 > P. 1:501(500) ack 1`);
    await passes(`--tolerance_usecs=100000\n${written}\n+.09 > P. 1:501(500) ack 1`);
    await passes(`--tolerance_percent=10\n${written}
      +0 > P. 1:501(500) ack 1\n+1.08 > P. 1:501(500) ack 1`);
  });

  it("must come at all", async () => {
    const { actual } = await fails(`${ACCEPTED}+0 > . 1:1(0) ack 1`, "> . 1:1(0)");
    assert.equal(actual, "nothing");
    await fails(`${ACCEPTED}* > . 1:1(0) ack 1`, "> . 1:1(0)");
  });

  it("must not come before others that the script leaves out", async () => {
    const { unexamined } = await fails(
      `${ACCEPTED}+0 write(4, ..., 2000) = 2000\n+0 > P. 1001:2001(1000) ack 1`, "1001:2001");
    assert.equal(unexamined.length, 1);
  });

  it("is a note when the script ends before it, and a mismatch with --strict", async () => {
    assert.match((await passes(written)).join(), /1 packet.* does not mention.*P\. 1:501\(500\)/);
    const report = await runScript(`--strict\n${written}`);
    assert.equal(report.ok, false);
  });

  it("may have another shift for its window than the script's machine had", async () => {
    const syn = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      0 bind(3, ..., ...) = 0
      0 listen(3, 1) = 0
      0 < S 0:0(0) win 1000 <mss 1000,nop,wscale 7>
      0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 9>
      .1 < . 1:1(0) ack 1 win 1000
      .1 < P. 1:9(8) ack 1 win 1000
      * > . 1:1(0) ack 9 win 3`;
    assert.match((await passes(syn)).join(), /expects wscale 9.*--strict_wscale/);
    await fails(`--strict_wscale\n${syn}`, "> S.");
    await fails(syn.replace("wscale 9", "eol"), "> S.");
  });

  it("stands for several when no single one could hold it", async () => {
    const two = `${ACCEPTED}+0 write(4, ..., 2000) = 2000`;
    await passes(`${two}\n+0 > P. 1:2001(2000) ack 1`);
    await fails(`${two}\n+0 > P. 1:2002(2001) ack 1`, "2002");
    await fails(`${two}\n+0 > . 1:2001(2000) ack 1`, "1:2001");
    await fails(`${two}\n+0 > P. 1:2001(2000) ack 2`, "1:2001");
  });

  it("holds the octets that were written, also those spelled out", async () => {
    await passes(`${ACCEPTED}+0 write(4, "GET / HTTP/1.0\\r\\n\\r\\n", 18) = 18
      +0 > P. 1:19(18) ack 1`);
    await passes(`${ACCEPTED}+0 writev(4, [{..., 10}, {..., 20}], 2) = 30
      +0 > P. 1:31(30) ack 1`);
  });
});

describe("the page in docs/", () => {
  it("begins with a script that goes through", async () => {
    const page = readFileSync(new URL("../../docs/drill.md", import.meta.url), "utf8");
    await passes(/```\n([^]*?)```/.exec(page)![1]!, EVERYWHERE);
  });
});

describe("a stack with a defect", () => {
  /** Swaps two words of the packet that is the `count`th with `direction`: checksums stay right. */
  const swap = (isSent: boolean, count: number, at: number): DrillOptions["observe"] => {
    let seen = 0;
    return (octets, _atUs, isOut) => {
      if (isOut !== isSent || ++seen !== count) return;
      const [a, b] = [octets.slice(at, at + 2), octets.slice(at + 2, at + 4)];
      octets.set(b, at);
      octets.set(a, at + 2);
    };
  };
  const FIRST_TEXT = 40;
  const SEQUENCE_NUMBER = 24;

  it("is found out when it sends other octets than those that were written", async () => {
    const script = `${ACCEPTED}+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1`;
    const { summary } = await fails(script, "> P.", { observe: swap(true, 2, FIRST_TEXT)! });
    assert.equal(summary, "the octet at 1 is not the one that was written");
  });

  it("is found out when others are read than those that came", async () => {
    const script = `${ACCEPTED}+0 < P. 1:101(100) ack 1 win 1000\n+0 read(4, ..., 100) = 100`;
    const { summary } = await fails(script, "read", { observe: swap(false, 3, FIRST_TEXT + 8)! });
    assert.match(summary, /the octet 9 that was read is not the one that was sent/);
  });

  it("is found out when it sends its SYN again with another number", async () => {
    const opened = ACCEPTED.slice(0, ACCEPTED.indexOf("+.1"));
    const again = `${opened}+1 > S. 0:0(0)  ack 1 <...>`;
    await passes(again);
    await fails(again, "0:0(0)  ack 1", { observe: swap(true, 2, SEQUENCE_NUMBER)! });
  });
});

describe("several connections", () => {
  const both = `
    0  socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
    +0 bind(3, {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("0.0.0.0")}, 16) = 0
    +0 listen(3, 10) = 0
    +0 < [port 1001] S 0:0(0) win 1000
    +0 > [port 1001] S. 0:0(0) ack 1 <...>
    +0 < [port 1002] S 5000:5000(0) win 1000
    +0 > [port 1002] S. 0:0(0) ack 5001 <...>
    +0 < . 5001:5001(0) ack 1 win 1000
    +0 < [port 1001] . 1:1(0) ack 1 win 1000
    +0 accept(3, ..., ...) = 4
    +0 accept(3, ..., ...) = 5
    +0 write(5, ..., 20) = 20`;

  it("are told apart by the remote port", async () => {
    await tells(both, "+0 > [port 1001] P. 1:21(20) ack 1",
      ["+0 > [port 1002] P. 1:21(20) ack 1"], "", EVERYWHERE);
  });
});

describe("a packet", () => {
  it("that cannot be built is told", async () => {
    const sacks = Array.from({ length: 6 }, (_, index) => `${index}:${index + 1}`).join(" ");
    await assert.rejects(runScript(`\n0 < . 1:1(0) ack 1 <sack ${sacks}>`, { file: "a.pkt" }),
      { message: "a.pkt:2:1: options take 52 octets, a segment has 40" });
  });

  it("longer than the link takes is told in a note", async () => {
    assert.deepEqual(await passes("0 < P. 1:2001(2000) ack 1"),
      ["line 1: a packet of 2040 octets, MTU 1500"]);
  });
});

describe("a script's end of a connection", () => {
  it("lets the next one of the same ports have another ISN", async () => {
    await passes(`${ACCEPTED}
      +0 < R. 1:1(0) ack 1 win 0
      +0 close(4) = 0
      +1 < S 700:700(0) win 1000
      +0 > S. 0:0(0) ack 701 <...>
      +0 < . 701:701(0) ack 1 win 1000
      +0 accept(3, ..., ...) = 4
      +0 < P. 701:711(10) ack 1 win 1000
      +0 read(4, ..., 100) = 10`, EVERYWHERE);
  });

  it("does not let a connection change its ISN", async () => {
    await passes(`${ACCEPTED}
      +0 < S 5:5(0) win 1000
      +0 > . 1:1(0) ack 1`);
  });
});
