/** Several frames in one call, in and out: what one call each does, and what waits in between. */
import { Counter } from "../../../assembly/abi/counter";
import { Err } from "../../../assembly/abi/error";
import { Event } from "../../../assembly/abi/event";
import { Option } from "../../../assembly/abi/option";
import { Descriptor, InterfaceFlag, LinkKind, ReceiveFlag } from "../../../assembly/abi/parameters";
import { receiveBurst, transmitBurst } from "../../../assembly/api/bursts";
import { descriptorPtr, init } from "../../../assembly/api/setup";
import { setOption } from "../../../assembly/api/sockets";
import { frameInPtr, frameInSize, nextDeadline, receive } from "../../../assembly/api/stack";
import {
  ROOMY, beginBursts, ethernetIss, flood, framesWait, handIn, laidLen, lay, layAt, layFirst,
  layFrame, layRandom, laySegment, layText, onEthernet, sackingBursts, singles, takeFrames,
  takeTexts, tookAt, tookLens,
} from "../support/bursts";
import {
  ALL, NONE, OUR_IP, OUR_MAC, PEER_IP, PEER_MAC, REPLY, REQUEST, THIRD_IP, THIRD_MAC, arp,
} from "../support/ethernet";
import { seed } from "../support/numbers";
import { hex } from "../support/octets";
import {
  ACK, FIN, PEER_ISS, PSH, RING, RST, SYN, counted, decode, eventsOf, iss, jump, listening, now,
  peerNext, putBudget, read, secondConnected, sent, setWord, take, tcbOf, write,
} from "../support/peer";

const FULL: u32 = 536;

let handle: i32 = 0;

/** An echo request of 8 octets from the peer, on Ethernet. */
const ECHO = OUR_MAC + " " + PEER_MAC + " 08 00 45 00 00 1c 00 00 00 00 40 01 66 df " + PEER_IP +
  " " + OUR_IP + " 08 00 f7 ff 00 00 00 00";

/** A fresh stack has got what it must answer: by ARP, an echo, a SYN+ACK and a RST. */
function askAll(): void {
  beginBursts(LinkKind.Ethernet);
  listening();
  layFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, THIRD_IP, NONE, OUR_IP));
  layFrame(ECHO);
  laySegment(SYN, PEER_ISS, 0, 0);
  laySegment(ACK, PEER_ISS, 1, 0);
  handIn();
}

/** What was counted of frames that left. */
function counts(): string {
  return counted(Counter.FramesOut).toString() + " " + counted(Counter.OctetsOut).toString() + " " +
    counted(Counter.TcpSegmentsOut).toString();
}

