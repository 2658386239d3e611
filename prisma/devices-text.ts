import { z } from 'zod';
import { SEALED_HASH_FOR, VERBS } from '#domain/device.ts';
import { duration } from './duration-text.ts';

/** What a policy says of devices that hold cached credentials. */
export const devicesText = z
  .strictObject({
    approval: z
      .enum(['none', 'second-person'])
      .default('none')
      .describe(
        'second-person: a device that has shown its ticket waits until somebody else than the maker of the ticket approves it. none if left out.',
      ),
    computerAccounts: z
      .enum(['refused', 'approval', 'automatic'])
      .default('approval')
      .describe(
        'Whether a device is enrolled without a ticket, by its computer’s own account in the directory. approval: yes, and it waits until somebody approves it. automatic: it is active at once, but for a computer that somebody without the right to do so joined to the domain (mS-DS-CreatorSID), which waits. refused: it takes a ticket. approval if left out.',
      ),
    ticket: duration.default(86_400).describe('So long a ticket for enrolling a device can be used; 1d if left out.'),
    verb: z
      .enum(VERBS)
      .default('invalidate')
      .describe(
        'What an agent does with a stale cached credential. invalidate: it takes it away at once, and the person needs the network for the next sign-in. deferred: it waits until a domain controller can be reached, so that nobody is locked out of a device that is away; until then the old password opens it.',
      ),
    sealedHash: z
      .enum(SEALED_HASH_FOR)
      .default('nobody')
      .describe(
        'unprotected: a device whose own settings allow it is sent a hash of the new password, sealed to that device, so that the new password opens it before a controller was reached. Whoever takes such a device can guess the new password from then on, and not only once it was typed there. Never for a protected account. nobody if left out: devices forget the old password, and learn the new one at the next sign-in on the network.',
      ),
    notices: duration
      .default(1_209_600)
      .describe(
        'So long a device is told of one reset until it has the new password, and of one change of factors until the person has seen it; 14d if left out.',
      ),
    reportEvery: duration.default(900).describe('How often an agent says whose credentials its device has cached; 15m if left out.'),
    knownWithin: duration
      .default(604_800)
      .describe(
        'For the proof known-device: so long after a controller has confirmed a sign-in there, a device may say that it knows the account; 7d if left out, 90d at most.',
      ),
  })
  .prefault({})
  .describe('How devices with cached credentials are enrolled, and told after a reset.');
