/** A segment's first steps: parsing, finding its connection, and its checksum. */
import { Counter } from "../../../assembly/abi/counter";
import { frameInPtr } from "../../../assembly/api/stack";
import {
  ACK, OUR_ADDRESS, PEER_ADDRESS, PEER_PORT, RST, SYN, begin, counted, deliver, established, iss,
  listening, peerNext, putIp, read, say, sendSegment, setPeerPort, take,
} from "../support/peer";

/** Sends `len` octets of the last segment again, as they lie in the slot, in a right packet. */
function sendAgain(len: u32): void {
  putIp(frameInPtr(), 6, PEER_ADDRESS, OUR_ADDRESS, len);
  deliver(len + 20);
}

describe("inputSegment", () => {
  it("drops what is no segment: too short, a bad data offset, a bad option, port 0", () => {
    begin();
    listening();
    sendSegment(ACK, 1, 1, 0, 1);
    const before = counted(Counter.DropTcpMalformed);
    for (let len: u32 = 0; len < 20; len++) sendAgain(len);
    expect<u32>(counted(Counter.DropTcpMalformed) - before).toBe(20);
    sendSegment(ACK, 1, 1, 0, 1);
    store<u8>(frameInPtr(), 0x40, 32);
    sendAgain(20);
    store<u8>(frameInPtr(), 0x60, 32);
    sendAgain(20);
    expect<u32>(counted(Counter.DropTcpMalformed) - before).toBe(22);
    setPeerPort(0);
    sendSegment(SYN, 1, 1, 0, 1);
    expect<u32>(counted(Counter.DropTcpMalformed) - before).toBe(23);
  });

  it("drops a segment with any flipped bit, and answers none of them", () => {
    const handle = established();
    sendSegment(ACK, peerNext, iss + 1, 7, 8192);
    expect<u32>(read(handle)).toBe(7);
    const at = frameInPtr() + 20;
    let malformed = counted(Counter.DropTcpMalformed);
    for (let bit: u32 = 0; bit < 27 * 8; bit++) {
      const flip = <u8>(<u32>1 << (bit & 7));
      store<u8>(at + (bit >> 3), load<u8>(at + (bit >> 3)) ^ flip);
      sendAgain(27);
      store<u8>(at + (bit >> 3), load<u8>(at + (bit >> 3)) ^ flip);
    }
    malformed = counted(Counter.DropTcpMalformed) - malformed;
    expect<u32>(counted(Counter.DropTcpChecksum) + malformed).toBe(27 * 8);
    expect<u32>(counted(Counter.DropTcpChecksum)).toBeGreaterThan(27 * 8 - 10);
    expect<u32>(read(handle)).toBe(0);
  });

  it("tells connections of one peer apart by its port", () => {
    const handle = established();
    setPeerPort(PEER_PORT + 1);
    sendSegment(ACK, peerNext, iss + 1, 10, 8192);
    expect<u32>(read(handle)).toBe(0);
    expect<bool>(take()).toBe(true);
    setPeerPort(PEER_PORT);
    say(ACK, iss + 1, 10);
    expect<u32>(read(handle)).toBe(10);
  });

  it("counts a segment for a connection once", () => {
    established();
    const before = counted(Counter.InTcp);
    say(ACK, iss + 1, 10);
    expect<u32>(counted(Counter.InTcp)).toBe(before + 1);
    sendSegment(RST, peerNext + 1, 0, 0, 0);
    expect<u32>(counted(Counter.InTcp)).toBe(before + 2);
  });
});
