import { statSync } from 'node:fs';
import { layout } from '../paths.ts';
import { controllerCertificate, directoryRights } from './directory.ts';
import { bannedListStands } from './banned-list.ts';
import { cardLists } from './cards.ts';
import { controllersAnswer } from './controllers.ts';
import { evidenceLog } from './evidence-log.ts';
import { fidoMetadata } from './fido-metadata.ts';
import type { Check, Finding } from './finding.ts';
import { unknown } from './finding.ts';
import { emergencyStop } from './emergency-stop.ts';
import { historyRings } from './history-rings.ts';
import { keyModes } from './keys.ts';
import { mailRelay } from './mail-relay.ts';
import { freeDisk, nodeVersion, packages, temporalBinaryVersion } from './machine.ts';
import { openReviews } from './open-reviews.ts';
import { portalCertificate, postgresAnswers, processesRun, temporalAnswers, timeSkippingOff } from './services.ts';

const asItsUser = 'run the doctor as the user that runs npm start';

/** Everything that the doctor looks at, in the order of dependence. Each check stands alone and never throws. */
export function checks(state: string): Check[] {
  const machine: Check[] = [nodeVersion, () => packages(state), () => temporalBinaryVersion(state), () => freeDisk(state)];
  const unseen = whyUnseen(layout(state).settingsFile('worker'), state);
  if (unseen) return [...machine, async () => unseen].map(whole);
  return [
    ...machine,
    () => keyModes(state),
    () => historyRings(state),
    () => portalCertificate(state),
    () => processesRun(state),
    () => postgresAnswers(state),
    () => temporalAnswers(state),
    () => timeSkippingOff(state),
    () => evidenceLog(state),
    () => emergencyStop(state),
    () => cardLists(state),
    () => fidoMetadata(state),
    () => bannedListStands(state),
    () => openReviews(state),
    () => mailRelay(state),
    () => controllersAnswer(state),
    () => controllerCertificate(state),
    () => directoryRights(state),
  ].map(whole);
}

/** Why nothing more can be looked at: nothing is there yet, or this user may not see it. */
function whyUnseen(settings: string, state: string): Finding | undefined {
  try {
    statSync(settings);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? unknown(`nothing is set up in ${state} yet`, 'npm start')
      : unknown(`${settings} cannot be read, so what runs was not looked at`, asItsUser);
  }
}

/** A check that fails in a way it did not foresee is a finding too. */
function whole(check: Check): Check {
  return () =>
    check().catch((error: NodeJS.ErrnoException) =>
      error.code === 'EACCES'
        ? unknown(`${error.path ?? 'a file'} cannot be read`, asItsUser)
        : unknown(`could not be looked at: ${error.message.split('\n')[0]}`),
    );
}
