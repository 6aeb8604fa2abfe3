/**
 * Aim: `ping` makes and reads packets by the standards, finds its next hop, answers ARP, and tells
 * apart what comes back. Method: a link in the test's hands; packets checked by other code than
 * made them.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { emitArp, parseArp } from "../../host/cli/codec/arp.js";
import { emitEthernet, parseEthernet } from "../../host/cli/codec/ethernet.js";
import { emitIcmp, parseIcmp } from "../../host/cli/codec/icmp.js";
import { emitIpv4, parseIpv4 } from "../../host/cli/codec/ipv4.js";
import { IpLink } from "../../host/cli/ping/ip_link.js";
import { Pinger, type PingOptions, type PingOutcome } from "../../host/cli/ping/pinger.js";
import { outcomeText, statisticsText } from "../../host/cli/ping/report.js";
import { LinkCallbacks, type Link, type LinkType } from "../../host/link/link.js";
import { SlipDecoder, SlipEncoder } from "../../host/link/slip.js";
import { checkIpv4 } from "../support/link_packets.js";

const OURS = Uint8Array.of(10, 0, 0, 1);
const HOST = Uint8Array.of(10, 0, 0, 2);
const GATEWAY = Uint8Array.of(10, 0, 0, 254);
const FAR = Uint8Array.of(192, 0, 2, 1);
const HOST_MAC = Uint8Array.of(2, 0, 0, 0, 0, 2);

/** A link whose other end is a function of the test. */
class TestLink extends LinkCallbacks implements Link {
  readonly name = "test";
  readonly mtu = 1500;
  readonly sent: Uint8Array[] = [];
  answer: (frame: Uint8Array) => Uint8Array[] = () => [];
  constructor(readonly kind: LinkType) {
    super();
  }
  async open(): Promise<void> {}
  async close(): Promise<void> {}
  send(frame: Uint8Array): boolean {
    const copy = frame.slice();
    this.sent.push(copy);
    for (const reply of this.answer(copy)) setImmediate(() => this.onFrame(reply));
    return true;
  }
}

function ipLinkOn(link: Link, gateway?: Uint8Array): IpLink {
  return new IpLink(link, {
    address: OURS, gateway, mtu: undefined, isOnLink: (address) => address[0] === 10,
  });
}

/** What a host answers to an echo request in an IP packet; `change` spoils the reply. */
function echoReply(
  packet: Uint8Array, change: (data: Uint8Array) => Uint8Array = (data) => data,
): Uint8Array {
  const request = parseIpv4(packet)!;
  const { identifier, sequence, data } = parseIcmp(request.payload)!;
  const payload = emitIcmp({ type: 0, code: 0, identifier, sequence, data: change(data.slice()) });
  const { source, destination } = request;
  return emitIpv4({ ...request, source: destination, destination: source, payload });
}

/** Answers ARP for any address, and hands on what is no ARP. */
function ethernetHost(onPacket: (packet: Uint8Array) => Uint8Array[]) {
  return (frame: Uint8Array): Uint8Array[] => {
    const { source, type, payload } = parseEthernet(frame)!;
    const wrap = (kind: number, octets: Uint8Array): Uint8Array =>
      emitEthernet({ destination: source, source: HOST_MAC, type: kind, payload: octets });
    if (type === 0x0800) return onPacket(payload).map((packet) => wrap(0x0800, packet));
    const { sender, senderMac, target } = parseArp(payload)!;
    return [wrap(0x0806, emitArp({
      operation: 2, senderMac: HOST_MAC, sender: target, targetMac: senderMac, target: sender,
    }))];
  };
}

async function outcomesOf(
  ipLink: IpLink, options: Partial<PingOptions> = {},
): Promise<PingOutcome[]> {
  await ipLink.open();
  const outcomes: PingOutcome[] = [];
  const pinger = new Pinger(ipLink, {
    host: HOST, size: 56, count: 1, intervalMs: 1, timeoutMs: 5000, ...options,
  });
  await pinger.run((outcome) => void outcomes.push(outcome));
  return outcomes;
}

