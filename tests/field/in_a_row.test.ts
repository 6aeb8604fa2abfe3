/**
 * Ten thousand short connections, one after the other, from one host to a board: nothing is left
 * of any, whoever closes first and has to keep the TIME-WAIT, and no new one waits for an old one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import type { BudgetOptions } from "../../host/budget.js";
import type { Stack } from "../../host/stack.js";
import { type Host, hosts } from "../support/hosts.js";

const CONNECTIONS = 10_000;
const HELLO = Buffer.from("good day");
const MOST_STEPS = 40;
/** One way, of the wire. */
const DELAY_MS = 1;
/** How long they stay connected before both close. */
const TALK_SECONDS = 0.005;
/** A handshake, a word there, a word back, FINs. */
const MOST_SECONDS = 0.012;

/** Tables that are looked through often, and too small for all the TIME-WAITs. */
const SMALL: BudgetOptions = { connections: 8, halfOpen: 8, timeWait: 128 };
/** What has no place on a good line. */
const NEVER = ["TcpRetransmissions", "TcpResetsSent", "TcpTimeouts", "RepliesDropped"] as const;

type Closer = "client" | "server" | "both";

/** Answers with what it hears; closes first, or when the client has. */
function serve(host: Host, closer: Closer): number {
  return host.listen({ port: 7 }, (handle) => {
    if (closer === "both") host.after(TALK_SECONDS, () => host.close(handle));
    return (bits) => {
      const heard = host.read(handle);
      if (heard.length > 0) host.write(handle, heard);
      const hasEnded = (bits & (Event.PeerFinished | Event.Closed)) !== 0;
      if (closer === "client" ? hasEnded : closer === "server" && heard.length > 0) {
        host.close(handle);
      }
    };
  });
}

/** One connection to its end. */
function call(host: Host, closer: Closer): { isOver(): boolean } {
  let heard = Buffer.alloc(0);
  let reason = "";
  const end = (): void => host.station.do((stack) => stack.shutdown(handle));
  const handle = host.connect({ port: 7 }, (bits) => {
    if ((bits & Event.Connected) !== 0) {
      host.write(handle, HELLO);
      // The server has heard of it one way later: both FINs leave at the same moment.
      if (closer === "both") host.after(TALK_SECONDS + DELAY_MS / 1000, end);
    }
    const hasEnded = (bits & Event.PeerFinished) !== 0;
    const before = heard.length;
    heard = Buffer.concat([heard, host.read(handle)]);
    if (closer === "client" && before === 0 && heard.length > 0) end();
    if (closer === "server" && hasEnded) end();
    if ((bits & Event.Closed) === 0) return;
    reason = host.stack.status(handle).reason;
    host.close(handle);
  });
  return {
    isOver: () => {
      if (reason === "") return false;
      assert.deepEqual([reason, heard], ["finished", HELLO]);
      return true;
    },
  };
}

/** Every frame ended under one name, and all that one side sent came to the other. */
function checkCounters(own: Stack, other: Stack): void {
  const counted = own.counters();
  const ends = Object.entries(counted).filter(([name]) => /^(In|Drop)/.test(name));
  assert.equal(ends.reduce((sum, [, value]) => sum + value, 0), counted.FramesIn);
  assert.equal(counted.FramesIn, other.counter("FramesOut"));
  for (const name of NEVER) assert.equal(counted[name], 0, name);
}

for (const build of ["board", "node"] as const) {
  for (const closer of ["client", "server", "both"] as const) {
    test(`10,000 connections in a row, closed first by ${closer}: none waits, nothing is left ` +
      `[S10] [S22] [${build}]`, () => {
      const budgets: [BudgetOptions, BudgetOptions] = [SMALL, build === "board" ? {} : SMALL];
      const { pair, left, right } = hosts({ build, budgets, wire: { delayMs: DELAY_MS } });
      const listener = serve(right, closer);
      for (let count = 0; count < CONNECTIONS; count++) {
        const { isOver } = call(left, closer);
        pair.drive(`connection ${count}`, isOver, MOST_SECONDS, MOST_STEPS);
      }
      pair.run(1);
      right.close(listener);
      checkCounters(left.stack, right.stack);
      checkCounters(right.stack, left.stack);
      assert.equal(left.stack.counter("TcpActiveOpens"), CONNECTIONS);
      assert.equal(right.stack.counter("TcpPassiveOpens"), CONNECTIONS);
      for (const [host, role] of [[left, "client"], [right, "server"]] as const) {
        const hasWaited = closer === role || closer === "both";
        assert.equal(host.stack.counter("TcpTimeWaitEvicted") > 0, hasWaited, role);
      }
      pair.checkEnd(300, 100_000);
    });
  }
}
