/** Challenge ACKs are limited. */
import { Counter } from "../../../assembly/abi/counter";
import { mayChallenge, mayChallengeOn, setChallenges } from "../../../assembly/tcp/challenge";
import {
  SYN, counted, established, pass, peerNext, sendSegment, takeAll, tcbOf,
} from "../support/peer";

function allowed(tries: u32): u32 {
  let count: u32 = 0;
  for (let run: u32 = 0; run < tries; run++) count += u32(mayChallenge());
  return count;
}

describe("mayChallenge", () => {
  it("allows about so many in a second, and counts what it refuses", () => {
    established();
    setChallenges(100);
    const first = allowed(500);
    expect<bool>(first >= 50 && first < 150).toBe(true);
    expect<u32>(counted(Counter.TcpChallengeAcks)).toBe(first);
    expect<u32>(counted(Counter.TcpChallengesLimited)).toBe(500 - first);
    expect<u32>(allowed(500)).toBe(0);
  });

  it("allows another number in each second", () => {
    established();
    setChallenges(1000);
    let isOther = false;
    const first = allowed(2000);
    for (let second = 0; second < 10; second++) {
      pass(1001);
      const next = allowed(2000);
      expect<bool>(next >= 500 && next < 1500).toBe(true);
      if (next != first) isOther = true;
    }
    expect<bool>(isOther).toBe(true);
  });

  it("allows at least one where one is the limit", () => {
    established();
    setChallenges(1);
    expect<u32>(allowed(10)).toBe(1);
  });
});

describe("mayChallengeOn", () => {
  it("allows a connection ten in a while, and refuses the rest without asking further", () => {
    const tcb = tcbOf(established());
    setChallenges(1000);
    let count: u32 = 0;
    for (let run = 0; run < 300; run++) count += u32(mayChallengeOn(tcb));
    expect<u32>(count).toBe(10);
    expect<u32>(counted(Counter.TcpChallengeAcks)).toBe(10);
    pass(4096);
    expect<bool>(mayChallengeOn(tcb)).toBe(true);
  });

  it("keeps a flood of SYNs at a connection from making us shout", () => {
    established();
    let answers: u32 = 0;
    for (let run: u32 = 0; run < 300; run++) {
      sendSegment(SYN, peerNext + run, 0, 0, 8192);
      answers += takeAll();
    }
    expect<u32>(answers).toBe(10);
  });
});
