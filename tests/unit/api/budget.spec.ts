/** Reading a budget: defaults, bounds, and the plan of the arena. */
import { Budget } from "../../../assembly/abi/budget";
import { Parameter } from "../../../assembly/abi/parameters";
import { Part, budgetWord, partAt, planArena, readBudget } from "../../../assembly/api/budget";
import { parametersPtr } from "../../../assembly/api/setup";
import { DEFAULT_CONNECTIONS, DEFAULT_MTU, DEFAULT_SEND_RING } from "../../../assembly/config";
import { putBudget, setWord } from "../support/peer";

/** Least and most of each word, as abi/budget.ts says; 0, 0: reserved, anything goes. */
const LIMITS: u32[] = [
  4, 128, 1, 4096, 1, 65535, 1, 65535, 1, 65535, 256, 1048576, 256, 1048576, 1, 32, 0, 0, 1, 64,
  1, 4096, 1, 4096, 576, 65535, 1, 120, 1, 65535,
];

function fresh(): void {
  memory.fill(parametersPtr(), 0, Parameter.Octets);
  setWord(Budget.Size, 4 * Budget.Words);
}

describe("readBudget", () => {
  beforeEach(() => fresh());

  it("takes defaults for what is 0, or not there", () => {
    expect<u32>(readBudget()).toBe(0);
    expect<u32>(budgetWord(Budget.Connections)).toBe(DEFAULT_CONNECTIONS);
    setWord(Budget.Size, 4);
    setWord(Budget.Connections, 77);
    expect<u32>(readBudget()).toBe(0);
    expect<u32>(budgetWord(Budget.Connections)).toBe(DEFAULT_CONNECTIONS);
    expect<u32>(budgetWord(Budget.Mtu)).toBe(DEFAULT_MTU);
    expect<u32>(budgetWord(Budget.SendRing)).toBe(DEFAULT_SEND_RING);
  });

  it("takes the ends of every range, and refuses what lies beyond by its index", () => {
    for (let index: u32 = 1; index < <u32>Budget.Words; index++) {
      const least = LIMITS[2 * index];
      const most = LIMITS[2 * index + 1];
      if (most == 0) continue;
      fresh();
      setWord(index, least);
      expect<u32>(readBudget()).toBe(0);
      expect<u32>(budgetWord(index)).toBe(least);
      setWord(index, most);
      expect<u32>(readBudget()).toBe(0);
      setWord(index, most + 1);
      expect<u32>(readBudget()).toBe(index + 1);
      setWord(index, 0xffffffff);
      expect<u32>(readBudget()).toBe(index + 1);
      if (least < 2) continue;
      setWord(index, least - 1);
      expect<u32>(readBudget()).toBe(index + 1);
    }
  });

  it("refuses rings that are no power of two", () => {
    setWord(Budget.ReceiveRing, 3000);
    expect<u32>(readBudget()).toBe(Budget.ReceiveRing + 1);
    setWord(Budget.ReceiveRing, 4096);
    setWord(Budget.SendRing, 4097);
    expect<u32>(readBudget()).toBe(Budget.SendRing + 1);
  });

  it("refuses a size that is no size", () => {
    setWord(Budget.Size, 6);
    expect<u32>(readBudget()).toBe(1);
    setWord(Budget.Size, 1000);
    expect<u32>(readBudget()).toBe(1);
  });

  it("takes a budget of a host with an older, shorter struct", () => {
    setWord(Budget.Size, 4 * (Budget.Connections + 1));
    setWord(Budget.Connections, 5);
    setWord(Budget.HalfOpen, 9999);
    expect<u32>(readBudget()).toBe(0);
    expect<u32>(budgetWord(Budget.Connections)).toBe(5);
    expect<u32>(budgetWord(Budget.HalfOpen)).not.toBe(9999);
  });
});

describe("planArena", () => {
  it("lays part behind part, each at a multiple of 8", () => {
    putBudget();
    readBudget();
    const end = planArena(4096);
    expect<usize>(partAt(Part.FrameIn)).toBe(4096);
    for (let part: u32 = 1; part < <u32>Part.Count; part++) {
      expect<usize>(partAt(part) & 7).toBe(0);
      expect<bool>(partAt(part) > partAt(part - 1)).toBe(true);
    }
    expect<bool>(end > <u64>partAt(Part.SendRings)).toBe(true);
  });

  it("grows with every word that takes memory, by no less than the entries do", () => {
    const words: u32[] = [
      Budget.Listeners, Budget.Connections, Budget.HalfOpen, Budget.TimeWait, Budget.Replies,
      Budget.Neighbours, Budget.Reassembly,
    ];
    const each: u32[] = [64, 8192 + 200, 48, 48, 48, 60, 1600];
    for (let index = 0; index < words.length; index++) {
      putBudget();
      setWord(words[index], 16);
      readBudget();
      const before = planArena(0);
      setWord(words[index], 32);
      readBudget();
      expect<bool>(planArena(0) - before >= 16 * each[index]).toBe(true);
    }
  });

  it("does not wrap when more is asked for than 32 bits can tell", () => {
    putBudget();
    setWord(Budget.Connections, 65535);
    setWord(Budget.ReceiveRing, 1048576);
    setWord(Budget.SendRing, 1048576);
    readBudget();
    expect<bool>(planArena(0) > 0xffffffff).toBe(true);
  });
});
