/**
 * Faults that were found in the core by thinking, reviewing or by a seed, each shown by a test
 * before it was mended. Two stacks joined by hand, on bare IP, in virtual time.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stack } from "../../host/stack.js";

function createPair(connections: number): [Stack, Stack] {
  const ends = [1, 2].map((number) => {
    const stack = Stack.createSync({
      budget: { connections, receiveRing: 4096, sendRing: 4096 },
      entropy: new Uint8Array(32).fill(number),
    });
    stack.configure({ kind: "ip", address: `10.0.0.${number}/24` });
    return stack;
  });
  return [ends[0]!, ends[1]!];
}

/** Carries frames until neither has one more. Returns the lengths of what `a` sent. */
function carry(a: Stack, b: Stack, now: number): number[] {
  const lengths: number[] = [];
  for (let turn = 0; turn < 1000; turn++) {
    let isQuiet = true;
    for (const [from, to] of [[a, b], [b, a]] as const) {
      for (let frame = from.transmit(now); frame !== null; frame = from.transmit(now)) {
        if (from === a) lengths.push(frame.length);
        to.receive(frame, now);
        isQuiet = false;
      }
    }
    if (isQuiet) return lengths;
  }
  throw new Error("the two never come to rest");
}

test("a slot whose old news wait unread can be accepted in its next life", () => {
  const [client, server] = createPair(2);
  const listener = server.listen({ port: 80 });
  const outgoing = [1, 2].map(() => client.connect({ address: "10.0.0.2", port: 80 }));
  carry(client, server, 0);
  const accepted = [1, 2].map(() => server.accept(listener));
  // News of both are in the queue when the first one's slot is freed and taken again.
  for (const handle of outgoing) client.write(handle, new Uint8Array([1]));
  carry(client, server, 1000);
  server.abort(accepted[0]!);
  carry(client, server, 2000);
  for (const handle of outgoing) if (client.status(handle).state === "CLOSED") client.close(handle);
  client.connect({ address: "10.0.0.2", port: 80 });
  carry(client, server, 3000);
  const told = new Set<number>();
  for (let turn = 0; turn < 20; turn++) told.add(server.nextEvent()?.handle ?? 0);
  assert.ok(told.has(listener), "the listener's news are told");
  assert.ok(told.has(accepted[1]!), "and those of the connection that stays");
});

test("Nagle's algorithm holds a small write back although it is pushed (RFC 9293 3.7.4)", () => {
  const [client, server] = createPair(2);
  server.listen({ port: 80 });
  const handle = client.connect({ address: "10.0.0.2", port: 80 });
  carry(client, server, 0);
  // Who has not heard yet that there is room has more to write.
  while (client.pollEvent() !== 0) continue;
  client.write(handle, new Uint8Array(10));
  const headers = 20 + 20 + 12; // IP, TCP, timestamps
  const first = client.transmit(1000)?.length;
  assert.equal(first, headers + 10, "nothing is outstanding: the first leaves");
  client.write(handle, new Uint8Array(10));
  assert.equal(client.transmit(1000), null, "the second waits for the first's acknowledgment");
  client.setOption(handle, "noDelay", true);
  client.write(handle, new Uint8Array(10));
  assert.equal(client.transmit(1000)?.length, headers + 20, "without Nagle both, in one");
});

test("a peer that keeps its window shut does not hold a connection nobody owns (R2)", () => {
  const [client, server] = createPair(2);
  const listener = server.listen({ port: 80 });
  const handle = client.connect({ address: "10.0.0.2", port: 80 });
  carry(client, server, 0);
  assert.notEqual(server.accept(listener), 0);
  for (let at = 0; at < 4; at++) {
    client.write(handle, new Uint8Array(4096));
    carry(client, server, at * 100_000);
  }
  client.close(handle);
  let now = 1_000_000;
  for (let steps = 0; steps < 400 && [...client.entries("connections")].length > 0; steps++) {
    for (const stack of [client, server]) while (stack.nextEvent() !== null) continue;
    now += Math.max(1000, Math.min(client.nextDeadline(now), server.nextDeadline(now)));
    carry(client, server, now);
  }
  assert.deepEqual([...client.entries("connections")], []);
  assert.ok(now > 300e6 && now < 400e6, `given up after R2, not after ${now / 1e6} s`);
});
