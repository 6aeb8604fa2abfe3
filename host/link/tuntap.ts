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
 */
import { closeSync, constants, existsSync, openSync, readFileSync } from "node:fs";
import { Errno, loadLibc, type Libc, type Watch } from "./libc.js";
import { LinkCallbacks, type Link } from "./link.js";
import { LengthViews } from "./views.js";

/** What the user has to do about the interface, for help texts. */
export const TUNTAP_HELP = `\
A TAP or TUN interface of Linux. As root it is created when it does not exist; its address and
state are yours to set, once motetcp runs (or before, with the first line):
  ip tuntap add dev mote0 mode tap user "$USER"     (then motetcp needs no root; tun: mode tun)
  ip addr add 10.0.0.1/24 dev mote0
  ip link set mote0 up
`;

const DEVICE = "/dev/net/tun";
/** ioctl number and flags of linux/if_tun.h (x86, ARM, RISC-V). */
const TUNSETIFF = 0x400454ca;
const IFF_TUN = 0x0001;
const IFF_TAP = 0x0002;
/** Frames come bare, without four octets of flags and protocol in front. */
const IFF_NO_PI = 0x1000;
/** struct ifreq: the name, then a union. */
const IFREQ_OCTETS = 40;
const IFREQ_UNION_AT = 16;
const NAME_LEN_MAX = 15;
/** What the kernel gives an interface that it creates. */
const MTU_NEW_INTERFACE = 1500;
/** Frames read before `onBatchEnd`, and before other events get their turn. */
const BATCH_FRAMES = 64;
/** Larger than any frame of an interface whose MTU somebody raised. */
const READ_OCTETS = 65535 + 14;

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
  private readonly mode: "tap" | "tun";
  private readonly interface: string;
  private libc!: Libc;
  private fd = -1;
  private watch: Watch | undefined;
  private isDrainScheduled = false;
  private isBlocked = false;
  private readonly frame = new LengthViews(READ_OCTETS);
  private readonly onReady = (): void => this.schedule();

  constructor(mode: "tap" | "tun", options: TunTapOptions) {
    super();
    this.mode = mode;
    this.kind = mode === "tap" ? "ethernet" : "ip";
    this.interface = options.interface;
    this.name = `${mode}:${options.interface}`;
    checkInterfaceName(this.name, options.interface);
    this.mtu = options.mtu ?? mtuOf(options.interface) ?? MTU_NEW_INTERFACE;
  }

  async open(): Promise<void> {
    this.libc = await loadLibc();
    const fd = this.openDevice();
    try {
      this.attach(fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.fd = fd;
    this.watch = this.libc.watch(fd, this.onReady);
  }

  async close(): Promise<void> {
    if (this.fd < 0) return;
    this.watch?.close();
    this.watch = undefined;
    closeSync(this.fd);
    this.fd = -1;
  }

  send(frame: Uint8Array): boolean {
    if (this.fd < 0 || this.isBlocked) return false;
    if (this.libc.write(this.fd, frame, frame.length) >= 0) return true;
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

  private openDevice(): number {
    try {
      return openSync(DEVICE, constants.O_RDWR | constants.O_NONBLOCK);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason =
        code === "ENOENT" || code === "ENODEV" || code === "ENXIO"
          ? `${DEVICE} does not exist; load the driver (sudo modprobe tun), or start the ` +
            `container with --device ${DEVICE}`
        : code === "EACCES" || code === "EPERM"
          ? `no permission for ${DEVICE}; run as root, or allow it to your user`
        : message;
      throw new Error(`${this.name}: ${reason}`, { cause: error });
    }
  }

  private attach(fd: number): void {
    const request = this.interfaceRequest();
    const flags = (this.mode === "tap" ? IFF_TAP : IFF_TUN) | IFF_NO_PI;
    new Uint16Array(request.buffer, IFREQ_UNION_AT, 1)[0] = flags;
    if (this.libc.ioctl(fd, TUNSETIFF, request) >= 0) return;
    throw new Error(`${this.name}: ${this.explain(this.libc.errno())}`);
  }

  private explain(errno: number): string {
    const exists = existsSync(`/sys/class/net/${this.interface}`);
    const create =
      `as root: ip tuntap add dev ${this.interface} mode ${this.mode} user YOU`;
    if (errno === Errno.EPERM && exists) {
      return (
        `the interface ${this.interface} is not yours; run as root, or make it yours, ${create}`
      );
    }
    if (errno === Errno.EPERM) {
      return (
        `there is no interface ${this.interface}, and only root may create one; run as root, or ` +
        `create it first, ${create}`
      );
    }
    if (errno === Errno.EBUSY) return `another program uses the interface ${this.interface}`;
    if (errno === Errno.EINVAL && exists) {
      return `the interface ${this.interface} exists, but is no ${this.mode} interface`;
    }
    return `the kernel refuses the interface ${this.interface} (errno ${errno})`;
  }

  private interfaceRequest(): Uint8Array {
    const request = new Uint8Array(IFREQ_OCTETS);
    request.set(new TextEncoder().encode(this.interface));
    return request;
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
    for (; count < BATCH_FRAMES; count++) {
      length = this.libc.read(this.fd, this.frame.buffer, READ_OCTETS);
      if (length <= 0) break;
      this.onFrame(this.frame.of(length));
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
