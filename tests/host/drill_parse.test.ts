/** Scripts are read as packetdrill's grammar has them; what is wrong is told with its place. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ScriptError } from "../../host/drill/cursor.js";
import { parseScript } from "../../host/drill/parse.js";
import type { SegmentAction } from "../../host/drill/script.js";

function segmentOf(line: string): SegmentAction["segment"] {
  const [event] = parseScript(line, "a.pkt").events;
  assert.equal(event!.kind, "segment");
  return (event as SegmentAction).segment;
}

describe("a script", () => {
  it("has options, commands before all, and events", () => {
    const script = parseScript(`
      // a comment
      --tolerance_usecs=75000 --local_ip=10.0.0.1 # another
      --name="a b"
      \`sysctl -q net.ipv4.tcp_sack=0\`
      /* and
         one more */
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 \`true\``, "a.pkt");
    assert.deepEqual(script.options, [
      { name: "tolerance_usecs", value: "75000", line: 3 },
      { name: "local_ip", value: "10.0.0.1", line: 3 },
      { name: "name", value: "a b", line: 4 },
    ]);
    assert.deepEqual(script.initCommands.map(({ command }) => command),
      ["sysctl -q net.ipv4.tcp_sack=0"]);
    assert.deepEqual(script.events.map(({ kind, line }) => [kind, line]),
      [["call", 8], ["command", 9]]);
  });

  it("has times of every form", () => {
    const times = ["0.25", ".25", "1", "+.25", "+0", "*", "0.1~0.2", "+.1~+.2"].map((time) =>
      parseScript(`${time} %{ pass }%`, "a.pkt").events[0]!.time);
    assert.deepEqual(times, [
      { kind: "at", isRelative: false, us: 250_000 },
      { kind: "at", isRelative: false, us: 250_000 },
      { kind: "at", isRelative: false, us: 1_000_000 },
      { kind: "at", isRelative: true, us: 250_000 },
      { kind: "at", isRelative: true, us: 0 },
      { kind: "any" },
      { kind: "range", isRelative: false, us: 100_000, endUs: 200_000 },
      { kind: "range", isRelative: true, us: 100_000, endUs: 200_000 },
    ]);
    for (const text of ["0.1...0.5 read(3, ..., 1) = 1", "+0...0.5 read(3, ..., 1) = 1"]) {
      const [event] = parseScript(text, "a.pkt").events;
      assert.equal(event!.kind === "call" && event!.endUs, 500_000);
    }
  });

  it("has segments of every form", () => {
    assert.deepEqual(segmentOf("0 < S 0:0(0) win 1000"),
      { flags: "S", seq: 0, length: 0, window: 1000, options: [] });
    assert.deepEqual(segmentOf("0 > S. 0:0(0) ack 1 <...>"),
      { flags: "S.", seq: 0, length: 0, ack: 1 });
    assert.deepEqual(segmentOf("0 > P.FU 1:11 ack 2 urg 3 win 4"),
      { flags: "FPU.", seq: 1, length: 10, ack: 2, urgent: 3, window: 4, options: [] });
    assert.deepEqual(segmentOf("0 < - 1:1(0)").flags, "");
    assert.deepEqual(segmentOf("0 < SEW 0:0(0)").flags, "SEW");
    assert.deepEqual(segmentOf("0 < . 4294967295:9(10) ack 1").length, 10);
  });

  it("has options of every form", () => {
    const { options } = segmentOf(
      "0 < S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7,eol>");
    assert.deepEqual(options, [
      { kind: "mss", value: 1460 }, { kind: "sackOK" }, { kind: "TS", value: 1, echo: 0 },
      { kind: "nop" }, { kind: "wscale", value: 7 }, { kind: "eol" },
    ]);
    assert.deepEqual(segmentOf("0 < . 1:1(0) ack 1 <nop, nop, sack 1:2 3:4>").options, [
      { kind: "nop" }, { kind: "nop" }, { kind: "sack", blocks: [[1, 2], [3, 4]] },
    ]);
    assert.deepEqual(segmentOf("0 < S 0:0(0) <FO abcd1234,kind 28 8005,uto 5 min,FO>").options, [
      { kind: "other", code: 34, data: [0xab, 0xcd, 0x12, 0x34] },
      { kind: "other", code: 28, data: [0x80, 5] },
      { kind: "other", code: 28, data: [0x80, 5] },
      { kind: "other", code: 34, data: [] },
    ]);
  });

  it("has what brackets say of the IP header, before the direction or behind", () => {
    for (const text of ["0 < [ect0, ttl 3] . 1:1(0) ack 1", "0 [ect0] < (ttl 3) . 1:1(0) ack 1"]) {
      const [event] = parseScript(text, "a.pkt").events;
      assert.deepEqual(event!.kind === "segment" && event!.ip, { ecn: "ect0", ttl: 3 });
    }
  });

  it("has ICMP with the quote before it or behind", () => {
    for (const text of [
      "0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]",
      "0 < [1:1461(1460)] icmp unreachable frag_needed mtu 1200",
      "0 < [1:1461(1460)] icmp 3 4 mtu 1200",
    ]) {
      const [event] = parseScript(text, "a.pkt").events;
      const { type, code, mtu, quoted } = event as unknown as Record<string, unknown>;
      assert.deepEqual({ type, code, mtu, quoted },
        { type: 3, code: 4, mtu: 1200, quoted: { seq: 1, length: 1460 } });
    }
    const echo = parseScript("0 < icmp echo_request (64)\n+0 > icmp echo_reply", "a.pkt").events;
    assert.deepEqual(echo.map(({ kind }) => kind), ["icmp", "icmp"]);
  });

  it("has calls with every kind of argument", () => {
    const [event] = parseScript(
      '0 f(3, -1, 0x1F, A|B, "a\\n", "a"..., [1, 2], {x=1, y(2)=htons(3)}, {..., 4}, ...) = ' +
      "-1 EAGAIN (Resource temporarily unavailable)", "a.pkt").events;
    assert.ok(event?.kind === "call");
    assert.deepEqual(event.args.map(({ kind }) => kind), ["number", "number", "number", "or",
      "string", "string", "array", "struct", "struct", "ellipsis"]);
    assert.equal(event.errno, "EAGAIN");
    assert.deepEqual(event.result, { kind: "number", value: -1 });
  });
});

