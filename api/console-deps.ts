import type { Database } from '#db';
import type { Admission } from './admission.ts';
import type { Engine } from './engine.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Sealer } from './seal.ts';

/** What the deeds of the console stand on: each is signed with a key, sealed to the verifier and asked of the engine. */
export interface ConsoleDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  /** For which host name keys are made. */
  relyingParty: { id: string };
}
