import { acknowledgementRequirements } from './acknowledgements.ts';
import { connectionRequirements } from './connection.ts';
import { enrolmentRequirements } from './enrolment.ts';
import { formRequirements } from './form.ts';
import { noticeRequirements } from './notices.ts';
import { portalRequirements } from './portal.ts';
import { reportRequirements } from './reports.ts';
import { revocationRequirements } from './revocation.ts';
import { tellingRequirements } from './tellings.ts';
import { newSuite, type Given, type Requirement } from './suite.ts';
import { verdictOf, type Verdict } from './verdict.ts';

/** In the order in which they are checked: later ones use what earlier ones left. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...connectionRequirements,
  ...enrolmentRequirements,
  ...reportRequirements,
  ...noticeRequirements,
  ...acknowledgementRequirements,
  ...tellingRequirements,
  ...revocationRequirements,
  ...portalRequirements,
  ...formRequirements,
];

export interface Finding extends Verdict {
  number: string;
  expected: string;
}

/** Checks every requirement against a server and tells each finding as it is made. It changes nothing but what a device may change by itself. */
export async function checkConformance(given: Given, tell: (finding: Finding) => void = () => {}): Promise<Finding[]> {
  const suite = newSuite(given);
  const findings: Finding[] = [];
  try {
    for (const { number, expected, check } of REQUIREMENTS) {
      const finding = { number, expected, ...(await verdictOf(() => check(suite))) };
      findings.push(finding);
      tell(finding);
    }
  } finally {
    suite.stream?.close();
    for (const peer of suite.peers) peer.close();
  }
  return findings;
}
