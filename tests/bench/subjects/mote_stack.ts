/** MoteTCP through the public class `Stack`, as docs/virtual-time.md has it; rings in place. */
import { Event } from "../../../assembly/abi/event.js";
import type { Stack } from "../../../host/stack.js";
import { SMALL_RING, createStacks, isTimestamped, type MoteOptions } from "./mote_options.js";
import { MESSAGE, PORT, type Subject, type Workload } from "./subject.js";

export class MoteStackPair implements Subject {
  frames = 0;
  received = 0;
  established = 0;
  replies = 0;
  finished = 0;
  private readonly left: Stack;
  private readonly right: Stack;
  private readonly handles: number[] = [];
  private readonly source = new Uint8Array(65536);
  private readonly message = new Uint8Array(MESSAGE);
  private listener = 0;
  private workload: Workload = "w1";
  private nowUs = 0;
  private servesEach = false;

  constructor(private readonly options: MoteOptions) {
    [this.left, this.right] = createStacks(options);
  }

  listen(workload: Workload): void {
    this.workload = workload;
    this.servesEach = workload !== "w1" || this.options.ring < SMALL_RING;
    this.listener = this.right.listen({ port: PORT });
    this.right.setOption(this.listener, "timestamps", isTimestamped);
  }

  connect(index: number): void {
    this.handles[index] = this.left.connect({ address: "10.0.0.2", port: PORT });
  }

  fill(inPlace: boolean): void {
    const { left } = this;
    const handle = this.handles[0]!;
    if (!inPlace) {
      left.write(handle, this.source);
      return;
    }
    for (let isRoom = true; isRoom; ) {
      isRoom = left.commit(handle, left.writable(handle).length) > 0;
    }
  }

  request(index: number): void {
    this.left.write(this.handles[index]!, this.message);
  }

  close(index: number): void {
    this.left.close(this.handles[index]!);
  }

  carry(): void {
    const { left, right } = this;
    do {
      while (left.hasFrames) {
        this.pass(left, right);
        if (this.servesEach) this.serve();
        this.answer();
      }
      // As in mote_raw.ts.
      this.serve();
      this.answer();
      this.attend();
    } while (left.hasFrames);
  }

  advance(ms: number): void {
    this.nowUs += ms * 1000;
    this.pass(this.left, this.right);
    this.pass(this.right, this.left);
    this.carry();
  }

  private pass(from: Stack, to: Stack): void {
    const frame = from.transmit(this.nowUs);
    if (frame === null) return;
    this.frames++;
    to.receive(frame, this.nowUs);
  }

  /** Frames from right to left. */
  private answer(): void {
    while (this.right.hasFrames) this.pass(this.right, this.left);
  }

  /** The server: reads, answers, closes. */
  private serve(): void {
    const { right } = this;
    for (let handle = right.pollEvent(); handle !== 0; handle = right.pollEvent()) {
      if (handle === this.listener) {
        right.accept(handle);
      } else if ((right.eventBits & Event.Readable) !== 0) {
        this.received += consumeAll(right, handle);
        if (this.workload === "w2") right.write(handle, this.message);
      } else if ((right.eventBits & Event.PeerFinished) !== 0) {
        right.close(handle);
        this.finished++;
      }
    }
  }

  /** The client: reads responses. */
  private attend(): void {
    const { left } = this;
    for (let handle = left.pollEvent(); handle !== 0; handle = left.pollEvent()) {
      const bits = left.eventBits;
      if ((bits & Event.Connected) !== 0) this.established++;
      if ((bits & Event.Readable) !== 0 && consumeAll(left, handle) > 0) this.replies++;
    }
  }
}

/** Takes what is there, without copying it. */
function consumeAll(stack: Stack, handle: number): number {
  let total = 0;
  for (let isMore = true; isMore; ) {
    const { length } = stack.readable(handle);
    total += length;
    isMore = stack.consume(handle, length) > 0;
  }
  return total;
}
