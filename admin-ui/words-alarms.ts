/** What officers and administrators are called for. What happened comes with the alarm itself (domain/alarm.ts). */
export const alarmWords = {
  open: '%{smart_count} open alarm |||| %{smart_count} open alarms',
  banner: 'One alarm that nobody has looked at yet. |||| %{smart_count} alarms that nobody has looked at yet.',
  toPage: 'Look at it |||| Look at them',
  lead: 'What security officers and administrators have to look at. An alarm is open until one of them says that they have looked; it stays here with their names.',
  now: 'Open',
  nowNone: 'No alarm is open.',
  past: 'Looked at',
  pastNone: 'Nobody had to look at anything yet.',
  raised: 'Raised ',
  about: 'Account: %{account}',
  reset: 'Open the reset',
  by: 'Looked at by %{name}, ',
  acknowledge: 'I have looked at it',
  already: 'You have looked at it.',
  notCalled: 'Only security officers and administrators say that they have looked. You may read.',
  failed: 'It could not be recorded. Try again.',
} as const;
