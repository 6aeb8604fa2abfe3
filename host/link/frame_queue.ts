/**
 * Frames that wait, first in, first out, each with the moment at which its wait is over. Copies
 * what it keeps; its slots and their buffers are used again and again, so a queue that has reached
 * its working size allocates nothing. Browser-safe.
 */
export class FrameQueue {
  private slots: Slot[] = [];
  private head = 0;
  private used = 0;
  /** Of all the frames that wait. */
  octets = 0;

  get count(): number {
    return this.used;
  }

  /** Copies the frame to the end of the queue. */
  push(frame: Uint8Array, atUs: number, isDoomed = false): void {
    if (this.used === this.slots.length) this.grow();
    const slot = this.slots[(this.head + this.used) % this.slots.length]!;
    slot.set(frame, atUs);
    slot.isDoomed = isDoomed;
    this.octets += frame.length;
    this.used++;
  }

  /** The moment of the first frame; Infinity for none. */
  firstAtUs(): number {
    return this.used > 0 ? this.slots[this.head]!.atUs : Infinity;
  }

  /** The first frame, borrowed until `shift` and the next `push`. Only while `count` > 0. */
  first(): Uint8Array {
    return this.slots[this.head]!.frame;
  }

  /** What was said of it when it came. Only while `count` > 0. */
  firstIsDoomed(): boolean {
    return this.slots[this.head]!.isDoomed;
  }

  shift(): void {
    if (this.used === 0) throw new Error("shift on an empty queue");
    this.octets -= this.first().length;
    this.head = (this.head + 1) % this.slots.length;
    this.used--;
  }

  clear(): void {
    this.head = 0;
    this.used = 0;
    this.octets = 0;
  }

  private grow(): void {
    const ordered = [...this.slots.slice(this.head), ...this.slots.slice(0, this.head)];
    const extra = Math.max(8, ordered.length);
    for (let index = 0; index < extra; index++) ordered.push(new Slot());
    this.slots = ordered;
    this.head = 0;
  }
}

/** A copy of one frame, in a buffer that is kept for the next. */
export class Slot {
  frame = new Uint8Array(0);
  atUs = 0;
  isDoomed = false;
  private buffer = new Uint8Array(0);

  set(frame: Uint8Array, atUs: number): void {
    if (this.buffer.length < frame.length) {
      this.buffer = new Uint8Array(Math.max(128, 2 ** Math.ceil(Math.log2(frame.length))));
      this.frame = this.buffer.subarray(0, frame.length);
    }
    // Most frames are as long as the one before (full, or a bare ACK): keep the view then.
    if (this.frame.length !== frame.length) this.frame = this.buffer.subarray(0, frame.length);
    this.frame.set(frame);
    this.atUs = atUs;
  }
}
