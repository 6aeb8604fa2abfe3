/** Handles: a stale one is an error, never somebody else's connection. */
import { Err } from "../../../assembly/abi/error";
import { Table } from "../../../assembly/abi/status";
import { abort, accept, close, sendSpace } from "../../../assembly/api/sockets";
import {
  connectionOf, handleOf, heldOf, listenerOfHandle, takenOf,
} from "../../../assembly/api/handles";
import { entryAt, poolOf } from "../../../assembly/core/pool";
import { Tcb } from "../../../assembly/tcp/tcb";
import {
  begin, listening, setPeerPort, shakeHands, synSent, takeAll, tcbOf,
} from "../support/peer";

describe("handleOf, connectionOf and listenerOfHandle", () => {
  it("lead to each other, and are positive", () => {
    const handle = synSent();
    expect<i32>(handle).toBeGreaterThan(0);
    expect<i32>(handleOf(tcbOf(handle))).toBe(handle);
    expect<bool>(heldOf(handle) == tcbOf(handle)).toBe(true);
    expect<bool>(listenerOfHandle(handle) == null).toBe(true);
    begin();
    const listener = listening();
    expect<i32>(listener).toBeGreaterThan(0);
    expect<bool>(heldOf(listener) == listenerOfHandle(listener)).toBe(true);
    expect<i32>(handleOf(listenerOfHandle(listener)!)).toBe(listener);
    expect<bool>(connectionOf(listener) == null).toBe(true);
  });

  it("are void for numbers that are none", () => {
    const handle = synSent();
    const wrong: i32[] = [
      0, -1, i32.MIN_VALUE, i32.MAX_VALUE, handle + 1, handle + 0x10000, handle - 0x10000,
      handle | 0x4000_0000, 0xffff,
    ];
    for (let index = 0; index < wrong.length; index++) {
      expect<bool>(connectionOf(wrong[index]) == null).toBe(true);
      expect<bool>(listenerOfHandle(wrong[index]) == null).toBe(true);
    }
  });
});

describe("a stale handle", () => {
  it("is of nothing after close, also when the slot is used again", () => {
    const first = synSent();
    close(first);
    expect<i32>(sendSpace(first)).toBe(Err.Handle);
    expect<i32>(close(first)).toBe(Err.Handle);
    expect<i32>(abort(first)).toBe(Err.Handle);
    begin();
    const listener = listening();
    const handles: i32[] = [];
    for (let run: u32 = 0; run < 20; run++) {
      setPeerPort(41000 + run);
      shakeHands();
      const handle = accept(listener);
      for (let index = 0; index < handles.length; index++) {
        expect<i32>(sendSpace(handles[index])).toBe(Err.Handle);
      }
      handles.push(handle);
      abort(handle);
      takeAll();
    }
  });

  it("of a listener is of nothing after close", () => {
    begin();
    const first = listening();
    close(first);
    const second = listening();
    expect<i32>(accept(first)).toBe(Err.Handle);
    expect<bool>(second != first).toBe(true);
  });
});

describe("connectionOf and takenOf", () => {
  it("know a connection from accept to close, and takenOf also one that was let go", () => {
    begin();
    const listener = listening();
    shakeHands();
    const tcb = changetype<Tcb>(entryAt(poolOf(Table.Connections), 0));
    expect<bool>(takenOf(handleOf(tcb)) == null).toBe(true);
    const handle = accept(listener);
    expect<bool>(connectionOf(handle) == tcb && takenOf(handle) == tcb).toBe(true);
    close(handle);
    expect<bool>(connectionOf(handle) == null && takenOf(handle) == null).toBe(true);
    expect<bool>(connectionOf(handleOf(tcb)) == null).toBe(true);
    expect<bool>(takenOf(handleOf(tcb)) == tcb).toBe(true);
  });
});
