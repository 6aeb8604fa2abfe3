/** Options of connections that not every module has, as `Stack` sets them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Stack } from "../../host/stack.js";
import { StackPair } from "../support/stack_pair.js";

describe("a refusal", () => {
  it("of an option that boards do not have says so", () => {
    const stack = Stack.createSync({ module: "board" });
    stack.configure({ kind: "ip", address: "10.0.0.1/24" });
    const listener = stack.listen({ port: 80 });
    const expected = { code: "EINVAL", message: /pacing: the module has no such option/ };
    assert.throws(() => stack.setOption(listener, "pacing", true), expected);
    assert.throws(() => stack.getOption(listener, "pacing"), expected);
    stack.close(listener);
    assert.throws(() => stack.setOption(listener, "pacing", true), { code: "EBADF" });
  });

  it("of pacing by another value than 0 and 1 names it", async () => {
    const pair = await StackPair.create();
    const { client } = pair.open();
    for (const value of [2, 0.5e6, -1]) {
      assert.throws(() => pair.left.setOption(client, "pacing", value), /pacing = /);
    }
    assert.equal(pair.left.getOption(client, "pacing"), 0);
    pair.left.setOption(client, "ecn", 2);
    pair.left.setOption(client, "pacing", true);
    assert.deepEqual(
      [pair.left.getOption(client, "pacing"), pair.left.getOption(client, "ecn")], [1, 2]);
  });
});
