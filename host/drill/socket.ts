/**
 * A socket of a script over the stack: what is asked for before there is a handle waits for it,
 * octets written and read are known by their place in the stream.
 */
import type { OptionName, TcpOptions } from "../names.js";
import type { Stack } from "../stack.js";
import type { ConnectionStatus } from "../status.js";

export class DrillSocket {
  /** 0 while neither listening nor connecting. */
  handle = 0;
  isListener = false;
  isNonBlocking = false;
  isReadShut = false;
  isWriteShut = false;
  /** `bind` was called: with port 0, any. */
  boundPort: number | undefined;
  /** SO_LINGER: seconds, or undefined while it is off. */
  lingerSeconds: number | undefined;
  /** `connect` has told its result. */
  isConnectTold = false;
  /** The error that ended the connection has been told. */
  isErrorTold = false;
  /** Everything written so far, to know it again in segments. */
  readonly written: number[] = [];
  /** The script's number of the next octet to be read; undefined before the first. */
  readSeq: number | undefined;
  /** TCP_CORK, or MSG_MORE: what does not fill a segment waits here. */
  isCorked = false;
  private readonly held: number[] = [];
  private readonly backlog: number[] = [];
  private ending: "shutdown" | "close" | undefined;
  /** What setsockopt was told and the stack has no use for, to be told again. */
  readonly remembered = new Map<string, number>();
  private readonly waiting: TcpOptions = {};

  /** `remoteOffset`: what the remote side's numbers have on the wire more than in the script. */
  constructor(
    readonly stack: Stack, defaults: TcpOptions, private readonly remoteOffset: number,
  ) {
    Object.assign(this.waiting, defaults);
  }

  /** The socket is this handle's from now on. */
  take(handle: number, isListener: boolean): void {
    this.handle = handle;
    this.isListener = isListener;
    for (const [name, value] of Object.entries(this.waiting)) {
      this.stack.setOption(handle, name as OptionName, value);
    }
  }

  /** An accepted connection: the listener's settings are the stack's to hand down. */
  adopt(handle: number, listener: DrillSocket): void {
    this.handle = handle;
    this.isConnectTold = true;
    this.lingerSeconds = listener.lingerSeconds;
    Object.assign(this.waiting, listener.waiting);
    for (const [name, value] of listener.remembered) this.remembered.set(name, value);
  }

  /** Sets it now, or as soon as there is a handle. Throws StackError (EINVAL). */
  setOption(name: OptionName, value: number): void {
    this.waiting[name] = value;
    if (this.handle !== 0) this.stack.setOption(this.handle, name, value);
  }

  getOption(name: OptionName): number | undefined {
    if (this.handle !== 0) return this.stack.getOption(this.handle, name);
    const value = this.waiting[name];
    return value === undefined ? undefined : Number(value);
  }

  /** Queues octets, as `Stack.write`; `more`: what does not fill a segment is to wait. */
  write(octets: Uint8Array, urgent: boolean, more: boolean): number {
    if (this.backlog.length > 0) return 0;
    const segmentSize = this.status?.segmentSize ?? 0;
    if ((more || this.isCorked) && segmentSize > 0) {
      this.held.push(...octets);
      const full = this.held.length - (this.held.length % segmentSize);
      this.absorb(this.held.splice(0, full));
      return octets.length;
    }
    this.flush();
    return this.backlog.length > 0 ? 0 : this.put(octets, urgent);
  }

  cork(isOn: boolean): void {
    this.isCorked = isOn;
    if (!isOn) this.flush();
  }

  /** What has been held back leaves. */
  flush(): void {
    this.absorb(this.held.splice(0));
  }

  /** Takes octets that the ring has no room for: the buffer of a system's socket is larger. */
  absorb(octets: Iterable<number>): void {
    this.backlog.push(...octets);
    this.feed();
  }

  /** FIN or the end of the handle, when all that was taken is in the ring. */
  finish(how: "shutdown" | "close"): void {
    if (!this.isListener && this.status!.state !== "CLOSED") this.flush();
    this.ending = how;
    this.feed();
  }

  /** Goes on with what was taken, as far as there is room: called whenever there may be some. */
  feed(): void {
    while (this.backlog.length > 0) {
      if ((this.status?.state ?? "CLOSED") === "CLOSED") this.backlog.length = 0;
      else if (this.backlog.splice(0, this.put(Uint8Array.from(this.backlog))).length === 0) return;
    }
    if (this.ending === "shutdown") this.stack.shutdown(this.handle);
    if (this.ending === "close") {
      this.stack.close(this.handle);
      this.handle = 0;
    }
    this.ending = undefined;
  }

  private put(octets: Uint8Array, urgent = false): number {
    const count = this.stack.write(this.handle, octets, { urgent });
    for (const octet of octets.subarray(0, count)) this.written.push(octet);
    return count;
  }

  /** Octets taken that are not in the ring. */
  get outside(): number {
    return this.held.length + this.backlog.length;
  }

  /** The script's number of the next octet to be read. */
  nextSeq({ receiveNext, receiveQueue, flags }: ConnectionStatus): number {
    const finLen = flags.includes("peerFinished") ? 1 : 0;
    this.readSeq ??= (receiveNext - finLen - receiveQueue - this.remoteOffset) >>> 0;
    return this.readSeq;
  }

  /** Of a connection, or of a listener; undefined when it is neither. */
  get status(): ConnectionStatus | undefined {
    return this.handle === 0 ? undefined : this.stack.status(this.handle);
  }
}

/** The octet with this number in the script: both directions are filled with these. */
export function patternAt(place: number): number {
  return (Math.imul(place, 2654435761) >>> 24) & 255;
}

export function patternOctets(place: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => patternAt(place + index));
}
