/**
 * A TUN or TAP interface of Linux as a link: what both have in common (see Linux,
 * Documentation/networking/tuntap.rst). The kernel's network stack is at the other end.
 *
 * `open` attaches to the interface, which the kernel creates if it does not exist and we are root
 * (it then vanishes with us). Nothing else is set up: see `TUNTAP_HELP`.
 *
 * The device is read when libuv says that it is readable, without blocking, in batches; written at
 * once, without blocking. What is sent while the interface is down is lost and counted, as by a
 * network card without a cable.
 *
 * Where the kernel can, frames have a header of virtio's, so that both sides may leave checksums
 * and cutting to each other (docs/decisions/tap-offload.md): from `startOffload` on, they do.
 */
import { closeSync, readFileSync } from "node:fs";
import { Errno, loadLibc, type Libc, type Watch } from "./libc.js";
import { ETHERNET_HEADER_OCTETS, LinkCallbacks, type Link } from "./link.js";
import { openTun, setOffload } from "./tun_device.js";
import { LengthViews } from "./views.js";
import { VNET_HEADER_OCTETS, readVnetHeader, writeVnetHeader } from "./virtio_net.js";

/** What the user has to do about the interface, for help texts. */
export const TUNTAP_HELP = `\
A TAP or TUN interface of Linux. As root it is created when it does not exist; its address and
state are yours to set, once motetcp runs (or before, with the first line):
  ip tuntap add dev mote0 mode tap user "$USER"     (then motetcp needs no root; tun: mode tun)
  ip addr add 10.0.0.1/24 dev mote0
  ip link set mote0 up
`;

const NAME_LEN_MAX = 15;
/** What the kernel gives an interface that it creates. */
const MTU_NEW_INTERFACE = 1500;
/** Frames read before `onBatchEnd`, and before other events get their turn. */
const BATCH_FRAMES = 64;
/** Larger than any frame of an interface whose MTU somebody raised. */
const MOST_OCTETS = 65535 + ETHERNET_HEADER_OCTETS;

export interface TunTapOptions {
  /** The name of the interface, 1 to 15 characters. */
  interface: string;
  /** Octets of the largest IP packet; the interface's MTU by default. */
  mtu?: number;
}

export class TunTapLink extends LinkCallbacks implements Link {
  readonly kind: "ethernet" | "ip";
  readonly name: string;
  readonly mtu: number;
  /** Frames sent while the interface was down, or refused by the kernel. */
  lostCount = 0;
  canOffload = false;
  readonly mode: "tap" | "tun";
  /** The name of the interface. */
  readonly interface: string;
  private libc!: Libc;
  private fd = -1;
  private watch: Watch | undefined;
  private isDrainScheduled = false;
  private isBlocked = false;
  private readonly ipAt: number;
  /** Octets in front of each frame. */
  private headerLen = 0;
  /** What has been read, and what is to be written: a header, if there are any, and a frame. */
  private input = new LengthViews(MOST_OCTETS);
  private output = new Uint8Array(0);
  private readonly onReady = (): void => this.schedule();

  constructor(mode: "tap" | "tun", options: TunTapOptions) {
    super();
    this.mode = mode;
    this.kind = mode === "tap" ? "ethernet" : "ip";
    this.ipAt = mode === "tap" ? ETHERNET_HEADER_OCTETS : 0;
    this.interface = options.interface;
    this.name = `${mode}:${options.interface}`;
    checkInterfaceName(this.name, options.interface);
    this.mtu = options.mtu ?? mtuOf(options.interface) ?? MTU_NEW_INTERFACE;
  }

  async open(): Promise<void> {
    this.libc = await loadLibc();
    const { fd, hasHeaders, canOffload } = openTun(this.libc, this);
    this.fd = fd;
    this.canOffload = canOffload;
    if (hasHeaders) this.useHeaders();
    this.watch = this.libc.watch(this.fd, this.onReady);
  }

