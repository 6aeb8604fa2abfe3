/** The segment being received, as the states see it. */
import { frameInPtr } from "../../../assembly/api/stack";
import { theSegment } from "../../../assembly/wire/segment";
import { RST, begin, listening, sendSegment } from "../support/peer";

describe("theSegment", () => {
  it("is the one that came in last", () => {
    begin();
    listening();
    sendSegment(RST, 0xfffffff0, 5, 7, 1234);
    expect<u32>(theSegment().seq).toBe(0xfffffff0);
    expect<u32>(theSegment().ack).toBe(5);
    expect<u32>(theSegment().flags).toBe(RST);
    expect<u32>(theSegment().wnd).toBe(1234);
    expect<u32>(theSegment().textLen).toBe(7);
    expect<usize>(theSegment().textAt).toBe(frameInPtr() + 40);
  });
});
