/**
 * Records any link to a pcapng file, for `tshark`, `tcpdump` and Wireshark: frames with time and
 * direction, as the stack sees them. Wrapped around `withFaults` it shows what remains behind the
 * faults, inside of it what is on the line. Of a serial line it records the IP packets in the SLIP.
 * With offload frames are what they are between us and the kernel, as when tcpdump looks on: as
 * large as 64 KiB, and with partial checksums.
 *
 * Frames collect in memory and go out when 64 KiB are full, every second, on `close`, and when the
 * process exits (but a signal that kills it at once loses the last second). Writing to a path is
 * synchronous: it may be a FIFO for a live Wireshark.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import { LinkCallbacks, type Link, type LinkType } from "./link.js";
import {
  Direction,
  LINKTYPE_ETHERNET,
  LINKTYPE_RAW,
  packetBlockLen,
  pcapngHeader,
  writePacket,
} from "./pcapng.js";
import { SlipDecoder } from "./slip.js";

const BUFFER_OCTETS = 64 * 1024;
const FLUSH_EVERY_MS = 1000;

export interface CaptureOptions {
  /** Microseconds since 1970 for the next frame; the wall clock by default. */
  now?: () => number;
}

/**
 * The same link, recorded to a file (path; an existing one is overwritten) or to a Writable, which
 * is ended on `close`. `open` rejects if the file cannot be created.
 */
export function withCapture(
  link: Link,
  target: string | Writable,
  options: CaptureOptions = {},
): CapturedLink {
  return new CapturedLink(link, target, options.now ?? wallClockUs);
}

function wallClockUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

export class CapturedLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  /**
   * The capture could not be written (disk full, reader gone) and has ended; the link goes on. A
   * warning of the process by default.
   */
  onCaptureError: (error: Error) => void = (error) => process.emitWarning(error);
  private capture: Capture | undefined;
  private readonly sentSlip = new SlipDecoder();
  private readonly receivedSlip = new SlipDecoder();

  constructor(
    private readonly link: Link,
    private readonly target: string | Writable,
    private readonly nowUs: () => number,
  ) {
    super();
    this.kind = link.kind;
    this.name = link.name;
  }

  get mtu(): number {
    return this.link.mtu;
  }

  async open(): Promise<void> {
    const link = this.link;
    const linkType = this.kind === "ethernet" ? LINKTYPE_ETHERNET : LINKTYPE_RAW;
    const header = pcapngHeader(linkType, this.name, 0);
    this.capture = new Capture(this.target, header, (error) => this.onCaptureError(error));
    link.onFrame = (frame, flags) => {
      this.record(frame, Direction.Inbound, this.receivedSlip);
      this.onFrame(frame, flags);
    };
    link.onBatchEnd = () => this.onBatchEnd();
    link.onDrain = () => this.onDrain();
    link.onError = (error) => this.onError(error);
    try {
      await link.open();
    } catch (error) {
      await this.capture.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.link.close();
    await this.capture?.close();
  }

  get canOffload(): boolean {
    return this.link.canOffload === true;
  }

  startOffload(): void {
    this.link.startOffload!();
  }

  hasRoom(): boolean {
    return this.link.hasRoom?.() ?? true;
  }

  send(frame: Uint8Array, flags = 0, segmentSize = 0): boolean {
    if (!this.link.send(frame, flags, segmentSize)) return false;
    this.record(frame, Direction.Outbound, this.sentSlip);
    return true;
  }

  /** Writes out what was recorded so far. */
  flush(): void {
    this.capture?.flush();
  }

  private record(frame: Uint8Array, direction: Direction, slip: SlipDecoder): void {
    const timeUs = this.nowUs();
    if (this.kind !== "serial") return this.capture?.add(frame, timeUs, direction);
    slip.push(frame, (packet) => this.capture?.add(packet, timeUs, direction));
  }
}

/** The blocks of a file under way: buffers them, and writes them to a path or a Writable. */
class Capture {
  private buffer = new Uint8Array(BUFFER_OCTETS);
  private view = new DataView(this.buffer.buffer);
  private len = 0;
  private readonly file: number | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly onExit = (): void => this.flush();
  private isClosed = false;

  constructor(
    private readonly target: string | Writable,
    header: Uint8Array,
    private readonly onError: (error: Error) => void,
  ) {
    if (typeof target === "string") this.file = openForWriting(target);
    else target.on("error", (error) => this.fail(error));
    this.buffer.set(header);
    this.len = header.length;
    process.on("exit", this.onExit);
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
    this.flush();
  }

  add(packet: Uint8Array, timeUs: number, direction: Direction): void {
    if (this.isClosed) return;
    const needed = packetBlockLen(packet.length);
    if (this.len + needed > this.buffer.length) this.flush();
    if (needed > this.buffer.length) {
      this.buffer = new Uint8Array(needed);
      this.view = new DataView(this.buffer.buffer);
    }
    this.len += writePacket(this.view, this.len, packet, timeUs, direction);
  }

  flush(): void {
    if (this.isClosed || this.len === 0) return;
    const octets = this.buffer.subarray(0, this.len);
    this.len = 0;
    if (typeof this.target !== "string") {
      // A Writable keeps what it is given until it is written.
      this.target.write(octets.slice());
      return;
    }
    try {
      for (let at = 0; at < octets.length; ) at += writeSync(this.file!, octets, at);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.flush();
    this.stop();
    if (typeof this.target === "string") return;
    const target = this.target;
    if (target.destroyed) return;
    await new Promise<void>((done) => {
      target.once("close", done);
      target.end(done);
    });
  }

  private fail(error: Error): void {
    if (this.isClosed) return;
    this.stop();
    const name = typeof this.target === "string" ? this.target : "its stream";
    this.onError(new Error(`the capture to ${name} stopped: ${error.message}`, { cause: error }));
  }

  private stop(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    process.off("exit", this.onExit);
    if (this.file !== undefined) closeSync(this.file);
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT" ? "its folder does not exist"
      : code === "EACCES" ? "no permission to write there"
      : code === "EISDIR" ? "it is a folder; give the name of a file"
      : message;
    throw new Error(`cannot write the capture ${path}: ${reason}`, { cause: error });
  }
}
