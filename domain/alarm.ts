/**
 * Everything that officers and administrators are called for, in the words of the console's page: what happened, and what to
 * do about it. An alarm is raised once for what it is about, and is open until somebody has acknowledged it.
 */
export const ALARMS = {
  'no-approver': {
    title: 'Nobody could approve a reset',
    words:
      'Somebody proved who they are, but the people whom the policy asks for are too few: they are missing, away, or stand too close to the account. The reset was refused and the password is unchanged. Look at the manager and the groups of this account in the directory, or have the policy name more people, and let the person ask again.',
  },
  'break-glass-begun': {
    title: 'Break-glass has begun',
    words:
      'A security officer has signed that a reset may go on without the people who would have to approve it. Nothing changes before another security officer signs too. Open the reset and read why. If it is not right, lock it: that ends it for good.',
  },
  'break-glass-given': {
    title: 'Break-glass lets a reset go on',
    words:
      'Security officers have signed together that a reset goes on without the people who would have to approve it, or before the witnesses have cosigned it. If it is not right, lock it at once: that works until the password is written. Its review is open until a third person closes it.',
  },
  'sudden-rise': {
    title: 'Unusually many wrong codes and passwords',
    words:
      'Within ten minutes far more proofs, codes and passwords were wrong than on a usual day. Somebody may be trying them out. Open the audit, look at the failures and where they come from, and shut out what is not yours. The limits of each account and source hold meanwhile, and nobody is locked out of working by them.',
  },
  'replacement-objected': {
    title: 'Somebody did not ask for the replacement of their factors',
    words:
      'Whose account it is has said that they did not ask for their factors to be replaced, and so it has ended. Nothing was replaced. Somebody else had a code for this account, and people had been asked to approve it: look at the reset, who issued the code and who approved, and speak to the person.',
  },
  'factor-objected': {
    title: 'Somebody did not add a factor that was added for them',
    words:
      'Whose account it is has said that an authenticator app or a security key was added or replaced in their name, and not by them. It is frozen and counts nowhere. Somebody else had their password and a code: find out who, end what was opened with it, and have the person come to the help desk, where it is settled.',
  },
} as const satisfies Record<string, { title: string; words: string }>;

export type AlarmKind = keyof typeof ALARMS;

/** What an alarm says. One of a kind that this release does not know still shows. */
export function alarmInWords(kind: string): { title: string; words: string } {
  if (Object.hasOwn(ALARMS, kind)) return ALARMS[kind as AlarmKind];
  return {
    title: `Alarm: ${kind}`,
    words: 'This release does not know this kind of alarm. Its leaf in the audit says what is known of it.',
  };
}
