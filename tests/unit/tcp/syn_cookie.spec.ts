/** SYN cookies: what they hold, and that none can be made up. */
import { Pair, copyPair, pairOf } from "../../../assembly/core/pair";
import { Segment } from "../../../assembly/wire/segment";
import { Offer } from "../../../assembly/wire/tcp_options";
import { timestampOffset } from "../../../assembly/tcp/isn";
import {
  Match, clearCookies, cookieClock, makeCookie, matchCookie, mssOfCookie, offersOfCookie,
} from "../../../assembly/tcp/syn_cookie";
import { begin, jump, now, pass } from "../support/peer";
import { next, seed } from "../support/numbers";

const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
const pair: Pair = changetype<Pair>(memory.data(offsetof<Pair>(), 8));

function cookieFor(irs: u32, mss: u32): u32 {
  seg.seq = irs;
  seg.mss = <u16>mss;
  const cookie = makeCookie(pair, seg);
  seg.seq = irs + 1;
  seg.ack = cookie + 1;
  return cookie;
}

describe("makeCookie and matchCookie", () => {
  beforeEach(() => {
    begin();
    copyPair(pair, pairOf(1, 2, 3));
    clearCookies();
  });

  it("know the third segment again, and those behind it", () => {
    cookieFor(77, 1460);
    expect<u32>(matchCookie(pair, seg)).toBe(Match.Third);
    seg.seq += 100;
    expect<u32>(matchCookie(pair, seg)).toBe(Match.Later);
    seg.ack++;
    expect<u32>(matchCookie(pair, seg)).toBe(Match.None);
  });

  it("believe none before one was sent, nor of another pair", () => {
    seg.seq = 78;
    seg.ack = 1234;
    expect<u32>(matchCookie(pair, seg)).toBe(Match.None);
    cookieFor(77, 1460);
    copyPair(pair, pairOf(1, 2, 4));
    expect<u32>(matchCookie(pair, seg)).toBe(Match.None);
  });

  it("take a number made up for one of a cookie once in 2^27 times", () => {
    cookieFor(77, 1460);
    seed(5);
    let third = 0;
    let later = 0;
    for (let attempt = 0; attempt < 20_000; attempt++) {
      seg.ack = next();
      const match = matchCookie(pair, seg);
      if (match == Match.Third) third++;
      if (match == Match.Later) later++;
    }
    expect<i32>(third).toBe(0);
    // Half of the times are fresh, and one in 512 of those looks like the pair's.
    expect<bool>(later < 60).toBe(true);
  });

  it("keep the largest of eight sizes that is not above the peer's", () => {
    cookieFor(1, 0);
    expect<u32>(mssOfCookie(seg.ack)).toBe(536);
    cookieFor(1, 1);
    expect<u32>(mssOfCookie(seg.ack)).toBe(48);
    cookieFor(1, 1439);
    expect<u32>(mssOfCookie(seg.ack)).toBe(1380);
    cookieFor(1, 0xffff);
    expect<u32>(mssOfCookie(seg.ack)).toBe(1460);
  });

  it("are good for their unit of time and the next", () => {
    cookieFor(77, 1460);
    pass(65_000);
    expect<u32>(matchCookie(pair, seg)).toBe(Match.Third);
    pass(67_000);
    expect<u32>(matchCookie(pair, seg)).toBe(Match.None);
  });
});

describe("cookieClock and offersOfCookie", () => {
  it("bring the options back, and never run ahead of time", () => {
    begin();
    const offset = timestampOffset(pair);
    for (let offers: u32 = 0; offers < 32; offers++) {
      jump(offers * 7);
      pass(1);
      const clock = cookieClock(offers);
      const plain = cookieClock(0);
      expect<bool>(clock - plain <= 31 || plain - clock <= 31).toBe(true);
      expect<u32>(offersOfCookie(pair, clock + offset)).toBe(offers | Offer.Timestamps);
    }
    expect<bool>(now != 0).toBe(true);
  });
});
