/**
 * The closed list of what may stand in a history as a failure. A history is for ever, so nothing of an original error
 * gets there: neither its words (Prisma quotes arguments, LDAP quotes names) nor its stack (paths). It is bundled into
 * the workflows' sandbox: it imports nothing.
 */
export const FAILURES = {
  DirectoryUnavailable: { words: 'the directory does not answer', nonRetryable: false },
  DatabaseUnavailable: { words: 'the database does not answer', nonRetryable: false },
  HistoryUnreadable: { words: "this process's history keys do not open what it was given; its log has the reason", nonRetryable: false },
  HistoryUnavailable: { words: 'a closed history could not be fetched or archived', nonRetryable: false },
  RelayUnavailable: { words: "the site's mail relay did not take a mail", nonRetryable: false },
  NotWitnessed: { words: 'the quorum of witnesses has not cosigned the intent yet', nonRetryable: false },
  Halted: { words: 'an emergency stop is in force, and nothing is written until two officers lift it', nonRetryable: false },
  TypedLost: { words: 'what was typed is gone and has to be typed again', nonRetryable: true },
  Invariant: { words: 'something that must hold did not hold; the log of this process has the place', nonRetryable: true },
} as const satisfies Record<string, { words: string; nonRetryable: boolean }>;

export type FailureType = keyof typeof FAILURES;

export function isFailureType(type: string | null | undefined): type is FailureType {
  return typeof type === 'string' && Object.hasOwn(FAILURES, type);
}
