/**
 * Ethernet over a unix socket, in the framing of QEMU's `-netdev stream` and of passt: each frame
 * behind its length, four octets in network order. Needs no root and no device.
 *
 *   stream:PATH          connects to a socket that somebody listens on (passt, QEMU server=on)
 *   stream:listen:PATH   listens there, for one peer at a time (QEMU server=off)
 *
 * Listening, the link is like a network card without a cable while no peer is there: what is sent
 * is lost. Connected, the end of the peer is the end of the link.
 */
import { lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { ETHERNET_HEADER_OCTETS, LinkCallbacks, type Link } from "./link.js";
import { OctetWriter } from "./octet_writer.js";
import { LengthViews } from "./views.js";

/** Octets of the length in front of a frame. */
const PREFIX_OCTETS = 4;
/** No frame is longer: a length beyond it means that the peer speaks another framing. */
const FRAME_OCTETS_MAX = 65535 + ETHERNET_HEADER_OCTETS;
/** Octets waiting for the peer at which `send` says false. */
const SEND_LIMIT_OCTETS = 256 * 1024;
/** How long `close` waits for the peer. */
const CLOSE_TIMEOUT_MS = 1000;

export interface StreamLinkOptions {
  path: string;
  /** Listen instead of connecting; false by default. */
  listen?: boolean;
  /** Octets of the largest IP packet; 1500 by default. The socket itself has no limit. */
  mtu?: number;
}

export class StreamLink extends LinkCallbacks implements Link {
  readonly kind = "ethernet";
  readonly name: string;
  readonly mtu: number;
  private readonly path: string;
  private readonly listens: boolean;
  private server: Server | undefined;
  private peer: Peer | undefined;
  private isOpen = false;

  constructor(options: StreamLinkOptions) {
    super();
    this.path = options.path;
    this.listens = options.listen ?? false;
    this.mtu = options.mtu ?? 1500;
    this.name = `stream:${this.listens ? "listen:" : ""}${this.path}`;
  }

  async open(): Promise<void> {
    if (this.listens) this.server = await this.startListening();
    else this.attach(await this.connectToPeer());
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    const { server, peer } = this;
    this.server = undefined;
    this.peer = undefined;
    // At once: a peer that came meanwhile would be waited for without end.
    const stopped = new Promise<void>((done) => (server ? server.close(() => done()) : done()));
    await peer?.close();
    await stopped;
  }

  send(frame: Uint8Array): boolean {
    if (!this.isOpen) return false;
    return this.peer === undefined || this.peer.send(frame);
  }

  private connectToPeer(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.path);
      socket.once("connect", () => {
        socket.removeAllListeners("error");
        resolve(socket);
      });
      socket.once("error", (error) => reject(explain(this.name, this.path, error)));
    });
  }

  private async startListening(): Promise<Server> {
    const server = createServer((socket) => this.attach(socket));
    await removeStaleSocket(this.path);
    return new Promise((resolve, reject) => {
      server.once("error", (error) => reject(explain(this.name, this.path, error)));
      server.listen(this.path, () => {
        server.removeAllListeners("error");
        server.on("error", (error) => this.onError(error));
        resolve(server);
      });
    });
  }

  private attach(socket: Socket): void {
    if (this.peer !== undefined) {
      socket.destroy(); // one cable, one plug
      return;
    }
    const peer = new Peer(socket, this, (error) => this.detach(peer, error));
    this.peer = peer;
  }

  private detach(peer: Peer, error: Error | undefined): void {
    if (this.peer !== peer) return;
    this.peer = undefined;
    if (!this.isOpen) return;
    if (this.listens) {
      this.onDrain(); // whoever waited for the peer that went may go on
      return;
    }
    this.isOpen = false;
    this.onError(error ?? new Error(`${this.name}: the peer closed the socket`));
  }
}

/** One connected socket: frames in and out. */
class Peer {
  private readonly writer: OctetWriter;
  private readonly prefix = Buffer.alloc(PREFIX_OCTETS);
  private prefixLen = 0;
  private readonly frame = new LengthViews(FRAME_OCTETS_MAX);
  /** Octets of the frame that comes; 0 while its length comes. */
  private frameLen = 0;
  private frameHaveLen = 0;
  private readonly sendPrefix = Buffer.alloc(PREFIX_OCTETS);
  private failure: Error | undefined;
  private isClosed = false;

