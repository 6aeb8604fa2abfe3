/**
 * Another repair of `serialport` on Unix, needed as of @serialport/bindings-cpp 13.0.0: there, who
 * waits for room to write puts an end to the waiting for something to read, until there is room.
 * Two programs that both have more to send than the line takes then wait for each other, for ever.
 */

/** What an open port of the bindings has on Unix, as far as it is needed here. */
interface UnixPoller {
  /** Waits for these events only, and no longer for those of the call before. */
  poll(events: number): void;
  listenerCount(name: string): number;
}

/** UV_READABLE and UV_WRITABLE of libuv. */
const READABLE = 1;
const WRITABLE = 2;

/** Lets an open port of the bindings wait for both. Ports that have no poller are left alone. */
export function waitForBoth(port: unknown): void {
  const { poller } = (port ?? {}) as { poller?: UnixPoller };
  if (typeof poller?.poll !== "function") return;
  const poll = poller.poll.bind(poller);
  poller.poll = (events) => {
    const read = poller.listenerCount("readable") > 0 ? READABLE : 0;
    const write = poller.listenerCount("writable") > 0 ? WRITABLE : 0;
    poll(events | read | write);
  };
}
