/** What differs between a segment as the script has it and the one that was sent. */
import type { IpFields } from "./packet.js";
import { optionText, optionsText } from "./option_octets.js";
import type { EcnWord, IpNotes, Segment, TcpOption } from "./script.js";

/** Code points of the ECN field (RFC 3168 section 5). */
const ECN_CODES: Record<EcnWord, readonly number[]> = {
  noecn: [0], ect1: [1], ect0: [2], ect01: [1, 2], ce: [3],
};
const ECN_BITS = 3;

/** The values of our timestamps agree, as far as they are to. */
export type StampCheck = (expected: number, actual: number) => boolean;

/** One word or two for each difference: "ack 1, not 2"; [] when there is none. */
export function segmentDifferences(
  expected: Segment, actual: Required<Segment>, isStampRight: StampCheck,
): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, is: unknown): void => {
    if (wanted !== undefined && wanted !== is) found.push(`${what} is ${is}, not ${wanted}`);
  };
  compare("flags", expected.flags || "-", actual.flags || "-");
  compare("seq", expected.seq, actual.seq);
  compare("length", expected.length, actual.length);
  if (expected.flags.includes(".") || actual.flags.includes(".")) {
    compare("ack", expected.ack, actual.ack);
  }
  compare("win", expected.window, actual.window);
  compare("urg", expected.urgent ?? (expected.flags.includes("U") ? undefined : 0), actual.urgent);
  if (expected.options !== undefined) {
    found.push(...optionDifferences(expected.options, actual.options, isStampRight));
  }
  return found;
}

/**
 * The shift of our window scale option: a script from elsewhere has that of the machine it was
 * written on, ours follows from our rings. The two shifts if they differ.
 */
export function otherShift(
  expected: Segment, actual: Required<Segment>,
): { expected: number; actual: number } | undefined {
  const wanted = expected.options?.find(({ kind }) => kind === "wscale");
  const is = actual.options.find(({ kind }) => kind === "wscale");
  if (wanted?.kind !== "wscale" || is?.kind !== "wscale" || wanted.value === is.value) return;
  return { expected: wanted.value, actual: is.value };
}

/** Order and padding of options mean nothing (RFC 9293 section 3.1), so they are not compared. */
function optionDifferences(
  expected: readonly TcpOption[], actual: readonly TcpOption[], isStampRight: StampCheck,
): string[] {
  const found: string[] = [];
  const left = actual.filter(isMeaningful);
  for (const option of expected.filter(isMeaningful)) {
    const at = left.findIndex((other) => keyOf(other) === keyOf(option));
    if (at < 0) {
      found.push(`the option "${optionText(option)}" is missing`);
      continue;
    }
    const [other] = left.splice(at, 1);
    if (!isSameOption(option, other!, isStampRight)) {
      found.push(`the option is "${optionText(other!)}", not "${optionText(option)}"`);
    }
  }
  if (left.length > 0) found.push(`there is also the option "${optionsText(left)}"`);
  return found;
}

function isMeaningful({ kind }: TcpOption): boolean {
  return kind !== "nop" && kind !== "eol";
}

function keyOf(option: TcpOption): string {
  return option.kind === "other" ? `kind ${option.code}` : option.kind;
}

function isSameOption(expected: TcpOption, actual: TcpOption, isStampRight: StampCheck): boolean {
  if (expected.kind === "TS" && actual.kind === "TS") {
    return expected.echo === actual.echo && isStampRight(expected.value, actual.value);
  }
  return optionText(expected) === optionText(actual);
}

/** The same for what brackets say of the IP header and the ports. */
export function ipDifferences(
  expected: IpNotes, actual: IpFields, localPort?: number, remotePort?: number,
): string[] {
  const found: string[] = [];
  const { ecn, tos, ttl, port, source, destination } = expected;
  const code = actual.tos & ECN_BITS;
  if (ecn !== undefined && !ECN_CODES[ecn].includes(code)) {
    const word = Object.keys(ECN_CODES).find((key) => ECN_CODES[key as EcnWord][0] === code);
    found.push(`the ECN field is ${word}, not ${ecn}`);
  }
  const compare = (what: string, wanted: unknown, is: unknown): void => {
    if (wanted !== undefined && wanted !== is) found.push(`${what} is ${is}, not ${wanted}`);
  };
  const ignored = ecn === undefined ? 0 : ECN_BITS;
  compare("tos", tos === undefined ? tos : tos & ~ignored, actual.tos & ~ignored);
  compare("ttl", ttl, actual.ttl);
  compare("the flag DF", expected.dontFragment, actual.dontFragment);
  compare("src", source, actual.source);
  compare("dst", destination, actual.destination);
  compare("the remote port", port, remotePort);
  compare("the local port", expected.localPort, localPort);
  return found;
}
