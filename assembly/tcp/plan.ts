/** The segment that a connection is about to send, or several in a row that leave as one. */
import { IS_BOARD } from "../config";

@unmanaged
@final
export class Plan {
  seq: u32;
  /** Octets of text. */
  len: u32;
  /** Of which each segment has so many: as many as there are, unless the driver is to cut it. */
  size: u32;
  /** Control bits. */
  flags: u32;
  /** Octets of options; of a SYN's they are counted when it is built. */
  optionsLen: u32;
}

/** Octets of text of the largest segment in it. */
export function plannedSize(): u32 {
  return IS_BOARD ? plan.len : plan.size;
}

/** The plan last made. */
export const plan: Plan = changetype<Plan>(memory.data(offsetof<Plan>(), 4));
