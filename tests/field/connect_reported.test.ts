/**
 * A connect that comes to nothing is told, in whatever way it does, and told once: by the stack's
 * event and reason, and by the socket's 'error' and 'close'.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { ReasonName } from "../../host/names.js";
import { EthernetHost } from "../support/ethernet_host.js";
import { type Lab, type LabOptions, onBothBuilds } from "../support/lab.js";
import { type Remote, connecting } from "../support/remote.js";
import { PORT_UNREACHABLE, UNREACHABLE, tells } from "../support/router.js";
import { RIGHT } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

/** Beyond R2 of a SYN, of an established connection and of the user timeout. */
const LONG_SECONDS = 2000;

interface Ending {
  what: string;
  /** What the other side, or somebody on the way, does once the SYN is out. */
  happens: (remote: Remote, lab: Lab) => void;
  reason: ReasonName;
  /** In seconds, at the least and at the most. */
  within: [number, number];
  options?: LabOptions;
}

/** MUST-23: three minutes at the least for a SYN. */
const GIVEN_UP: [number, number] = [180, 400];

const ENDINGS: Ending[] = [
  {
    what: "RST", reason: "refused", within: [0, 0],
    happens: (remote) => remote.says("RA 0 ack 1"),
  },
  {
    what: '"port unreachable"', reason: "refused", within: [0, 0],
    happens: (remote, lab) => tells(lab, remote, UNREACHABLE, PORT_UNREACHABLE, 0),
  },
  { what: "silence", reason: "timed out", within: GIVEN_UP, happens: () => {} },
  {
    what: '"host unreachable" each time', reason: "timed out", within: GIVEN_UP,
    happens: (remote, lab) => {
      for (let tries = 0; tries < 5; tries++) {
        tells(lab, remote, UNREACHABLE, 1, 0);
        lab.waitForFrame();
      }
    },
  },
  {
    what: "an ACK of something else, then silence", reason: "timed out", within: GIVEN_UP,
    happens: (remote) => remote.says("A 77 ack 99"),
  },
  {
    what: "an ACK without SYN, then silence", reason: "timed out", within: GIVEN_UP,
    happens: (remote) => remote.says("A 0 ack 1"),
  },
  {
    what: "a SYN that crosses ours, then RST", reason: "refused", within: [0, 0],
    happens: (remote) => {
      remote.says("S 0");
      remote.says("R 1");
    },
  },
  {
    what: "a SYN that crosses ours, then silence", reason: "timed out", within: GIVEN_UP,
    happens: (remote) => remote.says("S 0"),
  },
  {
    what: "no answer to ARP", reason: "unreachable", within: [1, 30], happens: () => {},
    options: { interface: { kind: "ethernet" } },
  },
];

for (const { what, happens, reason, within, options } of ENDINGS) {
  onBothBuilds(`connect, and ${what}: told once, as "${reason}" [S13] [S26]`, (lab) => {
    const isEthernet = options?.interface?.kind === "ethernet";
    const { remote, handle } = isEthernet
      ? connecting(lab, { address: new EthernetHost(lab, 2).address }) : connecting(lab);
    remote.hears();
    happens(remote, lab);
    const news: string[] = lab.newsOf(handle);
    while (!news.includes("closed")) {
      assert.ok(lab.atUs < LONG_SECONDS * 1e6, "never told");
      lab.wait(0.1);
      news.push(...lab.newsOf(handle));
    }
    const [least, most] = within;
    assert.ok(lab.atUs >= least * 1e6 && lab.atUs <= most * 1e6, `after ${lab.atUs / 1e6} s`);
    assert.equal(lab.stack.status(handle).reason, reason);
    lab.wait(LONG_SECONDS);
    assert.deepEqual(lab.newsOf(handle), [], "told again");
    assert.equal(lab.stack.status(handle).reason, reason);
    lab.stack.close(handle);
    assert.deepEqual([...lab.stack.entries("connections")], []);
    lab.ignoreFrames();
  }, options);
}

interface SocketEnding {
  what: string;
  code: string;
  host?: string;
  kind?: "ip" | "ethernet";
  loss?: number;
}

const SOCKET_ENDINGS: SocketEnding[] = [
  { what: "nobody listens", code: "ECONNREFUSED" },
  { what: "the wire is cut", code: "ETIMEDOUT", kind: "ip", loss: 1 },
  { what: "nobody answers ARP", code: "EHOSTUNREACH", loss: 1 },
  { what: "no neighbour has the address", code: "EHOSTUNREACH", host: "10.0.0.77" },
  { what: "no gateway leads there", code: "ENETUNREACH", host: "192.0.2.1" },
  { what: "an address nobody can have", code: "EADDRNOTAVAIL", host: "224.0.0.1" },
];

for (const { what, code, host = RIGHT, kind = "ethernet", loss } of SOCKET_ENDINGS) {
  test(`a socket connects, and ${what}: 'error' ${code}, then 'close', each once ` +
    `[S26]`, async () => {
    const nets = await VirtualNetworks.create({ kind, loss });
    const socket = nets.left.connect({ port: 81, host });
    const told: unknown[] = [];
    socket.on("connect", () => told.push("connect"));
    socket.on("error", (error: NodeJS.ErrnoException) => told.push(error.code));
    socket.on("close", (hadError: boolean) => told.push("close", hadError));
    const closed = once(socket, "close").catch(() => {});
    await nets.until(closed);
    await nets.run(LONG_SECONDS);
    assert.deepEqual(told, [code, "close", true]);
    await nets.close();
  });
}
