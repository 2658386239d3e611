/** The program as `/etc/passwd` names it, and what it starts: an executable, or a script that starts Node with the bundle. */
export const LOGIN_PROGRAM = '/usr/bin/countersign-login';
const CLIENT = '/usr/lib/countersign/login-screen';

/**
 * Whether the account was entered by a login and nothing else. A login shell is called without arguments by `login` and by
 * sshd, and as `-c <command>` wherever somebody brings a command: sshd does that also for its own ForceCommand, whose one
 * command is this very program. `scp`, `sftp`, `ssh host command` and `su -c` all come as another command, and get nothing.
 */
export function isLogin(given: readonly string[]): boolean {
  const [first, ...rest] = given;
  const args = first === CLIENT ? rest : given;
  const [program, ...asked] = args;
  if (program !== LOGIN_PROGRAM) return false;
  return asked.length === 0 || (asked.length === 2 && asked[0] === '-c' && asked[1] === LOGIN_PROGRAM);
}
