/** All planted defects, by theme. */
import type { Mutant } from "./mutant.js";
import { ACCURATE_ECN } from "./table/accurate_ecn.js";
import { AGREEMENTS } from "./table/agreements.js";
import { BURSTS } from "./table/bursts.js";
import { CLOSING } from "./table/closing.js";
import { CONGESTION } from "./table/congestion.js";
import { FRAGMENTS } from "./table/fragments.js";
import { LOSS } from "./table/loss.js";
import { NETWORK } from "./table/network.js";
import { OFFLOAD } from "./table/offload.js";
import { OPENING } from "./table/opening.js";
import { OPTIONS } from "./table/options.js";
import { PACING } from "./table/pacing.js";
import { PATH_MTU } from "./table/path_mtu.js";
import { RECOVERY } from "./table/recovery.js";
import { RESETS } from "./table/resets.js";
import { RUNS } from "./table/runs.js";
import { SEGMENTS } from "./table/segments.js";
import { TURNS } from "./table/turns.js";
import { USUAL } from "./table/usual.js";
import { WINDOWS } from "./table/windows.js";

export const MUTANTS: readonly Mutant[] = [
  ...SEGMENTS, ...OPENING, ...RESETS, ...CLOSING, ...LOSS, ...CONGESTION, ...WINDOWS,
  ...NETWORK, ...FRAGMENTS, ...PATH_MTU, ...OPTIONS, ...AGREEMENTS, ...ACCURATE_ECN, ...RECOVERY,
  ...PACING, ...TURNS, ...OFFLOAD, ...USUAL, ...BURSTS, ...RUNS,
];
