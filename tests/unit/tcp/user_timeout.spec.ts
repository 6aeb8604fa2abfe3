/** The user timeout, and its option (RFC 5482). */
import { Switch } from "../../../assembly/tcp/entry";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import {
  noteTimeout, tellsTimeout, timeoutLen, userTimeout,
} from "../../../assembly/tcp/user_timeout";
import { Segment } from "../../../assembly/wire/segment";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));

function fresh(switches: u32): void {
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.switches = <u8>switches;
  tcb.userTimeoutS = 300;
}

function heard(seconds: u32): u32 {
  seg.timeoutS = <u16>seconds;
  noteTimeout(tcb, seg);
  return userTimeout(tcb);
}

describe("userTimeout", () => {
  it("is ours, where the option is off or has not come", () => {
    fresh(Switch.UserTimeoutChangeable);
    expect<bool>(tellsTimeout(tcb)).toBe(false);
    expect<u32>(heard(1000)).toBe(300);
    fresh(Switch.UserTimeoutChangeable | Switch.UserTimeoutOption);
    expect<bool>(tellsTimeout(tcb)).toBe(true);
    expect<u32>(heard(0)).toBe(300);
  });

  it("is the larger of both sides', from 100 seconds to an hour", () => {
    fresh(Switch.UserTimeoutChangeable | Switch.UserTimeoutOption);
    expect<u32>(heard(1000)).toBe(1000);
    expect<u32>(heard(0)).toBe(1000);
    expect<u32>(heard(200)).toBe(300);
    expect<u32>(heard(65535)).toBe(3600);
    tcb.userTimeoutS = 1;
    expect<u32>(heard(2)).toBe(100);
  });

  it("is ours, where it is not to be changed", () => {
    fresh(Switch.UserTimeoutOption);
    expect<u32>(heard(1000)).toBe(300);
  });
});

describe("timeoutLen", () => {
  it("is 4 while the peer is to be told, and nothing else may take the room", () => {
    fresh(Switch.UserTimeoutOption);
    expect<u32>(timeoutLen(tcb, 0)).toBe(0);
    setFlag(tcb, TcbFlag.TellTimeout);
    expect<u32>(timeoutLen(tcb, 0)).toBe(4);
    expect<u32>(timeoutLen(tcb, 12)).toBe(0);
  });
});
