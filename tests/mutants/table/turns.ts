/** Defects in whose turn it is: net/ready.ts, tcp/turn.ts. */
import type { Mutant } from "../mutant.js";

export const TURNS: readonly Mutant[] = [
  {
    name: "turn-bulk-first", breaks: "a few octets go before bulk",
    file: "net/ready.ts", find: "append(isSparse ? sparseQueue() : nextQueue(), link);",
    replace: "append(nextQueue(), link);",
    noticedBy: ["field/turns"],
  },
  {
    name: "turn-anew-each-time", breaks: "a crowd does not starve bulk",
    file: "tcp/turn.ts", find: "if (tcb.round == round) return;", replace: "",
    noticedBy: ["field/turns"],
  },
  {
    name: "turn-by-frames", breaks: "bulk shares by octets",
    file: "tcp/turn.ts", find: "if (tcb.turnLeft > 0 && !isLone(tcb)) goOn(tcb);",
    replace: "tcb.turnLeft = 0;",
    noticedBy: ["field/turns"],
  },
];