  async close(): Promise<void> {
    if (this.fd < 0) return;
    this.watch?.close();
    this.watch = undefined;
    setOffload(this.libc, this.fd, false);
    closeSync(this.fd);
    this.fd = -1;
  }

  startOffload(): void {
    setOffload(this.libc, this.fd, true);
  }

  send(frame: Uint8Array, flags = 0, segmentSize = 0): boolean {
    if (this.fd < 0 || this.isBlocked) return false;
    if (this.write(frame, flags, segmentSize) >= 0) return true;
    const errno = this.libc.errno();
    if (errno === Errno.EAGAIN || errno === Errno.ENOBUFS) {
      this.isBlocked = true;
      this.watch?.start({ readable: true, writable: true }, this.onReady);
      return false;
    }
    // The interface is down (EIO), or the kernel dislikes this one frame (EINVAL): it is lost. If
    // the interface is gone, reading says so.
    this.lostCount++;
    return true;
  }

  private useHeaders(): void {
    this.headerLen = VNET_HEADER_OCTETS;
    this.input = new LengthViews(MOST_OCTETS, VNET_HEADER_OCTETS);
    this.output = new Uint8Array(VNET_HEADER_OCTETS + MOST_OCTETS);
  }

  private write(frame: Uint8Array, flags: number, segmentSize: number): number {
    const { headerLen, output } = this;
    if (headerLen === 0) return this.libc.write(this.fd, frame, frame.length);
    writeVnetHeader(output, frame, this.ipAt, flags, segmentSize);
    output.set(frame, headerLen);
    return this.libc.write(this.fd, output, headerLen + frame.length);
  }

  /**
   * libuv's poll callback runs outside of Node's bookkeeping (no microtasks after it, exceptions
   * are lost): the work is done in an immediate, later in the same turn of the event loop.
   */
  private schedule(): void {
    if (this.isDrainScheduled) return;
    this.isDrainScheduled = true;
    setImmediate(() => {
      this.isDrainScheduled = false;
      if (this.fd >= 0) this.drain();
    });
  }

  /** Reads what is there. If it is more than a batch, the device stays readable and we return. */
  private drain(): void {
    let count = 0;
    let length = 0;
    const { input, headerLen } = this;
    const { buffer } = input;
    for (; count < BATCH_FRAMES; count++) {
      length = this.libc.read(this.fd, buffer, buffer.length);
      if (length <= headerLen) break;
      const flags = headerLen === 0 ? 0 : readVnetHeader(buffer);
      this.onFrame(input.of(length - headerLen), flags);
      if (this.fd < 0) return; // closed from within
    }
    const errno = length < 0 ? this.libc.errno() : 0;
    if (count > 0) this.onBatchEnd();
    if (errno !== 0 && errno !== Errno.EAGAIN && errno !== Errno.EINTR) this.fail(errno);
    else if (this.isBlocked) this.unblock();
  }

  /** Ready for something; if it was not for writing, `send` will say false again. */
  private unblock(): void {
    if (this.fd < 0) return;
    this.isBlocked = false;
    this.watch?.start({ readable: true, writable: false }, this.onReady);
    this.onDrain();
  }

  private fail(errno: number): void {
    if (this.fd < 0) return;
    void this.close();
    const reason =
      errno === Errno.EBADFD
        ? `the interface ${this.interface} was removed`
        : `reading from ${this.interface} failed (errno ${errno})`;
    this.onError(new Error(`${this.name}: ${reason}`));
  }
}

/** The MTU of an interface that exists. */
function mtuOf(name: string): number | undefined {
  try {
    return Number(readFileSync(`/sys/class/net/${name}/mtu`, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function checkInterfaceName(link: string, name: string): void {
  if (name.length > 0 && name.length <= NAME_LEN_MAX && /^[\x21-\x7e]+$/.test(name)) {
    if (!/[/%:]/.test(name) && name !== "." && name !== "..") return;
  }
  throw new RangeError(
    `${link}: "${name}" cannot be the name of an interface; it has 1 to ${NAME_LEN_MAX} ` +
      "characters, none of them a blank, / : or %",
  );
}