describe("ping on Ethernet", () => {
  it("asks by ARP once, then sends packets with right checksums [RFC1122-3.2.2.6d]", async () => {
    const link = new TestLink("ethernet");
    link.answer = ethernetHost((packet) => [echoReply(packet)]);
    const outcomes = await outcomesOf(ipLinkOn(link), { count: 3, size: 100 });
    assert.deepEqual(outcomes.map(({ kind }) => kind), ["reply", "reply", "reply"]);
    assert.equal(link.sent.length, 4);
    const arp = parseEthernet(link.sent[0]!)!;
    assert.deepEqual([...arp.destination], [255, 255, 255, 255, 255, 255]);
    assert.deepEqual([...arp.payload.subarray(0, 8)], [0, 1, 8, 0, 6, 4, 0, 1]);
    assert.deepEqual([...arp.payload.subarray(24, 28)], [...HOST]);
    for (const frame of link.sent.slice(1)) {
      const { destination, payload } = parseEthernet(frame)!;
      assert.deepEqual(destination, HOST_MAC);
      assert.equal(checkIpv4(payload), "ok");
      assert.equal(payload.length, 128);
    }
  });

  it("answers who asks for our address, and nobody else", async () => {
    const link = new TestLink("ethernet");
    const ipLink = ipLinkOn(link);
    await ipLink.open();
    const ask = (target: Uint8Array): void => link.onFrame(emitEthernet({
      destination: Uint8Array.of(255, 255, 255, 255, 255, 255), source: HOST_MAC, type: 0x0806,
      payload: emitArp({
        operation: 1, senderMac: HOST_MAC, sender: HOST, targetMac: new Uint8Array(6), target,
      }),
    }));
    ask(FAR);
    assert.equal(link.sent.length, 0);
    ask(OURS);
    const reply = parseArp(parseEthernet(link.sent[0]!)!.payload)!;
    assert.deepEqual([reply.operation, ...reply.sender], [2, ...OURS]);
    assert.deepEqual([reply.targetMac, reply.target], [HOST_MAC, HOST]);
    // Who asked is known by that.
    assert.equal(await ipLink.resolve(HOST), true);
    assert.equal(link.sent.length, 1);
  });

  it("goes through the gateway to what is not on the link", async () => {
    const link = new TestLink("ethernet");
    link.answer = ethernetHost((packet) => [echoReply(packet)]);
    const [outcome] = await outcomesOf(ipLinkOn(link, GATEWAY), { host: FAR });
    assert.equal(outcome!.kind, "reply");
    const arp = parseArp(parseEthernet(link.sent[0]!)!.payload)!;
    assert.deepEqual([...arp.target], [...GATEWAY]);
    const [none] = await outcomesOf(ipLinkOn(new TestLink("ethernet")), { host: FAR });
    assert.match(outcomeText(none!), /seq=1 unreachable: not on the link, and there is no --gate/);
  });
});

describe("ping on other links", () => {
  it("speaks SLIP on a serial line", async () => {
    const link = new TestLink("serial");
    const decoder = new SlipDecoder();
    const encoder = new SlipEncoder();
    link.answer = (octets) => {
      const replies: Uint8Array[] = [];
      decoder.push(octets, (packet) => {
        assert.equal(checkIpv4(packet), "ok");
        replies.push(encoder.encode(echoReply(packet)).slice());
      });
      return replies;
    };
    const outcomes = await outcomesOf(ipLinkOn(link), { size: 300, count: 2 });
    assert.deepEqual(outcomes.map(({ kind }) => kind), ["reply", "reply"]);
  });

  it("tells what comes back from what it sent [RFC1122-3.2.2.6d]", async () => {
    const link = new TestLink("ip");
    const cases: [string, (packet: Uint8Array) => Uint8Array[], RegExp][] = [
      ["reply", (packet) => [echoReply(packet)], /^64 octets from 10\.0\.0\.2: seq=1 ttl=64 time=/],
      ["damaged", (packet) => [echoReply(packet, (data) => data.fill(7))], /not what was sent/],
      ["damaged", (packet) => [echoReply(packet, (data) => data.subarray(1))], /not what was sent/],
      ["silence", () => [], /^seq=1 no answer$/],
      ["error", (packet) => [icmpError(packet, 3, 1)], /10\.0\.0\.254: seq=1 host unreachable/],
      ["error", (packet) => [icmpError(packet, 11, 0)], /time to live exceeded/],
      ["error", (packet) => [icmpError(packet, 3, 9)], /unreachable \(code 9\)/],
      // Not ours: another identifier, sequence number or address; our own request; damaged ones.
      ["silence", (packet) => [echoReply(renumbered(packet, 1, 0))], /no answer/],
      ["silence", (packet) => [echoReply(renumbered(packet, 0, 1))], /no answer/],
      ["silence", (packet) => [emitIpv4({ ...parseIpv4(echoReply(packet))!, destination: FAR })],
        /no answer/],
      ["silence", (packet) => [packet], /no answer/],
      ["silence", (packet) => [spoil(echoReply(packet), 40, 1)], /no answer/],
      ["silence", (packet) => [icmpError(renumbered(packet, 1, 0), 3, 1)], /no answer/],
    ];
    for (const [kind, answer, says] of cases) {
      link.answer = answer;
      const [outcome] = await outcomesOf(ipLinkOn(link), {
        timeoutMs: kind === "silence" ? 30 : 5000,
      });
      assert.equal(outcome!.kind, kind, `${says}`);
      assert.match(outcomeText(outcome!), says);
    }
  });

  it("refuses data that the link cannot carry", () => {
    const options = { host: HOST, size: 1473, count: 1, intervalMs: 1, timeoutMs: 1 };
    assert.throws(() => new Pinger(ipLinkOn(new TestLink("ip")), options), /at most 1472/);
  });
});

