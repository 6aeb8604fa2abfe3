/** The state machine: RFC 9293 figure 5, edge by edge. */
import { State } from "../../../assembly/abi/state";
import {
  isEdge, isSynchronized, mayReceive, maySend, transition,
} from "../../../assembly/tcp/state";
import { Tcb } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

/** Figure 5, and the ways to CLOSED by abort, RST and giving up. */
const EDGES: string[] = [
  "L SS", "C SS SR", "C SR E", "C L E F1", "C F1 CW", "C F2 CG TW", "C TW", "C LA", "C TW", "C",
  "C",
];
const NAMES: string[] = ["C", "L", "SS", "SR", "E", "F1", "F2", "CW", "CG", "LA", "TW"];

describe("isEdge", () => {
  it("has the edges of figure 5 and no other", () => {
    for (let from: u32 = 0; from < <u32>State.Count; from++) {
      const edges = EDGES[from].split(" ");
      for (let to: u32 = 0; to < <u32>State.Count; to++) {
        const wanted = edges.includes(NAMES[to]);
        if (isEdge(from, to) != wanted) {
          throw new Error(NAMES[from] + " -> " + NAMES[to] + " is wrong");
        }
      }
    }
    expect<bool>(true).toBe(true);
  });
});

describe("transition", () => {
  it("changes the state and remembers the way", () => {
    tcb.state = <u8>State.Closed;
    tcb.path = 0;
    transition(tcb, State.SynSent);
    transition(tcb, State.Established);
    transition(tcb, State.FinWait1);
    expect<u32>(tcb.state).toBe(State.FinWait1);
    expect<u32>(tcb.path).toBe(0x245);
  });

  throws("on an edge that figure 5 has not", () => {
    tcb.state = <u8>State.Established;
    transition(tcb, State.TimeWait);
  });
});

describe("isSynchronized, mayReceive and maySend", () => {
  it("hold in the states that the RFC says", () => {
    for (let state: u32 = 0; state < <u32>State.Count; state++) {
      const name = NAMES[state];
      expect<bool>(isSynchronized(state)).toBe(state >= 4);
      expect<bool>(mayReceive(state)).toBe(["E", "F1", "F2"].includes(name));
      expect<bool>(maySend(state)).toBe(["E", "CW", "F1", "CG", "LA"].includes(name));
    }
  });
});
