/**
 * A web server as small devices have it, and the visitors it gets, in virtual time: requests in
 * lines, connections kept alive for a while, who says nothing is shown out.
 */
import { Event } from "../../assembly/abi/event.js";
import type { ReasonName } from "../../host/names.js";
import type { Host, OnEvent } from "./hosts.js";

export const PORT = 80;
const BODY_LEN = 3000;
/** A connection without a whole request for so long is closed. */
const PATIENCE_SECONDS = 5;
const END = "\r\n\r\n";

/** What the server says to a path: as long as it may be, and different for each. */
export function bodyOf(path: string): string {
  return `${path} `.repeat(Math.ceil(BODY_LEN / (path.length + 1))).slice(0, BODY_LEN);
}

export class WebServer {
  /** Connections held at the same time, at the most. */
  mostOpen = 0;
  private open = 0;

  constructor(private readonly host: Host, backlog?: number) {
    host.listen({ port: PORT, backlog }, (handle) => this.take(handle));
  }

  private take(handle: number): OnEvent {
    const { host } = this;
    let heard = "";
    let said = Buffer.alloc(0);
    let isEnding = false;
    let isOver = false;
    let heardAt = host.clock.now();
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    const leave = (): void => {
      if (isOver) return;
      isOver = true;
      this.open--;
      host.close(handle);
    };
    const watch = (): void => {
      if (isOver) return;
      const leftSeconds = PATIENCE_SECONDS - (host.clock.now() - heardAt) / 1e6;
      if (leftSeconds <= 0) leave();
      else host.after(leftSeconds, watch);
    };
    watch();
    return (bits) => {
      heard += host.read(handle).toString();
      for (let at = heard.indexOf(END); at >= 0; at = heard.indexOf(END)) {
        said = Buffer.concat([said, answer(heard.slice(0, at))]);
        isEnding ||= heard.slice(0, at).includes("connection: close");
        heard = heard.slice(at + END.length);
        heardAt = host.clock.now();
      }
      if ((bits & Event.Closed) !== 0) return leave();
      if ((bits & Event.PeerFinished) !== 0) isEnding = true;
      said = said.subarray(host.write(handle, said));
      if (said.length === 0 && isEnding) leave();
    };
  }
}

function answer(request: string): Buffer {
  const body = bodyOf(request.split(" ")[1]!);
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}${END}${body}`);
}

/** How a visitor behaves, and how much it asks for. */
export const REQUESTS = {
  plain: 1, "kept alive": 3, slow: 1, late: 1, "half-closing": 1, silent: 0,
} as const;
export type Manner = keyof typeof REQUESTS;

/** Between two octets of a slow one; before the first of a late one; between two requests. */
const SLOW_SECONDS = 0.05;
const LATE_SECONDS = 1;
const THINKING_SECONDS = 0.01;

export class Visitor {
  /** What it was given, by path. */
  readonly bodies = new Map<string, string>();
  /** How its connection ended, once it has. */
  reason: ReasonName | undefined;
  /** The server has ended, or it is over. */
  private isDone = false;
  private handle = 0;
  private asked = 0;
  private heard = "";

  constructor(
    private readonly host: Host, readonly name: string, readonly manner: Manner,
  ) {}

  /** Connects, and does all the rest by itself. */
  come(): void {
    this.handle = this.host.connect({ port: PORT }, (bits) => this.onEvent(bits));
  }

  private onEvent(bits: number): void {
    const { host, handle, manner } = this;
    if ((bits & Event.Connected) !== 0) {
      if (manner === "late") this.later(LATE_SECONDS, () => this.ask());
      else this.ask();
    }
    this.heard += host.read(handle).toString();
    this.takeAnswer();
    if ((bits & Event.Closed) !== 0) {
      this.isDone = true;
      this.reason = host.stack.status(handle).reason;
      host.close(handle);
    } else if ((bits & Event.PeerFinished) !== 0) {
      this.isDone = true;
      if (manner !== "half-closing") host.station.do((stack) => stack.shutdown(handle));
    }
  }

  private ask(): void {
    const { host, handle, manner } = this;
    if (this.asked === REQUESTS[manner]) return;
    const path = `/${this.name}/${this.asked++}`;
    const isLast = this.asked === REQUESTS[manner] && manner !== "half-closing";
    const request = `GET ${path} HTTP/1.1\r\n${isLast ? "connection: close\r\n" : ""}\r\n`;
    if (manner === "slow") return this.saySlowly(request);
    host.write(handle, Buffer.from(request));
    if (manner === "half-closing") host.station.do((stack) => stack.shutdown(handle));
  }

  private takeAnswer(): void {
    const at = this.heard.indexOf(END) + END.length;
    if (at < END.length || this.heard.length < at + BODY_LEN) return;
    const path = `/${this.name}/${this.asked - 1}`;
    this.bodies.set(path, this.heard.slice(at, at + BODY_LEN));
    this.heard = this.heard.slice(at + BODY_LEN);
    this.later(THINKING_SECONDS, () => this.ask());
  }

  private saySlowly(text: string): void {
    this.host.write(this.handle, Buffer.from(text.slice(0, 1)));
    if (text.length > 1) this.later(SLOW_SECONDS, () => this.saySlowly(text.slice(1)));
  }

  /** Unless the server has had enough by then. */
  private later(seconds: number, act: () => void): void {
    this.host.after(seconds, () => (this.isDone ? undefined : act()));
  }
}