/** An echo with other numbers, and otherwise right. */
function renumbered(packet: Uint8Array, identifierBy: number, sequenceBy: number): Uint8Array {
  const parsed = parseIpv4(packet)!;
  const echo = parseIcmp(parsed.payload)!;
  const identifier = (echo.identifier + identifierBy) & 0xffff;
  const sequence = echo.sequence + sequenceBy;
  return emitIpv4({ ...parsed, payload: emitIcmp({ ...echo, identifier, sequence }) });
}

/** The packet with one octet changed and no checksum repaired. */
function spoil(packet: Uint8Array, at: number, by: number): Uint8Array {
  const spoiled = packet.slice();
  spoiled[at]! ^= by;
  return spoiled;
}

/** What a router says about a packet. */
function icmpError(packet: Uint8Array, type: number, code: number): Uint8Array {
  const data = packet.slice(0, 28);
  const payload = emitIcmp({ type, code, identifier: 0, sequence: 0, data });
  return emitIpv4({
    source: GATEWAY, destination: OURS, protocol: 1, timeToLive: 64, identification: 1, payload,
  });
}

describe("the statistics of ping", () => {
  const reply = (rttMs: number): PingOutcome =>
    ({ kind: "reply", sequence: 1, rttMs, from: "10.0.0.2", ttl: 64, octets: 64 });

  it("are minimum, mean, maximum and deviation of what was answered", () => {
    const outcomes = [reply(1), reply(2), reply(6), { kind: "silence", sequence: 4 } as const];
    assert.equal(statisticsText("h", outcomes), "--- h: 4 sent, 3 answered, 25 % lost\n" +
      "round trip min/avg/max/mdev = 1.00/3.00/6.00/2.16 ms");
  });

  it("are short when nothing was answered, or sent", () => {
    assert.equal(statisticsText("h", [{ kind: "silence", sequence: 1 }]),
      "--- h: 1 sent, 0 answered, 100 % lost");
    assert.equal(statisticsText("h", []), "--- h: 0 sent, 0 answered, 0 % lost");
  });
});

describe("the codec of the command", () => {
  const packet = emitIpv4({
    source: OURS, destination: HOST, protocol: 1, timeToLive: 9, identification: 77,
    payload: emitIcmp({
      type: 8, code: 0, identifier: 1, sequence: 2, data: Uint8Array.of(1, 2, 3),
    }),
  });

  it("makes packets that other code finds right, odd lengths included", () => {
    assert.equal(checkIpv4(packet), "ok");
    assert.equal(parseIpv4(packet)!.timeToLive, 9);
    assert.deepEqual([...parseIcmp(parseIpv4(packet)!.payload)!.data], [1, 2, 3]);
  });

  it("finds every single wrong bit of header and message", () => {
    for (let bit = 0; bit < 8 * packet.length; bit++) {
      const wrong = spoil(packet, bit >> 3, 1 << (bit & 7));
      const parsed = parseIpv4(wrong);
      assert.equal(parsed === null || parseIcmp(parsed.payload) === null, true, `bit ${bit}`);
    }
  });

  it("takes nothing that is cut off, is a fragment, or says more than there is", () => {
    for (let len = 0; len < packet.length; len++) {
      assert.equal(parseIpv4(packet.subarray(0, len)), null);
    }
    assert.equal(parseEthernet(new Uint8Array(13)), null);
    assert.equal(parseArp(new Uint8Array(27)), null);
    assert.equal(parseArp(new Uint8Array(28)), null);
  });

  it("leaves the padding of a short frame out", () => {
    const padded = new Uint8Array(packet.length + 20);
    padded.set(packet);
    assert.equal(parseIpv4(padded)!.payload.length, 11);
  });
});
