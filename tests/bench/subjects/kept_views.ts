/** Views on the octets at one place, by length: making one costs more than copying a frame. */
export class KeptViews {
  private readonly views: (Uint8Array | undefined)[] = [];

  constructor(private readonly octets: Uint8Array, private readonly at: number) {}

  of(length: number): Uint8Array {
    return this.views[length] ??= this.octets.subarray(this.at, this.at + length);
  }
}
