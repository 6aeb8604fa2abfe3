/** Socket calls: what they refuse, and by which error (RFC 9293 section 3.10). */
import { CommitFlag, Parameter } from "../../../assembly/abi/parameters";
import { Err } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import {
  abort, accept, close, commit, connect, consume, getOption, listen, receiveLen, receivePtr,
  sendPtr, sendSpace, setOption, shutdown,
} from "../../../assembly/api/sockets";
import { status } from "../../../assembly/api/status";
import {
  ACK, FIN, OUR_ADDRESS, PEER_ADDRESS, RING, begin, connected, established, iss,
  listening, putAddress, read, say, synSent, takeAll, write,
} from "../support/peer";

describe("listen", () => {
  beforeEach(() => begin());

  it("refuses a port or backlog that cannot be, an address that is not ours", () => {
    putAddress(Parameter.Address, 0);
    expect<i32>(listen(0, 1)).toBe(Err.Invalid);
    expect<i32>(listen(65536, 1)).toBe(Err.Invalid);
    expect<i32>(listen(80, 0)).toBe(Err.Invalid);
    expect<i32>(listen(80, 65536)).toBe(Err.Invalid);
    putAddress(Parameter.Address, PEER_ADDRESS);
    expect<i32>(listen(80, 1)).toBe(Err.Invalid);
    putAddress(Parameter.Address, OUR_ADDRESS);
    expect<i32>(listen(80, 1)).toBeGreaterThan(0);
  });

  it("refuses a port in use, and one listener too many", () => {
    putAddress(Parameter.Address, 0);
    expect<i32>(listen(80, 1)).toBeGreaterThan(0);
    expect<i32>(listen(80, 1)).toBe(Err.InUse);
    expect<i32>(listen(81, 1)).toBeGreaterThan(0);
    expect<i32>(listen(82, 1)).toBeGreaterThan(0);
    expect<i32>(listen(83, 1)).toBe(Err.Full);
  });
});

describe("connect", () => {
  beforeEach(() => begin());

  it("refuses ports and addresses that cannot be", () => {
    putAddress(Parameter.Address, PEER_ADDRESS);
    putAddress(Parameter.LocalAddress, 0);
    expect<i32>(connect(0, 0)).toBe(Err.Invalid);
    expect<i32>(connect(65536, 0)).toBe(Err.Invalid);
    expect<i32>(connect(80, 65536)).toBe(Err.Handle);
    putAddress(Parameter.LocalAddress, PEER_ADDRESS);
    expect<i32>(connect(80, 0)).toBe(Err.Invalid);
    putAddress(Parameter.LocalAddress, OUR_ADDRESS);
    expect<i32>(connect(80, 0)).toBeGreaterThan(0);
    putAddress(Parameter.Address, 0);
    putAddress(Parameter.LocalAddress, 0);
    expect<i32>(connect(80, 0)).toBe(Err.Invalid);
  });

  it("turns a listener into the connection, once", () => {
    putAddress(Parameter.Address, 0);
    putAddress(Parameter.LocalAddress, 0);
    const listener = listen(5000, 1);
    putAddress(Parameter.Address, PEER_ADDRESS);
    const handle = connect(80, listener);
    expect<i32>(handle).toBeGreaterThan(0);
    expect<i32>(status(handle)).toBe(State.SynSent);
    putAddress(Parameter.Address, PEER_ADDRESS);
    putAddress(Parameter.LocalAddress, 0);
    expect<i32>(connect(80, listener)).toBe(Err.Handle);
    expect<i32>(close(listener)).toBe(Err.Handle);
  });

  it("answers at once, in SYN-SENT", () => {
    expect<i32>(status(synSent())).toBe(State.SynSent);
  });
});

describe("accept", () => {
  it("says 0 when none waits, and refuses what is no listener", () => {
    begin();
    expect<i32>(accept(listening())).toBe(0);
    expect<i32>(accept(connected())).toBe(Err.Handle);
    expect<i32>(accept(0)).toBe(Err.Handle);
  });
});

