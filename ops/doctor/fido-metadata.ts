import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { metadataIn, metadataTextIn } from '#activities/fido-metadata.ts';
import { policyInForce } from '#prisma/policies.ts';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { metadataFolder } from '../setup/fido-metadata.ts';
import { bad, good, unknown, type Finding } from './finding.ts';

const BRING = 'fetch the newest list of the FIDO Metadata Service and run: countersign metadata import <file>';

/** Whether the list of models of keys is there, holds, and is not overdue; without one no key proves its model. */
export async function fidoMetadata(state: string): Promise<Finding> {
  const folder = metadataFolder(state, 'verifier');
  const metadata = metadataIn(folder)();
  if (!metadata) {
    if (metadataTextIn(folder)?.blob !== undefined)
      return bad('the list of models of security keys does not hold, so it counts as none', BRING);
    const needed = await isNeeded(state);
    if (needed === undefined) return unknown('whether the policy asks for models of security keys could not be looked at', 'npm start');
    return needed
      ? bad('the policy asks keys to prove their model, and there is no list of models, so none can be registered', BRING)
      : good('no list of models of security keys was brought, and the policy asks for none');
  }
  const { number, nextUpdate } = metadata;
  if (new Date(nextUpdate) < new Date())
    return bad(`the list of models of security keys, number ${number}, is overdue: the next one was to come on ${nextUpdate}`, BRING);
  return good(`the list of models of security keys has number ${number}; the next is due on ${nextUpdate}`);
}

async function isNeeded(state: string): Promise<boolean | undefined> {
  const db = openDatabase(readSecretLine(auditorUrlFile(state)), 1);
  try {
    return (await policyInForce(db)).policy.passkeys.attestation === 'required';
  } catch {
    return undefined;
  } finally {
    await db.$disconnect().catch(() => {});
  }
}
