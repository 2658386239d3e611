/** What somebody was told. What happened comes with the message itself (domain/message-words.ts). */
export const messageWords = {
  unread: '%{smart_count} message that you have not marked as read |||| %{smart_count} messages that you have not marked as read',
  lead: 'What you were told of password resets and of what people sign in with, the newest first. Only you see this page.',
  none: 'You have not been told of anything yet. When your password or something that you sign in with is changed, or something happens that the policy tells you of, it stands here.',
  sent: 'Told on ',
  read: 'Marked as read on ',
  mark: 'I have read it',
  failed: 'It could not be recorded. Try again.',
  older: 'Show older messages',
  new: 'New',
} as const;