describe("sendSpace and commit", () => {
  it("refuse more than there is room for, and flags that there are not", () => {
    const handle = established();
    expect<i32>(commit(handle, RING + 1, 0)).toBe(Err.Invalid);
    expect<i32>(commit(handle, 0xffffffff, 0)).toBe(Err.Invalid);
    expect<i32>(commit(handle, 1, 4)).toBe(Err.Invalid);
    expect<i32>(commit(handle, 0, CommitFlag.Urgent)).toBe(Err.Invalid);
    expect<i32>(commit(handle, 1, CommitFlag.Push | CommitFlag.Urgent)).toBeGreaterThan(0);
    expect<u32>(write(handle, RING)).toBe(RING - 1);
    expect<i32>(sendSpace(handle)).toBe(0);
    expect<i32>(commit(handle, 1, 0)).toBe(Err.Invalid);
  });

  it("are refused after shutdown and when the connection is over", () => {
    const handle = established();
    shutdown(handle);
    expect<i32>(sendSpace(handle)).toBe(Err.State);
    expect<i32>(commit(handle, 1, 0)).toBe(Err.State);
    say(ACK, iss + 2);
    say(ACK | FIN, iss + 2);
    expect<i32>(sendSpace(handle)).toBe(Err.State);
  });

  it("take text before the connection is established", () => {
    const handle = synSent();
    expect<i32>(sendSpace(handle)).toBeGreaterThan(0);
    expect<i32>(commit(handle, 10, 0)).toBe(sendSpace(handle));
  });
});

describe("receiveLen and consume", () => {
  it("refuse to consume more than has been received", () => {
    const handle = established();
    expect<i32>(receiveLen(handle)).toBe(0);
    expect<i32>(consume(handle, 1)).toBe(Err.Invalid);
    say(ACK, iss + 1, 100);
    expect<i32>(consume(handle, 101)).toBe(Err.Invalid);
    expect<u32>(read(handle)).toBe(100);
  });

  it("go on after the end, for what is in the ring", () => {
    const handle = established();
    say(ACK | FIN, iss + 1, 100);
    shutdown(handle);
    takeAll();
    say(ACK, iss + 2);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(read(handle)).toBe(100);
  });
});

describe("shutdown", () => {
  it("is harmless twice, and refused when the connection is over", () => {
    const handle = established();
    expect<i32>(shutdown(handle)).toBe(0);
    expect<i32>(shutdown(handle)).toBe(0);
    takeAll();
    say(ACK | FIN, iss + 2);
    expect<i32>(shutdown(handle)).toBe(Err.State);
  });
});

describe("every call", () => {
  it("refuses a handle of nothing, and traps on none", () => {
    begin();
    const handles: i32[] = [0, -1, 1, 0x10000, 0x4000_0000, 0x4001_ffff, i32.MIN_VALUE, 0xffff];
    for (let index = 0; index < handles.length; index++) {
      const handle = handles[index];
      expect<i32>(accept(handle)).toBe(Err.Handle);
      expect<usize>(sendPtr(handle)).toBe(0);
      expect<i32>(sendSpace(handle)).toBe(Err.Handle);
      expect<i32>(commit(handle, 1, 0)).toBe(Err.Handle);
      expect<usize>(receivePtr(handle)).toBe(0);
      expect<i32>(receiveLen(handle)).toBe(Err.Handle);
      expect<i32>(consume(handle, 0)).toBe(Err.Handle);
      expect<i32>(shutdown(handle)).toBe(Err.Handle);
      expect<i32>(close(handle)).toBe(Err.Handle);
      expect<i32>(abort(handle)).toBe(Err.Handle);
      expect<i32>(setOption(handle, 0, 1)).toBe(Err.Handle);
      expect<i32>(getOption(handle, 0)).toBe(Err.Handle);
      expect<i32>(status(handle)).toBe(Err.Handle);
    }
  });
});
