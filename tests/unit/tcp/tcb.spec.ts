/** The control block: its flags, and its size. */
import {
  TCB_LEN, Tcb, TcbFlag, clearFlag, has, setFlag,
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
  it("is a whole number of 8 octets that holds every field", () => {
    expect<u32>(TCB_LEN & 7).toBe(0);
    expect<bool>(TCB_LEN >= offsetof<Tcb>()).toBe(true);
  });
});
