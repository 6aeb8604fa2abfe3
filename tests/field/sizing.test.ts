/**
 * Sizing without guesswork. A budget that cannot be is refused in words: which field, which range,
 * how much memory it takes and how much there is. And every table that can be full says so when it
 * is, by a call that names the field, or by a counter of its own: docs/embedding.md lists them, and
 * each line of that list is made to happen here.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Budget } from "../../assembly/abi/budget.js";
import type { BudgetOptions } from "../../host/budget.js";
import type { Core } from "../../host/core.js";
import type { StackError } from "../../host/error.js";
import type { CounterName } from "../../host/names.js";
import { Stack } from "../../host/stack.js";
import { EthernetHost } from "../support/ethernet_host.js";
import { fragmentOf, fragmentsOf } from "../support/fragments.js";
import { type Lab, type LabOptions, OWN_ADDRESS, OWN_MAC, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, listening } from "../support/remote.js";
import { echoRequest, ipPacket, textOf } from "../support/segment_line.js";
import { repairTransport } from "../support/wire.js";

interface Limit {
  /** Makes it happen, so many times. */
  happens: (lab: Lab) => number;
  options?: LabOptions;
}

/** Some more than the limit. */
const MORE = 3;
const ARP_REPLY = 2;

/** A SYN from a port, answered or not. */
function knock(lab: Lab, port: number): Remote {
  const remote = new Remote(lab, { port });
  remote.says("S 0");
  return remote;
}

/** An echo request from 10.0.0.`number`, of 400 octets. */
function echoOf(number: number): Uint8Array {
  const ends = { source: `10.0.0.${number}`, destination: OWN_ADDRESS };
  const packet = ipPacket(1, ends, Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, ...textOf(0, 392)));
  repairTransport(packet, 0, packet.length);
  return packet;
}

/** The same in fragments that begin there. */
function pieces(number: number, starts: number[]): Uint8Array[] {
  return fragmentsOf(echoOf(number), starts);
}

