/** Where the stack did not do what the script says: everything there is to say about it. */

export interface MismatchParts {
  /** In one sentence. */
  summary: string;
  /** The event as it should have been, and as it was, as lines of a script. */
  expected?: string;
  actual?: string;
  /** What exactly differs. */
  differences?: string[];
  /** Where it began, when that is not the event at which it was found: a call that blocked. */
  line?: number;
  event?: string;
}

export class Mismatch extends Error {
  override readonly name = "Mismatch";

  constructor(readonly parts: MismatchParts) {
    super(parts.summary);
  }
}
