/** The part of the vocabulary of "no" (refusals.ts) that is about enrolment campaigns. */
export const CAMPAIGN_REFUSALS = {
  'campaign-scope-unknown': {
    status: 422,
    words: 'The directory knows no such unit or group. Write the unit as its distinguished name, or the group by its name.',
  },
  'campaign-until': { status: 422, words: 'A campaign lasts for at least one day and for sixty at most. Choose another last day.' },
  'campaign-nobody': { status: 422, words: 'Nobody there needs a letter: everybody has, or once had, an authenticator or key.' },
  'campaign-too-many': {
    status: 422,
    words: 'More than 300 people there need a letter. Make several campaigns, such as one for each unit below.',
  },
  'campaign-own': { status: 403, words: 'You made this campaign yourself, so another person has to approve it.' },
  'campaign-over': { status: 409, words: 'This campaign is over, or it is not one that two people approved. Nothing was changed.' },
  'letters-second-person': {
    status: 403,
    words: 'Only the person who approved this campaign prints its letters. If they are away, close it and make another one.',
  },
  'letters-printed': {
    status: 409,
    words: 'The letters were made already, and they are shown once. Make a letter anew for a person who needs one.',
  },
  'letters-not-printed': { status: 409, words: 'The letters of this campaign were not made yet. Make all of them first.' },
  'letter-not-needed': {
    status: 409,
    words: 'This person gets no letter: they are not in this campaign, or they have set up an authenticator or key since.',
  },
} as const satisfies Record<string, { status: number; words: string }>;
