/** The part of the vocabulary of "no" (refusals.ts) that is about versions of the policy. */
export const POLICY_REFUSALS = {
  'policy-not-published': {
    status: 403,
    words:
      'The rules that this reset began under were not published by two people as they have to be, so the password was not changed. Please tell the help desk your reference.',
  },
  'policy-refused': { status: 422, words: 'This policy cannot be used. What is wrong with it is listed, line by line.' },
  'policy-moved-on': {
    status: 409,
    words: 'Another version of the policy has come into force meanwhile. Load the page, compare your version with it, and sign again.',
  },
  'comparison-needed': {
    status: 409,
    words:
      'Whom this version affects has to be looked up over the directory first, against the version in force and not more than a day ago. Compare it on its page, or write why that cannot wait.',
  },
  'comparison-under-way': {
    status: 409,
    words: 'Another comparison is under way, and one runs at a time. Wait for it, or stop it on the page of its version.',
  },
  'policy-not-drafted': {
    status: 409,
    words: 'This version is not signed as a draft by somebody who may publish policies. Its author signs it first.',
  },
  'policy-own-draft': { status: 403, words: 'You drafted this version yourself, so another administrator has to publish it.' },
  'not-a-publisher': {
    status: 403,
    words: 'Your key is not among those that may publish policies. The operator adds it, with you present: countersign policy publisher.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
