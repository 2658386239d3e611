/** What the console says to the help desk. */
export const helpDeskWords = {
  lead: 'A code lets a person who stands in front of you prove who they are in the portal. It is a proof, not a password: they still need their own authenticator.',
  account: 'Account of the person',
  accountHint: 'The name that they sign in to Windows with.',
  checked: 'What did you check?',
  checkedHint: 'Tick only what you did just now. It is recorded with your name.',
  check: {
    'photo-id': 'Photo identity card: the face and the name match',
    'employee-card': 'Employee card: valid, and theirs',
    'known-in-person': 'I know this person by face',
    'call-back': 'I called back on the number in the directory and they answered',
  },
  submit: 'Issue a code',
  notYet: 'Enter the account and tick at least two things that you checked; then a code can be issued.',
  issued: 'The code for %{account}',
  once: 'It will not be shown again. Read it to the person, or let them copy it now.',
  validBefore: 'It works once, until',
  next: 'They go to the portal, name their account and choose “A code from the help desk”.',
  gone: 'I have handed it over',
  never: 'You never see, set or choose a password. If somebody asks you for one, something is wrong.',
} as const;
