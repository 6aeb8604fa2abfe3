/** Why a connection ended, as the error that a socket of `net` would emit. */
import { StackError } from "./error.js";
import type { ConnectionStatus } from "./status.js";

/** The error for a connection that has ended; null when it ended well. */
export function endError(status: ConnectionStatus, isConnecting: boolean): StackError | null {
  const place = { address: status.remoteAddress, port: status.remotePort };
  const syscall = isConnecting ? "connect" : "read";
  switch (status.reason) {
    case "refused":
      return new StackError("ECONNREFUSED", "connect", "", place);
    case "unreachable":
      return new StackError("EHOSTUNREACH", syscall, "", place);
    case "timed out":
      // Silence has a cause now and then: a neighbour that does not answer ARP, a router's word.
      return timeoutError(status, syscall, place);
    case "reset":
      return isConnecting
        ? new StackError("ECONNRESET", syscall, "", place)
        : new StackError("ECONNRESET", syscall);
    case "aborted":
      return new StackError("ECONNABORTED", syscall, "the network was closed");
    default:
      return null;
  }
}

function timeoutError(
  status: ConnectionStatus, syscall: string, place: { address: string; port: number },
): StackError {
  const { softError } = status;
  const isUnreachable = softError === "unreachable" || softError === "no answer to ARP";
  return new StackError(isUnreachable ? "EHOSTUNREACH" : "ETIMEDOUT", syscall, "", place);
}
