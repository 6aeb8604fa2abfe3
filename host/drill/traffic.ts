/** Packets of a script to packets of the wire and back: whose they are, and in which numbers. */
import type { Stack } from "../stack.js";
import { buildPacket } from "./build_packet.js";
import { ipDifferences, otherShift, segmentDifferences } from "./compare.js";
import { Flow } from "./flow.js";
import { icmpText, ipNotesText, secondsText, segmentText } from "./format.js";
import type { Sent } from "./machine.js";
import { infoOf } from "./info.js";
import { type IcmpFields, type IpFields, type TcpFields, quotedDatagramLen } from "./packet.js";
import {
  type IcmpAction, type IpNotes, type PacketAction, type Segment, isBareSyn,
} from "./script.js";
import type { Settings } from "./settings.js";
import type { DrillSocket } from "./socket.js";

export class Traffic {
  private readonly flows: Flow[] = [];
  /** The one that packets without a port are of: that of the last packet, or call. */
  private current: Flow | undefined;
  /** The sequence number of our first SYN, as it was on the wire. */
  firstIsn: number | undefined;
  /** The port of the listener opened last. */
  listenPort: number | undefined;

  constructor(
    private readonly stack: Stack, private readonly settings: Settings,
    private readonly remoteOffset: number, private readonly note: (text: string) => void,
  ) {}

  /** Octets of text that one segment can hold at the most. */
  get largestText(): number {
    const known = this.current?.socket?.status?.segmentSize ?? 0;
    return known > 0 ? known : this.settings.mtu - 40;
  }

  /** A socket has become a connection's. */
  opened(socket: DrillSocket): void {
    const { localPort, remotePort, remoteAddress } = socket.status!;
    const flow = this.flowOf(localPort, remotePort, remoteAddress);
    flow.socket = socket;
    if (socket.status!.state === "SYN-SENT") flow.isOpening = true;
    this.current = flow;
  }

  /** An inbound packet, or its fragments. */
  build(action: PacketAction): Uint8Array[] {
    const flow = this.flowFor(action.ip);
    if (action.kind === "segment" && isBareSyn(action.segment)) this.prepareOpening(flow);
    return buildPacket(action, flow, this.settings.localIp);
  }

  /** A SYN that meets no connection of its pair begins one: our next SYN has a new number. */
  private prepareOpening(flow: Flow): void {
    const { localPort, remotePort } = flow.ends;
    const entry = this.stack.connections().find((one) =>
      one.localPort === localPort && one.remotePort === remotePort && one.table !== "listeners");
    if (entry === undefined || entry.state === "TIME-WAIT" || entry.state === "CLOSED") {
      flow.isOpening = true;
    }
  }

  /** Takes from a segment what the script cannot know: our ISN, our timestamps. */
  learn(action: PacketAction, { packet }: Sent): void {
    if (packet.kind !== "tcp" || action.kind !== "segment") return;
    const flow = this.flowOfPacket(packet.ip, packet.tcp);
    this.current = flow;
    if (packet.tcp.flags.includes("S") && action.segment.flags.includes("S")) {
      this.firstIsn ??= packet.tcp.seq;
      if (flow.isOpening) flow.localSyn = action.segment.seq;
      flow.learnIsn(action.segment.seq, packet.tcp.seq);
    }
    const expected = action.segment.options?.find(({ kind }) => kind === "TS");
    const actual = packet.tcp.options.find(({ kind }) => kind === "TS");
    if (expected?.kind === "TS" && actual?.kind === "TS") {
      flow.learnStamp(expected.value, actual.value);
    }
  }

  /** What differs between the packet and what the script says; times are not looked at. */
  differences(action: PacketAction, { packet }: Sent): string[] {
    if (packet.kind === "bad") return [packet.fault];
    if (action.kind === "udp") return ["the stack sends no datagrams"];
    if (packet.kind !== (action.kind === "segment" ? "tcp" : "icmp")) {
      return [`it is a packet of ${packet.kind.toUpperCase()}`];
    }
    if (action.kind === "icmp") {
      return packet.kind === "icmp" ? this.icmpDifferences(action, packet) : [];
    }
    if (packet.kind !== "tcp") return [];
    const flow = this.flowOfPacket(packet.ip, packet.tcp);
    const actual = flow.toScript(packet.tcp);
    this.readResetNumber(action.segment, packet.tcp, actual);
    const { localPort, remotePort } = flow.ends;
    const expected = this.inOurUnits(flow, action.segment, actual);
    return [
      ...segmentDifferences(expected, actual, (wanted, is) => this.isStampRight(wanted, is)),
      ...ipDifferences(action.ip, packet.ip, localPort, remotePort),
      ...this.textFaults(flow, packet.tcp, actual.seq),
    ];
  }

  /** The segment as the script has it, less what follows from the size of our rings alone. */
  private inOurUnits(flow: Flow, expected: Segment, actual: Required<Segment>): Segment {
    if (this.settings.isScaleStrict) return expected;
    const shifts = otherShift(expected, actual);
    if (shifts !== undefined) {
      flow.hasOtherScale = true;
      this.note(`the script expects wscale ${shifts.expected}, our rings make it ` +
        `${shifts.actual}: neither it nor our windows are compared (--strict_wscale does)`);
      const options = expected.options!.map((option) =>
        option.kind === "wscale" ? { ...option, value: shifts.actual } : option);
      return { ...expected, options };
    }
    if (!flow.hasOtherScale || expected.flags.includes("S")) return expected;
    const { window: _, ...rest } = expected;
    return rest;
  }

