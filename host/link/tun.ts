/** TUN: bare IP packets to and from the Linux kernel (`tun:NAME`). See `tuntap.ts`. */
import { TunTapLink, type TunTapOptions } from "./tuntap.js";

export class TunLink extends TunTapLink {
  constructor(options: TunTapOptions) {
    super("tun", options);
  }
}
