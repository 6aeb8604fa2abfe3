/** The same link, with somebody who looks on: sees each frame that is sent, and each that comes. */
import { LinkCallbacks, type Link, type LinkType } from "../../link/link.js";

/** Frames are borrowed, as everywhere. */
export interface Onlooker {
  sent(frame: Uint8Array): void;
  arrived(frame: Uint8Array): void;
}

export class ObservedLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  /** Undefined: nobody looks on. */
  onlooker: Onlooker | undefined;

  constructor(private readonly link: Link) {
    super();
    this.kind = link.kind;
    this.name = link.name;
  }

  get mtu(): number {
    return this.link.mtu;
  }

  async open(): Promise<void> {
    const { link } = this;
    link.onFrame = (frame) => {
      this.onlooker?.arrived(frame);
      this.onFrame(frame);
    };
    link.onBatchEnd = () => this.onBatchEnd();
    link.onDrain = () => this.onDrain();
    link.onError = (error) => this.onError(error);
    await link.open();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  send(frame: Uint8Array): boolean {
    if (!this.link.send(frame)) return false;
    this.onlooker?.sent(frame);
    return true;
  }
}
