/**
 * One connection's numbers: a script counts the local side's octets from the sequence number that
 * it gives to our SYN, the wire from our ISN; the remote side's from where it likes, the wire from
 * there plus an offset. Timestamps of ours are known from the segments that showed them.
 */
import type { TcpFields } from "./packet.js";
import type { Segment, TcpOption } from "./script.js";
import type { DrillSocket } from "./socket.js";

export interface FlowEnds {
  localPort: number;
  remotePort: number;
  remoteIp: string;
}

export class Flow {
  /** On the wire less in the script, of our numbers; 0 while no SYN of ours has been seen. */
  private localOffset = 0;
  /** The next SYN of ours begins a connection: its number is news. */
  isOpening = true;
  /** The number that the script gives to our SYN: text begins behind. */
  localSyn = 0;
  /** Our windows are told in other units than the script has. */
  hasOtherScale = false;
  /** The socket, once the application has the connection. */
  socket: DrillSocket | undefined;
  /** Script's and wire's value of the first timestamp of ours, and of all others. */
  private firstStamp: { script: number; live: number } | undefined;
  private readonly stamps = new Map<number, number>();

  /** `remoteOffset`: on the wire less in the script, of the remote side's numbers. */
  constructor(readonly ends: FlowEnds, private readonly remoteOffset: number) {}

  /** Our SYN, `script` in the script, is `live` on the wire. */
  learnIsn(script: number, live: number): void {
    if (!this.isOpening) return;
    this.isOpening = false;
    this.firstStamp = undefined;
    this.stamps.clear();
    this.localOffset = (live - script) >>> 0;
  }

  learnStamp(script: number, live: number): void {
    this.firstStamp ??= { script, live };
    this.stamps.set(script, live);
  }

  /** A timestamp of ours on the wire, in the script's terms: counted from the first. */
  scriptStamp(live: number): number | undefined {
    if (this.firstStamp === undefined) return undefined;
    return (this.firstStamp.script + live - this.firstStamp.live) >>> 0;
  }

  /** Wire numbers for a segment of the remote side. */
  toWire(segment: Segment): Pick<TcpFields, "seq" | "ack" | "options"> {
    return {
      seq: this.liveRemote(segment.seq),
      ack: segment.ack === undefined ? 0 : this.liveLocal(segment.ack),
      options: (segment.options ?? []).map((option) => this.optionToWire(option)),
    };
  }

  /** A segment of ours in the script's numbers. */
  toScript(tcp: TcpFields): Required<Segment> {
    const hasAck = tcp.flags.includes(".");
    return {
      flags: tcp.flags, seq: this.scriptLocal(tcp.seq), length: tcp.text.length,
      ack: hasAck ? this.scriptRemote(tcp.ack) : tcp.ack,
      window: tcp.window, urgent: tcp.urgent,
      options: tcp.options.map((option) => this.optionToScript(option)),
    };
  }

  liveLocal(script: number): number {
    return (script + this.localOffset) >>> 0;
  }

  liveRemote(script: number): number {
    return (script + this.remoteOffset) >>> 0;
  }

  private scriptLocal(live: number): number {
    return (live - this.localOffset) >>> 0;
  }

  private scriptRemote(live: number): number {
    return (live - this.remoteOffset) >>> 0;
  }

  private optionToWire(option: TcpOption): TcpOption {
    if (option.kind === "sack") {
      const blocks = option.blocks.map((block) => block.map((edge) => this.liveLocal(edge)));
      return { kind: "sack", blocks: blocks as [number, number][] };
    }
    if (option.kind !== "TS" || option.echo === 0) return option;
    const first = this.firstStamp;
    const counted = first === undefined ? option.echo : first.live + option.echo - first.script;
    const echo = this.stamps.get(option.echo) ?? counted >>> 0;
    return { kind: "TS", value: option.value, echo };
  }

  private optionToScript(option: TcpOption): TcpOption {
    if (option.kind === "sack") {
      const blocks = option.blocks.map((block) => block.map((edge) => this.scriptRemote(edge)));
      return { kind: "sack", blocks: blocks as [number, number][] };
    }
    if (option.kind !== "TS") return option;
    return { ...option, value: this.scriptStamp(option.value) ?? option.value };
  }
}
