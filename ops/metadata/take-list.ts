import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { metadataTextIn } from '#activities/fido-metadata.ts';
import { METADATA_SUBJECT } from '#activities/verify/key-model.ts';
import type { Database, Transaction } from '#db';
import { readCertificates } from '#evidence/certificate.ts';
import { METADATA_FAULTS, MetadataRefused, MOST_METADATA_BYTES, readMetadata, type Metadata } from '#evidence/fido-metadata.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { takeNumber, type NotTaken } from '../rising-number.ts';
import { Sentence } from '../sentence.ts';
import { giveMetadata, metadataFolder } from '../setup/fido-metadata.ts';
import { thisOperator } from '../this-operator.ts';

/** What was taken, and how many keys of people are of models that it reports as compromised. */
export interface Taken {
  metadata: Metadata;
  keysStopped: number;
}

/**
 * Takes a list of models: signed up to the roots that are trusted here, and with a number that is not lower than that of any
 * list that was taken before, by what is burned. Said in the log, also when it is refused. Throws a Sentence that names the fix.
 */
export async function takeList(state: string, db: Database, file: string): Promise<Taken> {
  const roots = metadataTextIn(metadataFolder(state, 'verifier'))?.roots;
  if (roots === undefined)
    throw new Sentence('Nobody’s list is trusted yet. Say first whose signature counts: countersign metadata trust --root <file>');
  const blob = textOf(file);
  const now = new Date();
  const read = orFault(() => readMetadata(blob, readCertificates(roots), now));
  if (read instanceof MetadataRefused) {
    await db.$transaction((tx) => record(tx, 'denied', { reason: read.fault, do: { file: basename(file) } }));
    throw new Sentence(`${file} was not taken. ${METADATA_FAULTS[read.fault]}`);
  }
  const { number, sha256, nextUpdate, models } = read;
  const compromised = [...models.values()].filter((one) => one.compromised.length > 0).map(({ aaguid }) => aaguid);
  const facts = { number, sha256, next_update: nextUpdate, models: models.size, compromised: compromised.length };
  // The leaf and the number first: after a crash behind them keys are judged as if the list were missing, and the command is run again.
  const refused = await db.$transaction(async (tx) => {
    const why = await takeNumber(tx, METADATA_SUBJECT, read);
    if (why) await record(tx, 'denied', { reason: why.reason, do: facts });
    else await record(tx, 'success', { do: facts });
    return why;
  });
  if (refused) throw new Sentence(inWords(refused, number));
  giveMetadata(state, { roots, broughtAt: now.toISOString(), blob });
  const keysStopped = await db.passkey.count({ where: { aaguid: { in: compromised }, disabledAt: null } });
  return { metadata: read, keysStopped };
}

function inWords({ reason, highest }: NotTaken, number: number): string {
  return reason === 'older'
    ? `This list has the number ${number}, and number ${highest} was taken before. An older one would bring back keys that were stopped. Fetch the newest list.`
    : `Another list with the number ${number} was taken before, and this one is not the same. Compare both with what the FIDO Metadata Service gives.`;
}

function record(tx: Transaction, outcome: 'success' | 'denied', facts: { reason?: string; do: Record<string, string | number> }) {
  return appendLeaf(tx, { type: 'metadata.imported', outcome, actor: thisOperator(), ...facts }, 'ops');
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > MOST_METADATA_BYTES) throw new Sentence(METADATA_FAULTS['too-large']);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Sentence) throw error;
    throw new Sentence(`${file} cannot be read. Check the path.`);
  }
}

function orFault(reading: () => Metadata): Metadata | MetadataRefused {
  try {
    return reading();
  } catch (error) {
    if (error instanceof MetadataRefused) return error;
    throw error;
  }
}
