/**
 * Where a call that takes more than numbers finds the rest: octet offsets from `parametersPtr()`.
 * An address is 16 octets in network order; IPv4 is written as ::ffff:a.b.c.d (RFC 4291 section
 * 2.5.5.2), and 16 zero octets mean "any".
 */
export const enum Parameter {
  /** `memoryNeeded`, `init`: the budget, see `Budget`. After a refusal, word 0 names the field. */
  Budget = 0,
  /** `init`, `reseed`: 32 octets of entropy, wiped by the call. */
  Entropy = 128,
  /** `connect`: the peer's address. `listen`: the local address, or any. */
  Address = 0,
  /** `connect`: the local address, or any. */
  LocalAddress = 16,
  /** `configure`: see `Interface`. */
  Interface = 0,
  /** `status`, `describe`: the record written, see `Status`. */
  Status = 0,
  /** Size of the whole area. */
  Octets = 160,
}

/** What `configure` reads: u32 words from `Parameter.Interface`, addresses as 16 octets each. */
export const enum Interface {
  /** A `LinkKind`. */
  Kind = 0,
  /** Octets of the largest IP packet on this link; at most `Budget.Mtu`. 68 or more. */
  Mtu = 1,
  /** Prefix length of the local address: 0 to 32 for IPv4. */
  PrefixLen = 2,
  /** Bits of `InterfaceFlag`. */
  Flags = 3,
  /** The MAC address: 6 octets, the first in the low octet of the first of 2 words. */
  Mac = 4,
  /** Our address. */
  Address = 6,
  /** The router for all that is off the link; 16 zero octets for none. */
  Gateway = 10,
  Words = 14,
}

export const enum LinkKind {
  /** Ethernet II frames, with ARP. */
  Ethernet = 0,
  /** Bare IP packets: TUN, tests, and what the SLIP codec carries. */
  Ip = 1,
}

export const enum InterfaceFlag {
  /** Probe our address before its first use, then announce it (RFC 5227 sections 2.1, 2.3). */
  Probe = 1,
  /** Announce our address without having probed for it. */
  Announce = 2,
  /** Say nothing for an MSL first (RFC 9293 section 3.4.3): old segments of ours are gone then. */
  Quiet = 4,
  /**
   * Not in the build for boards. The driver, or what is behind it, finishes TCP checksums and cuts
   * large segments: `transmit` may leave it both, see `Descriptor`. Frames are as large as the
   * frame slots are then, in both directions, whatever the interface's MTU.
   */
  Offload = 8,
}

/** What calls say beside their result: u32 words at `descriptorPtr()`. */
export const enum Descriptor {
  /** The interface that the frame leaves by. */
  Interface = 0,
  /** Bits of `FrameFlag`. */
  Flags,
  /** Octets of text of each TCP segment that the frame is to be cut into; 0: it stays whole. */
  SegmentSize,
  /** `nextEvent`: the bits of `Event` that are new. */
  Events,
  /** After any call: bits of `Waiting`. */
  Waiting,
  /**
   * `sendSpace`, `commit`, `receiveLen`, `consume`, and `nextEvent` of a connection: where the
   * octets lie whose number they tell. What it holds is of no use when that is 0.
   */
  At,
  /** `nextEvent`: octets to read that lie in one piece, as from `receiveLen`; of listeners 0. */
  Received,
  /**
   * Of what `At` tells of, and after the same calls: how many octets more fit, or lie, behind that
   * piece, at the ring's beginning. One `commit`, or `consume`, may be of both. In the build for
   * boards 0: what lies there comes with the next call.
   */
  Rest,
  /** Where those lie. Of no use when they are none. */
  RestAt,
  Words,
}

/** What waits for the host. Never 0 when there is something; so no call need be made in vain. */
export const enum Waiting {
  /**
   * `transmit` has something to do beside timers, and most likely a frame. `serialTransmit`: has
   * octets, or a frame to make them of.
   */
  Frames = 1,
  /** `nextEvent` has news. */
  Events = 0x100,
}

/** What a frame from `transmit` still lacks. */
export const enum FrameFlag {
  None = 0,
  /** The TCP checksum: its field has the sum of the pseudo-header, folded but not inverted. */
  PartialChecksum = 1,
}

/** Flags of `receive`. */
export const enum ReceiveFlag {
  None = 0,
  /**
   * Not in the build for boards. The TCP or UDP checksum is not to be looked at: the driver, or
   * the network card, has found it right; or it is partial, as the frame was never on a wire.
   */
  Checked = 1,
  /** The call answers as `nextEvent` would: a handle with news, or 0; unless it is refused. */
  News = 2,
}

/** Flags of `commit`. */
export const enum CommitFlag {
  None = 0,
  /**
   * PUSH (RFC 9293 section 3.9.1.2). Makes no difference: nothing is held back for company, and the
   * last segment of what is queued always bears PSH (MUST-60, MUST-61). Nagle's algorithm does not
   * heed it (section 3.7.4); `Option.NoDelay` turns that off.
   */
  Push = 1,
  /**
   * URGENT: the stream is urgent up to the last of these octets (RFC 9293 section 3.8.5). There
   * must be one. Not for new applications (SHLD-13).
   */
  Urgent = 2,
}
