/** What a connection's timers do (RFC 9293 section 3.8). */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Option } from "../../../assembly/abi/option";
import { Reason, SoftError } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { setOption } from "../../../assembly/api/sockets";
import { status } from "../../../assembly/api/status";
import {
  ACK, RST, SYN, connected, counted, established, eventsOf, iss, now, pass, peerNext, say,
  sendSegment, sent, synSent, takeAll, tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;

describe("retransmission", () => {
  beforeEach(() => {
    handle = connected();
    write(handle, 100);
    takeAll();
  });

  it("comes at 1, 2, 4, 8 ... s (RFC 6298 rule 5.5)", () => {
    for (let wait: u32 = 1000; wait <= 32_000; wait *= 2) {
      expect<u32>(pass(wait - 1)).toBe(0);
      expect<u32>(pass(1)).toBe(1);
      expect<u32>(sent.seq).toBe(iss + 1);
    }
  });

  it("tells the host after R1, and takes it back with the next answer", () => {
    pass(3_500);
    expect<u32>(tcbOf(handle).softError).toBe(SoftError.None);
    pass(4_000);
    expect<u32>(tcbOf(handle).softError).toBe(SoftError.Retransmitting);
    expect<i32>(status(handle)).toBe(State.Established);
    say(ACK, iss + 101);
    expect<u32>(tcbOf(handle).softError).toBe(SoftError.None);
  });

  it("gives up after R2 with a RST", () => {
    setOption(handle, Option.UserTimeout, 20);
    pass(70_000);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.TimedOut);
    expect<u32>(sent.flags & RST).toBe(RST);
    expect<u32>(counted(Counter.TcpTimeouts)).toBe(1);
  });

  it("by default goes on for at least 100 s (SHLD-11)", () => {
    pass(100_000);
    expect<i32>(status(handle)).toBe(State.Established);
  });
});

describe("retransmission of a SYN", () => {
  it("goes on for at least three minutes (MUST-23), then ends without a RST", () => {
    handle = synSent();
    setOption(handle, Option.UserTimeout, 1);
    pass(180_000);
    expect<i32>(status(handle)).toBe(State.SynSent);
    expect<u32>(sent.flags).toBe(SYN);
    pass(180_000);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.TimedOut);
    expect<u32>(sent.flags).toBe(SYN);
  });
});

describe("window probes", () => {
  it("come at growing intervals, for as long as the peer answers (MUST-37)", () => {
    handle = established();
    setOption(handle, Option.UserTimeout, 30);
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    write(handle, 100);
    let last = now;
    let interval: u32 = 0;
    for (let probe: u32 = 1; probe <= 8; probe++) {
      while (counted(Counter.TcpWindowProbes) < probe) pass(100);
      expect<u32>(sent.textLen).toBe(1);
      if (interval < 30_000_000) expect<bool>(now - last > interval * 3 / 2).toBe(true);
      interval = now - last;
      last = now;
      sendSegment(ACK, peerNext, iss + 1, 0, 0);
    }
    expect<i32>(status(handle)).toBe(State.Established);
  });

  it("unanswered for R2 end the connection", () => {
    handle = established();
    setOption(handle, Option.UserTimeout, 30);
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    write(handle, 100);
    pass(200_000);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.TimedOut);
  });
});

describe("keep-alive (section 3.8.4)", () => {
  beforeEach(() => {
    handle = established();
    setOption(handle, Option.KeepAliveIdle, 10);
    setOption(handle, Option.KeepAliveInterval, 5);
    setOption(handle, Option.KeepAliveCount, 2);
  });

  it("is off by default (MUST-25)", () => {
    expect<u32>(pass(8_000_000)).toBe(0);
    expect<i32>(status(handle)).toBe(State.Established);
  });

  it("probes from one octet back, without text, and goes on as long as it is answered", () => {
    setOption(handle, Option.KeepAlive, 1);
    for (let run = 0; run < 5; run++) {
      expect<u32>(pass(10_100)).toBe(1);
      expect<u32>(sent.seq).toBe(iss);
      expect<u32>(sent.textLen).toBe(0);
      say(ACK, iss + 1);
    }
    expect<u32>(counted(Counter.TcpKeepAlives)).toBe(5);
  });

  it("gives up when so many probes go unanswered", () => {
    setOption(handle, Option.KeepAlive, 1);
    eventsOf(handle);
    pass(10_100 + 2 * 5_100);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.TimedOut);
    expect<u32>(counted(Counter.TcpKeepAlives)).toBe(2);
    expect<u32>(tcbOf(handle).events & Event.Connected).toBe(0);
  });

  it("counts the silence from the last segment heard", () => {
    setOption(handle, Option.KeepAlive, 1);
    pass(8_000);
    say(ACK, iss + 1);
    expect<u32>(pass(9_900)).toBe(0);
    expect<u32>(pass(200)).toBe(1);
  });
});
