/**
 * Lines of generated text, taken from the front. Empty ones are none. What is not as expected is an
 * error that shows the line.
 */
export class Lines {
  private readonly lines: string[];
  private at = 0;

  constructor(text: string) {
    this.lines = text.split("\n").filter((line) => line.trim() !== "");
  }

  next(): string {
    const line = this.lines[this.at++];
    if (line === undefined) throw new Error("wasm2c's text ends too early");
    return line;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.lines[this.at] ?? "");
    if (match !== null) this.at++;
    return match ?? undefined;
  }

  expect(pattern: RegExp): RegExpExecArray {
    const match = this.take(pattern);
    if (match === undefined) {
      throw new Error(`wasm2c wrote ${this.lines[this.at]}, expected was ${pattern}`);
    }
    return match;
  }

  takeWhile(pattern: RegExp): string[] {
    const first = this.at;
    while (this.take(pattern) !== undefined) continue;
    if (this.at === first) this.expect(pattern);
    return this.lines.slice(first, this.at);
  }

  skipUntil(pattern: RegExp): void {
    while (!pattern.test(this.lines[this.at] ?? "")) {
      if (this.at >= this.lines.length) throw new Error(`wasm2c's text has no ${pattern}`);
      this.at++;
    }
  }

  /** The lines in front of the one that matches, which is taken, too. */
  takeUntil(pattern: RegExp): string[] {
    const first = this.at;
    this.skipUntil(pattern);
    return this.lines.slice(first, this.at++);
  }

  expectEnd(): void {
    if (this.at < this.lines.length) {
      throw new Error(`wasm2c wrote what is not understood: ${this.lines[this.at]}`);
    }
  }
}
