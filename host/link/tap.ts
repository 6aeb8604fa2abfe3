/** TAP: Ethernet frames to and from the Linux kernel (`tap:NAME`). See `tuntap.ts`. */
import { TunTapLink, type TunTapOptions } from "./tuntap.js";

export class TapLink extends TunTapLink {
  constructor(options: TunTapOptions) {
    super("tap", options);
  }
}
