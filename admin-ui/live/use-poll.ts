import { usePresence } from './presence.ts';

/** Pages ask again this often even if no signal comes: a safety net, not the way it works. */
const POLL_MS = 60_000;

/** The interval for a query that is shown, or none while nobody is at the page. */
export const usePoll = (): number | false => (usePresence() ? POLL_MS : false);