  constructor(
    private readonly socket: Socket,
    private readonly link: StreamLink,
    onEnd: (error: Error | undefined) => void,
  ) {
    this.writer = new OctetWriter(
      (piece, done) => socket.write(piece, done),
      SEND_LIMIT_OCTETS,
      () => link.onDrain(),
    );
    socket.on("data", (octets) => this.receive(octets));
    socket.on("error", (error) => (this.failure ??= explain(link.name, link.name, error)));
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      if (this.isClosed) return;
      this.isClosed = true;
      this.writer.close();
      onEnd(this.failure);
    });
  }

  send(frame: Uint8Array): boolean {
    if (!this.writer.hasRoom()) return false;
    this.sendPrefix.writeUInt32BE(frame.length);
    this.writer.append(this.sendPrefix);
    this.writer.append(frame);
    return true;
  }

  /**
   * Resolves when the peer has read all, a last FIN or ACK among it, and has closed its end, too.
   * Until then ours can be written to: a write that fails would have the peer lose what it has not
   * read. A peer that does not close must not keep us here.
   */
  async close(): Promise<void> {
    const { socket, writer } = this;
    this.isClosed = true;
    writer.flush();
    writer.close();
    if (!socket.destroyed) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, CLOSE_TIMEOUT_MS);
        socket.once("close", () => (clearTimeout(timer), done()));
        socket.end();
      });
    }
    socket.destroy();
  }

  /** Octets of the stream, cut anywhere: in a length, in a frame, or many frames at once. */
  private receive(octets: Buffer): void {
    let at = 0;
    while (at < octets.length && !this.isClosed) {
      if (this.frameLen === 0) at += this.takePrefix(octets, at);
      else at += this.takeFrame(octets, at);
      if (this.failure) return;
    }
    if (!this.isClosed) this.link.onBatchEnd();
  }

  private takePrefix(octets: Buffer, at: number): number {
    const taken = Math.min(PREFIX_OCTETS - this.prefixLen, octets.length - at);
    octets.copy(this.prefix, this.prefixLen, at, at + taken);
    this.prefixLen += taken;
    if (this.prefixLen < PREFIX_OCTETS) return taken;
    this.prefixLen = 0;
    this.frameLen = this.prefix.readUInt32BE(0);
    this.frameHaveLen = 0;
    if (this.frameLen > FRAME_OCTETS_MAX) {
      this.failure = new Error(
        `${this.link.name}: the peer announces a frame of ${this.frameLen} octets; it does not ` +
          "speak QEMU's stream framing (a length of four octets before each frame)",
      );
      this.socket.destroy();
    }
    return taken;
  }

  private takeFrame(octets: Buffer, at: number): number {
    const taken = Math.min(this.frameLen - this.frameHaveLen, octets.length - at);
    octets.copy(this.frame.buffer, this.frameHaveLen, at, at + taken);
    this.frameHaveLen += taken;
    if (this.frameHaveLen < this.frameLen) return taken;
    const frame = this.frame.of(this.frameLen);
    this.frameLen = 0;
    this.link.onFrame(frame);
    return taken;
  }
}

/** A socket that a process left behind when it died keeps its name taken: nobody listens on it. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (!file?.isSocket()) return;
  const isStale = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => (probe.destroy(), resolve(false)));
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  if (isStale) unlinkSync(path);
}

function explain(name: string, path: string, error: Error): Error {
  const reasons: Record<string, string> = {
    ENOENT: `${path} does not exist: start its listener first, or use stream:listen:PATH`,
    ECONNREFUSED: `nobody listens on ${path}: start its listener first`,
    EACCES: `no permission for ${path}`,
    EADDRINUSE: `${path} is taken: another process listens there, or it is not a socket`,
    ENOTSOCK: `${path} is not a unix socket`,
    EPIPE: "the peer closed the socket",
    ECONNRESET: "the peer closed the socket",
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""] ?? error.message;
  return new Error(`${name}: ${reason}`, { cause: error });
}
