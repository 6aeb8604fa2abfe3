/** The segment that a connection is about to send, or several in a row that leave as one. */

@unmanaged
@final
export class Plan {
  seq: u32;
  /** Octets of text. */
  len: u32;
  /** Of which each segment has so many; 0 in the build for boards, where it is one. */
  size: u32;
  /** Control bits. */
  flags: u32;
  /** Octets of options; of a SYN's they are counted when it is built. */
  optionsLen: u32;
  /** Those of them that not all segments have, and that SND.MSS does not count. */
  extraLen: u32;
  /** Octets of text of a full segment beside them. */
  room: u32;
  /** The connection to which nothing has happened since; 0: it must be planned again. */
  tcb: usize;
  /** Whether that has something to say. */
  isReady: bool;
  /** Whether text of it must wait for its time (pacing.ts). */
  isHeld: bool;
  /** Whether it was made in the usual case (usual.ts), by `planUsual`; or is by `planFin`. */
  isUsual: bool;
}

/** The plan last made. */
export const plan: Plan = changetype<Plan>(memory.data(offsetof<Plan>(), 4));

/** Something happens to a connection that may change what it says next. */
export function outdatePlan(): void {
  plan.tcb = 0;
}
