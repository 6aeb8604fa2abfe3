/** What a connection sends next: windows, Nagle, silly windows, PSH, FIN, probes. */
import { Option } from "../../../assembly/abi/option";
import { State } from "../../../assembly/abi/state";
import { setOption, shutdown } from "../../../assembly/api/sockets";
import {
  hasUnsent, planFin, planFirstSyn, planSegment, planUsual,
} from "../../../assembly/tcp/output";
import { plan } from "../../../assembly/tcp/plan";
import { transition } from "../../../assembly/tcp/state";
import { TcbFlag, clearFlag, setFlag } from "../../../assembly/tcp/tcb";
import { isUsual } from "../../../assembly/tcp/usual";
import {
  ACK, FIN, PSH, RING, connecting, established, isTextRight, iss, pass, peerNext, sacking, say,
  sendSegment,
  sent, synSent, take, takeAll, tcbOf, write,
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

/** The plan last made, as text. */
function shownPlan(isReady: bool): string {
  if (!isReady) return "nothing";
  return `${plan.seq - iss} +${plan.len} flags ${plan.flags} options ${plan.optionsLen} ` +
    `${plan.extraLen} room ${plan.room} size ${plan.size}`;
}

describe("planUsual", () => {
  it("plans what planSegment plans, whatever waits, is on its way, and lets it out", () => {
    handle = sacking();
    const tcb = tcbOf(handle);
    const from = tcb.sndUna;
    const octets: u32[] = [0, 1, 250, 536, 1000, 1072, 2048];
    const windows: u32[] = [1, 300, 536, 1000, 2000, 0xffff];
    // With an ACK due, a write that goes on, a small segment out, and segments smaller than agreed.
    for (let which = 0; which < octets.length * octets.length * 16; which++) {
      tcb.sndNxt = from + octets[which % octets.length];
      tcb.sndMax = tcb.sndNxt;
      tcb.sndEnd = tcb.sndNxt + octets[which / octets.length % octets.length];
      const bits = which / (octets.length * octets.length);
      clearFlag(tcb, TcbFlag.AckNow | TcbFlag.NoRoom);
      if (bits & 1) setFlag(tcb, TcbFlag.AckNow);
      if (bits & 2) setFlag(tcb, TcbFlag.NoRoom);
      tcb.sndSmall = bits & 4 ? tcb.sndNxt : from;
      tcb.sndMss = bits & 8 ? 400 : 536;
      for (let window = 0; window < windows.length; window++) {
        tcb.sndWnd = windows[window];
        for (let room = 0; room < windows.length; room++) {
          tcb.cwnd = windows[room];
          if (!isUsual(tcb)) throw new Error("the case is no usual one");
          const long = shownPlan(planSegment(tcb));
          const short = shownPlan(planUsual(tcb));
          if (short != long) expect<string>(short).toBe(long);
        }
      }
    }
    expect<string>(shownPlan(planUsual(tcb))).not.toBe("nothing");
  });

  it("changes nothing, and says which connection the plan is of", () => {
    handle = sacking();
    const tcb = tcbOf(handle);
    expect<bool>(planUsual(tcb)).toBe(false);
    expect<bool>(plan.isReady).toBe(false);
    write(handle, 100);
    expect<bool>(planUsual(tcb)).toBe(true);
    expect<bool>(planUsual(tcb)).toBe(true);
    expect<bool>(plan.isReady && plan.tcb == changetype<usize>(tcb)).toBe(true);
    expect<u32>(plan.len).toBe(100);
    expect<u32>(plan.flags).toBe(ACK | PSH);
    expect<u32>(tcb.sndNxt).toBe(iss + 1);
  });
});

/** A connection of which CLOSE has been said just now. */
function closing(): void {
  handle = sacking();
  setFlag(tcbOf(handle), TcbFlag.FinQueued);
  transition(tcbOf(handle), State.FinWait1);
}

/** Whether `planFin` plans the FIN; then it is what `planSegment` plans. */
function plansFin(): bool {
  plan.tcb = 0;
  const isPlanned = planFin(tcbOf(handle));
  expect<bool>(plan.tcb == changetype<usize>(tcbOf(handle))).toBe(isPlanned);
  if (!isPlanned) return false;
  const short = shownPlan(plan.isReady);
  expect<bool>(plan.isHeld).toBe(false);
  expect<string>(shownPlan(planSegment(tcbOf(handle)))).toBe(short);
  return true;
}

describe("planFin", () => {
  beforeEach(() => closing());

  it("plans what planSegment plans where our FIN is all there is", () => {
    expect<bool>(plansFin()).toBe(true);
    expect<u32>(plan.flags).toBe(ACK | FIN);
    expect<u32>(plan.seq).toBe(iss + 1);
    setFlag(tcbOf(handle), TcbFlag.Timestamps | TcbFlag.AckNow);
    expect<bool>(plansFin()).toBe(true);
    expect<u32>(plan.optionsLen).toBe(12);
    tcbOf(handle).sndMss = 400;
    tcbOf(handle).sndWnd = 1;
    tcbOf(handle).cwnd = 1;
    expect<bool>(plansFin()).toBe(true);
  });

  it("leaves it where text waits or is on its way, or the window is shut", () => {
    const tcb = tcbOf(handle);
    tcb.sndEnd++;
    expect<bool>(plansFin()).toBe(false);
    tcb.sndNxt++;
    tcb.sndMax++;
    expect<bool>(plansFin()).toBe(false);
    tcb.sndUna++;
    expect<bool>(plansFin()).toBe(true);
    tcb.sndWnd = 0;
    expect<bool>(plansFin()).toBe(false);
    tcb.sndWnd = 1;
    tcb.sndMax++;
    expect<bool>(plansFin()).toBe(false);
    tcb.sndNxt++;
    expect<bool>(plansFin()).toBe(false);
  });

  it("leaves it beside options of its own, and while something else goes on", () => {
    const tcb = tcbOf(handle);
    const flags: u32[] = [
      TcbFlag.TellTimeout, TcbFlag.Opening, TcbFlag.Ecn, TcbFlag.InRecovery, TcbFlag.Resend,
      TcbFlag.ProbeNow, TcbFlag.ProbeTail, TcbFlag.KeepAliveNow,
    ];
    for (let index = 0; index < flags.length; index++) {
      setFlag(tcb, flags[index]);
      expect<bool>(plansFin()).toBe(false);
      clearFlag(tcb, flags[index]);
    }
    tcb.dsackTo = tcb.dsackFrom + 1;
    expect<bool>(plansFin()).toBe(false);
    tcb.dsackTo = tcb.dsackFrom;
    tcb.rangeCount = 1;
    expect<bool>(plansFin()).toBe(false);
    tcb.rangeCount = 0;
    tcb.persistAtMs = 1;
    expect<bool>(plansFin()).toBe(false);
    tcb.persistAtMs = 0;
    expect<bool>(plansFin()).toBe(true);
  });
});

describe("planFirstSyn", () => {
  it("plans what planSegment plans, with ECN or without", () => {
    for (let ecn: u32 = 0; ecn < 3; ecn++) {
      handle = connecting();
      tcbOf(handle).ecn = <u8>ecn;
      planSegment(tcbOf(handle));
      const long = shownPlan(plan.isReady);
      plan.tcb = 0;
      plan.len = 1;
      plan.isReady = false;
      planFirstSyn(tcbOf(handle));
      expect<string>(shownPlan(plan.isReady)).toBe(long);
      expect<usize>(plan.tcb).toBe(changetype<usize>(tcbOf(handle)));
      expect<bool>(plan.isUsual || plan.isHeld).toBe(false);
    }
  });
});
