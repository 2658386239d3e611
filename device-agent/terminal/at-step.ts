import type { Progress } from './answers.ts';
import type { Portal } from './portal.ts';
import type { Screen } from './screen.ts';
import type { Settings } from './settings.ts';
import type { ThisDevice } from './this-device.ts';

/** One person before this screen. */
export interface Visit {
  screen: Screen;
  portal: Portal;
  settings: Pick<Settings, 'helpDesk' | 'ca'>;
  /** The computer at whose login screen they are. */
  device: ThisDevice;
}

/** Where their reset stands, as the portal said a moment ago. */
export interface AtStep extends Visit {
  now: Progress;
  path: string;
  /** The account that was named here; undefined when somebody came back with a reference. */
  account: string | undefined;
  /** A number that this visit chose: the new factors that are shown under it are shown again under it. */
  newFactorsOf: string;
  /** Whether this computer may say that it knows them. */
  knownDevice: boolean;
}

/** What became of a step: look what is open now, ask what else they want, or nothing is left to do. */
export type StepEnd = 'look' | 'other' | 'ended';
