/**
 * A repair of `serialport` on Unix, needed as of @serialport/bindings-cpp 13.0.0 (its issue 162):
 * reading a line whose other end hung up gives 0 octets, which it takes for "try again", for ever
 * and with all of a CPU. Here the end of the line is an error, as it is when writing.
 */
import { read } from "node:fs";

/** What an open port of the bindings has on Unix, as far as it is needed here. */
interface UnixPort {
  fd: number | null;
  readonly poller: { once(event: "readable", callback: (error: Error | null) => void): unknown };
  read(buffer: Buffer, offset: number, length: number): Promise<ReadResult>;
}

interface ReadResult {
  buffer: Buffer;
  bytesRead: number;
}

/** Gives an open port of the bindings a `read` that notices the end. Others are left alone. */
export function noticeHangup(port: unknown): void {
  if (!isUnixPort(port)) return;
  port.read = async (buffer, offset, length) => {
    for (;;) {
      const bytesRead = await readOnce(port, buffer, offset, length);
      if (bytesRead > 0) return { buffer, bytesRead };
      if (bytesRead === 0) throw new Error("the other end hung up");
      await new Promise<void>((resolve, reject) => {
        port.poller.once("readable", (error) => (error ? reject(error) : resolve()));
      });
    }
  };
}

function isUnixPort(port: unknown): port is UnixPort {
  const { fd, poller } = (port ?? {}) as Partial<UnixPort>;
  return typeof fd === "number" && typeof poller?.once === "function";
}

/** The octets read; 0: the end; -1: there are none now. */
function readOnce(port: UnixPort, buffer: Buffer, offset: number, length: number): Promise<number> {
  return new Promise((resolve, reject) => {
    // The bindings mark an end that was asked for so; the stream above them is silent then.
    const isOurs = (): boolean => port.fd === null;
    const closed = Object.assign(new Error("the port was closed"), { canceled: true });
    if (isOurs()) return reject(closed);
    read(port.fd!, buffer, offset, length, null, (error, bytesRead) => {
      if (isOurs()) reject(closed);
      else if (error === null) resolve(bytesRead);
      else if (error.code === "EAGAIN" || error.code === "EINTR") resolve(-1);
      else reject(error);
    });
  });
}
