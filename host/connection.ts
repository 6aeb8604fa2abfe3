/**
 * A connection of the stack in the hands of a socket: the handle, its events, and how it is let go
 * of. Below streams: knows nothing of Duplex.
 */
import { Event } from "../assembly/abi/event.js";
import { StackError } from "./error.js";
import type { Driver, EventHandler } from "./driver.js";
import { OPTIONS, type OptionName, type TcpOptions } from "./names.js";
import type { Network } from "./network.js";
import type { Stack } from "./stack.js";
import type { ConnectionStatus } from "./status.js";

/** One end of a connection, as `net` describes it. */
export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

/** How far the connection has come when it is let go of. */
export interface Release {
  /** To be ended with RST. */
  isReset: boolean;
  /** Both sides have finished and all is read: only acknowledgments are missing. */
  isFinished: boolean;
  /** The last that can be known of the connection; called later. */
  onReleased: (status: ConnectionStatus) => void;
}

export class Connection {
  private isHeld = false;

  constructor(
    readonly network: Network,
    readonly handle: number,
    onEvent: EventHandler,
  ) {
    this.driver.attach(handle, onEvent);
    this.driver.wake();
  }

  private get driver(): Driver {
    return this.network.driver;
  }

  get stack(): Stack {
    return this.driver.stack;
  }

  /** To be called after calls that may have made something ready to be sent. */
  wake(): void {
    this.driver.wake();
  }

  /** One piece of what has been received, copied, or null. */
  read(): Uint8Array | null {
    const octets = this.stack.read(this.handle);
    if (octets !== null) this.driver.wake(); // the window has grown
    return octets;
  }

  /** Octets to be read before the stream is not urgent any more. */
  urgentLeft(): number {
    return this.stack.urgentLeft(this.handle);
  }

  hasUnread(): boolean {
    return this.stack.readable(this.handle).length > 0;
  }

  /** FIN behind all that has been written. Throws StackError. */
  shutdown(): void {
    this.stack.shutdown(this.handle);
    this.driver.wake();
  }

  setOptions(options: TcpOptions): void {
    setOptions(this.stack, this.handle, options);
  }

  status(): ConnectionStatus {
    return this.stack.status(this.handle);
  }

  ends(): { local: AddressInfo; remote: AddressInfo } {
    const { localAddress, localPort, remoteAddress, remotePort } = this.status();
    return {
      local: { address: localAddress, family: "IPv4", port: localPort },
      remote: { address: remoteAddress, family: "IPv4", port: remotePort },
    };
  }

  /** Whether it is a reason for the process to stay. */
  hold(isHeld: boolean): void {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    if (isHeld) this.driver.hold();
    else this.driver.letGo();
  }

  /** Lets go. The handle must not be used any more. */
  release({ isReset, isFinished, onReleased }: Release): void {
    const { driver, stack, handle } = this;
    this.hold(false);
    driver.detach(handle);
    const last = stack.status(handle);
    if (isFinished && last.reason === "none") {
      this.awaitClosed(onReleased);
      return;
    }
    if (isReset) stack.abort(handle);
    else stack.close(handle);
    driver.wake();
    queueMicrotask(() => onReleased(last));
  }

  /** Only acknowledgments are due: the handle is kept until then, to tell how it ended. */
  private awaitClosed(onReleased: (status: ConnectionStatus) => void): void {
    const { driver, stack, handle } = this;
    driver.attach(handle, (bits) => {
      if ((bits & Event.Closed) === 0) return;
      const status = stack.status(handle);
      driver.detach(handle);
      stack.close(handle);
      driver.wake();
      onReleased(status);
    });
  }
}

/** For a connection, or all that a listener will accept. Throws EINVAL with the option's name. */
export function setOptions(stack: Stack, handle: number, options: TcpOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(name in OPTIONS)) {
      const all = Object.keys(OPTIONS).join(", ");
      throw new StackError("EINVAL", "setOption", `"${name}" is unknown; there are ${all}`);
    }
    stack.setOption(handle, name as OptionName, value);
  }
}
