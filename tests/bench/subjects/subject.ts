/** What the workloads ask of two stacks joined by an Ethernet in memory. */
export interface Subject {
  /** Frames carried so far, both ways. */
  readonly frames: number;
  /** Octets that the reader of W1 has read. */
  readonly received: number;
  /** Connections opened, requests answered, connections closed by both sides. */
  readonly established: number;
  readonly replies: number;
  readonly finished: number;

  /** Begins to listen, for what the workload asks. */
  listen(workload: Workload): void;
  /** Begins to open a connection, the one of that index. */
  connect(index: number): void;
  /** Queues as much as there is room for. `inPlace`: without copying it from a buffer. */
  fill(inPlace: boolean): void;
  /** Sends 64 octets on the connection of that index. */
  request(index: number): void;
  /** Ends the connection of that index. */
  close(index: number): void;
  /** Carries frames until there are none; each is answered before the next one is carried. */
  carry(): void;
  /** Lets milliseconds pass, and does what is due. */
  advance(ms: number): void;
}

export type Workload = "w1" | "w2" | "w3";

/** Octets of a request, and of its response. */
export const MESSAGE = 64;
export const PORT = 80;
