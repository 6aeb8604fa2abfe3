/** Settings: what is written is read, within its range. */
import { Option } from "../../../assembly/abi/option";
import { Err } from "../../../assembly/abi/error";
import { getOption, setOption } from "../../../assembly/api/sockets";
import { applySetting, readSetting, writeSetting } from "../../../assembly/tcp/settings";
import { TcbFlag, has } from "../../../assembly/tcp/tcb";
import {
  ACK, begin, connected, iss, listening, pass, say, sendSegment, peerNext, tcbOf, write,
} from "../support/peer";

/** Least, most and default of each, as abi/option.ts says. */
const LIMITS: u32[] = [
  0, 1, 0, 0, 1, 0, 1, 65535, 7200, 1, 65535, 75, 1, 255, 9, 1, 65535, 300, 1, 255, 64, 0, 255, 0,
  10, 60000, 1000, 0, 499, 40, 88, 1460, 1460, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1,
  0, 1, 1, 0, 2, 0, 0, 1, 0, 0, 1, 0,
];

describe("writeSetting and readSetting", () => {
  it("have the defaults and the ranges of abi/option.ts", () => {
    const handle = connected();
    // From the last to the first: one of the earlier ones changes a later one.
    for (let option: i32 = Option.Count - 1; option >= 0; option--) {
      const least = LIMITS[option * 3];
      const most = LIMITS[option * 3 + 1];
      expect<i32>(getOption(handle, option)).toBe(LIMITS[option * 3 + 2]);
      if (least > 0) expect<i32>(setOption(handle, option, least - 1)).toBe(Err.Invalid);
      expect<i32>(setOption(handle, option, most + 1)).toBe(Err.Invalid);
      expect<i32>(setOption(handle, option, 0xffffffff)).toBe(Err.Invalid);
      expect<i32>(setOption(handle, option, most)).toBe(0);
      expect<i32>(getOption(handle, option)).toBe(most);
      expect<i32>(setOption(handle, option, least)).toBe(0);
      expect<i32>(getOption(handle, option)).toBe(least);
    }
  });

  it("touch no other setting", () => {
    const tcb = tcbOf(connected());
    for (let option: u32 = 0; option < <u32>Option.Count; option++) {
      expect<bool>(writeSetting(tcb, option, LIMITS[option * 3 + 1])).toBe(true);
    }
    for (let option: u32 = 0; option < <u32>Option.Count; option++) {
      expect<bool>(writeSetting(tcb, option, LIMITS[option * 3])).toBe(true);
      // The one that does: a timeout that is set is not to be changed.
      if (option == Option.UserTimeout) writeSetting(tcb, Option.UserTimeoutChangeable, 1);
      for (let other: u32 = 0; other < <u32>Option.Count; other++) {
        const limit = LIMITS[other * 3 + (other <= option ? 0 : 1)];
        expect<u32>(readSetting(tcb, other)).toBe(limit);
      }
    }
  });

  it("keep a user timeout that was set from being changed (RFC 5482 section 3.1)", () => {
    const handle = connected();
    expect<i32>(getOption(handle, Option.UserTimeoutChangeable)).toBe(1);
    setOption(handle, Option.UserTimeout, 200);
    expect<i32>(getOption(handle, Option.UserTimeoutChangeable)).toBe(0);
  });

  it("serve listeners too", () => {
    begin();
    const listener = listening();
    expect<i32>(setOption(listener, Option.UserTimeout, 5)).toBe(0);
    expect<i32>(getOption(listener, Option.UserTimeout)).toBe(5);
    expect<i32>(getOption(listener, Option.Count)).toBe(Err.Invalid);
  });
});

describe("applySetting", () => {
  it("has a new user timeout told, where it is told at all", () => {
    const tcb = tcbOf(connected());
    applySetting(tcb, Option.UserTimeout);
    expect<bool>(has(tcb, TcbFlag.TellTimeout)).toBe(false);
    writeSetting(tcb, Option.UserTimeoutOption, 1);
    applySetting(tcb, Option.UserTimeout);
    expect<bool>(has(tcb, TcbFlag.TellTimeout)).toBe(true);
    writeSetting(tcb, Option.UserTimeoutOption, 0);
    applySetting(tcb, Option.UserTimeoutOption);
    expect<bool>(has(tcb, TcbFlag.TellTimeout)).toBe(false);
  });

  it("starts and stops keep-alive on a connection under way", () => {
    const handle = connected();
    expect<u32>(tcbOf(handle).keepAliveAtMs).toBe(0);
    setOption(handle, Option.KeepAliveIdle, 10);
    expect<u32>(tcbOf(handle).keepAliveAtMs).toBe(0);
    setOption(handle, Option.KeepAlive, 1);
    expect<u32>(tcbOf(handle).keepAliveAtMs).not.toBe(0);
    setOption(handle, Option.KeepAlive, 0);
    expect<u32>(tcbOf(handle).keepAliveAtMs).toBe(0);
  });

  it("lets a new least timeout count at once", () => {
    const handle = connected();
    write(handle, 10);
    pass(20);
    say(ACK, iss + 11);
    sendSegment(ACK, peerNext, iss + 11, 0, 8192);
    expect<u32>(tcbOf(handle).rtoMs).toBe(1000);
    setOption(handle, Option.MinRto, 10);
    expect<u32>(tcbOf(handle).rtoMs).toBeLessThan(1000);
    applySetting(tcbOf(handle), Option.NoDelay);
  });
});
