/**
 * A device restarts while its peer still holds the connection of before, and connects again to the
 * same port of the same peer. With fresh entropy port and ISN are others, and it is connected at
 * once. With the entropy and the clock of before they are the same: then the half-open connection
 * is found out and reset (RFC 9293 section 3.5.1, figure 10), and the SYN that is sent again opens.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stack } from "../../host/stack.js";
import type { Build } from "../support/lab.js";

const PORT = 80;
const DELAY_US = 1000;
/** The SYN is sent again after a second. */
const RECOVERED_US = 1_500_000;
const AT_ONCE_US = 3 * DELAY_US;
/** After its start the device connects. */
const BOOT_US = 250_000;

/** A stack with a clock of its own. */
class Machine {
  readonly stack: Stack;

  constructor(readonly address: string, entropy: number, private readonly startUs: number,
    build: Build = "node") {
    this.stack = Stack.createSync({ module: build, entropy: new Uint8Array(32).fill(entropy) });
    this.stack.configure({ kind: "ip", address: `${address}/24` });
  }

  /** Its own time. */
  at(nowUs: number): number {
    return nowUs - this.startUs;
  }
}

/** The peer goes on, the device is replaced. */
class Field {
  nowUs = 0;
  readonly peer = new Machine("10.0.0.1", 1, 0);
  device: Machine;
  private readonly listener: number;
  private readonly flying: { atUs: number; to: Machine; frame: Uint8Array }[] = [];

  constructor(private readonly build: Build, entropy: number) {
    this.listener = this.peer.stack.listen({ port: PORT });
    this.device = new Machine("10.0.0.2", entropy, 0, build);
  }

  /** What the device had to say is forgotten; what was on its way to it comes to nobody. */
  restart(entropy: number): void {
    this.run(1e6);
    this.flying.length = 0;
    this.device = new Machine("10.0.0.2", entropy, this.nowUs, this.build);
  }

  /** Connects; the local port, and the microseconds until the connection was there. */
  connect(localPort = 0): { handle: number; served: number; tookUs: number; port: number } {
    const { stack } = this.device;
    const beganUs = this.nowUs;
    const handle = stack.connect({ address: this.peer.address, port: PORT, localPort });
    const port = stack.status(handle).localPort;
    for (;;) {
      const served = this.peer.stack.accept(this.listener);
      const isUp = stack.status(handle).state === "ESTABLISHED";
      if (isUp && served !== 0) return { handle, served, tookUs: this.nowUs - beganUs, port };
      assert.ok(this.nowUs - beganUs < 10e6, "not connected in 10 s");
      this.run(DELAY_US);
    }
  }

  run(us: number): void {
    const untilUs = this.nowUs + us;
    for (;;) {
      this.exchange();
      if (this.nowUs >= untilUs) return;
      const waits = [this.peer, this.device].map((machine) =>
        Math.max(1, machine.stack.nextDeadline(machine.at(this.nowUs))));
      const arrivals = this.flying.map(({ atUs }) => atUs);
      const nextUs = Math.min(...arrivals, ...waits.map((waitUs) => this.nowUs + waitUs));
      this.nowUs = Math.min(untilUs, nextUs);
    }
  }

  private exchange(): void {
    const arrived = this.flying.filter(({ atUs }) => atUs <= this.nowUs);
    this.flying.splice(0, arrived.length);
    for (const { to, frame } of arrived) to.stack.receive(frame, to.at(this.nowUs));
    for (const [from, to] of [[this.peer, this.device], [this.device, this.peer]] as const) {
      const now = from.at(this.nowUs);
      for (let frame = from.stack.transmit(now); frame; frame = from.stack.transmit(now)) {
        this.flying.push({ atUs: this.nowUs + DELAY_US, to, frame: frame.slice() });
      }
      while (from.stack.nextEvent() !== null) continue;
    }
  }
}

const TALKS = {
  "nothing was said": [0, 0],
  "the device had spoken": [100, 0],
  "the peer had spoken": [0, 100],
  "both had spoken": [3000, 5000],
} as const;

for (const build of ["node", "board"] as const) {
  for (const [talk, [there, back]] of Object.entries(TALKS)) {
    /** Connects, talks, restarts. */
    const restarted = (entropy: number, bootUs = BOOT_US): [Field, number, number] => {
      const field = new Field(build, 7);
      field.run(BOOT_US);
      const { handle, served, port } = field.connect();
      field.device.stack.write(handle, new Uint8Array(there));
      field.peer.stack.write(served, new Uint8Array(back));
      field.run(100_000);
      field.restart(entropy);
      field.run(bootUs);
      return [field, port, served];
    };

    test(`a restart with fresh entropy connects at once, when ${talk} before [S28] [${build}]`,
      () => {
        const [field, before] = restarted(8);
        const { tookUs, port } = field.connect();
        assert.notEqual(port, before);
        assert.ok(tookUs <= AT_ONCE_US, `${tookUs} us`);
      });

    for (const [what, entropy, shiftUs] of [
      ["the same entropy and clock", 7, 0], ["the same entropy, 4 us later", 7, 4],
      ["the same entropy, a second later", 7, 1_000_000], ["a port that is fixed", 8, 0],
    ] as const) {
      // The SYN of before to the octet, and the peer has got no further: then its ACK is the one
      // that the SYN asks for, and says nothing of the old connection (section 3.10.7.3, fifth).
      if (entropy === 7 && shiftUs === 0 && there === 0) continue;
      test(`a restart with ${what} connects in 1.5 s, when ${talk} before ` +
        `[S28] [MUST-9] [${build}]`, () => {
        const [field, before, old] = restarted(entropy, BOOT_US + shiftUs);
        const { tookUs, port, served } = field.connect(entropy === 8 ? before : 0);
        assert.equal(port, before);
        assert.ok(tookUs <= RECOVERED_US, `${tookUs} us`);
        assert.equal(field.peer.stack.status(old).reason, "reset", "the peer is told");
        assert.equal(field.peer.stack.status(served).state, "ESTABLISHED");
      });
    }
  }
}
