/** A failure that the operator can mend. Its message is shown alone, so it says what is wrong and what to do. */
export class Sentence extends Error {}