  /**
   * A reset that answers a segment without ACK has number 0 (RFC 9293 section 3.5.2): no number of
   * a connection's.
   */
  private readResetNumber(expected: Segment, tcp: TcpFields, actual: Required<Segment>): void {
    if (tcp.seq === 0 && expected.seq === 0 && tcp.flags === "R.") actual.seq = 0;
  }

  private isStampRight(wanted: number, is: number): boolean {
    const { timestampTickUs, toleranceUs } = this.settings;
    if (timestampTickUs === 0) return true;
    return Math.abs((is - wanted) | 0) <= Math.ceil(toleranceUs / timestampTickUs);
  }

  /** The text must be what was written, at its place. */
  private textFaults(flow: Flow, { text, flags }: TcpFields, seq: number): string[] {
    const written = flow.socket?.written;
    if (written === undefined || text.length === 0 || flags.includes("S")) return [];
    const place = (seq - flow.localSyn) | 0;
    const wrong = text.findIndex((octet, index) =>
      place + index > 0 && written[place + index - 1] !== octet);
    return wrong < 0 ? [] : [`the octet at ${seq + wrong} is not the one that was written`];
  }

  private icmpDifferences(
    action: IcmpAction, { icmp, ip }: { icmp: IcmpFields; ip: IpFields },
  ): string[] {
    const found = ipDifferences(action.ip, ip);
    const expected = icmpText(action.type, action.code);
    const actual = icmpText(icmp.type, icmp.code);
    if (expected !== actual) found.unshift(`it is ${actual}, not ${expected}`);
    const quoted = quotedDatagramLen(icmp.data);
    if (action.quotedUdp !== undefined && action.quotedUdp !== quoted) {
      found.push(`it quotes ${quoted === undefined ? "no datagram" : `udp (${quoted})`}`);
    }
    return found;
  }

  /** "> S. 0:0(0) ack 1" as the script has it. */
  expectedText(action: PacketAction): string {
    const notes = ipNotesText(action.ip);
    if (action.kind === "segment") return `> ${notes}${segmentText(action.segment)}`;
    if (action.kind === "udp") return `> ${notes}udp (${action.length})`;
    return `> ${notes}${icmpText(action.type, action.code, action.mtu, action.quoted)}`;
  }

  /** The line of a packet that was sent, with its time. */
  line({ packet, atUs }: Sent): string {
    const time = secondsText(atUs);
    if (packet.kind === "bad") return `${time} > (${packet.fault})`;
    if (packet.kind === "icmp") return `${time} > ${icmpText(packet.icmp.type, packet.icmp.code)}`;
    const flow = this.flowOfPacket(packet.ip, packet.tcp);
    const notes = this.flows.length > 1 ? ipNotesText({ port: flow.ends.remotePort }) : "";
    return `${time} > ${notes}${segmentText(flow.toScript(packet.tcp))}`;
  }

  /** The values of the current connection by the names of `tcp_info`, and ours. */
  info(): (name: string) => unknown {
    const flow = this.current;
    const entries = this.stack.connections();
    const status = flow?.socket?.status ?? entries.find(({ localPort, remotePort, table }) =>
      table !== "listeners" && localPort === flow?.ends.localPort &&
      remotePort === flow.ends.remotePort);
    return infoOf(status, this.stack);
  }

  /** One line for each entry of the stack's tables. */
  netstat(): string[] {
    return this.stack.connections().map((one) => {
      const place = `${one.localPort} ${one.remoteAddress}:${one.remotePort} ${one.state}`;
      const queues = `recv-q ${one.receiveQueue} send-q ${one.sendQueue}`;
      const timers = Object.entries(one.timers).map(([name, ms]) => `${name} ${ms} ms`).join(", ");
      const windows = one.table !== "connections" ? ""
        : ` snd.wnd ${one.sendWindow} rcv.wnd ${one.receiveWindow} cwnd ${one.congestionWindow}` +
          ` rto ${one.retransmissionTimeoutMs} ms`;
      const reason = one.reason === "none" ? "" : ` (${one.reason})`;
      return `${place}${reason} ${queues}${windows}${timers && `; timers: ${timers}`}`;
    });
  }

  private flowOfPacket(ip: IpFields, tcp: TcpFields): Flow {
    return this.flowOf(tcp.sourcePort, tcp.destinationPort, ip.destination);
  }

  /** The connection of an inbound packet: the current one, unless brackets name another. */
  private flowFor({ port, localPort, source }: IpNotes): Flow {
    const { current, settings } = this;
    if (port === undefined && localPort === undefined && source === undefined && current) {
      return current;
    }
    const flow = this.flowOf(
      localPort ?? current?.ends.localPort ?? this.listenPort ?? settings.bindPort,
      port ?? current?.ends.remotePort ?? settings.remotePort,
      source ?? current?.ends.remoteIp ?? settings.remoteIp);
    this.current = flow;
    return flow;
  }

  private flowOf(localPort: number, remotePort: number, remoteIp: string): Flow {
    const known = this.flows.find(({ ends }) => ends.localPort === localPort &&
      ends.remotePort === remotePort && ends.remoteIp === remoteIp);
    if (known !== undefined) return known;
    const flow = new Flow({ localPort, remotePort, remoteIp }, this.remoteOffset);
    this.flows.push(flow);
    return flow;
  }
}
