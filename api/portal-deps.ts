import type { KeyObject } from 'node:crypto';
import type { Database } from '#db';
import type { Admission } from './admission.ts';
import type { BannedList } from './banned-list.ts';
import type { AppSettings } from './before-it-counts.ts';
import type { CardOffer } from './card-offer.ts';
import type { Engine } from './engine.ts';
import type { AskGuessable } from './guessable.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Logger } from './problem.ts';
import type { Sealer } from './seal.ts';
import type { HearVerifier } from './verifier-word.ts';

/** What the claimant's side stands on. */
export interface PortalDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  /** The list that is in force at this moment. Throws BannedListRefused. */
  banned: () => Promise<BannedList>;
  guessable: AskGuessable;
  log: Pick<Logger, 'error'>;
  hear: HearVerifier;
  /** How new authenticator apps make their codes. */
  app: AppSettings;
  /** Where smart cards are shown; undefined where the site has no card listener. */
  cards?: CardOffer | undefined;
  /** Public half of the verifier's signing key: whose rows of devices count. */
  verifierKey: KeyObject;
  /** For which host name keys are made. */
  relyingParty: { id: string };
}
