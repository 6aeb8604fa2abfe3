/** The names of ICMP messages in scripts (RFC 792, RFC 1122 section 3.2.2, RFC 1812). */

interface IcmpName {
  type: number;
  codes: Record<string, number>;
}

export const ICMP_TYPES: Record<string, IcmpName> = {
  echo_reply: { type: 0, codes: {} },
  unreachable: {
    type: 3,
    codes: {
      net_unreachable: 0, host_unreachable: 1, protocol_unreachable: 2, port_unreachable: 3,
      frag_needed: 4, source_route_failed: 5, net_unknown: 6, host_unknown: 7,
      source_host_isolated: 8, net_prohibited: 9, host_prohibited: 10, net_unreachable_for_tos: 11,
      host_unreachable_for_tos: 12, packet_filtered: 13, precedence_violation: 14,
      precedence_cutoff: 15,
    },
  },
  source_quench: { type: 4, codes: {} },
  redirect: { type: 5, codes: { net: 0, host: 1, tos_net: 2, tos_host: 3 } },
  echo_request: { type: 8, codes: {} },
  time_exceeded: { type: 11, codes: { ttl: 0, exc_ttl: 0, exc_fragtime: 1, reassembly: 1 } },
  parameter_problem: { type: 12, codes: { pointer: 0, missing_option: 1, bad_length: 2 } },
};

/** "unreachable port_unreachable". */
export function icmpName(type: number, code: number): string {
  for (const [name, { type: number, codes }] of Object.entries(ICMP_TYPES)) {
    if (number !== type) continue;
    const word = Object.keys(codes).find((key) => codes[key] === code);
    return word === undefined ? (code === 0 ? name : `${name} ${code}`) : `${name} ${word}`;
  }
  return `${type} ${code}`;
}
