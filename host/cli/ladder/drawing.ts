/** How the ladder looks: two columns of states, and arrows between them. */

export type Side = "left" | "right";

const STATE_COLUMNS = 12; // SYN-RECEIVED
const BODY_COLUMNS = 62;
const INDENT = "   ";

/** One line: a state on either side, only where it has changed. */
function row(left: string, body: string, right: string): string {
  return `${left.padEnd(STATE_COLUMNS)} │${body.padEnd(BODY_COLUMNS)}│ ${right}`.trimEnd();
}

/** The top: who is who, and the states before anything has happened. */
export function drawHead(names: Record<Side, string>, states: Record<Side, string>): string[] {
  const width = STATE_COLUMNS + BODY_COLUMNS + 4;
  const gap = Math.max(1, width - names.left.length - 2);
  return [`${names.left}${" ".repeat(gap)}${names.right}`, row(states.left, "", states.right)];
}

/** An arrow from one side to the other, and below it what it means. */
export function drawArrow(
  from: Side, label: string, words: string, states: Record<Side, string>,
): string[] {
  return [row(states.left, arrow(from, label, true), states.right), ...drawWords(words)];
}

/** An arrow that does not reach the other side. */
export function drawLost(from: Side, label: string, states: Record<Side, string>): string[] {
  const words = "is lost on the way, or damaged: nothing arrives";
  return [row(states.left, arrow(from, label, false), states.right), ...drawWords(words)];
}

/** A remark between the columns, in as many lines as it takes. */
export function drawWords(words: string): string[] {
  return wrap(words, BODY_COLUMNS - 2 * INDENT.length).map((line) => row("", INDENT + line, ""));
}

function arrow(from: Side, label: string, arrives: boolean): string {
  const shaftLen = Math.max(2, BODY_COLUMNS - label.length - 7);
  const reach = arrives ? shaftLen : Math.ceil(shaftLen / 2);
  const shaft = "─".repeat(reach);
  const gone = " ".repeat(shaftLen - reach);
  return from === "left"
    ? ` ── ${label} ${shaft}${arrives ? "▶" : "✗"}${gone} `
    : ` ${gone}${arrives ? "◀" : "✗"}${shaft} ${label} ── `;
}

/** Words in lines of at most so many columns; a longer word has a line of its own. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
