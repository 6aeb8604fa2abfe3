/** A script as it is read: the events in their order, each with its place and its time. */

export interface Script {
  file: string;
  /** `--name=value` lines, in their order. */
  options: InitOption[];
  /** Shell commands before the first event. */
  initCommands: Command[];
  events: ScriptEvent[];
}

export interface InitOption {
  name: string;
  value: string;
  line: number;
}

/** What goes over the wire. */
export type PacketAction = SegmentAction | IcmpAction | UdpAction;

export type ScriptEvent = PlacedEvent & (PacketAction | CallAction | Command | Code);

interface PlacedEvent {
  line: number;
  time: EventTime;
  /** The event as it stands in the script, in one line. */
  text: string;
}

/** When an event is to happen; `isRelative`: counted from the event before. */
export type EventTime =
  | { kind: "any" }
  | { kind: "at"; isRelative: boolean; us: number }
  | { kind: "range"; isRelative: boolean; us: number; endUs: number };

export type Direction = "in" | "out";

/** What may be said about the IP header, in brackets; what is absent is not looked at. */
export interface IpNotes {
  ecn?: EcnWord;
  tos?: number;
  ttl?: number;
  /** Of the remote side: several connections in one script. */
  port?: number;
  /** Of the local side. */
  localPort?: number;
  /** Another source or destination address, inbound. */
  source?: string;
  destination?: string;
  /** A wrong checksum, inbound. */
  badChecksum?: "tcp" | "ip";
  /** The flag "don't fragment": set unless said otherwise, inbound. */
  dontFragment?: boolean;
  /** Octets of payload of each fragment, inbound. */
  fragment?: number;
}

export type EcnWord = "noecn" | "ect0" | "ect1" | "ect01" | "ce";

export interface SegmentAction {
  kind: "segment";
  direction: Direction;
  ip: IpNotes;
  segment: Segment;
}

/** A segment in the script's own numbers. */
export interface Segment {
  /** Letters of FLAG_LETTERS, in its order. */
  flags: string;
  seq: number;
  /** Octets of text. */
  length: number;
  ack?: number;
  /** As in the header, not scaled. Absent: 0 for ack; any for an outbound window. */
  window?: number;
  urgent?: number;
  /** Absent: `<...>`, any. */
  options?: TcpOption[];
}

/** A SYN that begins a connection. */
export function isBareSyn({ flags }: Segment): boolean {
  return flags.includes("S") && !/[.RF]/.test(flags);
}

export type TcpOption =
  | { kind: "nop" | "eol" | "sackOK" }
  | { kind: "mss" | "wscale"; value: number }
  | { kind: "sack"; blocks: [number, number][] }
  | { kind: "TS"; value: number; echo: number }
  /** Any other: the octets behind kind and length. */
  | { kind: "other"; code: number; data: number[] }
  /** Octets as they are, which need be no option: inbound. */
  | { kind: "raw"; data: number[] };

export interface Quoted {
  seq: number;
  length: number;
}

export interface IcmpAction {
  kind: "icmp";
  direction: Direction;
  ip: IpNotes;
  /** "unreachable", and "frag_needed"; see ICMP_NAMES. */
  type: number;
  code: number;
  mtu?: number;
  /** The segment that the error is about; of an echo, absent. */
  quoted?: Quoted;
  /** Octets of the datagram that the error is about. */
  quotedUdp?: number;
  /** Octets of an echo's data. */
  echoLength?: number;
}

/** A datagram: the stack has no sockets for it, but it answers. */
export interface UdpAction {
  kind: "udp";
  direction: Direction;
  ip: IpNotes;
  length: number;
}

export interface CallAction {
  kind: "call";
  name: string;
  args: Expression[];
  /** The result; null: `...`, any. */
  result: Expression;
  errno?: string;
  /** When a blocking call is to return; counted as the event's time is. */
  endUs?: number;
}

export interface Command {
  kind: "command";
  line: number;
  command: string;
}

export interface Code {
  kind: "code";
  code: string;
  /** White space as much as leads to the code's place in the script. */
  margin: string;
}

/** An argument of a call. */
export type Expression =
  | { kind: "ellipsis" }
  | { kind: "number"; value: number }
  | { kind: "word"; word: string }
  | { kind: "string"; value: string }
  | { kind: "or"; parts: Expression[] }
  | { kind: "array"; items: Expression[] }
  /** `{name=value, ...}`; a field without a name is called by its place: "0". */
  | { kind: "struct"; fields: Map<string, Expression> }
  /** `htons(8080)`, `inet_addr("192.0.2.1")`, `msg_iov(2)`. */
  | { kind: "apply"; name: string; args: Expression[] };
