/**
 * A line between Linux and us for interop tests: a namespace of the test's own, in which Linux has
 * 10.0.0.1 and `motetcp`, run inside it, 10.0.0.2.
 */
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { MOTETCP } from "./command.js";
import { namespaceMissing, Namespace } from "./namespace.js";
import type { Outcome, Running } from "./running.js";

export const LINUX = "10.0.0.1";
export const OURS = "10.0.0.2";
export const DEVICE = "mote0";

/** What every interop test needs, and some more tools. For `skip`. */
export function lineMissing(...tools: string[]): string | false {
  return namespaceMissing("curl", ...tools);
}

export class LinuxLine {
  readonly space = new Namespace();

  /** `link`: the kind of interface that is made for it, or "none" when the test makes one. */
  constructor(readonly kind: "tap" | "tun" | "none") {
    if (kind === "none") return;
    this.space.ip("tuntap", "add", "dev", DEVICE, "mode", kind);
    this.setUp();
  }

  /** Gives Linux its address. */
  private setUp(): void {
    // No IPv6 chatter of the kernel's own between the frames of a test.
    this.space.ip("link", "set", DEVICE, "addrgenmode", "none");
    this.space.ip("addr", "add", `${LINUX}/24`, "dev", DEVICE);
    this.space.ip("link", "set", DEVICE, "up");
  }

  /** The command line of `motetcp VERB` on this line. */
  command(verb: string, words: string[], link = `${this.kind}:${DEVICE}`): string[] {
    return [...MOTETCP, verb, ...words, "--link", link, "--address", `${OURS}/24`];
  }

  /** `motetcp serve`, listening. */
  async serve(words: string[], link?: string): Promise<Running> {
    const server = this.space.start(this.command("serve", words, link));
    await server.says(/^MoteTCP: http:/m);
    return server;
  }

  /** `curl` inside, silent but for errors; fails when curl does. */
  async curl(words: string[], timeoutMs = 60_000): Promise<Buffer> {
    const limit = ["--max-time", `${timeoutMs / 1000}`];
    const command = ["curl", "--silent", "--show-error", "--fail", ...limit, ...words];
    const { status, stdout, stderr } = await this.space.execute(command, {
      timeoutMs: timeoutMs + 5000,
    });
    if (status !== 0) throw new Error(`curl ${words.join(" ")} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** GET: the body's octets and hash. */
  async download(path: string, timeoutMs?: number): Promise<Received> {
    const body = await this.curl([`http://${OURS}${path}`], timeoutMs);
    return { bytes: body.length, sha256: sha256(body) };
  }

  /** PUT of a file to /sink: what the server answers. */
  async upload(file: string, timeoutMs?: number): Promise<Received> {
    const url = `http://${OURS}/sink/file`;
    const answer = await this.curl(["--upload-file", file, url], timeoutMs);
    const { bytes, sha256 } = JSON.parse(answer.toString()) as Received;
    return { bytes, sha256 };
  }

  /** The stack's connections and counters, as `GET /netstat` tells them. */
  async netstat(): Promise<Netstat> {
    const header = ["--header", "accept: application/json"];
    const answer = await this.curl([...header, `http://${OURS}/netstat`]);
    return JSON.parse(answer.toString()) as Netstat;
  }

  /** The states of Linux's connections from one of its ports to us, as `ss -tn` tells them. */
  async states(port: number): Promise<string[]> {
    const filter = ["sport", "=", `:${port}`, "and", "dst", OURS];
    const { stdout } = await this.space.execute(["ss", "-H", "-t", "-a", "-n", ...filter]);
    return stdout.toString().split("\n").filter((row) => row !== "")
      .map((row) => row.split(/\s+/)[0]!);
  }

  remove(): Promise<void> {
    return this.space.remove();
  }
}

export interface Received {
  bytes: number;
  sha256: string;
}

export interface Netstat {
  connections: { table: string; state: string; remotePort: number }[];
  counters: Record<string, number>;
}

/** Writes a file of random octets; what a transfer of it must give. */
export function makeFile(path: string, bytes: number): Received {
  const octets = randomBytes(bytes);
  writeFileSync(path, octets);
  return { bytes, sha256: sha256(octets) };
}

export function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

/** Whether a program ended well; with what it said when not. */
export function succeeded({ status, stdout, stderr }: Outcome): string {
  if (status !== 0) throw new Error(`status ${status}: ${stdout.toString()}${stderr}`);
  return stdout.toString();
}