describe("receiveBurst", () => {
  it("takes each frame as receive does, and counts each once", () => {
    handle = sackingBursts();
    const frames = counted(Counter.FramesIn);
    const octets = counted(Counter.OctetsIn);
    const segments = counted(Counter.InTcp);
    layText(ACK, iss + 1, 1);
    layText(ACK | PSH, iss + 1, 100);
    layText(ACK, iss + 1, 535);
    expect<i32>(handIn()).toBe(0);
    expect<u32>(tcbOf(handle).rcvNxt).toBe(peerNext);
    expect<u32>(counted(Counter.FramesIn)).toBe(frames + 3);
    expect<u32>(counted(Counter.OctetsIn)).toBe(octets + 3 * 40 + 636);
    expect<u32>(counted(Counter.InTcp)).toBe(segments + 3);
    expect<u32>(read(handle)).toBe(636);
  });

  it("says what nextEvent says when news are asked for", () => {
    handle = sackingBursts();
    layText(ACK, iss + 1, 1);
    expect<i32>(handIn(ReceiveFlag.News)).toBe(handle);
    expect<u32>(load<u32>(descriptorPtr() + 4 * Descriptor.Events)).toBe(Event.Readable);
    layText(ACK, iss + 1, 1);
    expect<i32>(handIn()).toBe(0);
    expect<u32>(eventsOf(handle)).toBe(Event.Readable);
  });

  it("refuses flags that there are not, and everything before init", () => {
    handle = sackingBursts();
    const frames = counted(Counter.FramesIn);
    layText(ACK, iss + 1, 1);
    expect<i32>(receiveBurst(laidLen(), 4, now)).toBe(Err.Invalid);
    expect<u32>(counted(Counter.FramesIn)).toBe(frames);
    putBudget();
    setWord(0, 1);
    init(now);
    expect<i32>(receiveBurst(laidLen(), 0, now)).toBe(Err.NotReady);
    expect<i32>(transmitBurst(now)).toBe(0);
  });

  it("takes nothing of a burst without a frame, and counts one that is cut off", () => {
    handle = sackingBursts();
    const frames = counted(Counter.FramesIn);
    const octets = counted(Counter.OctetsIn);
    store<u16>(frameInPtr() - 2, 40);
    for (let len: u32 = 0; len < 2; len++) expect<i32>(receiveBurst(len, 0, now)).toBe(0);
    expect<u32>(counted(Counter.FramesIn)).toBe(frames);
    expect<i32>(receiveBurst(2, 0, now)).toBe(0);
    expect<u32>(counted(Counter.FramesIn)).toBe(frames + 1);
    // As `receive` counts a frame that is too long: by what it was said to be.
    expect<u32>(counted(Counter.OctetsIn)).toBe(octets + 40);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(1);
    layText(ACK, iss + 1, 5);
    layText(ACK, iss + 1, 5);
    // The second begins 48 octets behind the first, its length 2 octets before that.
    receiveBurst(2 + 48, 0, now);
    expect<u32>(counted(Counter.FramesIn)).toBe(frames + 3);
    expect<u32>(counted(Counter.OctetsIn)).toBe(octets + 40 + 2 * 45);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(2);
    expect<u32>(read(handle)).toBe(5);
  });

  it("counts a last frame that has no octets", () => {
    handle = sackingBursts();
    const frames = counted(Counter.FramesIn);
    layText(ACK, iss + 1, 5);
    lay(0);
    handIn();
    expect<u32>(counted(Counter.FramesIn)).toBe(frames + 2);
    expect<u32>(read(handle)).toBe(5);
  });

  it("answers echoes one after the other, where only one can wait", () => {
    handle = sackingBursts();
    for (let index = 0; index < 4; index++) layFrame(ECHO.substr(42));
    layText(ACK, iss + 1, 1);
    handIn();
    expect<u32>(takeFrames()).toBe(4);
  });

  it("answers more segments for no connection than replies can wait", () => {
    beginBursts(LinkKind.Ethernet);
    for (let index = 0; index < 20; index++) laySegment(ACK, 1, 1, 0);
    handIn();
    expect<u32>(takeFrames()).toBe(20);
  });

  it("goes on behind frames that are none, in step with their lengths", () => {
    for (let kind: u32 = 0; kind <= 1; kind++) {
      beginBursts(<LinkKind>kind);
      listening();
      const drops: u32[] = [0, 1, 13, 14, 15, 17];
      for (let index = 0; index < drops.length; index++) {
        memory.fill(layAt(), 0, 20);
        lay(drops[index]);
      }
      laySegment(SYN, PEER_ISS, 0, 0);
      handIn();
      expect<u32>(counted(Counter.FramesIn)).toBe(7);
      expect<u32>(counted(Counter.InTcp)).toBe(1);
      expect<u32>(takeFrames()).toBe(1);
    }
  });

  it("drops and counts a frame that goes beyond the burst, and looks no further", () => {
    handle = sackingBursts();
    const frames = counted(Counter.FramesIn);
    layText(ACK, iss + 1, 5);
    layText(ACK, iss + 1, 5);
    layText(ACK, iss + 1, 5);
    // The second says that it is as long as all that follows, and one octet more.
    const second = frameInPtr() + 48;
    store<u16>(second - 2, <u16>(laidLen() - 2 - 48 + 1));
    handIn();
    expect<u32>(counted(Counter.FramesIn)).toBe(frames + 2);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(1);
    expect<u32>(read(handle)).toBe(5);
    store<u16>(frameInPtr() - 2, 0xffff);
    receiveBurst(100, 0, now);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(2);
    expect<u32>(counted(Counter.FramesIn)).toBe(frames + 3);
  });

  it("takes frames up to the last octet of the slot, and not one beyond", () => {
    for (let beyond: u32 = 0; beyond < 2; beyond++) {
      handle = sackingBursts(1536);
      const frames = counted(Counter.FramesIn);
      const octets = counted(Counter.OctetsIn);
      layText(ACK, iss + 1, 100);
      // From the first to the second are 144 octets.
      layText(ACK, iss + 1, 1536 - 144 - 40 + beyond);
      expect<u32>(laidLen()).toBe(2 + frameInSize() + beyond);
      handIn();
      expect<u32>(counted(Counter.DropFrameLength)).toBe(beyond);
      expect<u32>(counted(Counter.FramesIn)).toBe(frames + (beyond == 0 ? 2 : 1));
      // One that is too long for the slot is as one frame that is; 4 octets lie between the two.
      expect<u32>(counted(Counter.OctetsIn) - octets)
        .toBe(beyond == 0 ? frameInSize() - 4 : frameInSize() + 1);
      expect<u32>(read(handle)).toBe(beyond == 0 ? 1536 - 144 - 40 + 100 : 0);
      expect<i32>(receiveBurst(0xffffffff, 0, now)).toBe(0);
      expect<u32>(counted(Counter.DropFrameLength)).toBe(beyond + 1);
    }
  });

  it("answers a station that it cannot know yet when it has asked for it", () => {
    const other = onEthernet();
    for (let index = 0; index < 4; index++) layText(ACK, ethernetIss + 1, FULL);
    handIn();
    // No acknowledgment could be built: the peer is asked for its address.
    expect<string[]>(takeTexts())
      .toStrictEqual([arp(ALL, OUR_MAC, REQUEST, OUR_MAC, OUR_IP, NONE, PEER_IP)]);
    layFrame(arp(OUR_MAC, PEER_MAC, REPLY, PEER_MAC, PEER_IP, OUR_MAC, OUR_IP));
    for (let index = 0; index < 3; index++) layText(ACK, ethernetIss + 1, FULL);
    handIn();
    const count = takeFrames();
    // With the first text one for all that came before; and one for the other two.
    expect<u32>(count).toBe(2);
    for (let index: u32 = 0; index < count; index++) {
      expect<string>(hex(tookAt[index], 12)).toBe(PEER_MAC + " " + OUR_MAC);
    }
    decode(tookAt[count - 1] + 14, tookLens[count - 1] - 14);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(read(other)).toBe(7 * FULL);
  });
});

