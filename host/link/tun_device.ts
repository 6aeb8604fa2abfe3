/**
 * Attaching to a TUN or TAP interface: /dev/net/tun and its ioctls (linux/if_tun.h), and in words
 * why it may fail.
 */
import { closeSync, constants, existsSync, openSync } from "node:fs";
import { Errno, type Libc } from "./libc.js";

const DEVICE = "/dev/net/tun";
/** ioctl numbers and flags (x86, ARM, RISC-V). */
const TUNSETIFF = 0x400454ca;
const TUNSETOFFLOAD = 0x400454d0;
const TUNSETVNETLE = 0x400454dc;
const IFF_TUN = 0x0001;
const IFF_TAP = 0x0002;
/** Frames come bare, without four octets of flags and protocol in front. */
const IFF_NO_PI = 0x1000;
/** Frames have a header of virtio's in front: `virtio_net.ts`. */
const IFF_VNET_HDR = 0x4000;
/** What is taken unfinished: checksums, and segments of TCP over IPv4. */
const TUN_F_CSUM = 0x01;
const TUN_F_TSO4 = 0x02;
/** struct ifreq: the name, then a union. */
const IFREQ_OCTETS = 40;
const IFREQ_UNION_AT = 16;
const LITTLE_ENDIAN = Uint8Array.of(1, 0, 0, 0);

export interface TunInterface {
  mode: "tap" | "tun";
  interface: string;
  /** For messages. */
  name: string;
}

export interface TunDevice {
  fd: number;
  /** Frames have headers, both ways. */
  hasHeaders: boolean;
  /** `setOffload` will do something. */
  canOffload: boolean;
}

/** Opens the device and attaches to the interface, without offload. Throws what to do about it. */
export function openTun(libc: Libc, which: TunInterface): TunDevice {
  const fd = openDevice(which.name);
  try {
    return attach(libc, fd, which);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Whether the kernel may hand over frames unfinished. False: it cannot. */
export function setOffload(libc: Libc, fd: number, isOn: boolean): boolean {
  return libc.ioctl(fd, TUNSETOFFLOAD, isOn ? TUN_F_CSUM | TUN_F_TSO4 : 0) >= 0;
}

function openDevice(name: string): number {
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
    throw new Error(`${name}: ${reason}`, { cause: error });
  }
}

function attach(libc: Libc, fd: number, which: TunInterface): TunDevice {
  const flags = (which.mode === "tap" ? IFF_TAP : IFF_TUN) | IFF_NO_PI;
  const hasHeaders = setInterface(libc, fd, which, flags | IFF_VNET_HDR);
  if (!hasHeaders && !setInterface(libc, fd, which, flags)) {
    throw new Error(`${which.name}: ${explain(libc.errno(), which)}`);
  }
  const isKnown = hasHeaders && libc.ioctl(fd, TUNSETVNETLE, LITTLE_ENDIAN) >= 0;
  const canOffload = isKnown && setOffload(libc, fd, true);
  // Off, too, because an interface that outlives its programs keeps what the last one asked for.
  setOffload(libc, fd, false);
  return { fd, hasHeaders, canOffload };
}

function setInterface(libc: Libc, fd: number, which: TunInterface, flags: number): boolean {
  const request = new Uint8Array(IFREQ_OCTETS);
  request.set(new TextEncoder().encode(which.interface));
  new Uint16Array(request.buffer, IFREQ_UNION_AT, 1)[0] = flags;
  return libc.ioctl(fd, TUNSETIFF, request) >= 0;
}

function explain(errno: number, which: TunInterface): string {
  const { mode, interface: device } = which;
  const exists = existsSync(`/sys/class/net/${device}`);
  const create = `as root: ip tuntap add dev ${device} mode ${mode} user YOU`;
  if (errno === Errno.EPERM && exists) {
    return `the interface ${device} is not yours; run as root, or make it yours, ${create}`;
  }
  if (errno === Errno.EPERM) {
    return (
      `there is no interface ${device}, and only root may create one; run as root, or ` +
      `create it first, ${create}`
    );
  }
  if (errno === Errno.EBUSY) return `another program uses the interface ${device}`;
  if (errno === Errno.EINVAL && exists) {
    return `the interface ${device} exists, but is no ${mode} interface`;
  }
  return `the kernel refuses the interface ${device} (errno ${errno})`;
}
