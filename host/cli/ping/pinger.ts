/** Sends echo requests one after the other, and matches what comes back (RFC 792). */
import { IcmpType, emitIcmp, parseIcmp, type IcmpMessage } from "../codec/icmp.js";
import { Protocol, emitIpv4, parseIpv4 } from "../codec/ipv4.js";
import { isEqual, type IpLink } from "./ip_link.js";
import { UsageError } from "../command_line.js";

const HEADERS_OCTETS = 28;
const TIME_TO_LIVE = 64;

export interface PingOptions {
  /** 4 octets. */
  host: Uint8Array;
  /** Octets of data in a request. */
  size: number;
  count: number;
  intervalMs: number;
  timeoutMs: number;
}

/** What became of a request. `from`: who said so. */
export type PingOutcome =
  | { kind: "reply"; sequence: number; rttMs: number; from: string; ttl: number; octets: number }
  | { kind: "damaged"; sequence: number; from: string }
  | { kind: "error"; sequence: number; from: string; type: number; code: number }
  | { kind: "silence"; sequence: number }
  | { kind: "unreachable"; sequence: number; reason: string };

export class Pinger {
  readonly size: number;
  private readonly identifier = Math.floor(Math.random() * 65536);
  private readonly data: Uint8Array;
  private isStopped = false;
  /** Ends the wait that is on: for an answer, or for the next request's time. */
  private wake: (outcome?: PingOutcome) => void = () => {};
  private sequence = 0;
  private sentAtMs = 0;
  private failure: Error | undefined;

  /** Throws UsageError when such a packet does not fit the link. */
  constructor(
    private readonly link: IpLink,
    private readonly options: PingOptions,
  ) {
    const { size } = options;
    if (size + HEADERS_OCTETS > link.mtu) {
      throw new UsageError(
        `--size ${size} does not fit the link's MTU of ${link.mtu}: at most ` +
          `${link.mtu - HEADERS_OCTETS} (packets are not fragmented)`);
    }
    this.size = size;
    this.data = Uint8Array.from({ length: size }, (_, index) => index & 0xff);
    link.onPacket = (packet) => this.receive(packet);
    link.onError = (error) => {
      this.failure = error;
      this.stop();
    };
  }

  /** Sends all requests, each when the one before is done and its interval over. */
  async run(onOutcome: (outcome: PingOutcome) => void): Promise<void> {
    const { count, intervalMs } = this.options;
    for (this.sequence = 1; this.sequence <= count && !this.isStopped; this.sequence++) {
      const startMs = performance.now();
      const outcome = await this.ping();
      if (this.failure !== undefined) throw this.failure;
      if (outcome !== undefined) onOutcome(outcome);
      const restMs = intervalMs - (performance.now() - startMs);
      if (this.sequence < count && restMs > 0 && !this.isStopped) await this.wait(restMs);
    }
  }

  /** Ends `run` early. */
  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  /** One request and what became of it; undefined when stopped before that was clear. */
  private async ping(): Promise<PingOutcome | undefined> {
    const { link, sequence } = this;
    const { host, timeoutMs } = this.options;
    const nextHop = link.nextHop(host);
    if (nextHop === null) {
      const reason = "not on the link, and there is no --gateway";
      return { kind: "unreachable", sequence, reason };
    }
    if (!(await link.resolve(nextHop))) {
      const reason = `${nextHop.join(".")} does not answer ARP`;
      return { kind: "unreachable", sequence, reason };
    }
    if (this.isStopped) return undefined;
    this.sentAtMs = performance.now();
    if (!link.send(this.request(), nextHop)) {
      return { kind: "unreachable", sequence, reason: "the link has no room" };
    }
    const outcome = await this.wait(timeoutMs);
    if (outcome !== undefined) return outcome;
    return this.isStopped ? undefined : { kind: "silence", sequence };
  }

  /** Resolves when `wake` is called, with what that was told, or after the time. */
  private wait(timeMs: number): Promise<PingOutcome | undefined> {
    return new Promise((resolve) => {
      this.wake = (outcome) => {
        this.wake = () => {};
        clearTimeout(timer);
        resolve(outcome);
      };
      const timer = setTimeout(() => this.wake(), timeMs);
    });
  }

  private request(): Uint8Array {
    const { identifier, sequence, data } = this;
    const payload = emitIcmp({
      type: IcmpType.EchoRequest, code: 0, identifier, sequence: sequence & 0xffff, data,
    });
    return emitIpv4({
      source: this.link.address,
      destination: this.options.host,
      protocol: Protocol.Icmp,
      timeToLive: TIME_TO_LIVE,
      identification: sequence & 0xffff,
      payload,
    });
  }

  private receive(octets: Uint8Array): void {
    const packet = parseIpv4(octets);
    if (packet === null || packet.protocol !== Protocol.Icmp) return;
    if (!isEqual(packet.destination, this.link.address)) return;
    const message = parseIcmp(packet.payload);
    if (message === null) return;
    const from = packet.source.join(".");
    if (message.type === IcmpType.EchoReply) {
      this.receiveReply(message, from, packet.timeToLive);
    } else if (this.isAboutUs(message)) {
      const { type, code } = message;
      this.wake({ kind: "error", sequence: this.sequence, from, type, code });
    }
  }

  private receiveReply(message: IcmpMessage, from: string, ttl: number): void {
    const { identifier, sequence, data } = message;
    if (identifier !== this.identifier || sequence !== (this.sequence & 0xffff)) return;
    if (!isEqual(data, this.data)) {
      this.wake({ kind: "damaged", sequence: this.sequence, from });
      return;
    }
    const rttMs = performance.now() - this.sentAtMs;
    const octets = data.length + 8;
    this.wake({ kind: "reply", sequence: this.sequence, rttMs, from, ttl, octets });
  }

  /** An error quotes the packet that it is about: header and 8 octets of what follows. */
  private isAboutUs({ type, data }: IcmpMessage): boolean {
    if (type !== IcmpType.Unreachable && type !== IcmpType.TimeExceeded) return false;
    const headerLen = ((data[0] ?? 0) & 15) * 4;
    const echo = data.subarray(headerLen, headerLen + 8);
    if (data[9] !== Protocol.Icmp || echo.length < 8) return false;
    return ((echo[4]! << 8) | echo[5]!) === this.identifier;
  }
}