/** By the counters that docs/embedding.md names. */
const LIMITS: Partial<Record<CounterName, Limit>> = {
  DropTcpNoSlot: {
    options: { budget: { connections: 1 } },
    happens: (lab) => {
      accepted(lab);
      for (let port = 5001; port < 5001 + MORE; port++) {
        const remote = knock(lab, port);
        remote.hears();
        remote.says("A 1 ack 1");
      }
      return MORE;
    },
  },
  DropTcpBacklog: {
    happens: (lab) => {
      listening(lab, { backlog: 2 });
      for (let port = 5000; port < 5002; port++) new Remote(lab, { port }).opens();
      for (let port = 5002; port < 5002 + MORE; port++) knock(lab, port);
      return MORE;
    },
  },
  TcpCookiesSent: {
    options: { budget: { halfOpen: 4 } },
    happens: (lab) => {
      listening(lab, { backlog: 100 });
      for (let port = 5000; port < 5004 + MORE; port++) knock(lab, port);
      return MORE;
    },
  },
  TcpTimeWaitEvicted: {
    options: { budget: { timeWait: 4 } },
    happens: (lab) => {
      for (let port = 50000; port < 50004 + MORE; port++) {
        const { remote, handle } = connected(lab, { ownPort: port });
        lab.do((stack) => stack.close(handle));
        remote.says("FA 1 ack 2");
      }
      return MORE;
    },
  },
  TcpTextBeyondRanges: {
    options: { budget: { ranges: 4 } },
    happens: (lab) => {
      const { remote } = accepted(lab);
      for (let count = 0; count < 4 + MORE; count++) remote.says(`A ${11 + count * 20}+10 ack 1`);
      return MORE;
    },
  },
  RepliesDropped: {
    options: { budget: { replies: 8 } },
    happens: (lab) => {
      for (let port = 5000; port < 5008 + MORE; port++) {
        lab.receiveOnly(new Remote(lab, { port, ownPort: 9 }).frame("S 0"));
      }
      return MORE;
    },
  },
  DropIcmpBusy: {
    happens: (lab) => {
      for (let count = 0; count < 1 + MORE; count++) lab.receiveOnly(echoRequest("10.0.0.9"));
      return MORE;
    },
  },
  IpReassembliesEvicted: {
    options: { budget: { reassembly: 2 } },
    happens: (lab) => {
      for (let number = 10; number < 12 + MORE; number++) lab.receive(pieces(number, [0, 200])[0]!);
      return MORE;
    },
  },
  DropIpFragmentBusy: {
    options: { budget: { reassembly: 1 } },
    happens: (lab) => {
      lab.receiveOnly(echoRequest("10.0.0.9"));
      for (let number = 10; number < 10 + MORE; number++) {
        lab.receiveOnly(pieces(number, [0, 200])[0]!);
      }
      return MORE;
    },
  },
  IpReassemblyTimeouts: {
    happens: (lab) => {
      for (let number = 10; number < 10 + MORE; number++) {
        lab.receive(pieces(number, [0, 200])[0]!);
        lab.wait(61);
      }
      return MORE;
    },
  },
  DropIpFragmentOverlap: {
    happens: (lab) => {
      for (let number = 10; number < 10 + MORE; number++) {
        lab.receive(pieces(number, [0, 200])[0]!);
        lab.receive(pieces(number, [0, 192])[1]!);
      }
      return MORE;
    },
  },
  DropIpFragment: {
    happens: (lab) => {
      for (let number = 10; number < 10 + MORE; number++) {
        lab.receive(fragmentOf(echoOf(number), { from: 1600, to: 1608, more: true }));
      }
      return MORE;
    },
  },
  DropIcmpRate: {
    happens: (lab) => {
      const ends = { source: "10.0.0.2", destination: OWN_ADDRESS };
      const udp = ipPacket(17, ends, Uint8Array.of(0, 9, 0, 9, 0, 8, 0, 0));
      for (let count = 0; count < 100 + MORE; count++) lab.receive(udp);
      return MORE;
    },
  },
  TcpChallengesLimited: {
    happens: (lab) => {
      const { remote } = accepted(lab);
      for (let seq = 1; seq <= 200; seq++) remote.says(`S ${seq}`);
      const limited = 200 - lab.stack.counter("TcpChallengeAcks");
      assert.ok(limited > 0, "no limit at all");
      return limited;
    },
  },
  NeighboursContradicted: {
    options: { interface: { kind: "ethernet" } },
    happens: (lab) => {
      const [host, liar] = [new EthernetHost(lab, 2), new EthernetHost(lab, 66)];
      lab.do((stack) => stack.connect({ address: host.address, port: 80 }));
      host.answers();
      const lie = liar.arp(ARP_REPLY, OWN_MAC, OWN_ADDRESS, OWN_MAC, host.address);
      for (let count = 0; count < MORE; count++) lab.receive(lie);
      return MORE;
    },
  },
  NeighboursEvicted: {
    options: { budget: { neighbours: 4, connections: 4 }, interface: { kind: "ethernet" } },
    happens: (lab) => {
      for (let number = 10; number < 14 + MORE; number++) {
        const host = new EthernetHost(lab, number);
        const { address } = host;
        const handle = lab.do((stack) => stack.connect({ address, port: 80 }));
        host.answers();
        lab.do((stack) => stack.abort(handle));
      }
      return MORE;
    },
  },
};

for (const [name, { happens, options }] of Object.entries(LIMITS)) {
  onBothBuilds(`${name} counts each time that the limit is met [S22]`, (lab) => {
    const most = happens(lab);
    assert.equal(lab.stack.counter(name as CounterName), most);
    lab.ignoreFrames();
  }, options);
}

