/** Several frames in one slot: where they lie, how many have room, and those that wait. */
import { InterfaceFlag, LinkKind } from "../../../assembly/abi/parameters";
import { configure, init } from "../../../assembly/api/setup";
import {
  LENGTH_LEN, dropBurst, firstFrame, hasKept, hasRoom, isBurstWaiting, keepFrame, letBurstWait,
  resumeBurst, startBursts, stepOf, takeBurst, takeWaiting,
} from "../../../assembly/net/burst";
import { FRAME_ROOM, frameOut, packetOut, slotOut } from "../../../assembly/net/frame";
import { ROOMY, beginBursts } from "../support/bursts";
import { OUR_IP, OUR_MAC, PEER_MAC, REPLY, arp, sendFrame } from "../support/ethernet";
import { isFilled } from "../support/numbers";
import { now, putBudget, putInterface } from "../support/peer";

/** Builds a frame of `len` octets, each of them `octet`, and keeps it. */
function keep(len: u32, octet: u8): void {
  memory.fill(frameOut(), octet, len);
  keepFrame(len);
}

/** Three frames: the first is the longest, so that others lie across where it ends. */
function keepThree(): void {
  keep(1500, 1);
  keep(14, 2);
  keep(700, 3);
}

/** Where the frames begin that `keepThree` keeps behind one another. */
function third(): usize {
  return firstFrame() + 1504 + 16;
}

describe("stepOf", () => {
  it("is the next multiple of 16 that leaves room for the length of the frame behind", () => {
    expect<u32>(LENGTH_LEN).toBe(2);
    for (let len: u32 = 0; len < 200; len++) {
      const step = stepOf(len);
      expect<u32>(step % 16).toBe(0);
      expect<bool>(step >= len + 2 && step < len + 2 + 16).toBe(true);
    }
    expect<u32>(stepOf(65535)).toBe(65552);
  });
});

describe("keepFrame", () => {
  it("puts the next frame behind, its packet at a multiple of 16 from the first's", () => {
    for (let kind: u32 = 0; kind <= 1; kind++) {
      beginBursts(<LinkKind>kind);
      const first = packetOut();
      expect<bool>(hasKept()).toBe(false);
      for (let len: u32 = 20; len < 60; len++) {
        const at = frameOut();
        const behind = at + len;
        keepFrame(len);
        expect<bool>(hasKept()).toBe(true);
        expect<u32>(load<u16>(at - 2)).toBe(len);
        expect<usize>((packetOut() - first) % 16).toBe(0);
        expect<bool>(frameOut() - 2 >= behind && frameOut() - 2 < behind + 16).toBe(true);
      }
    }
  });

  it("writes no octet of the frame itself, nor of the one before", () => {
    beginBursts(LinkKind.Ethernet);
    keep(30, 7);
    keep(31, 8);
    expect<bool>(isFilled(firstFrame(), 30, 7)).toBe(true);
    expect<bool>(isFilled(firstFrame() + 32, 31, 8)).toBe(true);
  });
});

describe("hasRoom", () => {
  it("is true as long as the longest packet that the link takes ends within the slot", () => {
    for (let more: u32 = 0; more < 100; more++) {
      for (let kind: u32 = 0; kind <= 1; kind++) {
        beginBursts(<LinkKind>kind, 1500 + more);
        const slot = slotOut();
        let count: u32 = 0;
        while (hasRoom()) {
          expect<bool>(packetOut() + 1500 <= slot + FRAME_ROOM + 1500 + more).toBe(true);
          keepFrame(14);
          count++;
        }
        expect<u32>(count).toBe(more / 16 + 1);
      }
    }
  });

  it("is true of no second frame where the slot is no larger than the link asks for", () => {
    beginBursts(LinkKind.Ip, 1500);
    expect<bool>(hasRoom()).toBe(true);
    keepFrame(1);
    expect<bool>(hasRoom()).toBe(false);
    takeBurst();
    expect<bool>(hasRoom()).toBe(true);
  });
});

describe("takeBurst", () => {
  beforeEach(() => beginBursts(LinkKind.Ethernet));

  it("tells the octets from the first length to the end of the last frame", () => {
    keep(42, 1);
    expect<u32>(takeBurst()).toBe(2 + 42);
    keepThree();
    expect<u32>(takeBurst()).toBe(2 + 1504 + 16 + 700);
  });

  it("tells 0 when nothing is kept, and of each burst once", () => {
    expect<u32>(takeBurst()).toBe(0);
    keep(42, 1);
    takeBurst();
    expect<u32>(takeBurst()).toBe(0);
    expect<bool>(hasKept()).toBe(false);
  });

  it("leaves the frames where they are, and the place of the first for the next", () => {
    const first = frameOut();
    keepThree();
    takeBurst();
    expect<usize>(firstFrame()).toBe(first);
    expect<usize>(frameOut()).toBe(first);
    expect<bool>(isFilled(first, 1500, 1)).toBe(true);
    expect<bool>(isFilled(third(), 700, 3)).toBe(true);
    expect<u32>(load<u16>(third() - 2)).toBe(700);
  });
});

