import type { WriterActivities } from '../contract.ts';
import type { WriterDeps } from './deps.ts';
import { letInElsewhere } from './let-in-elsewhere.ts';
import { unlockAccount } from './unlock-account.ts';
import { verifyPassword } from './verify-password.ts';
import { writePassword } from './write-password.ts';

/** The steps that a worker may ask of a writer. None takes its word for anything but where to look. */
export function createWriterActivities(deps: WriterDeps): WriterActivities {
  return {
    writePassword: (asked) => writePassword(deps, asked),
    unlockAccount: (asked) => unlockAccount(deps, asked),
    letInElsewhere: (asked) => letInElsewhere(deps, asked),
    verifyPassword: (asked) => verifyPassword(deps, asked),
  };
}
