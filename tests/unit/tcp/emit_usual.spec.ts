/** Forming the usual segment: its octets, and what it does to the control block. */
import { Counter } from "../../../assembly/abi/counter";
import { Option } from "../../../assembly/abi/option";
import { setOption, shutdown } from "../../../assembly/api/sockets";
import { frameOutPtr } from "../../../assembly/api/stack";
import { unlink } from "../../../assembly/core/list";
import { resolve } from "../../../assembly/net/output";
import { hasReady } from "../../../assembly/net/ready";
import { isPlanFin, isPlanUsual, transmitUsual } from "../../../assembly/tcp/emit_usual";
import { planSegment, planUsual } from "../../../assembly/tcp/output";
import { plan } from "../../../assembly/tcp/plan";
import { recordTo, firstRecord } from "../../../assembly/tcp/records";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "../../../assembly/tcp/tcb";
import { beginTurn, wake } from "../../../assembly/tcp/turn";
import { hex } from "../support/octets";
import {
  ACK, FIN, PSH, counted, isTextRight, iss, jump, peerNext, sacking, say, sent, take, takeAll,
  tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

/** A connection in the usual case, which has sent and received a little. */
function fresh(): void {
  handle = sacking();
  tcb = tcbOf(handle);
  write(handle, 10);
  takeAll();
  say(ACK, iss + 11, 5);
}

/** What the short way sends next, as `planUsual` plans it. */
function transmitShort(): u32 {
  unlink(tcb);
  beginTurn(tcb);
  assert(planUsual(tcb) && isPlanUsual(tcb), "the segment is no usual one");
  resolve(tcb.remoteLow);
  return transmitUsual(tcb);
}

/** The control block as text, and the frame of `len` octets: two ways must agree in both. */
function shown(len: u32): string {
  return hex(frameOutPtr(), len) + "\n" + hex(changetype<usize>(tcb) + 48, offsetof<Tcb>() - 48);
}

describe("isPlanUsual", () => {
  beforeEach(() => fresh());

  it("says yes to what `planUsual` has planned: an ACK, with text and PSH or without", () => {
    setFlag(tcb, TcbFlag.AckNow);
    expect<bool>(planUsual(tcb) && isPlanUsual(tcb)).toBe(true);
    expect<u32>(plan.len).toBe(0);
    write(handle, 10);
    expect<bool>(planUsual(tcb) && isPlanUsual(tcb)).toBe(true);
    expect<u32>(plan.flags).toBe(ACK | PSH);
  });

  it("says no to what was planned otherwise, options of its own, and urgent data", () => {
    write(handle, 10);
    planUsual(tcb);
    plan.isUsual = false;
    expect<bool>(isPlanUsual(tcb)).toBe(false);
    planUsual(tcb);
    plan.extraLen = 4;
    expect<bool>(isPlanUsual(tcb)).toBe(false);
    planUsual(tcb);
    tcb.sndUp = plan.seq + 1;
    expect<bool>(isPlanUsual(tcb)).toBe(false);
    tcb.sndUp = plan.seq;
    expect<bool>(isPlanUsual(tcb)).toBe(true);
  });
});

describe("isPlanFin", () => {
  beforeEach(() => {
    fresh();
    say(ACK, iss + 11);
    takeAll();
    shutdown(handle);
    planSegment(tcb);
  });

  it("says yes to a bare FIN, of whoever closes first or last, held or let go", () => {
    expect<bool>(isPlanFin(tcb)).toBe(true);
    setFlag(tcb, TcbFlag.Orphan | TcbFlag.PeerFinKnown | TcbFlag.PeerFinReceived);
    expect<bool>(isPlanFin(tcb)).toBe(true);
  });

  it("says no to other control bits, text, options of its own, and urgent data", () => {
    plan.flags = ACK | PSH | FIN;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    plan.flags = ACK;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    plan.flags = ACK | FIN;
    plan.len = 1;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    plan.len = 0;
    plan.extraLen = 4;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    plan.extraLen = 0;
    tcb.sndUp = plan.seq + 1;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    tcb.sndUp = plan.seq;
    expect<bool>(isPlanFin(tcb)).toBe(true);
  });

  it("says no to a FIN that was sent before, or while something else goes on", () => {
    const flags: u32[] = [
      TcbFlag.Opening, TcbFlag.Ecn, TcbFlag.InRecovery, TcbFlag.Resend, TcbFlag.ProbeNow,
      TcbFlag.ProbeTail, TcbFlag.KeepAliveNow,
    ];
    for (let index = 0; index < flags.length; index++) {
      setFlag(tcb, flags[index]);
      expect<bool>(isPlanFin(tcb)).toBe(false);
      clearFlag(tcb, flags[index]);
    }
    tcb.backoff = 1;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    tcb.backoff = 0;
    tcb.persistAtMs = 1;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    tcb.persistAtMs = 0;
    tcb.sndMax++;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    tcb.sndNxt++;
    expect<bool>(isPlanFin(tcb)).toBe(false);
    tcb.sndMax--;
    tcb.sndNxt--;
    expect<bool>(isPlanFin(tcb)).toBe(true);
  });
});

describe("transmitUsual", () => {
  beforeEach(() => fresh());

  it("moves SND.NXT, notes a record, times the segment, and starts the timers", () => {
    write(handle, 100);
    jump(20);
    const before = counted(Counter.TcpSegmentsOut);
    expect<u32>(transmitShort()).toBe(140);
    expect<u32>(tcb.sndNxt).toBe(iss + 111);
    expect<u32>(tcb.sndMax).toBe(iss + 111);
    expect<u32>(recordTo(firstRecord(tcb))).toBe(iss + 111);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(true);
    expect<u32>(tcb.rttSeq).toBe(iss + 111);
    expect<u32>(tcb.sndSmall).toBe(iss + 111);
    expect<bool>(tcb.retransmitAtMs != 0 && tcb.recoveryAtMs != 0).toBe(true);
    expect<u32>(counted(Counter.TcpSegmentsOut)).toBe(before + 1);
    expect<usize>(plan.tcb).toBe(0);
    expect<bool>(hasReady()).toBe(false);
  });

  it("takes a waiting ACK along, and leaves none behind", () => {
    setFlag(tcb, TcbFlag.AckNow);
    expect<bool>(tcb.ackAtMs != 0).toBe(true);
    expect<u32>(transmitShort()).toBe(40);
    expect<u32>(tcb.rcvAcked).toBe(peerNext);
    expect<bool>(has(tcb, TcbFlag.AckNow)).toBe(false);
    expect<u32>(tcb.ackAtMs).toBe(0);
    expect<u32>(tcb.recordCount).toBe(0);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(false);
    expect<u32>(tcb.retransmitAtMs).toBe(0);
  });

  it("sends a FIN as the long way does", () => {
    const shorts: string[] = [];
    for (let way = 0; way < 2; way++) {
      fresh();
      say(ACK, iss + 11);
      takeAll();
      shutdown(handle);
      let len: u32 = 0;
      if (way == 0) {
        unlink(tcb);
        beginTurn(tcb);
        assert(planSegment(tcb) && isPlanFin(tcb), "the segment is no bare FIN");
        resolve(tcb.remoteLow);
        len = transmitUsual(tcb);
      } else {
        expect<bool>(take()).toBe(true);
        expect<u32>(sent.flags).toBe(ACK | FIN);
        len = sent.len;
      }
      expect<bool>(hasReady()).toBe(false);
      shorts.push(shown(len));
    }
    expect<string>(shorts[0]).toBe(shorts[1]);
  });

  it("queues the connection while it has more that may leave", () => {
    write(handle, 3 * 536);
    for (let left: i32 = 2; left >= 0; left--) {
      expect<u32>(transmitShort()).toBe(576);
      expect<bool>(hasReady()).toBe(left > 0);
    }
  });

  it("writes what the long way writes, and leaves what that leaves", () => {
    for (let which: u32 = 0; which < 5; which++) {
      const shorts: string[] = [];
      for (let way = 0; way < 2; way++) {
        fresh();
        setOption(handle, Option.TimeToLive, 7);
        if (which < 3) write(handle, which == 0 ? 1 : which * 600);
        if (which == 4) write(handle, 4000);
        if (which >= 3) setFlag(tcb, TcbFlag.AckNow);
        let len: u32 = 0;
        if (way == 0) {
          len = transmitShort();
        } else {
          wake(tcb);
          expect<bool>(take()).toBe(true);
          expect<bool>(isTextRight()).toBe(true);
          len = sent.len;
        }
        shorts.push(shown(len));
      }
      expect<string>(shorts[0]).toBe(shorts[1]);
    }
  });
});
