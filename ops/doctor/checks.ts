import { existsSync } from 'node:fs';
import { layout } from '../paths.ts';
import { clockSkew, controllerCertificate, readerRights, writerRights } from './directory.ts';
import type { Check } from './finding.ts';
import { unknown } from './finding.ts';
import { keyModes } from './keys.ts';
import { freeDisk, nodeVersion, packages, temporalBinaryVersion } from './machine.ts';
import { portalCertificate, postgresAnswers, processesRun, temporalAnswers, timeSkippingOff } from './services.ts';

/** Everything that the doctor looks at, in the order of dependence. Each check stands alone and never throws. */
export function checks(state: string): Check[] {
  const machine: Check[] = [nodeVersion, () => packages(state), () => temporalBinaryVersion(state), () => freeDisk(state)];
  if (!existsSync(layout(state).settingsFile('worker'))) {
    return [...machine, async () => unknown(`nothing is set up in ${state} yet`, 'npm start')].map(whole);
  }
  return [
    ...machine,
    () => keyModes(state),
    () => portalCertificate(state),
    () => processesRun(state),
    () => postgresAnswers(state),
    () => temporalAnswers(state),
    () => timeSkippingOff(state),
    () => controllerCertificate(state),
    () => clockSkew(state),
    () => readerRights(state),
    () => writerRights(state),
  ].map(whole);
}

/** A check that fails in a way it did not foresee is a finding too. */
function whole(check: Check): Check {
  return () =>
    check().catch((error: NodeJS.ErrnoException) =>
      error.code === 'EACCES'
        ? unknown(`${error.path ?? 'a file'} cannot be read`, 'run the doctor as the user that runs npm start')
        : unknown(`could not be looked at: ${error.message.split('\n')[0]}`),
    );
}
