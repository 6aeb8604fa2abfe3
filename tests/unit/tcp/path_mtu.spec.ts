/** What routers report of segments that were too big (RFC 1191), and whether it is believed. */
import { Counter } from "../../../assembly/abi/counter";
import { Report, takeClaim, takeReport } from "../../../assembly/tcp/path_mtu";
import { Tcb } from "../../../assembly/tcp/tcb";
import { begin, counted } from "../support/peer";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

/** Segments of 1460 octets, two of them on their way; none has been acknowledged. */
function fresh(): void {
  begin();
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.sndMss = 1460;
  tcb.mssLimit = 1460;
  tcb.sndMax = 2920;
}

describe("takeReport", () => {
  beforeEach(fresh);

  it("believes at once while nothing so large has come through", () => {
    tcb.provenMss = 959;
    expect<u32>(takeReport(tcb, 1000, 1500, 20)).toBe(Report.Believed);
    expect<u32>(tcb.sndMss).toBe(960);
    expect<u32>(counted(Counter.TcpSegmentSizeLowered)).toBe(1);
  });

  it("lets a report wait when so much has come through, unless there was a timeout", () => {
    tcb.provenMss = 960;
    expect<u32>(takeReport(tcb, 1000, 1500, 20)).toBe(Report.Pending);
    expect<u32>(tcb.sndMss).toBe(1460);
    expect<u32>(tcb.claimedMss).toBe(960);
    tcb.retransmissions = 1;
    expect<u32>(takeReport(tcb, 1000, 1500, 20)).toBe(Report.Believed);
    expect<u32>(tcb.claimedMss).toBe(0);
  });

  it("has no use for what is not smaller, or smaller than nothing on its way", () => {
    expect<u32>(takeReport(tcb, 1500, 1500, 20)).toBe(Report.Idle);
    tcb.sndMax = 960;
    expect<u32>(takeReport(tcb, 1000, 1500, 20)).toBe(Report.Idle);
    expect<u32>(tcb.sndMss).toBe(1460);
  });

  it("never goes below a path MTU of 296, nor makes small segments larger", () => {
    expect<u32>(takeReport(tcb, 68, 1500, 20)).toBe(Report.Believed);
    expect<u32>(tcb.sndMss).toBe(256);
    tcb.sndMss = 88;
    expect<u32>(takeReport(tcb, 68, 128, 20)).toBe(Report.Idle);
  });

  it("finds the plateau for older routers, whatever lengths they quote", () => {
    const lengths: u32[] = [0, 20, 69, 296, 297, 1499, 1500, 1520, 65535];
    const sizes: u32[] = [256, 256, 256, 256, 256, 1452, 1360, 1452, 1452];
    for (let index = 0; index < lengths.length; index++) {
      fresh();
      takeReport(tcb, 0, lengths[index], 20);
      expect<u32>(tcb.sndMss).toBe(sizes[index]);
    }
  });
});

describe("takeClaim", () => {
  beforeEach(fresh);

  it("takes what waits, once", () => {
    expect<bool>(takeClaim(tcb)).toBe(false);
    tcb.claimedMss = 960;
    expect<bool>(takeClaim(tcb)).toBe(true);
    expect<u32>(tcb.sndMss).toBe(960);
    expect<bool>(takeClaim(tcb)).toBe(false);
  });
});
