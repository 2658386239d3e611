/** One line of JSON for each event, on standard output, for the journal. Fixed words, ids and outcomes only; never a name of a person, never a secret. */
export type Log = (event: string, details?: Record<string, string | number | boolean | null>) => void;

export const openLog = (): Log => (event, details) => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...details })}\n`);
};
