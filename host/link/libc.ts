/**
 * The few calls of the C library that a TUN/TAP device needs and Node does not have, by the npm
 * package `koffi` (optional, loaded when a device is opened). Linux only.
 *
 * Measured (2 cores, frames of 1472 octets, docs/decisions/tap-from-node.md): koffi's `read` and
 * `write` with its libuv poll handle take 540,000 frames a second from the kernel, answer a ping
 * in 0.03 ms under load, use no CPU when idle, and let the process exit. A blocking read in a
 * worker or a thread does not; `fs.readSync` throws an exception at the end of each batch.
 */

/** Linux errno values, the same on all its architectures that Node runs on (but MIPS). */
export const enum Errno {
  EPERM = 1,
  EINTR = 4,
  EIO = 5,
  EAGAIN = 11,
  EBUSY = 16,
  EINVAL = 22,
  EBADFD = 77,
  ENOBUFS = 105,
}

/** Calls back when a file descriptor is ready, until closed. Keeps the process alive. */
export interface Watch {
  /** From now on: ready to read only, or to read or to write. */
  start(events: { readable: boolean; writable: boolean }, onReady: () => void): void;
  close(): void;
}

export interface Libc {
  /** All return -1 on failure, `errno` says why. */
  ioctl(fd: number, request: number, argument: Uint8Array | number): number;
  read(fd: number, buffer: Uint8Array, length: number): number;
  write(fd: number, octets: Uint8Array, length: number): number;
  errno(): number;
  watch(fd: number, onReady: () => void): Watch;
}

let loaded: Libc | undefined;

/** Loads koffi and binds the calls, once. Rejects with what to do about it. */
export async function loadLibc(): Promise<Libc> {
  if (loaded) return loaded;
  if (process.platform !== "linux") {
    throw new Error(
      `TUN and TAP devices exist on Linux only, not on ${process.platform}; ` +
        "use stream:PATH or serial:PATH here",
    );
  }
  const { default: koffi } = await importKoffi();
  const library = koffi.load(null);
  const ioctl = library.func("int ioctl(int fd, unsigned long request, ...)");
  loaded = {
    ioctl: (fd, request, argument) => {
      const type = typeof argument === "number" ? "unsigned long" : "uint8_t *";
      return ioctl(fd, request, type, argument) as number;
    },
    read: library.func("long read(int fd, _Out_ uint8_t *buffer, size_t length)"),
    write: library.func("long write(int fd, const uint8_t *octets, size_t length)"),
    errno: () => koffi.errno(),
    watch: (fd, onReady) => koffi.node.poll(fd, { readable: true }, onReady),
  };
  return loaded;
}

async function importKoffi(): Promise<typeof import("koffi")> {
  try {
    return await import("koffi");
  } catch (error) {
    throw new Error(
      "TUN and TAP links need the npm package koffi, an optional dependency that is not " +
        "installed here (or has no binary for this system): npm install koffi",
      { cause: error },
    );
  }
}
