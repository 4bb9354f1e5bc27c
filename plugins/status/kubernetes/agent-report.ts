/** What the agent of one part of an app says, whatever kind of agent it is. */
export interface AgentReport {
  /** The watch has answered; before that nothing is said. */
  readonly known: boolean;
  readonly present: boolean;
  /** What is applied whole; empty when nothing is. */
  readonly revision: string;
  /** What was tried last, applied or not; absent where no agent applies. */
  readonly attempted?: string;
  /** When that revision was seen first, in performance.now(). */
  readonly seenAt: number;
  readonly current: boolean;
  readonly message: string;
  /** Fields of each object that are ours, as the deployer noted them; null where an agent applies. */
  readonly ownership: ((identityKey: string) => string) | null;
}

export const notKnown: AgentReport = {
  known: false,
  present: false,
  revision: '',
  seenAt: 0,
  current: false,
  message: '',
  ownership: null,
};

export const absent = (message: string): AgentReport => ({ ...notKnown, known: true, message });

/** There is something, but it cannot be looked at: not gone, and not as it should be. */
export const unreadable = (message: string): AgentReport => ({ ...absent(message), present: true });
