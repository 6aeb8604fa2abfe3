/** Whom a segment is for, and which of the short ways that makes it go. */
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { accept, close } from "../../../assembly/api/sockets";
import { frameInPtr } from "../../../assembly/api/stack";
import { inputUsual } from "../../../assembly/tcp/input_usual";
import { Tcb } from "../../../assembly/tcp/tcb";
import {
  ACK, FIN, PEER_ISS, RST, SYN, begin, iss, listening, peerNext, putSegment, sacking, sendSegment,
  sent, setPeerPort, take, takeAll, tcbOf, used,
} from "../support/peer";

/** A bare segment of the peer's lies in the slot, and is given to the short ways. */
function input(flags: u32, seq: u32, ack: u32, wnd: u32 = 0xfffe): usize {
  putSegment(frameInPtr(), flags, seq, ack, 0, wnd, 0);
  return inputUsual(frameInPtr());
}

function at(tcb: Tcb): usize {
  return changetype<usize>(tcb);
}

describe("inputUsual", () => {
  it("names the connection that takes a window, a FIN, or its last segment", () => {
    const handle = sacking();
    const tcb = tcbOf(handle);
    expect<usize>(input(ACK, peerNext, iss + 1)).toBe(at(tcb));
    expect<u32>(tcb.sndWnd).toBe(0xfffe);
    expect<usize>(input(ACK | FIN, peerNext, iss + 1)).toBe(at(tcb));
    expect<u32>(tcb.state).toBe(State.CloseWait);
    close(handle);
    takeAll();
    expect<usize>(input(ACK, peerNext + 1, iss + 2)).toBe(at(tcb));
    expect<u32>(used(Table.Connections)).toBe(0);
  });

  it("takes the FIN that ends a connection, and leaves that of a TIME-WAIT", () => {
    const handle = sacking();
    const tcb = tcbOf(handle);
    close(handle);
    takeAll();
    expect<usize>(input(ACK | FIN, peerNext, iss + 2)).toBe(at(tcb));
    expect<u32>(used(Table.TimeWait)).toBe(1);
    expect<usize>(input(ACK | FIN, peerNext, iss + 2)).toBe(0);
    expect<usize>(input(ACK, peerNext + 1, iss + 2)).toBe(0);
  });

  it("names the connection that the third segment of a handshake makes", () => {
    begin();
    const listener = listening();
    sendSegment(SYN, PEER_ISS, 0, 0, 0xffff);
    take();
    const ourIss = sent.seq;
    expect<usize>(input(ACK | FIN, PEER_ISS + 1, ourIss + 1)).toBe(0);
    const taker = input(ACK, PEER_ISS + 1, ourIss + 1);
    expect<usize>(taker).toBe(at(tcbOf(accept(listener))));
  });

  it("leaves every other control bit, and what is for nobody", () => {
    const handle = sacking();
    const others: u32[] =
      [0, FIN, RST, SYN, ACK | RST, ACK | SYN, ACK | FIN | SYN, ACK | FIN | RST];
    for (let index = 0; index < others.length; index++) {
      expect<usize>(input(others[index], peerNext, iss + 1)).toBe(0);
    }
    expect<u32>(tcbOf(handle).state).toBe(State.Established);
    setPeerPort(50);
    expect<usize>(input(ACK, peerNext, iss + 1)).toBe(0);
    expect<usize>(input(ACK | FIN, peerNext, iss + 1)).toBe(0);
  });
});
