/** Views on the octets at one place, by length: making one costs more than copying a frame. */
export class KeptViews {
  private readonly views: (Uint8Array | undefined)[];

  /** `longest`: with it, room is made for all lengths up to that, which are then found at once. */
  constructor(private readonly octets: Uint8Array, private readonly at: number, longest = -1) {
    this.views = new Array<Uint8Array | undefined>(longest + 1).fill(undefined);
  }

  of(length: number): Uint8Array {
    return this.views[length] ??= this.octets.subarray(this.at, this.at + length);
  }
}
