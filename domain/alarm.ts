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
  'locked-again': {
    title: 'An account was locked again after its reset',
    words:
      'Within the hour after a reset or an unlock, wrong passwords have locked the account once more. Most often something still keeps the old password: the reset says at which controllers the tries arrive, and which devices and services are known. Help its person to find it before the next reset, which would end the same way. If nothing of theirs tries, somebody is guessing: look at the events of those controllers (4625, 4771, 4776).',
  },
  'password-changed-around': {
    title: 'A password of a protected account was changed around Countersign',
    words:
      'The directory shows a new password of a protected account, and no reset of ours explains it. Its holder may have changed it at their own computer; otherwise somebody with rights in the directory set it. Ask the holder. If it was not them, disable the account, and find out from the events of the domain controllers (4723, 4724) who it was.',
  },
  'passwords-changed-around': {
    title: 'Passwords were changed around Countersign',
    words:
      'The directory shows new passwords, and no reset of ours explains them. People change their own at their computers, and that is no reset; but somebody with rights in the directory may have set some of them. The leaves “directory.unexplained” of this hour name the accounts. No event of a domain controller that Countersign collects tells whose they were; look in the controllers’ own logs for 4724 (a reset by somebody else), or have Countersign collect them (operator’s guide, Controllers’ events).',
  },
  'password-reset-around': {
    title: 'Somebody else set a password around Countersign',
    words:
      'A domain controller says that this password was set by somebody else, and no reset of ours explains it. Ask whoever it was why. If nobody of yours did it, have the person reset their password here, take the right away from the account that was used, and find out who used it.',
  },
  'write-missing': {
    title: 'The directory lacks a password that was written',
    words:
      'A reset was recorded as done, and the domain controllers do not show that change, or do not show it any more. A controller may have been put back to an older state, or replication stands still. Its person may be unable to sign in with the new password, and the old one may work again: look at the controllers, and let the person reset once more.',
  },
  'directory-rolled-back': {
    title: 'A domain controller knows less than it did',
    words:
      'The database of a domain controller counts fewer changes than at the last look, as after a snapshot or a backup that was put back in the wrong way. Passwords that were changed since then may be the old ones again there, also those of people whose resets were told as done. Take the controller off the network and restore it as its maker says.',
  },
  'protected-member-added': {
    title: 'Somebody is a new member of a protected group',
    words:
      'An account has come into a group that the directory itself protects, such as Domain Admins. If you do not know of it, take the account out, disable it, and find out who added it. Its resets are treated as those of a protected account from now on.',
  },
  'directory-right-grew': {
    title: 'Somebody may do more in the directory than before',
    words:
      'The list of who may do what to a unit, a protected group or account, or another object on which resets hang has come to give somebody a right that leads to other people’s accounts. If you do not know of it, take it away, find out who gave it, and look whether it was used: passwords that changed around Countersign are alarms of their own.',
  },
  'directory-rights-hidden': {
    title: 'The directory no longer shows who may do what',
    words:
      'An object on which resets hang no longer shows its list of rights to Countersign’s reading account, so that nobody would see here what is given there. Let the reading account read it again (Read permissions), and find out who took that away. What was seen before is compared as soon as it shows.',
  },
  'writer-right-lost': {
    title: 'A writer of Countersign may do less than before',
    words:
      'A right of one of Countersign’s own accounts was taken away, so that resets of the accounts there will go all the way and then be refused by the directory. If it was not meant, give it back: “countersign directory preflight” says who is concerned and prints the command.',
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
