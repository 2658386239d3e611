/** The part of the vocabulary of "no" (refusals.ts) that is about models of security keys. */
export const PASSKEY_REFUSALS = {
  'passkey-model-refused': {
    status: 422,
    words:
      'This security key is not of a model that your organisation takes, or it did not prove which model it is. Use a key that your organisation gave you, and let the browser tell this site the model when it asks.',
  },
  'passkey-built-in': {
    status: 422,
    words:
      'This key is built into a computer or a phone. Such keys cannot prove here which model they are, and your organisation asks every new key to prove it. Use a security key that you can carry with you.',
  },
  'passkey-model-compromised': {
    status: 422,
    words:
      'A weakness of this model of security key was reported, so it counts no more. Your key may be fine, but nobody can tell. Ask your security office for another one.',
  },
  'passkey-metadata-missing': {
    status: 503,
    words:
      'Nobody can tell just now which models of security keys are safe, because the list of models is missing or older than before. Tell an administrator to bring the newest list.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
