/**
 * A serial line, by the npm package `serialport` (optional, loaded when a line is opened): eight
 * data bits, no parity, one stop bit, no flow control. What passes is octets; the stack makes and
 * reads the SLIP in them.
 *
 * SLIP has no MTU of its own (RFC 1055 names 1006 as the first implementations' limit); here it is
 * 1500 by default, so that TCP over a serial line has the segments of an Ethernet. Slow lines want
 * less: a packet of 1500 octets takes 1.6 seconds at 9600 baud, and nothing overtakes it.
 */
import type { SerialPort } from "serialport";
import { LinkCallbacks, type Link } from "./link.js";
import { OctetWriter } from "./octet_writer.js";
import { noticeHangup } from "./serial_hangup.js";
import { waitForBoth } from "./serial_poller.js";

export const BAUD_DEFAULT = 115_200;
/** What may wait to be written: a tenth of a second's worth, but at least some packets. */
const SEND_LIMIT_SECONDS = 0.1;
const SEND_LIMIT_OCTETS_MIN = 4096;
const BITS_PER_OCTET = 10;
/** How long `close` tries to get rid of what waits. */
const CLOSE_TIMEOUT_MS = 1000;

export interface SerialLinkOptions {
  /** The device, such as /dev/ttyUSB0, COM3, or one end of a pty. */
  path: string;
  /** Bits per second; 115200 by default. */
  baud?: number;
  /** Octets of the largest IP packet; 1500 by default. Both ends must agree. */
  mtu?: number;
}

export class SerialLink extends LinkCallbacks implements Link {
  readonly kind = "serial";
  readonly name: string;
  readonly mtu: number;
  private readonly path: string;
  private readonly baud: number;
  private port: SerialPort | undefined;
  private writer: OctetWriter | undefined;

  constructor(options: SerialLinkOptions) {
    super();
    this.path = options.path;
    this.baud = options.baud ?? BAUD_DEFAULT;
    this.mtu = options.mtu ?? 1500;
    this.name = `serial:${this.path}@${this.baud}`;
  }

  async open(): Promise<void> {
    const { SerialPort } = await loadSerialPort();
    const port = new SerialPort({ path: this.path, baudRate: this.baud, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(this.explain(error)) : resolve()));
    });
    noticeHangup(port.port);
    waitForBoth(port.port);
    const limitLen = Math.max(
      SEND_LIMIT_OCTETS_MIN,
      (this.baud / BITS_PER_OCTET) * SEND_LIMIT_SECONDS,
    );
    this.port = port;
    this.writer = new OctetWriter(
      (piece, done) => port.write(piece, done),
      limitLen,
      () => this.onDrain(),
    );
    port.on("data", (octets: Buffer) => {
      if (this.port !== port) return;
      this.onFrame(octets);
      this.onBatchEnd();
    });
    port.on("error", (error) => this.fail(error));
    port.on("close", (error: Error | null) => {
      this.fail(error ?? new Error("the device was closed"));
    });
  }

  async close(): Promise<void> {
    const { port, writer } = this;
    if (!port) return;
    this.port = undefined;
    this.writer = undefined;
    await writer?.finish(CLOSE_TIMEOUT_MS);
    writer?.close();
    if (port.isOpen) await new Promise<void>((done) => port.close(() => done()));
  }

  send(octets: Uint8Array): boolean {
    if (!this.writer?.hasRoom()) return false;
    this.writer.append(octets);
    return true;
  }

  /** The line broke: unplugged, or hung up by its other end. */
  private fail(error: Error): void {
    const port = this.port;
    if (!port) return;
    this.port = undefined;
    this.writer?.close();
    this.writer = undefined;
    if (port.isOpen) port.close(() => {});
    const isGone = /bad file descriptor|EIO|ENXIO/i.test(error.message);
    const reason = isGone ? "the other end hung up, or the device was unplugged" : error.message;
    this.onError(new Error(`${this.name}: the line broke: ${reason}`, { cause: error }));
  }

  private explain(error: Error): Error {
    const hints: [RegExp, string][] = [
      [/No such file|File not found/, `${this.path} does not exist; is the device plugged in?`],
      [
        /Permission denied|Access denied/,
        `no permission for ${this.path}; on Linux: sudo usermod -aG dialout $USER, and log in ` +
          "again",
      ],
      [/lock/, `another program uses ${this.path}`],
      [/Inappropriate ioctl|Not a tty/i, `${this.path} is not a serial device`],
      [/baud/i, `the device does not support ${this.baud} baud`],
    ];
    const hint = hints.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message;
    return new Error(`${this.name}: ${hint}`, { cause: error });
  }
}

async function loadSerialPort(): Promise<typeof import("serialport")> {
  try {
    return await import("serialport");
  } catch (error) {
    throw new Error(
      "serial links need the npm package serialport, an optional dependency that is not " +
        "installed here (or has no binary for this system): npm install serialport",
      { cause: error },
    );
  }
}
