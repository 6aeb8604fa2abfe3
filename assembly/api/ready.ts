/** Whether the stack has been set up: what every call asks first. */

@unmanaged
@final
class Ready {
  /** 1 after a successful `init`. */
  isReady: u32;
}

const ready: Ready = changetype<Ready>(memory.data(offsetof<Ready>(), 4));

/** Whether `init` has succeeded. */
export function isReady(): bool {
  return ready.isReady != 0;
}

/** `init` has begun (0), or succeeded (1). */
export function setReady(value: u32): void {
  ready.isReady = value;
}
