/** Progress: answers end the counting towards R1 and R2. */
import { SoftError } from "../../../assembly/abi/error";
import { noteProgress } from "../../../assembly/tcp/progress";
import { Tcb, TcbFlag, has, setFlag } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

describe("noteProgress", () => {
  beforeEach(() => {
    memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
    tcb.retransmissions = 5;
    tcb.stalledAtMs = 77;
  });

  it("lets both count anew", () => {
    noteProgress(tcb);
    expect<u32>(tcb.retransmissions).toBe(0);
    expect<u32>(tcb.stalledAtMs).toBe(0);
  });

  it("refutes a report of a path MTU", () => {
    tcb.claimedMss = 960;
    noteProgress(tcb);
    expect<u32>(tcb.claimedMss).toBe(0);
  });

  it("takes back what the host has been told", () => {
    setFlag(tcb, TcbFlag.Advised);
    tcb.softError = <u8>SoftError.Retransmitting;
    noteProgress(tcb);
    expect<u32>(tcb.softError).toBe(SoftError.None);
    expect<bool>(has(tcb, TcbFlag.Advised)).toBe(false);
  });

  it("leaves trouble of another kind alone", () => {
    tcb.softError = <u8>SoftError.Unreachable;
    noteProgress(tcb);
    expect<u32>(tcb.softError).toBe(SoftError.Unreachable);
  });
});