describe("acknowledgments within a burst", () => {
  it("are those of calls with one frame each, whatever comes", () => {
    for (let run: u32 = 0; run < 30; run++) {
      const traces: string[] = [];
      for (let way = 0; way < 2; way++) {
        handle = sackingBursts();
        seed(run);
        traces.push("");
        for (let turn = 0; turn < 4; turn++) {
          for (let frame = 0; frame < 6; frame++) {
            layRandom();
            if (way == 0) continue;
            receive(0, laidLen() - 2, 0, now);
            layFirst();
            while (take()) traces[way] += hex(sent.at, sent.len) + "\n";
          }
          if (way == 0) {
            handIn();
            const frames = takeTexts();
            for (let at = 0; at < frames.length; at++) traces[way] += frames[at] + "\n";
          }
          read(handle);
        }
        traces[way] += counted(Counter.FramesOut).toString();
      }
      expect<bool>(traces[0].length > 100).toBe(true);
      expect<string>(traces[0]).toBe(traces[1]);
    }
  });

  it("take text along when there is some", () => {
    handle = sackingBursts();
    write(handle, 10);
    flood(4);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.textLen).toBe(10);
    expect<u32>(sent.ack).toBe(peerNext - 2 * FULL);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.textLen).toBe(0);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<bool>(take()).toBe(false);
  });

  it("leave behind what comes before them in a single call: replies, and all of them", () => {
    handle = sackingBursts();
    const first = peerNext;
    // The answer to the last frame of a burst waits.
    layFrame(ECHO.substr(42));
    handIn();
    laySegment(ACK, 1, 1, 0);
    layText(ACK, iss + 1, FULL);
    flood(2);
    expect<u32>(takeFrames()).toBe(3);
    expect<u32>(load<u8>(tookAt[0], 9) + load<u8>(tookAt[1], 9)).toBe(1 + 6);
    decode(tookAt[2], tookLens[2]);
    expect<u32>(sent.ack).toBe(first + 2 * FULL);
  });

  it("are left for that call where the slot has no room", () => {
    handle = sackingBursts(2000);
    setOption(handle, Option.AckDelay, 0);
    const before = counted(Counter.FramesOut);
    for (let turn = 0; turn < 3; turn++) {
      for (let index = 0; index < 12; index++) layText(ACK, iss + 1, 1);
      handIn();
      // 48 octets for each; and of those behind, one as long as the link takes has room.
      expect<u32>(counted(Counter.FramesOut)).toBe(before + 500 / 48 + 1);
    }
    expect<u32>(takeFrames()).toBe(500 / 48 + 1);
    expect<bool>(framesWait()).toBe(true);
    expect<u32>(takeFrames()).toBe(1);
    decode(tookAt[0], tookLens[0]);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<bool>(framesWait()).toBe(false);
  });

  it("are the last one's business of nobody else: a FIN behind, a reset, another's frame", () => {
    handle = sackingBursts();
    layText(ACK, iss + 1, FULL);
    layText(ACK, iss + 1, FULL);
    laySegment(ACK | FIN, peerNext, iss + 1, 0);
    laySegment(RST, peerNext + 1, 0, 0);
    laySegment(ACK, 1, 1, 0);
    handIn();
    // Of both texts, and of the FIN; the connection is no more, and the last is answered by a RST.
    expect<u32>(takeFrames()).toBe(3);
    decode(tookAt[0], tookLens[0]);
    expect<u32>(sent.ack).toBe(peerNext);
    decode(tookAt[1], tookLens[1]);
    expect<u32>(sent.ack).toBe(peerNext + 1);
    decode(tookAt[2], tookLens[2]);
    expect<u32>(sent.flags).toBe(RST);
  });
});

