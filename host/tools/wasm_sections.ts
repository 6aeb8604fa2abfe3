/**
 * Sections of a Wasm binary, as far as the build needs them: taking out custom sections, and
 * reading the functions' names from the one called "name" (WebAssembly core specification,
 * appendix "Custom sections"). For modules fresh from the compiler, not for foreign ones.
 */

/** Octets of the magic number and the version. */
const PREAMBLE_LEN = 8;
const CUSTOM_SECTION = 0;
/** Of the name section: the part with the functions' names. */
const FUNCTION_NAMES = 1;

/** The same module without names, source map address and the like. */
export function withoutCustomSections(module: Uint8Array): Uint8Array {
  const parts = [module.subarray(0, PREAMBLE_LEN)];
  const reader = new Reader(module, PREAMBLE_LEN);
  while (!reader.isAtEnd) {
    const from = reader.at;
    const id = reader.octet();
    reader.skip(reader.number());
    if (id !== CUSTOM_SECTION) parts.push(module.subarray(from, reader.at));
  }
  return Buffer.concat(parts);
}

/** Names by index; none when the module has no names. */
export function functionNames(module: Uint8Array): string[] {
  const compiled = new WebAssembly.Module(module as BufferSource);
  const names: string[] = [];
  for (const section of WebAssembly.Module.customSections(compiled, "name")) {
    const reader = new Reader(new Uint8Array(section), 0);
    while (!reader.isAtEnd) {
      const id = reader.octet();
      const end = reader.number() + reader.at;
      if (id === FUNCTION_NAMES) {
        for (let left = reader.number(); left > 0; left--) names[reader.number()] = reader.text();
      }
      reader.at = end;
    }
  }
  return names;
}

class Reader {
  constructor(private readonly octets: Uint8Array, public at: number) {}

  get isAtEnd(): boolean {
    return this.at >= this.octets.length;
  }

  octet(): number {
    return this.octets[this.at++]!;
  }

  /** An unsigned LEB128 of up to 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const octet = this.octet();
      value += (octet & 0x7f) * 2 ** shift;
      if (octet < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.octets.subarray(this.at - length, this.at));
  }

  skip(count: number): void {
    this.at += count;
  }
}
