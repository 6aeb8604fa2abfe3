/** The two frame slots. */
import { LinkKind } from "../../../assembly/abi/parameters";
import {
  FRAME_ROOM, frameIn, frameInLen, frameOut, packetOut, setFrames, textOut,
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

  it("lie at multiples of 8 as far as IP headers go", () => {
    begin();
    expect<usize>(packetOut() & 7).toBe(0);
    expect<usize>(frameIn() & 7).toBe(0);
  });
});