test("every limit of docs/embedding.md is made to happen here", () => {
  const page = readFileSync(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const rows = page.slice(page.indexOf("## Limits")).split("\n## ")[0]!.split("\n")
    .filter((line) => line.startsWith("| ")).slice(1);
  const named = rows.flatMap((row) => [...row.split("|")[3]!.matchAll(/`(\w+)`/g)])
    .map(([, name]) => name!);
  assert.ok(named.length >= 10, `${named}`);
  assert.deepEqual(Object.keys(LIMITS).sort(), named.sort());
});

onBothBuilds("a call that finds a table full names the field of the budget [S22]", (lab) => {
  for (let port = 50000; port < 50004; port++) connected(lab, { ownPort: port });
  const connect = (): number => lab.stack.connect({ address: "10.0.0.2", port: 80 });
  assert.throws(connect, { code: "ENOBUFS", message: /budget\.connections/ });
  for (const port of [80, 81]) listening(lab, { port });
  const listen = (): number => lab.stack.listen({ port: 82 });
  assert.throws(listen, { code: "ENOBUFS", message: /budget\.listeners/ });
});

const RANGES: Record<keyof BudgetOptions, [least: number, most: number, wrong: number]> = {
  listeners: [1, 4096, 1.5],
  connections: [1, 65535, 1.5],
  halfOpen: [1, 65535, 1.5],
  timeWait: [1, 65535, 1.5],
  receiveRing: [256, 1048576, 1000],
  sendRing: [256, 1048576, 1000],
  ranges: [1, 32, 1.5],
  records: [4, 250, 4.5],
  replies: [1, 4096, 1.5],
  neighbours: [1, 4096, 1.5],
  reassembly: [1, 64, 1.5],
  mtu: [576, 65535, 576.5],
  mslSeconds: [1, 120, 1.5],
  challenges: [1, 65535, 1.5],
};

for (const build of ["node", "board"] as const) {
  test(`a budget out of range is refused with the field and its range [S22] [${build}]`, () => {
    for (const [name, [least, most, wrong]] of Object.entries(RANGES)) {
      for (const value of [least - 1, most + 1, wrong, -most, NaN]) {
        const range = `${least.toLocaleString("en")} to ${most.toLocaleString("en")}`;
        const create = (): Stack => Stack.createSync({ module: build, budget: { [name]: value } });
        const isTold = ({ code, message }: StackError): boolean =>
          code === "EINVAL" && message.includes(`budget.${name} is ${value}`) &&
          message.includes(range);
        assert.throws(create, isTold, `${name} = ${value}`);
      }
    }
  });
}

test("a board's budget fits, or is refused with what it takes and what there is [S22]", () => {
  const { core } = Stack.createSync({ module: "board" });
  const room = core.exports.arenaSize();
  let fitting = 0;
  for (let connections = 1; connections <= 20; connections++) {
    for (const ring of [256, 512, 1024, 2048, 4096]) {
      const needed = neededBy(core, connections, ring);
      const budget = { connections, receiveRing: ring, sendRing: ring };
      const create = (): Stack => Stack.createSync({ module: "board", budget });
      if (needed <= room) {
        create();
        fitting++;
      } else {
        assert.throws(create, (error: StackError) => tells(error, needed, room));
      }
    }
  }
  assert.ok(fitting > 20 && fitting < 80, `${fitting}`);
});

/** Octets, by the module's own account. */
function neededBy(core: Core, connections: number, ring: number): number {
  const { words, parametersWord, exports } = core;
  words.fill(0, parametersWord, parametersWord + Budget.Words);
  words[parametersWord + Budget.Size] = 4 * Budget.Words;
  words[parametersWord + Budget.Connections] = connections;
  words[parametersWord + Budget.ReceiveRing] = ring;
  words[parametersWord + Budget.SendRing] = ring;
  return exports.memoryNeeded();
}

function tells({ code, message }: StackError, ...octets: number[]): boolean {
  const figures = octets.map((figure) => figure.toLocaleString("en"));
  return code === "ENOMEM" && figures.every((figure) => message.includes(figure));
}
