/**
 * A place in a script, and reading on from it: white space and comments are stepped over, what is
 * not there is told with line, column, and what would have been right.
 */

/** What is wrong with a script, at `FILE:LINE:COLUMN`. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";

  constructor(
    readonly file: string, readonly line: number, readonly column: number, readonly detail: string,
  ) {
    super(`${file}:${line}:${column}: ${detail}`);
  }
}

/** White space, and comments as in C, C++ and the shell; one that does not end is an error. */
const BLANK = /(?:\s+|\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\/)*/y;

export class Cursor {
  at = 0;

  /** `blank`: what is stepped over; of scripts, unless it is said. */
  constructor(
    readonly text: string, readonly file: string, private readonly blank: RegExp = BLANK,
  ) {
    this.skip();
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The line of `at`, from 1. */
  lineOf(at = this.at): number {
    let line = 1;
    for (let index = this.text.indexOf("\n"); index >= 0 && index < at; line++) {
      index = this.text.indexOf("\n", index + 1);
    }
    return line;
  }

  /** Steps over what `pattern` (sticky) matches here, and the blank behind; null: it does not. */
  take(pattern: RegExp): RegExpExecArray | null {
    const match = this.peek(pattern);
    if (match === null) return null;
    this.at += match[0].length;
    this.skip();
    return match;
  }

  peek(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text);
  }

  /** The same for what must be there. */
  expect(pattern: RegExp, what: string): RegExpExecArray {
    return this.take(pattern) ?? this.fail(`expected ${what}, found ${this.found()}`);
  }

  /** Steps over exactly this text. */
  accept(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    this.skip();
    return true;
  }

  require(text: string, where = ""): void {
    if (!this.accept(text)) {
      this.fail(`expected "${text}"${where && ` ${where}`}, found ${this.found()}`);
    }
  }

  /** Steps over the word, and not over the beginning of a longer one. */
  acceptWord(word: string): boolean {
    const match = this.peek(/\w+/y);
    return match !== null && match[0] === word && this.accept(word);
  }

  fail(detail: string, at = this.at): never {
    const column = at - this.text.lastIndexOf("\n", at - 1);
    throw new ScriptError(this.file, this.lineOf(at), column, detail);
  }

  /** What stands here, for messages. */
  found(): string {
    if (this.isAtEnd) return "the end of the script";
    const word = this.peek(/\w+|[^\s\w]{1,3}/y);
    return `"${word?.[0] ?? this.text[this.at]!}"`;
  }

  private skip(): void {
    this.at += this.peek(this.blank)![0].length;
    const isOpen = this.blank === BLANK && this.text.startsWith("/*", this.at);
    if (isOpen) this.fail('this comment has no "*/" behind it');
  }
}
