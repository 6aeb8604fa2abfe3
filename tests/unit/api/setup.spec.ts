/** Setting a stack up: init, reseed, configure. */
import { Budget } from "../../../assembly/abi/budget";
import { Err } from "../../../assembly/abi/error";
import { Interface, LinkKind, Parameter } from "../../../assembly/abi/parameters";
import { Table } from "../../../assembly/abi/status";
import {
  arenaPtr, arenaSize, configure, countersPtr, descriptorPtr, init, memoryNeeded,
  parametersPtr,
} from "../../../assembly/api/setup";
import { listen } from "../../../assembly/api/sockets";
import { isFilled } from "../support/numbers";
import {
  established, iss, putAddress, putBudget, putInterface, setEntropy, setWord, synSent, used,
} from "../support/peer";

describe("memoryNeeded", () => {
  it("says 0 for a budget out of range, and at the parameters which word it is", () => {
    putBudget();
    setWord(Budget.Mtu, 100);
    expect<u32>(memoryNeeded()).toBe(0);
    expect<u32>(load<u32>(parametersPtr())).toBe(Budget.Mtu);
  });

  it("says more than there can be for one that no memory holds", () => {
    putBudget();
    setWord(Budget.Connections, 65535);
    setWord(Budget.ReceiveRing, 1048576);
    expect<u32>(memoryNeeded()).toBe(0xffffffff);
  });
});

describe("init", () => {
  it("refuses a budget out of range or too large, and is not ready then", () => {
    putBudget();
    expect<i32>(init(0)).toBe(0);
    setWord(Budget.Size, 3);
    expect<i32>(init(0)).toBe(Err.Budget);
    expect<i32>(configure(0)).toBe(Err.NotReady);
    putBudget();
    setWord(Budget.Connections, 1000);
    expect<i32>(init(0)).toBe(Err.Memory);
    expect<i32>(configure(0)).toBe(Err.NotReady);
    expect<i32>(configure(0)).toBe(Err.NotReady);
    expect<i32>(listen(80, 1)).toBe(Err.NotReady);
  });

  it("wipes the entropy that it took", () => {
    putBudget();
    expect<i32>(init(0)).toBe(0);
    expect<bool>(isFilled(parametersPtr() + Parameter.Entropy, 32, 0)).toBe(true);
  });

  it("begins anew: nothing is left of what was there", () => {
    established();
    putBudget();
    expect<i32>(init(0)).toBe(0);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<u32>(used(Table.Listeners)).toBe(0);
    expect<u32>(load<u32>(countersPtr())).toBe(0);
  });

  it("makes other sequence numbers of other entropy, and the same of the same", () => {
    synSent();
    const first = iss;
    synSent();
    expect<u32>(iss).toBe(first);
    setEntropy(99);
    synSent();
    expect<u32>(iss).not.toBe(first);
    setEntropy(1);
  });

  it("stays within the arena", () => {
    const end = arenaPtr() + arenaSize();
    putBudget();
    expect<bool>(<usize>memoryNeeded() <= arenaSize()).toBe(true);
    const behind = load<u64>(end);
    established();
    expect<u64>(load<u64>(end)).toBe(behind);
    expect<usize>(arenaPtr() & 7).toBe(0);
  });
});

describe("configure", () => {
  beforeEach(() => {
    putBudget();
    init(0);
    putInterface(LinkKind.Ethernet, 0);
  });

  it("takes an interface once", () => {
    expect<i32>(configure(0)).toBe(0);
    expect<i32>(configure(0)).toBe(Err.State);
  });

  it("refuses an interface, link, MTU, prefix, address or gateway that cannot be", () => {
    expect<i32>(configure(1)).toBe(Err.Invalid);
    setWord(Interface.Kind, 2);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    setWord(Interface.Kind, LinkKind.Ethernet);
    setWord(Interface.Mtu, 1501);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    setWord(Interface.Mtu, 67);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    setWord(Interface.Mtu, 1500);
    setWord(Interface.PrefixLen, 33);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    setWord(Interface.PrefixLen, 24);
    putAddress(4 * Interface.Address, 0);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    putAddress(4 * Interface.Address, 0xe0000001);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    putAddress(4 * Interface.Address, 0x0a000001);
    setWord(Interface.Gateway, 5);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    putAddress(4 * Interface.Gateway, 0);
    setWord(Interface.Mac, 0xffffffff);
    expect<i32>(configure(0)).toBe(Err.Invalid);
    setWord(Interface.Mac, 2);
    expect<i32>(configure(0)).toBe(0);
  });
});

describe("the areas shared with the host", () => {
  it("do not overlap", () => {
    const at: usize[] = [parametersPtr(), descriptorPtr(), countersPtr(), arenaPtr()];
    const len: usize[] = [Parameter.Octets, 16, 4, arenaSize()];
    for (let one = 0; one < at.length; one++) {
      for (let other = 0; other < at.length; other++) {
        if (one == other) continue;
        expect<bool>(at[one] + len[one] <= at[other] || at[other] + len[other] <= at[one])
          .toBe(true);
      }
    }
  });
});