describe("transmitBurst", () => {
  it("gives what transmit gives one by one, and counts each once", () => {
    const traces: string[] = [];
    for (let way = 0; way < 2; way++) {
      handle = sackingBursts();
      write(handle, 5 * FULL + 10);
      const texts = way == 0 ? takeTexts() : singles();
      expect<i32>(texts.length).toBe(6);
      traces.push(texts.join("\n") + counts());
    }
    expect<string>(traces[0]).toBe(traces[1]);
  });

  it("lets two connections have their turns as single calls do", () => {
    const traces: string[] = [];
    for (let way = 0; way < 2; way++) {
      handle = sackingBursts(way == 0 ? 5000 : ROOMY);
      const other = secondConnected();
      write(handle, RING);
      write(other, RING);
      tcbOf(handle).cwnd = 1 << 20;
      tcbOf(other).cwnd = 1 << 20;
      let texts: string[] = [];
      if (way == 0) {
        for (let got = takeTexts(); got.length > 0; got = takeTexts()) texts = texts.concat(got);
      } else {
        texts = singles();
      }
      expect<bool>(texts.length > 14).toBe(true);
      traces.push(texts.join("\n") + counts());
    }
    expect<string>(traces[0]).toBe(traces[1]);
  });

  it("ends where the slot does, says that more waits, and goes on", () => {
    handle = sackingBursts(1500 + 592);
    tcbOf(handle).cwnd = 1 << 20;
    write(handle, 5 * FULL);
    expect<u32>(takeFrames()).toBe(2);
    expect<bool>(framesWait()).toBe(true);
    expect<u32>(nextDeadline(now)).toBe(0);
    expect<u32>(takeFrames()).toBe(2);
    expect<bool>(framesWait()).toBe(true);
    expect<u32>(takeFrames()).toBe(1);
    expect<bool>(framesWait()).toBe(false);
    expect<u32>(takeFrames()).toBe(0);
  });

  it("has replies of all kinds in it: ARP, echo, SYN+ACK and RST", () => {
    askAll();
    expect<bool>(framesWait()).toBe(true);
    const singly = singles();
    expect<i32>(singly.length).toBe(4);
    askAll();
    expect<string[]>(takeTexts()).toStrictEqual(singly);
    expect<bool>(framesWait()).toBe(false);
    expect<u32>(counted(Counter.ArpRepliesSent)).toBe(1);
    expect<u32>(counted(Counter.FramesOut)).toBe(4);
  });

  it("expires timers, and says 0 when nobody has anything to say", () => {
    beginBursts(LinkKind.Ip);
    expect<u32>(takeFrames()).toBe(0);
    listening();
    laySegment(SYN, PEER_ISS, 0, 0);
    handIn();
    expect<u32>(takeFrames()).toBe(1);
    jump(999);
    expect<u32>(takeFrames()).toBe(0);
    jump(1);
    expect<u32>(takeFrames()).toBe(1);
  });

  it("says 0 of an interface that was never configured, and asks while it probes", () => {
    beginBursts(LinkKind.Ethernet, ROOMY, InterfaceFlag.Probe);
    jump(1001);
    expect<u32>(takeFrames()).toBe(1);
    expect<u32>(takeFrames()).toBe(0);
    putBudget();
    expect<i32>(init(now)).toBe(0);
    expect<i32>(transmitBurst(now)).toBe(0);
    layFirst();
    laySegment(SYN, PEER_ISS, 0, 0);
    expect<i32>(handIn()).toBe(0);
    expect<u32>(counted(Counter.DropNoInterface)).toBe(1);
  });
});
