/** Looking at connections: the record of what is in a table. */
import { Err, Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import {
  NeighbourState, Phase, Status, StatusFlag, Table, Timers,
} from "../../../assembly/abi/status";
import { close, shutdown } from "../../../assembly/api/sockets";
import { describe as describeEntry, status } from "../../../assembly/api/status";
import { parameterWord } from "../../../assembly/api/parameters";
import { answerArp, beginEthernet } from "../support/ethernet";
import {
  ACK, FIN, OUR_PORT, PEER_ISS, PEER_PORT, RST, SYN, begin, connected, established, iss, listening,
  peerNext, say, sendSegment, takeAll, used, write,
} from "../support/peer";

function word(index: Status): u32 {
  return parameterWord(0, index);
}

/** The last four octets of an address in the record. */
function address(index: Status): u32 {
  return bswap<u32>(parameterWord(0, index + 3));
}

describe("status of a connection", () => {
  it("tells addresses, ports, numbers, windows and timers", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    say(ACK, iss + 1, 30);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(word(Status.Handle)).toBe(handle);
    expect<u32>(word(Status.State)).toBe(State.Established);
    expect<u32>(address(Status.LocalAddress)).toBe(0x0a000001);
    expect<u32>(address(Status.RemoteAddress)).toBe(0x0a000002);
    expect<u32>(word(Status.LocalPort)).toBe(5000);
    expect<u32>(word(Status.RemotePort)).toBe(PEER_PORT);
    expect<u32>(word(Status.SendQueue)).toBe(100);
    expect<u32>(word(Status.ReceiveQueue)).toBe(30);
    expect<u32>(word(Status.SendUnacknowledged)).toBe(iss + 1);
    expect<u32>(word(Status.SendNext)).toBe(iss + 101);
    expect<u32>(word(Status.SendWindow)).toBe(0xffff);
    expect<u32>(word(Status.ReceiveNext)).toBe(PEER_ISS + 31);
    expect<u32>(word(Status.SegmentSize)).toBe(1460);
    expect<u32>(word(Status.PathMtu)).toBe(1500);
    expect<u32>(word(Status.RetransmissionTimeout)).toBe(1000);
    expect<u32>(word(Status.Reason)).toBe(Reason.None);
    expect<u32>(word(Status.RetransmitTimer)).toBe(1000);
    expect<u32>(word(Status.AckTimer)).toBe(40);
    expect<u32>(word(Status.PersistTimer)).toBe(Timers.Off);
    expect<u32>(word(Status.KeepAliveTimer)).toBe(Timers.Off);
    expect<u32>(word(Status.Path)).toBe((State.SynSent << 4) | State.Established);
  });

  it("tells what is held out of order, and how far it is with its end", () => {
    const handle = established();
    sendSegment(ACK, peerNext + 100, iss + 1, 50, 8192);
    status(handle);
    expect<u32>(word(Status.OutOfOrder)).toBe(50);
    expect<u32>(word(Status.Flags)).toBe(StatusFlag.Passive | StatusFlag.Cubic);
    say(ACK, iss + 1, 100);
    sendSegment(ACK | FIN, peerNext + 50, iss + 1, 0, 8192);
    shutdown(handle);
    status(handle);
    expect<u32>(word(Status.OutOfOrder)).toBe(0);
    expect<u32>(word(Status.Flags) & ~StatusFlag.Cubic)
      .toBe(StatusFlag.Passive | StatusFlag.PeerFinished | StatusFlag.Finishing);
    expect<u32>(word(Status.ReceiveQueue)).toBe(150);
  });

  it("keeps the reason of its end until it is let go", () => {
    const handle = established();
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(word(Status.Reason)).toBe(Reason.Reset);
    expect<u32>(word(Status.SendQueue)).toBe(0);
    close(handle);
    expect<i32>(status(handle)).toBe(Err.Handle);
  });

  it("of a listener tells its port, backlog and who waits", () => {
    begin();
    const listener = listening(5);
    expect<i32>(status(listener)).toBe(State.Listen);
    expect<u32>(word(Status.LocalPort)).toBe(OUR_PORT);
    expect<u32>(word(Status.SendQueue)).toBe(5);
    expect<u32>(word(Status.ReceiveQueue)).toBe(0);
  });
});

describe("describe", () => {
  it("lists each table to its end, and no other", () => {
    established();
    const tables: u32[] = [
      Table.Connections, Table.Listeners, Table.HalfOpen, Table.TimeWait, Table.Neighbours,
      Table.Interfaces,
    ];
    const sizes: u32[] = [3, 3, 4, 3, 4, 1];
    for (let index = 0; index < tables.length; index++) {
      expect<bool>(describeEntry(tables[index], sizes[index] - 1) >= 0).toBe(true);
      expect<i32>(describeEntry(tables[index], sizes[index])).toBe(Err.Invalid);
      expect<i32>(describeEntry(tables[index], 0xffffffff)).toBe(Err.Invalid);
    }
    expect<i32>(describeEntry(Table.Interfaces + 1, 0)).toBe(Err.Invalid);
    expect<u32>(used(Table.Connections)).toBe(1);
    expect<u32>(used(Table.Listeners)).toBe(1);
  });

  it("tells a half-open connection, and when its SYN+ACK is sent again", () => {
    begin();
    listening();
    say(SYN, 0);
    takeAll();
    expect<i32>(describeEntry(Table.HalfOpen, 0)).toBe(1);
    expect<u32>(word(Status.State)).toBe(State.SynReceived);
    expect<u32>(word(Status.Handle)).toBe(0);
    expect<u32>(word(Status.RemotePort)).toBe(PEER_PORT);
    expect<u32>(word(Status.ReceiveNext)).toBe(PEER_ISS + 1);
    expect<u32>(word(Status.SynAckTimer)).toBe(1000);
  });

  it("tells a TIME-WAIT once, not as a connection too", () => {
    const handle = established();
    shutdown(handle);
    takeAll();
    say(ACK | FIN, iss + 2);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<i32>(describeEntry(Table.TimeWait, 0)).toBe(1);
    expect<u32>(word(Status.State)).toBe(State.TimeWait);
    expect<u32>(word(Status.TimeWaitTimer)).toBe(60_000);
    expect<u32>(word(Status.ReceiveNext)).toBe(peerNext);
  });

  it("tells a neighbour with its MAC address, and how far our own address is", () => {
    beginEthernet();
    answerArp();
    expect<u32>(used(Table.Neighbours)).toBe(1);
    for (let index: u32 = 0; index < 4; index++) {
      if (describeEntry(Table.Neighbours, index) == 1) break;
    }
    expect<u32>(word(Status.State)).toBe(NeighbourState.Reachable);
    expect<u32>(address(Status.RemoteAddress)).toBe(0x0a000002);
    expect<u32>(word(Status.LocalAddress)).toBe(0x00000002);
    expect<u32>(word(Status.LocalAddress + 1) & 0xffff).toBe(0);
    expect<i32>(describeEntry(Table.Interfaces, 0)).toBe(1);
    expect<u32>(word(Status.State)).toBe(Phase.Ready);
  });
});
