import { BerWriter, Control } from 'ldapts';
import type { Session } from './connect.ts';
import { baseEntry } from './find-account.ts';

/** LDAP_SERVER_POLICY_HINTS (MS-ADTS 3.1.1.3.4.1.27) and its first, deprecated number. */
const currentHints = '1.2.840.113556.1.4.2239';
const deprecatedHints = '1.2.840.113556.1.4.2066';

/** Asks the controller to hold a reset to the history rule too. Critical: without it a controller would silently not do so. */
export class PolicyHints extends Control {
  constructor(oid: string = currentHints) {
    super(oid, { critical: true });
  }

  override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(1);
    value.endSequence();
    writer.writeBuffer(value.buffer, 0x04);
  }
}

/** The hints control this controller knows, or none (Samba). Read from rootDSE. */
export async function policyHintsOf(session: Session): Promise<PolicyHints[]> {
  return hintsAmong((await baseEntry(session, '', ['supportedControl']))?.texts('supportedControl') ?? []);
}

/** As policyHintsOf, of what a controller lists under supportedControl. */
export function hintsAmong(supported: readonly string[]): PolicyHints[] {
  const oid = [currentHints, deprecatedHints].find((known) => supported.includes(known));
  return oid === undefined ? [] : [new PolicyHints(oid)];
}
