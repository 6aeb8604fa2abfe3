/**
 * From what the user writes (`tap:mote0`) to a link. Only the code of the link that is asked for
 * is loaded; the specifiers below are no literals, so that a bundle for the browser, where only
 * `wire` makes sense, does not pull in what needs Node.
 */
import type { Link } from "./link.js";
import { createWire } from "./wire.js";

/** What a link specification may be, for help texts. */
export const LINK_HELP = `\
LINK is one of
  wire                 a wire in memory, for two stacks in one process
  tap:NAME             a TAP interface of Linux: Ethernet with the kernel at the other end
  tun:NAME             a TUN interface of Linux: bare IP packets
  serial:PATH[@BAUD]   a serial line with SLIP (RFC 1055), such as serial:/dev/ttyUSB0@115200
  stream:PATH          Ethernet over a unix socket that QEMU (-netdev stream) or passt listens on
  stream:listen:PATH   the same, but we listen
`;

type Maker = (rest: string, spec: string) => Promise<Link>;

/** By the word before the first colon. */
const MAKERS: Record<string, Maker> = {
  wire: makeWire,
  tap: makeTap,
  tun: makeTun,
  serial: makeSerial,
  stream: makeStream,
};

/**
 * Makes the link that `spec` names. It is not opened yet: set its callbacks, then call `open`.
 * Rejects with a RangeError for a specification that is none, and says what would be right.
 *
 * `wire` gives one end, of type `WireEnd`; the other end is its `peer`.
 */
export async function openLink(spec: string): Promise<Link> {
  const colon = spec.indexOf(":");
  const scheme = colon < 0 ? spec : spec.slice(0, colon);
  const rest = colon < 0 ? "" : spec.slice(colon + 1);
  const make = Object.hasOwn(MAKERS, scheme) ? MAKERS[scheme] : undefined;
  if (!make) throw new RangeError(`there is no link "${spec}"; ${LINK_HELP}`);
  return make(rest, spec);
}

async function makeWire(_rest: string, spec: string): Promise<Link> {
  if (spec !== "wire") throw malformed(spec, "wire", "a wire has no name");
  return createWire()[0];
}

async function makeTap(rest: string, spec: string): Promise<Link> {
  if (rest === "") throw malformed(spec, "tap:mote0", "the name of the interface is missing");
  const { TapLink } = await load<typeof import("./tap.js")>("./tap.js");
  return new TapLink({ interface: rest });
}

async function makeTun(rest: string, spec: string): Promise<Link> {
  if (rest === "") throw malformed(spec, "tun:mote0", "the name of the interface is missing");
  const { TunLink } = await load<typeof import("./tun.js")>("./tun.js");
  return new TunLink({ interface: rest });
}

async function makeSerial(rest: string, spec: string): Promise<Link> {
  const example = "serial:/dev/ttyUSB0@115200";
  const at = rest.lastIndexOf("@");
  const path = at < 0 ? rest : rest.slice(0, at);
  const baudText = at < 0 ? undefined : rest.slice(at + 1);
  if (path === "") throw malformed(spec, example, "the path of the device is missing");
  if (baudText !== undefined && !/^[1-9]\d{0,7}$/.test(baudText)) {
    throw malformed(spec, example, `"${baudText}" is no number of bits per second`);
  }
  const { SerialLink } = await load<typeof import("./serial.js")>("./serial.js");
  return new SerialLink(baudText === undefined ? { path } : { path, baud: Number(baudText) });
}

async function makeStream(rest: string, spec: string): Promise<Link> {
  const listen = rest.startsWith("listen:");
  const path = listen ? rest.slice("listen:".length) : rest;
  if (path === "") {
    throw malformed(spec, "stream:/tmp/mote.sock", "the path of the socket is missing");
  }
  const { StreamLink } = await load<typeof import("./stream.js")>("./stream.js");
  return new StreamLink({ path, listen });
}

function malformed(spec: string, example: string, reason: string): RangeError {
  return new RangeError(`cannot read the link "${spec}": ${reason}; write for example ${example}`);
}

function load<Module>(specifier: string): Promise<Module> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ specifier) as Promise<Module>;
}
