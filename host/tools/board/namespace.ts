/** The Linux side of a board's line: a network namespace of its own with a device in it. */
import { execFileSync } from "node:child_process";

/** The name of the device, in its namespace. */
export const DEVICE = "mote0";

/** Makes the device in the namespace and gives it an address, such as "192.168.7.1/24". */
export function makeDevice(namespace: string, mode: "tap" | "tun", address: string): void {
  const ip = (...words: string[]): void => {
    execFileSync("ip", ["-n", namespace, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  };
  ip("tuntap", "add", "dev", DEVICE, "mode", mode);
  // No IPv6 chatter of the kernel's own on a line that may be slow.
  ip("link", "set", DEVICE, "addrgenmode", "none");
  ip("addr", "add", address, "dev", DEVICE);
  ip("link", "set", DEVICE, "up");
}
