/**
 * Settings for kinds of networks, to be named in one word. What is not set here is as the stack has
 * it by default (assembly/abi/option.ts).
 */
import type { TcpOptions } from "./names.js";

export type ProfileName = "internet" | "lan" | "radio";

/**
 * - `internet`: the stack's defaults, by the RFCs: a retransmission timeout of a second at the
 *   least (RFC 6298 section 2.4), acknowledgments within 40 ms.
 * - `lan`: round trips of a millisecond. A timeout of 200 ms at the least, above which no common
 *   peer delays an acknowledgment; our own wait 10 ms, for an answer that is quick to ride on.
 * - `radio`: constrained nodes (RFC 9006), round trips of up to seconds that vary. What is sent
 *   again in vain costs energy and the air's time, so the first timeout and the least are CoAP's
 *   2 s (RFC 7252 section 4.8); a bare acknowledgment costs nearly as much as a message, so it
 *   waits 100 ms for one to ride on; who does not answer is given up after ten minutes only.
 */
export const PROFILES: Readonly<Record<ProfileName, TcpOptions>> = {
  internet: {},
  lan: { minRto: 200, ackDelay: 10 },
  radio: { minRto: 2000, ackDelay: 100, userTimeout: 600 },
};

/** The settings of a profile, and on top of them those that are named one by one. */
export function settingsOf(name: ProfileName = "internet", settings: TcpOptions = {}): TcpOptions {
  const profile = PROFILES[name];
  if (profile !== undefined) return { ...profile, ...settings };
  const names = Object.keys(PROFILES).join(", ");
  throw new RangeError(`profile is one of ${names}, not "${String(name)}"`);
}
