/** The seventh check: text in order and out of order, and the receive ring behind it. */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { frameInPtr } from "../../../assembly/api/stack";
import {
  ACK, OUR_ADDRESS, PEER_ADDRESS, RING, counted, deliver, established, eventsOf, iss, pass,
  peerNext, putIp, read, say, sendSegment, sent, setPeerNext, take, takeAll, tcbOf,
} from "../support/peer";
import { below, seed } from "../support/numbers";

let handle: i32 = 0;

describe("text in order", () => {
  beforeEach(() => {
    handle = established();
  });

  it("can be read, and is told", () => {
    say(ACK, iss + 1, 100);
    expect<u32>(eventsOf(handle)).toBe(Event.Readable);
    expect<u32>(read(handle)).toBe(100);
  });

  it("is acknowledged within the delay when it is alone", () => {
    say(ACK, iss + 1, 100);
    expect<u32>(takeAll()).toBe(0);
    expect<u32>(pass(39)).toBe(0);
    expect<u32>(pass(2)).toBe(1);
    expect<u32>(sent.ack).toBe(peerNext);
  });

  it("is acknowledged at once for every second full segment (SHLD-19)", () => {
    say(ACK, iss + 1, 1000);
    expect<u32>(takeAll()).toBe(0);
    say(ACK, iss + 1, 1000);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.ack).toBe(peerNext);
  });

  it("is acknowledged at once without a delay", () => {
    setOption(handle, Option.AckDelay, 0);
    say(ACK, iss + 1, 100);
    expect<u32>(takeAll()).toBe(1);
  });

  it("goes round the ring many times without a wrong octet", () => {
    seed(2);
    let total: u32 = 0;
    for (let run = 0; run < 300; run++) {
      const len = below(600) + 1;
      say(ACK, iss + 1, len);
      total += len;
      total -= read(handle);
      takeAll();
    }
    expect<u32>(total).toBe(0);
  });
});

describe("text that was there before", () => {
  beforeEach(() => {
    handle = established();
    say(ACK, iss + 1, 100);
    takeAll();
  });

  it("is acknowledged at once and changes nothing", () => {
    sendSegment(ACK, peerNext - 100, iss + 1, 100, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(read(handle)).toBe(100);
  });

  it("counts for the part that is new", () => {
    sendSegment(ACK, peerNext - 50, iss + 1, 80, 8192);
    expect<u32>(read(handle)).toBe(130);
  });
});

describe("text out of order", () => {
  beforeEach(() => {
    handle = established();
  });

  it("is held, answered at once, and read when the hole is filled", () => {
    sendSegment(ACK, peerNext + 100, iss + 1, 50, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(read(handle)).toBe(0);
    say(ACK, iss + 1, 100);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext + 50);
    expect<u32>(read(handle)).toBe(150);
  });

  it("is answered one for one, so that the sender can count", () => {
    for (let run: u32 = 0; run < 3; run++) {
      sendSegment(ACK, peerNext + 100 + run * 10, iss + 1, 10, 8192);
    }
    expect<u32>(takeAll()).toBe(3);
    expect<u32>(sent.ack).toBe(peerNext);
  });

  it("beyond the ranges that there are is dropped and counted, and comes again", () => {
    for (let run: u32 = 1; run <= 4; run++) {
      sendSegment(ACK, peerNext + run * 100, iss + 1, 10, 8192);
    }
    expect<u32>(counted(Counter.TcpOutOfOrderText)).toBe(3);
    expect<u32>(counted(Counter.TcpTextBeyondRanges)).toBe(1);
    say(ACK, iss + 1, 500);
    expect<u32>(read(handle)).toBe(500);
  });

  it("is cut at the window's edge", () => {
    sendSegment(ACK, peerNext + RING - 10, iss + 1, 100, 8192);
    for (let run: u32 = 0; run < 4; run++) {
      say(ACK, iss + 1, run < 3 ? 1024 : 1014);
    }
    expect<u32>(read(handle)).toBe(RING);
  });

  it("arriving in any order, overlapping, twice, makes the stream it was", () => {
    for (let run: u32 = 0; run < 30; run++) {
      seed(run);
      handle = established();
      const first = peerNext;
      const total: u32 = 3000;
      let turns = 0;
      while (tcbOf(handle).rcvNxt != first + total) {
        const from = below(total);
        const len = min<u32>(below(400) + 1, total - from);
        // Now and then what is missing, or this would never end.
        const at = below(4) == 0 ? tcbOf(handle).rcvNxt : first + from;
        const most = first + total - at;
        sendSegment(ACK, at, iss + 1, min<u32>(len, most), 8192);
        takeAll();
        assert(turns++ < 5000, "the stream is never whole");
      }
      setPeerNext(first + total);
      expect<u32>(read(handle)).toBe(total);
    }
  });
});

describe("a corrupt segment", () => {
  it("changes no octet that is held, and no state", () => {
    handle = established();
    sendSegment(ACK, peerNext + 50, iss + 1, 100, 8192);
    takeAll();
    // Its copy, and one that reaches over it on both sides, with other octets in them.
    for (let run: u32 = 0; run < 2; run++) {
      sendSegmentSpoilt(peerNext + 50 - 25 * run, 100 + 50 * run);
    }
    expect<u32>(counted(Counter.DropTcpChecksum)).toBe(2);
    expect<bool>(take()).toBe(false);
    say(ACK, iss + 1, 50);
    expect<u32>(read(handle)).toBe(150);
  });
});

/** A segment as it would be, with all its text turned over and the checksum of before. */
function sendSegmentSpoilt(seq: u32, len: u32): void {
  // First outside the window, where it does nothing but lie in the slot.
  sendSegment(ACK, seq, iss + 2, len, 8192);
  takeAll();
  const tcp = frameInPtr() + 20;
  for (let index: u32 = 0; index < len; index++) {
    store<u8>(tcp + 20 + index, load<u8>(tcp + 20 + index) ^ 0xff);
  }
  store<u8>(tcp, load<u8>(tcp, 17) ^ 1, 17);
  putIp(frameInPtr(), 6, PEER_ADDRESS, OUR_ADDRESS, len + 20);
  deliver(len + 40);
}