describe("takeWaiting", () => {
  beforeEach(() => beginBursts(LinkKind.Ethernet));

  it("brings one after the other to the place of the first", () => {
    keepThree();
    expect<bool>(isBurstWaiting()).toBe(false);
    letBurstWait();
    const lens: u32[] = [1500, 14, 700];
    for (let index = 0; index < 3; index++) {
      expect<bool>(isBurstWaiting()).toBe(true);
      expect<u32>(takeWaiting()).toBe(lens[index]);
      expect<bool>(isFilled(firstFrame(), lens[index], <u8>(index + 1))).toBe(true);
    }
    expect<bool>(isBurstWaiting()).toBe(false);
    expect<bool>(hasKept()).toBe(false);
    expect<usize>(frameOut()).toBe(firstFrame());
  });

  it("does no harm to those behind one that is longer than those before it", () => {
    const lens: u32[] = [14, 600, 15, 1514, 42];
    for (let index = 0; index < lens.length; index++) keep(lens[index], <u8>(index + 1));
    letBurstWait();
    for (let index = 0; index < lens.length; index++) {
      expect<u32>(takeWaiting()).toBe(lens[index]);
      expect<bool>(isFilled(firstFrame(), lens[index], <u8>(index + 1))).toBe(true);
    }
    expect<bool>(isBurstWaiting()).toBe(false);
  });

  it("goes on where it was when more come to wait meanwhile", () => {
    keep(100, 1);
    keep(101, 2);
    letBurstWait();
    takeWaiting();
    keep(102, 3);
    letBurstWait();
    expect<u32>(takeWaiting()).toBe(101);
    expect<bool>(isFilled(firstFrame(), 101, 2)).toBe(true);
    expect<u32>(takeWaiting()).toBe(102);
    expect<bool>(isFilled(firstFrame(), 102, 3)).toBe(true);
    expect<bool>(isBurstWaiting()).toBe(false);
  });

  it("begins anew behind the last of them", () => {
    keepThree();
    letBurstWait();
    for (let count = 0; count < 3; count++) takeWaiting();
    keep(50, 9);
    letBurstWait();
    expect<u32>(takeWaiting()).toBe(50);
    expect<bool>(isFilled(firstFrame(), 50, 9)).toBe(true);
  });
});

describe("resumeBurst", () => {
  beforeEach(() => beginBursts(LinkKind.Ethernet));

  it("lets those that wait be the first of a burst, less those that have left", () => {
    const rest: u32[] = [2 + 1504 + 16 + 700, 2 + 16 + 700, 2 + 700];
    for (let gone: u32 = 0; gone < 3; gone++) {
      keepThree();
      letBurstWait();
      for (let count: u32 = 0; count < gone; count++) takeWaiting();
      resumeBurst();
      expect<bool>(isBurstWaiting()).toBe(false);
      const last = third() - (gone == 0 ? 0 : gone == 1 ? 1504 : 1520);
      expect<usize>(frameOut()).toBe(last + 704);
      expect<u32>(load<u16>(firstFrame() - 2)).toBe(gone == 0 ? 1500 : gone == 1 ? 14 : 700);
      expect<bool>(isFilled(last, 700, 3)).toBe(true);
      if (gone == 0) expect<bool>(isFilled(firstFrame(), 1500, 1)).toBe(true);
      if (gone == 1) expect<bool>(isFilled(firstFrame(), 14, 2)).toBe(true);
      expect<u32>(takeBurst()).toBe(rest[gone]);
    }
  });

  it("gives the room of those that have left to others", () => {
    beginBursts(LinkKind.Ip, 3099);
    keep(1500, 1);
    keep(20, 2);
    letBurstWait();
    takeWaiting();
    expect<bool>(hasRoom()).toBe(true);
    keep(60, 3);
    expect<bool>(hasRoom()).toBe(false);
    resumeBurst();
    expect<bool>(hasRoom()).toBe(true);
    keep(1500, 4);
    expect<u32>(takeBurst()).toBe(2 + 32 + 64 + 1500);
    expect<bool>(isFilled(firstFrame(), 20, 2)).toBe(true);
    expect<bool>(isFilled(firstFrame() + 32, 60, 3)).toBe(true);
    expect<u32>(load<u16>(firstFrame() + 32 - 2)).toBe(60);
  });

  it("does nothing when none waits", () => {
    resumeBurst();
    expect<bool>(hasKept()).toBe(false);
    keepThree();
    letBurstWait();
    for (let count = 0; count < 3; count++) takeWaiting();
    resumeBurst();
    expect<bool>(hasKept()).toBe(false);
    expect<u32>(takeBurst()).toBe(0);
  });
});

describe("dropBurst and startBursts", () => {
  it("forget what is kept, and what waits", () => {
    for (let way = 0; way < 2; way++) {
      beginBursts(LinkKind.Ethernet);
      const first = frameOut();
      keepThree();
      letBurstWait();
      if (way == 0) dropBurst();
      // It begins where the slot is said to be.
      else startBursts();
      expect<bool>(isBurstWaiting()).toBe(false);
      expect<bool>(hasKept()).toBe(false);
      if (way == 0) expect<usize>(frameOut()).toBe(first);
      expect<usize>(frameOut()).toBe(firstFrame());
    }
  });

  it("are part of setting up: no frame of before is left", () => {
    beginBursts(LinkKind.Ethernet);
    keepThree();
    letBurstWait();
    putBudget();
    expect<i32>(init(now)).toBe(0);
    expect<bool>(isBurstWaiting()).toBe(false);
    expect<u32>(takeBurst()).toBe(0);
    beginBursts(LinkKind.Ethernet, ROOMY, InterfaceFlag.Probe);
    sendFrame(arp(OUR_MAC, PEER_MAC, REPLY, PEER_MAC, OUR_IP, OUR_MAC, OUR_IP));
    keepThree();
    letBurstWait();
    putInterface(LinkKind.Ethernet, InterfaceFlag.Probe);
    expect<i32>(configure(0)).toBe(0);
    expect<bool>(isBurstWaiting()).toBe(false);
    expect<u32>(takeBurst()).toBe(0);
    expect<usize>(frameOut()).toBe(firstFrame());
  });
});
