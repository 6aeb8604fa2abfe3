/** A connection's share of the rounds. */
import { clearLink, isLone } from "../../../assembly/core/list";
import { currentRound, hasReady, takeReady } from "../../../assembly/net/ready";
import { beginTurn, endTurn, useTurn, wake } from "../../../assembly/tcp/turn";
import { Tcb } from "../../../assembly/tcp/tcb";
import { begin, connected, take, tcbOf } from "../support/peer";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
/** The MTU of the specs' interface. */
const FULL: u32 = 1500;

describe("wake", () => {
  it("twice is as good as once", () => {
    const one = tcbOf(connected());
    wake(one);
    wake(one);
    expect<bool>(take()).toBe(false);
  });
});

describe("a turn", () => {
  beforeEach(() => {
    begin();
    clearLink(tcb);
    tcb.round = <u8>(currentRound() - 1);
    tcb.turnLeft = 0;
  });

  it("is a full frame in a round, once", () => {
    beginTurn(tcb);
    expect<i32>(tcb.turnLeft).toBe(FULL);
    useTurn(tcb, 100);
    beginTurn(tcb);
    expect<i32>(tcb.turnLeft).toBe(FULL - 100);
  });

  it("takes off the next what was too much, and does not add what was not used", () => {
    beginTurn(tcb);
    useTurn(tcb, FULL + 14);
    expect<i32>(tcb.turnLeft).toBe(-14);
    tcb.round--;
    beginTurn(tcb);
    expect<i32>(tcb.turnLeft).toBe(FULL - 14);
    tcb.round--;
    beginTurn(tcb);
    expect<i32>(tcb.turnLeft).toBe(FULL);
  });

  it("owes no more than a full frame, however long a frame was", () => {
    beginTurn(tcb);
    useTurn(tcb, 65535);
    expect<i32>(tcb.turnLeft).toBe(-<i32>FULL);
  });

  it("goes on while octets are left, and is queued for the next round when none are", () => {
    wake(tcb);
    expect<bool>(takeReady() == tcb).toBe(true);
    endTurn(tcb);
    expect<bool>(isLone(tcb)).toBe(true);
    const round = currentRound();
    useTurn(tcb, 600);
    wake(tcb);
    endTurn(tcb);
    expect<bool>(takeReady() == tcb).toBe(true);
    expect<u32>(currentRound()).toBe(round);
    useTurn(tcb, 900);
    wake(tcb);
    endTurn(tcb);
    expect<bool>(takeReady() == tcb).toBe(true);
    expect<u32>(currentRound()).toBe(round + 1);
    expect<bool>(hasReady()).toBe(false);
  });
});