describe("a mistake", () => {
  const wrong: [string, RegExp][] = [
    ["0 < S 0:0(0) win", /^a\.pkt:1:17: expected a number behind win, found the end/],
    ["0 < S 0:5(4)", /^a\.pkt:1:7: 0:5 are 5 octets, not 4$/],
    ["0 < S. 0:0(0) ack 1 <...>", /<\.\.\.> is for packets with > only/],
    ["\n\n0 < Q 0:0(0)", /^a\.pkt:3:5: expected flags such as "S"/],
    ["0 < SS 0:0(0)", /a flag twice/],
    ["0 < S 0:0(0) win 70000", /win is at most 65535, not 70000/],
    ["0 < S 0:0(0) <mss 1460 wscale 7>", /expected "," or ">", found "wscale"/],
    ["0 < S 0:0(0) <mess 1460>", /unknown TCP option "mess"/],
    ["0 < S 0:0(0) <TS 1 ecr 0>", /expected "val" behind TS/],
    ["0 < [ect2] S 0:0(0)", /unknown note "ect" on the IP header/],
    ["0 < icmp unreachabel [1:2(1)]", /unknown ICMP type "unreachabel"; there are echo_reply/],
    ["0 < icmp unreachable nowhere [1:2(1)]", /unknown code "nowhere" of ICMP unreachable/],
    ["0 < udp 100", /expected "\(", found "100"/],
    ["0 read(3, ..., 1)", /expected "=" and the result of the call, found the end/],
    ["0 read(3, ..., 1 = 1", /expected "\)" or a comma, found "="/],
    ["0 read 3", /expected "\(" behind read/],
    ["read(3, ..., 1) = 1", /^a\.pkt:1:1: expected a time \(0\.1, \+\.1, \*, .*found "read"/],
    ["0.2~0.1 %{ pass }%", /a range of times ends before it begins/],
    ["0...1 < S 0:0(0)", /only a call lasts/],
    ["0 `true", /has no second one/],
    ["0 %{ assert 1", /expected %\{ code \}%/],
    ["/* 0", /^a\.pkt:1:1: this comment has no/],
  ];
  for (const [text, says] of wrong) {
    it(`is told: ${text.trim()}`, () => {
      assert.throws(() => parseScript(text, "a.pkt"), (error: Error) => {
        assert.ok(error instanceof ScriptError);
        assert.match(error.message, says);
        return true;
      });
    });
  }
});
