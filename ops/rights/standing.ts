import { protectedInWords } from '#domain/protected-in-words.ts';
import type { ServiceAccount } from '../directory/names.ts';
import { bad, type Finding } from '../doctor/finding.ts';
import type { Expected } from './judge-rights.ts';
import { called } from './print-delegation.ts';
import type { Identity } from './site.ts';

/** What is wrong with one of Countersign's accounts itself, whatever it was given. */
export function standingOf(by: ServiceAccount, { guid, name, passwordExpires }: Identity, { accounts }: Expected): Finding[] {
  const protectedBy = accounts.get(guid)?.protectedBy;
  return [
    ...(passwordExpires
      ? [
          bad(
            `the password of ${called[by]} (${name}) expires, and nothing is reset from that day on`,
            'set "password never expires" on it, and change it by hand when you choose to',
          ),
        ]
      : []),
    ...(protectedBy === undefined
      ? []
      : [
          bad(
            `${called[by]} (${name}) is an administrator itself: ${protectedInWords(protectedBy)}`,
            'take it out of that group, and of the groups between; it needs none',
          ),
        ]),
  ];
}
