/** Which connections are in the usual case: each condition alone takes one out of it. */
import { State } from "../../../assembly/abi/state";
import { Pacing } from "../../../assembly/tcp/pacing";
import { Tcb, TcbFlag } from "../../../assembly/tcp/tcb";
import { isUsual } from "../../../assembly/tcp/usual";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
const UNA: u32 = 0xfffffff0;

/** One that is established, and has 100 octets on their way. */
function fresh(): void {
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.state = <u8>State.Established;
  tcb.flags = TcbFlag.Sack;
  tcb.sndUna = UNA;
  tcb.sndNxt = UNA + 100;
  tcb.sndMax = UNA + 100;
  tcb.sndEnd = UNA + 300;
  tcb.sndWnd = 1;
  tcb.recover = UNA;
}

/** Whether it is with these flags, besides those that it has. */
function isWith(flags: u32): bool {
  fresh();
  tcb.flags |= flags;
  return isUsual(tcb);
}

describe("isUsual", () => {
  beforeEach(() => fresh());

  it("says yes to an established connection, over the wrap", () => {
    expect<bool>(isUsual(tcb)).toBe(true);
  });

  it("says no in any other state", () => {
    for (let state: u32 = 0; state <= <u32>State.TimeWait; state++) {
      tcb.state = <u8>state;
      expect<bool>(isUsual(tcb)).toBe(state == <u32>State.Established);
    }
  });

  it("says no to one that is paced", () => {
    tcb.pacing = <u8>Pacing.On;
    expect<bool>(isUsual(tcb)).toBe(false);
  });

  it("says no to a peer without selective acknowledgments", () => {
    tcb.flags = 0;
    expect<bool>(isUsual(tcb)).toBe(false);
  });

  it("says no with each flag of something that goes on", () => {
    const flags: u32[] = [
      TcbFlag.PeerFinKnown, TcbFlag.FinQueued, TcbFlag.Orphan, TcbFlag.Ecn, TcbFlag.InRecovery,
      TcbFlag.Resend, TcbFlag.ProbeNow, TcbFlag.ProbeTail, TcbFlag.KeepAliveNow, TcbFlag.Advised,
    ];
    for (let index = 0; index < flags.length; index++) {
      expect<bool>(isWith(flags[index])).toBe(false);
    }
  });

  it("says yes with flags that change nothing, and those that the short ways heed", () => {
    expect<bool>(isWith(TcbFlag.Passive | TcbFlag.Pending | TcbFlag.WindowScale)).toBe(true);
    expect<bool>(isWith(TcbFlag.AckNow | TcbFlag.NoRoom | TcbFlag.RttTimed)).toBe(true);
    expect<bool>(isWith(TcbFlag.Timestamps | TcbFlag.CwndLimited | TcbFlag.Reordered)).toBe(true);
  });

  it("says no in trouble, while the window is probed, and when it is shut", () => {
    tcb.backoff = 1;
    expect<bool>(isUsual(tcb)).toBe(false);
    fresh();
    tcb.sackedOctets = 1;
    expect<bool>(isUsual(tcb)).toBe(false);
    fresh();
    tcb.persistAtMs = 1;
    expect<bool>(isUsual(tcb)).toBe(false);
    fresh();
    tcb.sndWnd = 0;
    expect<bool>(isUsual(tcb)).toBe(false);
  });

  it("says no where more was sent than SND.NXT has, or less", () => {
    tcb.sndMax++;
    expect<bool>(isUsual(tcb)).toBe(false);
    fresh();
    tcb.sndNxt = UNA;
    expect<bool>(isUsual(tcb)).toBe(false);
  });

  it("says no until all that was sent before the last recovery is acknowledged", () => {
    tcb.recover = UNA + 100;
    expect<bool>(isUsual(tcb)).toBe(false);
    tcb.recover = UNA + 1;
    expect<bool>(isUsual(tcb)).toBe(false);
    tcb.recover = UNA - 2;
    expect<bool>(isUsual(tcb)).toBe(true);
  });
});
