/** The segment about to be sent. */
import { thePlan } from "../../../assembly/tcp/plan";
import { ACK, PSH, connected, iss, sent, take, write } from "../support/peer";

describe("thePlan", () => {
  it("is what then leaves", () => {
    const handle = connected();
    write(handle, 77);
    expect<bool>(take()).toBe(true);
    expect<u32>(thePlan().seq).toBe(iss + 1);
    expect<u32>(thePlan().len).toBe(77);
    expect<u32>(thePlan().flags).toBe(ACK | PSH);
    expect<u32>(sent.seq).toBe(thePlan().seq);
    expect<u32>(sent.textLen).toBe(thePlan().len);
    expect<u32>(sent.flags).toBe(thePlan().flags);
  });
});
