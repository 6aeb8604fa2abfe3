/** ICMP: echo, and the errors that we send. */
import { Counter } from "../../../assembly/abi/counter";
import { frameInPtr } from "../../../assembly/api/stack";
import {
  OUR_IP, OUR_MAC, PEER_IP, PEER_MAC, beginEthernet, sendFrame, takeHex,
} from "../support/ethernet";
import { fillRandom, seed } from "../support/numbers";
import {
  OUR_ADDRESS, PEER_ADDRESS, begin, counted, deliver, pass, plainSum, putIp, sent, take,
} from "../support/peer";

const copy: usize = memory.data(1500, 8);

/** The peer sends an ICMP message of `len` octets, random but for type and checksum. */
function message(type: u32, len: u32): void {
  const at = frameInPtr() + 20;
  seed(len);
  fillRandom(at, len);
  store<u8>(at, <u8>type);
  store<u8>(at, 0, 1);
  store<u16>(at, 0, 2);
  store<u16>(at, bswap<u16>(<u16>(plainSum(0, at, len) ^ 0xffff)), 2);
  memory.copy(copy, at, len);
  putIp(frameInPtr(), 1, PEER_ADDRESS, OUR_ADDRESS, len);
  deliver(len + 20);
}

/** An empty UDP datagram, which is refused. */
function datagram(): void {
  const at = frameInPtr() + 20;
  store<u64>(at, 0);
  store<u8>(at, 8, 5);
  putIp(frameInPtr(), 17, PEER_ADDRESS, OUR_ADDRESS, 8);
  deliver(28);
}

describe("an echo request", () => {
  beforeEach(() => begin());

  it("comes back as a reply, octet by octet, from none to the most that an MTU holds", () => {
    const lens: u32[] = [8, 9, 64, 1000, 1480];
    for (let index = 0; index < lens.length; index++) {
      message(8, lens[index]);
      expect<bool>(take()).toBe(true);
      expect<u32>(sent.len).toBe(lens[index] + 20);
      expect<u32>(sent.destination).toBe(PEER_ADDRESS);
      expect<u32>(sent.ttl).toBe(64);
      expect<u32>(load<u8>(sent.at, 20)).toBe(0);
      expect<u32>(plainSum(0, sent.at + 20, lens[index])).toBe(0xffff);
      expect<i32>(memory.compare(sent.at + 24, copy + 4, lens[index] - 4)).toBe(0);
    }
    expect<u32>(counted(Counter.InIcmpEcho)).toBe(5);
  });

  it("before the last answer has left is dropped and counted", () => {
    message(8, 64);
    message(8, 64);
    expect<u32>(counted(Counter.DropIcmpBusy)).toBe(1);
    expect<bool>(take()).toBe(true);
    message(8, 64);
    expect<bool>(take()).toBe(true);
  });

  it("with a wrong checksum, or too short to be one, is dropped", () => {
    message(8, 64);
    take();
    store<u8>(frameInPtr(), load<u8>(frameInPtr(), 60) ^ 1, 60);
    deliver(84);
    putIp(frameInPtr(), 1, PEER_ADDRESS, OUR_ADDRESS, 7);
    deliver(27);
    expect<u32>(counted(Counter.DropIcmpChecksum)).toBe(1);
    expect<u32>(counted(Counter.DropIcmpMalformed)).toBe(1);
    expect<bool>(take()).toBe(false);
  });

  it("goes back to the station that it came from, whoever ARP names", () => {
    beginEthernet();
    sendFrame(
      OUR_MAC + " " + PEER_MAC + " 08 00 45 00 00 1c 00 00 00 00 40 01 66 df " + PEER_IP + " " +
      OUR_IP + " 08 00 f7 ff 00 00 00 00",
    );
    const reply = takeHex();
    expect<string>(reply.substr(0, 41)).toBe(PEER_MAC + " " + OUR_MAC + " 08 00");
    expect<i32>(reply.length).toBe(42 * 3 - 1);
    expect<string>(takeHex()).toBe("");
  });
});

describe("other messages", () => {
  it("are counted by what they are", () => {
    begin();
    message(0, 16);
    expect<u32>(counted(Counter.InIcmpEchoReply)).toBe(1);
    message(4, 16);
    message(5, 16);
    message(13, 20);
    expect<u32>(counted(Counter.DropIcmpType)).toBe(3);
    expect<bool>(take()).toBe(false);
  });
});

describe("errors that we send", () => {
  beforeEach(() => begin());

  it("are at most 100 a second (RFC 1812 section 4.3.2.8)", () => {
    let errors = 0;
    for (let run = 0; run < 150; run++) {
      datagram();
      if (take()) errors++;
    }
    expect<i32>(errors).toBe(100);
    expect<u32>(counted(Counter.DropIcmpRate)).toBe(50);
    pass(1_001);
    datagram();
    expect<bool>(take()).toBe(true);
  });

  it("quote the header and eight octets of what they are about", () => {
    datagram();
    memory.copy(copy, frameInPtr(), 28);
    expect<bool>(take()).toBe(true);
    expect<i32>(memory.compare(sent.at + 28, copy, 28)).toBe(0);
    expect<u32>(plainSum(0, sent.at + 20, 36)).toBe(0xffff);
  });
});
