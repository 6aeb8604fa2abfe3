/** Addresses as an application writes them, put to where the calls of the core look for them. */
import { Interface, LinkKind, Parameter } from "../abi/parameters";
import { configure as configureInterface, init } from "../api/setup";
import { parametersAt, setParameterWord } from "../api/parameters";
import { mapIpv4 } from "../net/address";

/** The IPv4 address a.b.c.d as a number: `ip(192, 168, 7, 2)`. */
export function ip(a: u32, b: u32, c: u32, d: u32): u32 {
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** Writes an address of `ip` at an offset of the parameters; 0: any. */
export function putAddress(offset: usize, address: u32): void {
  const at = parametersAt() + offset;
  store<u64>(at, 0);
  store<u64>(at, address == 0 ? 0 : mapIpv4(bswap<u32>(address)), 8);
}

/**
 * Carves the memory by the budget that the module was compiled with, and starts the clock: for a
 * module that sets itself up. Most leave this to who drives them. The driver has written 32 octets
 * of entropy at `Parameter.Entropy` before. 0 or an `Err`.
 */
export function begin(now: u32): i32 {
  setParameterWord(0, 0);
  return init(now);
}

/**
 * Sets link and address after `begin`. `mac`: the six octets as a number, `0x02_00_00_00_00_09`; 0
 * on a link of kind `Ip`. `gateway` 0: none. `flags`: bits of `InterfaceFlag`. 0 or an `Err`.
 */
export function configure(
  link: LinkKind, mac: u64, address: u32, prefixLen: u32, gateway: u32 = 0, mtu: u32 = 1500,
  flags: u32 = 0,
): i32 {
  setParameterWord(Interface.Kind, link);
  setParameterWord(Interface.Mtu, mtu);
  setParameterWord(Interface.PrefixLen, prefixLen);
  setParameterWord(Interface.Flags, flags);
  store<u64>(parametersAt() + 4 * Interface.Mac, bswap<u64>(mac << 16));
  putAddress(Parameter.Interface + 4 * Interface.Address, address);
  putAddress(Parameter.Interface + 4 * Interface.Gateway, gateway);
  return configureInterface(0);
}
