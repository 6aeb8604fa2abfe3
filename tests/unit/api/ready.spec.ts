/** Whether the stack has been set up. */
import { Err } from "../../../assembly/abi/error";
import { isReady, setReady } from "../../../assembly/api/ready";
import { accept, connect, listen } from "../../../assembly/api/sockets";
import { serialReceive, serialTransmit } from "../../../assembly/api/serial";
import { nextDeadline, receive, transmit } from "../../../assembly/api/stack";
import { LONGEST_SLEEP_US } from "../../../assembly/config";
import { clearInterface } from "../../../assembly/net/interface";
import { begin, listening } from "../support/peer";

describe("isReady", () => {
  it("is what setReady has said last", () => {
    setReady(1);
    expect<bool>(isReady()).toBe(true);
    setReady(0);
    expect<bool>(isReady()).toBe(false);
  });
});

describe("a stack that is not ready", () => {
  it("refuses what would touch its tables, and has nothing to do", () => {
    begin();
    listening();
    // As `init` does, which takes the interface down before it begins.
    setReady(0);
    clearInterface();
    expect<i32>(receive(0, 20, 0, 0)).toBe(Err.NotReady);
    expect<u32>(transmit(0)).toBe(0);
    expect<u32>(nextDeadline(0)).toBe(LONGEST_SLEEP_US);
    expect<i32>(serialReceive(1, 0)).toBe(Err.NotReady);
    expect<u32>(serialTransmit(0)).toBe(0);
    expect<i32>(listen(81, 1)).toBe(Err.NotReady);
    expect<i32>(connect(80, 0)).toBe(Err.NotReady);
    expect<bool>(accept(1 << 30) < 0).toBe(true);
  });
});
