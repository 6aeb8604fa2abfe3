/** What a connection sends next: windows, Nagle, silly windows, PSH, FIN, probes. */
import { Option } from "../../../assembly/abi/option";
import { setOption, shutdown } from "../../../assembly/api/sockets";
import { hasUnsent, planSegment } from "../../../assembly/tcp/output";
import { plan } from "../../../assembly/tcp/plan";
import {
  ACK, FIN, PSH, RING, established, isTextRight, iss, pass, peerNext, say, sendSegment, sent,
  synSent, take, takeAll, tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;

describe("text", () => {
  beforeEach(() => {
    handle = established();
  });

  it("leaves in full segments, in order, octet by octet as written", () => {
    write(handle, 3 * 1460);
    for (let index: u32 = 0; index < 2; index++) {
      expect<bool>(take()).toBe(true);
      expect<u32>(sent.seq).toBe(iss + 1 + index * 1460);
      expect<u32>(sent.textLen).toBe(1460);
      expect<u32>(sent.flags & ACK).toBe(ACK);
      expect<bool>(isTextRight()).toBe(true);
    }
  });

  it("bears PSH on the last segment of what is queued, and only there (MUST-61)", () => {
    write(handle, 2000);
    setOption(handle, Option.NoDelay, 1);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags & PSH).toBe(0);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags & PSH).toBe(PSH);
    expect<u32>(sent.textLen).toBe(540);
  });

  it("does not go beyond the peer's window", () => {
    sendSegment(ACK, peerNext, iss + 1, 0, 2000);
    write(handle, RING);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.textLen).toBe(1460);
    setOption(handle, Option.NoDelay, 1);
    takeAll();
    expect<bool>(sent.seq + sent.textLen - (iss + 1) <= 2000).toBe(true);
  });

  it("does not go beyond the congestion window", () => {
    tcbOf(handle).cwnd = 1460;
    write(handle, RING);
    expect<u32>(takeAll()).toBe(1);
  });
});

describe("Nagle's algorithm (RFC 9293 section 3.7.4)", () => {
  beforeEach(() => {
    handle = established();
  });

  it("lets a small segment leave when nothing is outstanding, holds the next", () => {
    write(handle, 10);
    expect<u32>(takeAll()).toBe(1);
    write(handle, 10);
    expect<u32>(takeAll()).toBe(0);
    write(handle, 10);
    expect<u32>(takeAll()).toBe(0);
    say(ACK, iss + 11);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.textLen).toBe(20);
  });

  it("lets a full segment leave at once", () => {
    write(handle, 10);
    takeAll();
    write(handle, 1460);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.textLen).toBe(1460);
  });

  it("is off with NoDelay, and for what a FIN follows", () => {
    write(handle, 10);
    takeAll();
    write(handle, 10);
    setOption(handle, Option.NoDelay, 1);
    write(handle, 1);
    expect<u32>(takeAll()).toBe(1);
    handle = established();
    write(handle, 10);
    takeAll();
    write(handle, 10);
    shutdown(handle);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.flags & FIN).toBe(FIN);
  });
});

describe("silly window avoidance (section 3.8.6.2.1)", () => {
  it("does not fill a small window while more waits, until the override timeout", () => {
    handle = established();
    sendSegment(ACK, peerNext, iss + 1, 0, 100);
    write(handle, 1000);
    expect<u32>(takeAll()).toBe(0);
    expect<u32>(pass(999)).toBe(0);
    expect<u32>(pass(2)).toBe(1);
    expect<u32>(sent.textLen).toBe(100);
  });

  it("sends a part that is half of the largest window seen", () => {
    handle = established();
    tcbOf(handle).maxSndWnd = 1000;
    sendSegment(ACK, peerNext, iss + 1, 0, 500);
    write(handle, 1000);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.textLen).toBe(500);
  });
});

describe("a closed window", () => {
  it("is probed with one octet beyond it, which is sent again until it is taken", () => {
    handle = established();
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    write(handle, 100);
    expect<u32>(takeAll()).toBe(0);
    expect<u32>(pass(1001)).toBe(1);
    expect<u32>(sent.textLen).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<bool>(isTextRight()).toBe(true);
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    expect<u32>(pass(2001)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    sendSegment(ACK, peerNext, iss + 1, 0, 8192);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.textLen).toBe(100);
  });

  it("does not stop acknowledgments", () => {
    handle = established();
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    write(handle, 100);
    say(ACK, iss + 1, 10, 0);
    expect<u32>(pass(41)).toBe(1);
    expect<u32>(sent.textLen).toBe(0);
    expect<u32>(sent.ack).toBe(peerNext);
  });
});

describe("planSegment and hasUnsent", () => {
  it("change nothing: asked twice, the plan is the same", () => {
    handle = established();
    const tcb = tcbOf(handle);
    expect<bool>(planSegment(tcb) || hasUnsent(tcb)).toBe(false);
    write(handle, 100);
    expect<bool>(hasUnsent(tcb)).toBe(true);
    expect<bool>(planSegment(tcb)).toBe(true);
    const seq = plan.seq;
    expect<bool>(planSegment(tcb)).toBe(true);
    expect<u32>(plan.seq).toBe(seq);
    expect<u32>(plan.len).toBe(100);
  });

  it("hold text back while our SYN is not acknowledged", () => {
    handle = synSent();
    write(handle, 100);
    expect<bool>(planSegment(tcbOf(handle))).toBe(false);
  });
});
