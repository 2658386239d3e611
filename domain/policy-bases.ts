import type { Policy } from './policy.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { trackOf } from './reset-track.ts';

/** Published rules that a policy can bind itself to; it is refused as soon as it asks for less. */
export const BASES = ['nist-800-63b-4', 'pci-dss-4'] as const;
export type Base = (typeof BASES)[number];

interface Demand {
  path: readonly ['timers' | 'attempts' | 'password', string];
  value: (policy: Policy) => number;
  atLeast?: number;
  atMost?: number;
  /** Says what is asked, and where that stands. */
  clause: string;
}

const QUARTER_HOUR = 900;
const DAY = 86_400;

/** What cannot be written at all (fewer than one proof and one factor, more than 100 failures of an authenticator) is not said again here. */
const DEMANDS: Readonly<Record<Base, readonly Demand[]>> = {
  'nist-800-63b-4': [
    {
      path: ['password', 'minLength'],
      value: ({ password }) => password.minLength,
      atLeast: 15,
      clause: 'NIST SP 800-63B-4 §3.1.1.2 asks for at least 15 characters of a password that is used by itself',
    },
    {
      path: ['timers', 'issuedCode'],
      value: ({ timers }) => timers.issuedCode,
      atMost: DAY,
      clause: 'NIST SP 800-63B-4 §4.2.1.2 lets an issued code live for 24 hours at most',
    },
  ],
  'pci-dss-4': [
    {
      path: ['password', 'minLength'],
      value: ({ password }) => password.minLength,
      atLeast: 12,
      clause: 'PCI DSS 8.3.6 asks for at least 12 characters',
    },
    ...(['perAuthenticator', 'perAccountPerHour', 'signInsPerAccountPerHour'] as const).map((name): Demand => ({
      path: ['attempts', name],
      value: ({ attempts }) => attempts[name],
      atMost: 10,
      clause: 'PCI DSS 8.3.4 allows 10 wrong tries at most, and then none for half an hour',
    })),
    ...(['unproven', 'choosePassword'] as const).map((name): Demand => ({
      path: ['timers', name],
      value: ({ timers }) => timers[name],
      atMost: QUARTER_HOUR,
      clause: 'PCI DSS 8.2.8 lets nobody go on after 15 minutes of doing nothing',
    })),
  ],
};

/** Where a policy asks for less than the published rules that it names. */
export function belowBases(policy: Policy): PolicyFinding[] {
  return policy.bases.flatMap((base) => [...belowDemands(policy, base), ...(base === 'nist-800-63b-4' ? oneFactorAlone(policy) : [])]);
}

/** A known device is no authenticator, so one factor beside it is one factor, which binds no password to an account that has more (§4.1.2.1). */
function oneFactorAlone({ rules }: Policy): PolicyFinding[] {
  return rules.flatMap(({ accept }, index) =>
    accept.flatMap((way, at): PolicyFinding[] =>
      trackOf('new-password', way).clause === null
        ? [
            {
              path: ['rules', index, 'accept', at],
              message:
                'NIST SP 800-63B-4 §4.1.2.1 asks for more than one factor, and a known device is none; add passkey, smart-card or another proof, or take nist-800-63b-4 out of bases.',
            },
          ]
        : [],
    ),
  );
}

function belowDemands(policy: Policy, base: Base): PolicyFinding[] {
  return DEMANDS[base].flatMap(({ path, value, atLeast, atMost, clause }) => {
    const is = value(policy);
    const isIn = (atLeast === undefined || is >= atLeast) && (atMost === undefined || is <= atMost);
    if (isIn) return [];
    const fix = `write ${atLeast === undefined ? inWords(path[0], atMost ?? 0) : String(atLeast)}`;
    return [{ path: [...path], message: `${clause}; ${fix}, or take ${base} out of bases.` }];
  });
}

function inWords(section: Demand['path'][0], most: number): string {
  if (section !== 'timers') return `${most} or less`;
  return most % 3600 === 0 ? `${most / 3600}h or less` : `${most / 60}m or less`;
}
