/** Options of our segments: what is offered, what is agreed to, the room they take. */
import { Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { Offer } from "../../../assembly/wire/tcp_options";
import { Switch } from "../../../assembly/tcp/entry";
import {
  agreedOffers, emitOptions, extraLen, offersBy, offersOf, usualLen,
} from "../../../assembly/tcp/options";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { hex } from "../support/octets";
import { connected, synSent, tcbOf } from "../support/peer";

const at: usize = memory.data(64, 8);

describe("offersBy and agreedOffers", () => {
  it("go by the settings; window scale is always there", () => {
    expect<u32>(offersBy(0)).toBe(1);
    expect<u32>(offersBy(Switch.Sack)).toBe(1 | Offer.Sack);
    expect<u32>(offersBy(Switch.Timestamps)).toBe(1 | Offer.Timestamps);
    const all = <u32>Offer.Sack | <u32>Offer.Timestamps | 9;
    expect<u32>(agreedOffers(all, 0)).toBe(9);
    expect<u32>(agreedOffers(all, Switch.Sack)).toBe(9 | Offer.Sack);
    expect<u32>(agreedOffers(0, Switch.Sack | Switch.Timestamps)).toBe(0);
  });
});

describe("offersOf", () => {
  it("is what the settings offer in a first SYN, and what was agreed to later", () => {
    const handle = synSent();
    setOption(handle, Option.Sack, 0);
    expect<u32>(offersOf(tcbOf(handle), true)).toBe(1 | Offer.Timestamps);
    const tcb = tcbOf(connected());
    expect<u32>(offersOf(tcb, false)).toBe(0);
    setFlag(tcb, TcbFlag.Sack | TcbFlag.WindowScale);
    expect<u32>(offersOf(tcb, false)).toBe(1 | Offer.Sack);
  });
});

/** Octets of the options on the next segment. */
function optionsLen(tcb: Tcb): u32 {
  return extraLen(tcb) + usualLen(tcb);
}

describe("extraLen, usualLen and emitOptions", () => {
  it("are timestamps on every segment, if agreed on", () => {
    const tcb = tcbOf(connected());
    expect<u32>(optionsLen(tcb)).toBe(0);
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 0x01020304;
    expect<u32>(optionsLen(tcb)).toBe(12);
    emitOptions(tcb, at);
    expect<string>(hex(at, 4)).toBe("01 01 08 0a");
    expect<string>(hex(at + 8, 4)).toBe("01 02 03 04");
  });
});
