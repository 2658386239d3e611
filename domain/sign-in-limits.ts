import { hoursInWords } from './logon-hours.ts';

/** What the directory asks of an account at sign-in besides its password. A new password changes none but the last. */
export interface SignInLimits {
  /** Hours of the week, from Sunday 00:00 UTC, in which it may sign in (domain/logon-hours.ts); left out: all. */
  hours?: readonly number[];
  /** The only computers at which it may sign in; left out: all. */
  computers?: readonly string[];
  /** Its password has run out, or has to be changed at the next sign-in: a new one ends that, an unlock does not. */
  passwordRunOut?: true;
}

/** The names in a userWorkstations (MS-ADA3: separated by commas); undefined when it limits nothing. */
export function computersAllowed(text: string | undefined): string[] | undefined {
  const names = (text ?? '').split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  return given.length > 0 ? given : undefined;
}

/**
 * What somebody is told of them, a sentence or two each, before they wonder why the right password is refused. Specific to the
 * account: for whoever has proven to be its owner only. `at` and `timeZone`: as in hoursInWords. `keepsPassword`: it is unlocked only.
 */
export function signInLimitsInWords(
  { hours, computers, passwordRunOut }: SignInLimits,
  { at, timeZone, keepsPassword }: { at: Date; timeZone?: string; keepsPassword: boolean },
): string[] {
  return [
    ...(hours?.length === 0
      ? ['Your account may not sign in at any hour, whatever its password is. Ask the help desk to have that corrected.']
      : []),
    ...(hours && hours.length > 0
      ? [
          `Your account may sign in at these hours only: ${hoursInWords(hours, at, timeZone)}. At any other time the right password is refused too.`,
        ]
      : []),
    ...(computers ? [`Your account may sign in at ${these(computers)} only. At any other the right password is refused too.`] : []),
    ...(passwordRunOut && keepsPassword
      ? ['The password that you have has run out, or has to be changed: when you sign in with it, you are asked for a new one at once.']
      : []),
  ];
}

function these(computers: readonly string[]): string {
  return computers.length === 1 ? `the computer ${computers[0]}` : `these computers (${computers.join(', ')})`;
}
