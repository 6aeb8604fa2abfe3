/** What the emulators of boards have in common, for a command that runs one. */
import type { Firmware } from "./firmware.js";

/** A board that runs for somebody who watches. */
export interface Session {
  firmware: Firmware;
  /** The fault options, as they were written. */
  faults: string[];
  /** Of this machine. */
  port: number;
  /** For sockets; goes with the process. */
  folder: string;
  print: (text: string) => void;
}
