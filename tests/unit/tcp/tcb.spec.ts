/** The control block: its flags, and its size. */
import { HAS_ACCURATE_ECN } from "../../../assembly/config";
import {
  TCB_LEN, Tcb, TcbFlag, clearFlag, has, isUntroubled, setFlag,
} from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

describe("has, setFlag and clearFlag", () => {
  it("treat each bit by itself", () => {
    tcb.flags = 0;
    setFlag(tcb, TcbFlag.Passive);
    setFlag(tcb, TcbFlag.AckNow);
    setFlag(tcb, TcbFlag.AckNow);
    expect<bool>(has(tcb, TcbFlag.Passive)).toBe(true);
    expect<bool>(has(tcb, TcbFlag.Orphan)).toBe(false);
    clearFlag(tcb, TcbFlag.Passive);
    clearFlag(tcb, TcbFlag.Orphan);
    expect<u32>(tcb.flags).toBe(TcbFlag.AckNow);
  });

  it("has tells whether any of several is set", () => {
    tcb.flags = TcbFlag.Pending;
    expect<bool>(has(tcb, TcbFlag.Orphan | TcbFlag.Pending)).toBe(true);
    tcb.flags = TcbFlag.Passive;
    expect<bool>(has(tcb, TcbFlag.Orphan | TcbFlag.Pending)).toBe(false);
  });
});

describe("TCB_LEN", () => {
  it("is a whole number of 8 octets that holds every field which the build has", () => {
    expect<u32>(TCB_LEN & 7).toBe(0);
    const end: u32 = HAS_ACCURATE_ECN ? offsetof<Tcb>() : offsetof<Tcb>("rE0b");
    expect<bool>(TCB_LEN >= end).toBe(true);
  });
});

describe("isUntroubled", () => {
  it("hears of each field of trouble alone, and of nothing around them", () => {
    const at = changetype<usize>(tcb);
    const first = offsetof<Tcb>("dupAcks");
    const octets = offsetof<Tcb>("sackedOctets");
    for (let index: usize = 0; index < offsetof<Tcb>(); index++) {
      memory.fill(at, 0, offsetof<Tcb>());
      expect<bool>(isUntroubled(tcb)).toBe(true);
      store<u8>(at + index, 0x80);
      const isTrouble = (index >= first && index < first + 8) ||
        (index >= octets && index < octets + 8);
      expect<bool>(isUntroubled(tcb)).toBe(!isTrouble);
    }
    memory.fill(at, 0, offsetof<Tcb>());
  });

  it("counts duplicate ACKs, backing off, holes, probes and losses as trouble", () => {
    tcb.rangeCount = 1;
    expect<bool>(isUntroubled(tcb)).toBe(false);
    tcb.rangeCount = 0;
    tcb.keepAliveProbes = 1;
    expect<bool>(isUntroubled(tcb)).toBe(false);
    tcb.keepAliveProbes = 0;
    tcb.lostOctets = 0x80000000;
    expect<bool>(isUntroubled(tcb)).toBe(false);
    tcb.lostOctets = 0;
    expect<bool>(isUntroubled(tcb)).toBe(true);
  });
});
