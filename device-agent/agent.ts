import type { Identity } from './identity.ts';
import type { Log } from './log.ts';
import type { Memory } from './memory.ts';
import type { Portal } from './portal.ts';
import type { Settings } from './settings.ts';

/** The version of the agent, as it is reported. */
export const AGENT_VERSION = '1.0.0';

/** What every part of a running agent is given. */
export interface Agent {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly memory: Memory;
  readonly portal: Portal;
  readonly log: Log;
  /** Called when something stands in the outbox. */
  readonly post: () => void;
}

/** RFC 3339 to the second, as SSSD counts. */
export const momentOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
