/** Challenge ACKs are limited. */
import { Counter } from "../../../assembly/abi/counter";
import { clearChallenges, mayChallenge } from "../../../assembly/tcp/challenge";
import {
  SYN, counted, established, pass, peerNext, sendSegment, takeAll,
} from "../support/peer";

describe("mayChallenge", () => {
  it("allows 100 in a second over all connections, and counts what it refuses", () => {
    established();
    clearChallenges();
    let allowed = 0;
    for (let run = 0; run < 250; run++) if (mayChallenge()) allowed++;
    expect<i32>(allowed).toBe(100);
    expect<u32>(counted(Counter.TcpChallengesLimited)).toBe(150);
    expect<u32>(counted(Counter.TcpChallengeAcks)).toBe(100);
  });

  it("allows another hundred in the next second", () => {
    established();
    for (let run = 0; run < 150; run++) mayChallenge();
    pass(1001);
    expect<bool>(mayChallenge()).toBe(true);
  });

  it("keeps a flood of SYNs at a connection from making us shout", () => {
    established();
    let answers: u32 = 0;
    for (let run: u32 = 0; run < 300; run++) {
      sendSegment(SYN, peerNext + run, 0, 0, 8192);
      answers += takeAll();
    }
    expect<u32>(answers).toBe(100);
  });
});
