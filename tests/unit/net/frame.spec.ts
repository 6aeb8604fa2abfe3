/** The two frame slots. */
import { FrameFlag, LinkKind } from "../../../assembly/abi/parameters";
import {
  FRAME_ROOM, frameFlags, frameIn, frameInLen, frameOut, frameSegmentSize, moveSlotOut, noteFrame,
  packetOut, setFrames, slotOut, textOut,
} from "../../../assembly/net/frame";
import { begin, beginOn } from "../support/peer";

describe("the frame slots", () => {
  it("put the IP packet at the same place, whatever is in front of it", () => {
    begin();
    setFrames(1024, 4096, 8192, 1500);
    expect<usize>(packetOut()).toBe(4096 + FRAME_ROOM);
    expect<usize>(frameOut()).toBe(packetOut());
    expect<usize>(textOut()).toBe(packetOut() + 20);
    expect<usize>(frameIn()).toBe(1024 + FRAME_ROOM);
    expect<u32>(frameInLen()).toBe(1500);
    beginOn(LinkKind.Ethernet, 0);
    setFrames(1024, 4096, 8192, 1500);
    expect<usize>(packetOut()).toBe(4096 + FRAME_ROOM);
    expect<usize>(frameOut()).toBe(packetOut() - 14);
    expect<usize>(frameIn()).toBe(1024 + FRAME_ROOM - 14);
    expect<u32>(frameInLen()).toBe(1514);
  });

  it("let the next frame be built elsewhere than the first", () => {
    beginOn(LinkKind.Ethernet, 0);
    setFrames(1024, 4096, 8192, 1500);
    expect<usize>(slotOut()).toBe(4096);
    moveSlotOut(4096 + 48);
    expect<usize>(slotOut()).toBe(4096 + 48);
    expect<usize>(packetOut()).toBe(4096 + 48 + FRAME_ROOM);
    expect<usize>(frameOut()).toBe(packetOut() - 14);
    expect<usize>(textOut()).toBe(packetOut() + 20);
    expect<usize>(frameIn()).toBe(1024 + FRAME_ROOM - 14);
    expect<u32>(frameInLen()).toBe(1514);
  });

  it("say of the outgoing frame what was noted last", () => {
    noteFrame(FrameFlag.PartialChecksum, 1448);
    expect<u32>(frameFlags()).toBe(FrameFlag.PartialChecksum);
    expect<u32>(frameSegmentSize()).toBe(1448);
    noteFrame(FrameFlag.None, 0);
    expect<u32>(frameFlags() | frameSegmentSize()).toBe(0);
  });

  it("lie at multiples of 8 as far as IP headers go", () => {
    begin();
    expect<usize>(packetOut() & 7).toBe(0);
    expect<usize>(frameIn() & 7).toBe(0);
  });
});
